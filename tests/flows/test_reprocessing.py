"""Stored pages transformed again: what counts afterwards, and that nothing is lost or doubled whatever happens.

The extractors here are made up: the transform's place is taken by what is written below, so that one can be exchanged.
"""

import multiprocessing
import os
import signal
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from flows import publication
from flows.changes import Changes, TooManyLossesError
from flows.orders import ReprocessOrder
from flows.reprocessing import batches, reprocess_shards, shards, transformed_again
from flows.steps import make_documents, store_ends, take_shard
from tests.warehouse.records import NOON, document, page
from warehouse import engine, extractions, runs, storage
from warehouse.extractions import Choice
from warehouse.model import Counts, Reason, Reject, SiteRules, Stage
from warehouse.schema import REJECTS, SITE_RULES

PAGES = 40
EVERY = Choice()
OUTCOMES = (
    "select (select count(*) from main.documents), (select count(*) from main.document_versions), "
    "(select count(*) from main.rejects)"
)


@dataclass
class Extractor:
    """Stands in for the workers: documents with a title of its own, and refusals of the pages so numbered."""

    name: str
    suffix: str = ""
    refused: frozenset[int] = frozenset()

    def transform(self, pages, rules):
        return [self.end(one, rules.get(one.site)) for one in pages]

    def end(self, of, rules):
        number = int(of.url.rpartition("/")[2])
        if number in self.refused:
            return Reject(
                stage=Stage.TRANSFORM, reason=Reason.TOO_SHORT, detail="", source=of.source, page_id=of.page_id
            )
        version = rules.rules_version if rules else 0
        return document(of, extractor=self.name, rules_version=version, title=f"{of.hint_title}{self.suffix}")


FIRST = Extractor("test/1", " - Site", frozenset({0, 1}))
SECOND = Extractor("test/2", "", frozenset({1, 2}))


@contextmanager
def run_of(settings, flow, extractor):
    with runs.recorded(settings, flow=flow, source=None, parameters={}, versions=("0", extractor.name)) as run:
        yield run


def ingest(settings, extractor, pages=None):
    with run_of(settings, "ingest", extractor) as run:
        inputs = iter(pages or map(page, range(PAGES)))
        while shard := take_shard(inputs, run):
            run.add(shard.counts + make_documents(shard.page_ids, run, extractor))


def reprocess(settings, extractor, choice=EVERY, changes=None, between=None):
    changes = changes or Changes()
    with run_of(settings, "reprocess", extractor) as run:
        due = extractions.outdated(settings, extractor.name, run.rules, choice)
        for shard in shards(due, settings):
            run.add(reprocess_shards([shard], run, extractor, changes))
            if between:
                between()
    return run.counts, changes


def asked(settings, *queries):
    """What the views say, published and so checked first."""
    publication.publish(settings)
    with engine.published(settings) as connection:
        return [connection.execute(query).fetchall() for query in queries]


@pytest.fixture
def settings(settings):
    return replace(settings, shard_pages=15)


def test_a_task_has_as_many_pages_as_one_may_however_small_their_shards_are(settings, monkeypatch):
    monkeypatch.setattr("flows.reprocessing.SHARD_BYTES", 3 * len(page(0).body))
    settings = replace(settings, shard_pages=20)
    ingest(settings, Extractor("test/1"))
    due = extractions.outdated(settings, "test/2", {}, EVERY)
    found = list(batches(due, settings))
    assert sorted(page_id for batch in found for shard in batch for page_id in shard) == sorted(
        page_id for shard in shards(due, settings) for page_id in shard
    )
    assert [sum(map(len, batch)) >= 20 for batch in found[:-1]] == [True] * (len(found) - 1)
    assert max(len(batch) for batch in found) > 2


def test_every_page_gets_what_the_new_extractor_makes_of_it_and_no_new_version(settings):
    ingest(settings, FIRST)
    assert asked(settings, OUTCOMES) == [[(38, 38, 2)]]
    counts, changes = reprocess(settings, SECOND)
    assert counts == Counts(reprocessed_page_count=PAGES, document_count=38, transform_reject_count=2)
    assert counts.is_balanced
    # One page is a document now, one is none any more, one is refused as it was.
    assert changes.summary == "40 pages compared, 39 changed; documents lost: 1, gained: 1"
    outcomes, documents, rejects, old = asked(
        settings,
        OUTCOMES,
        "select distinct extractor, extraction_number, version_count from documents",
        "select extractor, extraction_number, count(*) from rejects group by all",
        "select count(*) from documents where title like '% - Site'",
    )
    assert outcomes == [(38, 38, 2)]
    assert documents == [("test/2", 2, 1)]
    assert rejects == [("test/2", 2, 2)]
    assert old == [(0,)]


def test_a_second_time_nothing_is_due(settings):
    ingest(settings, FIRST)
    reprocess(settings, SECOND)
    counts, changes = reprocess(settings, SECOND)
    assert counts == Counts()
    assert changes.whole.page_count == 0


def test_going_back_to_an_earlier_extractor_brings_back_what_it_made(settings):
    ingest(settings, FIRST)
    titles = "select document_id, title from documents order by all"
    before = asked(settings, titles)
    reprocess(settings, SECOND)
    assert reprocess(settings, FIRST)[0].reprocessed_page_count == PAGES
    assert asked(settings, titles) == before
    assert reprocess(settings, FIRST)[0] == Counts()


