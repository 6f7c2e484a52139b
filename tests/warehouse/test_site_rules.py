"""Which pages a site's rules are learnt from, which rules count, and which documents older rules have made."""

from dataclasses import replace
from datetime import timedelta
from itertools import chain

import pytest

from tests.warehouse.records import NOON, document, page
from warehouse import runs, storage
from warehouse.model import SiteRules
from warehouse.schema import DOCUMENTS, PAGES, SITE_RULES
from warehouse.site_rules import FEWEST_PAGES, LARGEST_PAGE, SAMPLE_PAGES, newest_rules, samples

EXTRACTOR = "test/1"


def keep(settings, *pairs):
    """Stores pages, each with its document."""
    storage.append_new(settings, PAGES, [captured for captured, _ in pairs], "r0")
    storage.append_new(settings, DOCUMENTS, [made for _, made in pairs], "r0")
    return [captured.page_id for captured, _ in pairs]


def pair(number, site="example.org", document_changes=(), **page_changes):
    captured = page(number, **{"body": f"<p>{site}/{number}</p>".encode(), **page_changes})
    captured = replace(captured, site=site)
    address = f"https://{site}/{number}"
    given = {"site": site, "canonical_url": address, "text_hash": address, **dict(document_changes)}
    return captured, document(captured, **given)


def learn(settings, *rules):
    storage.append_new(settings, SITE_RULES, rules, "r0")


def sampled(settings):
    return list(chain.from_iterable(samples(settings, "maintain", EXTRACTOR)))


def completed(settings, flow="maintain", extractor=EXTRACTOR):
    with runs.recorded(settings, flow=flow, source=None, parameters={}, versions=("0", extractor)):
        pass


def test_a_warehouse_without_tables_knows_no_rules_and_no_pages(settings):
    assert newest_rules(settings) == {}
    assert sampled(settings) == []


def test_the_newest_rules_of_each_site_count(settings):
    first = SiteRules(site="a.example", rules_version=1, title_suffixes=(" | A",), page_count=3, learned_at=NOON)
    second = SiteRules(site="a.example", rules_version=2, noise_lines=("Share",), page_count=4, learned_at=NOON)
    other = SiteRules(site="b.example", rules_version=1)
    learn(settings, second, other)
    learn(settings, first)
    assert newest_rules(settings) == {"a.example": second, "b.example": other}


def test_a_version_is_stored_once_whoever_learnt_it(settings):
    ours = SiteRules(site="a.example", rules_version=1, noise_lines=("Ours",))
    theirs = SiteRules(site="a.example", rules_version=1, noise_lines=("Theirs",))
    assert storage.append_new(settings, SITE_RULES, [ours], "r1") == [ours]
    assert storage.append_new(settings, SITE_RULES, [theirs], "r2") == []
    assert newest_rules(settings) == {"a.example": ours}


def test_a_run_goes_by_the_rules_that_were_there_when_it_began(settings):
    learn(settings, SiteRules(site="a.example", rules_version=1))
    with runs.recorded(settings, flow="test", source=None, parameters={}, versions=("0", EXTRACTOR)) as run:
        learn(settings, SiteRules(site="a.example", rules_version=2))
        assert run.rules["a.example"].rules_version == 1


def test_a_site_is_sampled_from_three_pages_on(settings):
    keep(settings, *(pair(n, "two.example") for n in range(FEWEST_PAGES - 1)))
    page_ids = keep(settings, *(pair(n, "three.example") for n in range(FEWEST_PAGES)))
    ((sample,),) = samples(settings, "maintain", EXTRACTOR)
    assert (sample.site, sorted(sample.page_ids)) == ("three.example", sorted(page_ids))
    assert sample.body_bytes == sum(len(pair(n, "three.example")[0].body) for n in range(FEWEST_PAGES))


@pytest.mark.parametrize(
    "alike", [{"canonical_url": "https://example.org/one"}, {"text_hash": "one"}], ids=["address", "text"]
)
def test_an_article_that_was_captured_many_times_is_one_page_of_the_sample(settings, alike):
    keep(settings, *(pair(n, document_changes=alike) for n in range(9)))
    assert sampled(settings) == []
    keep(settings, pair(10), pair(11))
    (sample,) = sampled(settings)
    assert len(sample.page_ids) == 3


def test_the_latest_of_many_days_are_sampled_before_more_of_one_day(settings):
    crowd = keep(settings, *(pair(n) for n in range(200)))
    days = keep(settings, *(pair(1000 + n, captured_at=NOON - timedelta(days=n)) for n in range(1, 31)))
    (sample,) = sampled(settings)
    assert len(sample.page_ids) == SAMPLE_PAGES
    assert set(days) < set(sample.page_ids)
    assert set(sample.page_ids) - set(days) == set(crowd[-20:])


def test_a_page_that_is_far_too_large_is_left_out(settings):
    keep(settings, *(pair(n) for n in range(3)), pair(3, body=b"x" * (LARGEST_PAGE + 1)))
    (sample,) = sampled(settings)
    assert len(sample.page_ids) == 3


def test_the_pages_of_one_shard_fit_into_memory_together(settings):
    body = b"x" * (LARGEST_PAGE - 20)
    for site in ("a.example", "b.example", "c.example"):
        keep(settings, *(pair(n, site, body=body + f"{site}{n}".encode()) for n in range(5)))
    shards = list(samples(settings, "maintain", EXTRACTOR))
    assert [[sample.site for sample in shard] for shard in shards] == [["a.example", "b.example"], ["c.example"]]


def test_only_sites_with_documents_that_are_new_since_the_last_time_are_sampled(settings):
    keep(settings, *(pair(n, "old.example") for n in range(3)))
    completed(settings)
    assert sampled(settings) == []
    keep(settings, *(pair(n, "new.example") for n in range(3)))
    assert [sample.site for sample in sampled(settings)] == ["new.example"]


@pytest.mark.parametrize("other", [{"flow": "ingest"}, {"extractor": "test/0"}])
def test_what_another_flow_did_or_an_older_learner_is_no_last_time(settings, other):
    keep(settings, *(pair(n) for n in range(3)))
    completed(settings, **other)
    assert len(sampled(settings)) == 1


def test_a_maintenance_that_failed_is_no_last_time(settings):
    keep(settings, *(pair(n) for n in range(3)))
    with (
        pytest.raises(OSError, match="disk full"),
        runs.recorded(settings, flow="maintain", source=None, parameters={}, versions=("0", EXTRACTOR)),
    ):
        raise OSError("disk full")
    assert len(sampled(settings)) == 1
