"""Which stored pages are due to be transformed again, in what portions, and what counts of each meanwhile."""

from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pytest

from tests.warehouse.records import NOON, document, page, reject
from warehouse import storage
from warehouse.extractions import Choice, Outdated, latest_ends, outdated, page_sources
from warehouse.model import Reason, SiteRules
from warehouse.schema import DOCUMENTS, PAGES, REJECTS

OLD, NEW = "test/1", "test/2"
EVERY = Choice()


def keep(settings, pages, *ends):
    """Stores pages and what became of them, one load after the other."""
    storage.append_new(settings, PAGES, pages, "run")
    for end in ends:
        storage.append_new(settings, REJECTS if hasattr(end, "reject_id") else DOCUMENTS, [end], "run")


def due(settings, extractor=NEW, rules=None, choice=EVERY):
    found = outdated(settings, extractor, rules or {}, choice)
    return {page_id for shard in found.shards(100, 10**9, 100) for page_id in shard}


def refused(of, extractor=OLD, number=1, **changes):
    return replace(reject(of), extractor=extractor, rules_version=0, extraction_number=number, **changes)


def test_an_empty_warehouse_has_nothing_due(settings):
    assert len(outdated(settings, NEW, {}, EVERY)) == 0
    assert latest_ends(settings, ["x"]) == {}
    assert page_sources(settings) == []


def test_pages_of_another_extractor_are_due_documents_and_refusals_alike(settings):
    pages = [page(number) for number in range(4)]
    ends = [document(pages[0]), refused(pages[1]), document(pages[2], extractor=NEW), refused(pages[3], NEW)]
    keep(settings, pages, *ends)
    assert due(settings) == {pages[0].page_id, pages[1].page_id}
    assert due(settings, OLD) == {pages[2].page_id, pages[3].page_id}


def test_a_page_without_an_end_and_one_that_is_a_feed_are_not_due(settings):
    keep(settings, [page(1), page(2, kind="feed")])
    assert due(settings) == set()


def test_a_refusal_from_before_the_extractor_was_kept_is_due_once(settings):
    keep(settings, [page(1)], reject(page(1)))
    assert due(settings) == {page(1).page_id}
    keep(settings, [], refused(page(1), NEW, 2))
    assert due(settings) == set()


def test_what_was_made_last_says_whether_a_page_is_due(settings):
    """Who goes back to an earlier extractor finds its documents there, but they do not count."""
    keep(settings, [page(1)], document(page(1)), document(page(1), extractor=NEW, extraction_number=2))
    assert due(settings, NEW) == set()
    assert due(settings, OLD) == {page(1).page_id}


def test_pages_of_sites_with_newer_rules_are_due(settings):
    ruled = page(1), replace(page(2), site="other.example"), page(3)
    keep(
        settings,
        list(ruled),
        document(ruled[0]),
        document(ruled[1]),
        document(ruled[2], rules_version=2),
    )
    rules = {"example.org": SiteRules(site="example.org", rules_version=2)}
    assert due(settings, OLD, rules) == {ruled[0].page_id}
    newer_elsewhere = {"example.org": SiteRules(site="example.org", rules_version=1)}
    assert ruled[2].page_id not in due(settings, OLD, newer_elsewhere)


def test_a_choice_is_of_a_source_and_of_a_day_of_capture_or_else_of_load(settings):
    early, late = page(1), page(2, captured_at=NOON + timedelta(days=1))
    undated, other = page(3, captured_at=None), replace(page(4), source="other")
    pages = [early, late, undated, other]
    keep(settings, pages, *map(document, pages))
    assert due(settings, choice=Choice(source="other")) == {other.page_id}
    assert due(settings, choice=Choice(since=date(2026, 11, 24))) >= {late.page_id}
    assert early.page_id not in due(settings, choice=Choice(since=date(2026, 11, 24)))
    # What has no time of capture was stored today.
    assert due(settings, choice=Choice(since=date(2026, 11, 25))) & {late.page_id, early.page_id} == set()
    assert undated.page_id in due(settings, choice=Choice(since=date(2020, 1, 1)))
    assert undated.page_id not in due(settings, choice=Choice(since=date(2999, 1, 1)))
    assert page_sources(settings) == ["other", "test"]


def test_what_counts_of_a_page_is_what_was_made_of_it_last(settings):
    pages = [page(number) for number in range(4)]
    again = [
        document(pages[1], extractor=NEW, extraction_number=2),
        refused(pages[2], NEW, 2, reason=Reason.TOO_SHORT),
        document(pages[3], extractor=NEW, extraction_number=2),
    ]
    keep(settings, pages, document(pages[0]), document(pages[1]), document(pages[2]), refused(pages[3]), *again)
    counts = latest_ends(settings, [one.page_id for one in pages])
    assert counts == {document(pages[0]).page_id: document(pages[0]), **{end.page_id: end for end in again}}


def of_sizes(*sizes):
    return Outdated(pa.table({"page_id": [str(n) for n in range(len(sizes))], "body_bytes": list(sizes)}))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 99, 100, 101])
def test_every_page_is_in_one_shard(count):
    shards = list(of_sizes(*[1] * count).shards(7, 10**9, 3))
    assert sorted(page_id for shard in shards for page_id in shard) == sorted(map(str, range(count)))
    assert all(0 < len(shard) <= 7 for shard in shards)


def test_the_first_shard_is_drawn_evenly_from_all_and_the_others_are_in_order():
    shards = list(of_sizes(*[1] * 12).shards(5, 10**9, 3))
    assert shards == [["0", "4", "8"], ["1", "2", "3", "5", "6"], ["7", "9", "10", "11"]]


def test_a_shard_holds_so_many_bytes_and_a_larger_page_is_alone():
    shards = list(of_sizes(4, 4, 4, 50, 4, 4).shards(100, 10, 100))
    assert shards == [["0", "1"], ["2"], ["3"], ["4", "5"]]