def test_an_edit_stays_an_edit_and_what_the_extraction_alone_changed_is_none(settings):
    ingest(settings, FIRST)
    ingest(settings, FIRST, [page(5, hint_title="Page 5, corrected", captured_at=NOON + timedelta(days=1))])
    reprocess(settings, SECOND)
    assert asked(settings, "select old_title, new_title from edits") == [[("Page 5", "Page 5, corrected")]]


def test_pages_that_rules_have_been_learnt_for_since_are_transformed_again(settings):
    ingest(settings, FIRST)
    storage.append_new(settings, SITE_RULES, [SiteRules(site="example.org", rules_version=1)], "rules")
    assert reprocess(settings, FIRST)[0].reprocessed_page_count == PAGES
    by_rules = "select rules_version, count(*) from {} group by all"
    assert asked(settings, by_rules.format("documents"), by_rules.format("rejects")) == [[(1, 38)], [(1, 2)]]
    assert reprocess(settings, FIRST)[0] == Counts()


def test_what_is_compared_is_what_the_views_showed(settings):
    ingest(settings, FIRST)
    reprocess(settings, SECOND)
    (shown,) = asked(settings, "select page_id, extractor, title from documents order by all")
    with run_of(settings, "reprocess", FIRST) as run:
        remade = transformed_again([one for one, *_ in shown], settings, FIRST.name, run.rules, FIRST)
    assert sorted((one.before.page_id, one.before.extractor, one.before.title) for one in remade) == shown


def test_an_ingest_meanwhile_is_left_alone_and_its_pages_are_due_to_the_next(settings):
    ingest(settings, FIRST)
    more = iter([[page(number) for number in range(PAGES, PAGES + 10)]])
    counts, _ = reprocess(settings, SECOND, between=lambda: [ingest(settings, FIRST, pages) for pages in more])
    assert counts.reprocessed_page_count == PAGES
    found = "select extractor, count(*) from documents group by all order by all"
    assert asked(settings, found) == [[("test/1", 10), ("test/2", 38)]]
    assert reprocess(settings, SECOND)[0].reprocessed_page_count == 10


def test_what_a_rival_does_meanwhile_is_not_done_again(settings):
    ingest(settings, FIRST)
    rival = iter([SECOND])
    counts, changes = reprocess(settings, SECOND, between=lambda: [reprocess(settings, one) for one in rival])
    assert counts.reprocessed_page_count == changes.whole.page_count == 15
    done, rows = asked(
        settings,
        "select sum(reprocessed_page_count) from runs",
        "select count(*), max(extraction_number) from documents",
    )
    assert done == [(PAGES,)]
    assert rows == [(38, 2)]


def test_of_two_that_read_before_either_has_stored_each_extraction_is_stored_once(settings):
    ingest(settings, FIRST)
    ids = [page(number).page_id for number in range(PAGES)]
    remade = [transformed_again(ids, settings, SECOND.name, {}, SECOND) for _ in range(2)]
    for expected, results in zip((PAGES, 0), remade, strict=True):
        with run_of(settings, "reprocess", SECOND) as run:
            made = store_ends([one.now for one in results], run)
            assert made.document_count + made.transform_reject_count == expected
            run.add(made + Counts(reprocessed_page_count=expected))
    assert asked(settings, OUTCOMES) == [[(38, 38, 2)]]


def test_losses_that_were_not_allowed_stop_it_before_they_are_stored(settings):
    ingest(settings, FIRST)
    broken = Extractor("test/3", refused=frozenset(range(0, PAGES, 2)))
    with pytest.raises(TooManyLossesError):
        reprocess(settings, broken, changes=Changes(are_losses_allowed=False))
    # Of the first 15 pages alone nothing can be said; the second 15 are not stored.
    ledger = "select state, reprocessed_page_count from runs where flow = 'reprocess'"
    made, told = asked(settings, "select count(*) from documents where extractor = 'test/3'", ledger)
    assert told == [("failed", 15)]
    assert 0 < made[0][0] < 15
    assert reprocess(settings, broken)[0].reprocessed_page_count == PAGES - 15
    assert asked(settings, "select count(*) from documents") == [[(20,)]]


def reprocess_and_die(settings):
    """A reprocessing that is killed in its second shard, when the documents are stored and the refusals are not."""
    append = storage.append_new

    def dying(settings, table, records, run_id):
        if table is REJECTS and records:
            os.kill(os.getpid(), signal.SIGKILL)
        return append(settings, table, records, run_id)

    storage.append_new = dying
    reprocess(settings, SECOND)


def test_a_killed_one_is_taken_up_where_it_was(settings):
    ingest(settings, FIRST)
    process = multiprocessing.get_context("spawn").Process(target=reprocess_and_die, args=(settings,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    counts, _ = reprocess(settings, SECOND)
    assert 0 < counts.document_count < 38
    assert counts.transform_reject_count == 2
    outcomes, documents, states = asked(
        settings,
        OUTCOMES,
        "select extractor, count(*) from documents group by all",
        "select state from runs order by started_at",
    )
    assert outcomes == [(38, 38, 2)]
    assert documents == [("test/2", 38)]
    assert states == [("completed",), ("interrupted",), ("completed",)]


def test_a_source_or_a_day_limits_it(settings):
    ingest(settings, FIRST)
    assert reprocess(settings, SECOND, Choice(source="another"))[0] == Counts()
    order = ReprocessOrder.checked("test", "2026-11-24", settings)
    assert reprocess(settings, SECOND, order.choice)[0] == Counts()
    order = ReprocessOrder.checked("test", "2026-11-23", settings)
    assert reprocess(settings, SECOND, order.choice)[0].reprocessed_page_count == PAGES
