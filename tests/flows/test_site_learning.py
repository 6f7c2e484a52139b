"""The street with what is learnt about a site: loaded before without it, after with it; killed, raced, repeated."""

import multiprocessing
import os
import signal
from contextlib import contextmanager

import pytest

from flows import publication
from flows.site_learning import learn_site_rules
from flows.steps import make_documents, take_shard
from flows.transform.pool import worker_pool
from flows.transform.versions import extractor
from tests.flows.outlet import OFFER, PLEA, SITE, SUFFIX, story, titles
from warehouse import engine, runs, storage
from warehouse.extractions import Choice, outdated
from warehouse.model import Page
from warehouse.schema import SITE_RULES
from warehouse.site_rules import newest_rules, samples


@pytest.fixture(scope="module")
def workers():
    with worker_pool(2) as pool:
        yield pool


@contextmanager
def run_of(settings, flow):
    with runs.recorded(settings, flow=flow, source=None, parameters={}, versions=("0", extractor())) as run:
        yield run


def load(settings, workers, pages):
    with run_of(settings, "ingest") as run:
        shard = take_shard(iter(pages), run)
        run.add(shard.counts + make_documents(shard.page_ids, run, workers))
    publication.publish(settings)


def maintain(settings, workers):
    with run_of(settings, "maintain") as run:
        learnt = [
            rules
            for shard in samples(settings, "maintain", extractor())
            for rules in learn_site_rules(shard, run, workers)
        ]
    publication.publish(settings)
    return learnt


def asked(settings, query):
    with engine.published(settings) as connection:
        return connection.execute(query).fetchall()


def test_pages_that_come_after_lose_what_the_site_repeats_and_say_by_which_rules(settings, workers):
    load(settings, workers, map(story, range(6)))
    before = (
        "select distinct rules_version, contains(text, 'any size lets'), contains(text, 'tide table') from documents"
    )
    assert asked(settings, before) == [(0, True, True)]

    (rules,) = maintain(settings, workers)
    assert (rules.site, rules.rules_version, rules.page_count) == (SITE, 1, 6)
    assert rules.title_suffixes == (SUFFIX,)
    assert rules.noise_lines == (OFFER, PLEA)
    assert asked(settings, "select site, rules_version, noise_lines from site_rules") == [(SITE, 1, [OFFER, PLEA])]

    load(settings, workers, map(story, range(6, 9)))
    after = (
        "select title, contains(text, 'any size lets'), contains(text, 'tide table'), len(paragraphs) from documents"
    )
    shown = asked(settings, f"{after} where rules_version = 1 order by url")
    assert shown == [(title, False, False, 3) for title in titles(range(6, 9))]
    assert publication.check(settings) == []


def test_only_the_documents_of_the_site_that_was_learnt_are_outdated(settings, workers):
    few = [story(number, "two-pages.example") for number in range(2)]
    load(settings, workers, [*map(story, range(4)), *few])
    maintain(settings, workers)
    load(settings, workers, [story(4)])
    due = outdated(settings, extractor(), newest_rules(settings), Choice())
    assert {page_id for shard in due.shards(9, 10**6, 9) for page_id in shard} == {story(n).page_id for n in range(4)}


def test_a_site_of_which_nothing_new_is_learnt_keeps_its_version(settings, workers):
    load(settings, workers, map(story, range(4)))
    assert len(maintain(settings, workers)) == 1
    assert maintain(settings, workers) == []
    load(settings, workers, map(story, range(4, 8)))
    assert maintain(settings, workers) == []
    assert newest_rules(settings)[SITE].rules_version == 1


def test_what_a_site_changes_is_a_new_version_that_keeps_the_old(settings, workers):
    load(settings, workers, map(story, range(4)))
    maintain(settings, workers)
    load(settings, workers, [story(number, suffix=" – Courier of the Harbour") for number in range(10, 15)])
    (rules,) = maintain(settings, workers)
    assert rules.rules_version == 2
    assert rules.title_suffixes == (" – Courier of the Harbour", SUFFIX)


def test_a_site_of_two_pages_teaches_nothing(settings, workers):
    load(settings, workers, map(story, range(2)))
    assert maintain(settings, workers) == []
    assert asked(settings, "select count(*) from site_rules") == [(0,)]


def test_a_page_that_cannot_be_read_does_not_keep_its_site_from_being_learnt(settings, workers):
    odd = [
        Page(source="courier", site=SITE, requested_url=url, url=url, body=body)
        for url, body in ((f"https://{SITE}/a", b"\xff\xfe\x00"), (f"https://{SITE}/b", b""))
    ]
    assert len(list(workers.observe([*odd, story(1)]))) == 3
    load(settings, workers, [*map(story, range(4)), *odd])
    assert len(maintain(settings, workers)) == 1


def test_two_that_learn_at_once_store_each_version_once(settings, workers):
    load(settings, workers, map(story, range(4)))
    with run_of(settings, "maintain") as one, run_of(settings, "maintain") as other:
        (shard,) = samples(settings, "maintain", extractor())
        assert len(learn_site_rules(shard, one, workers)) == 1
        assert learn_site_rules(shard, other, workers) == []
    publication.publish(settings)
    assert asked(settings, "select site, rules_version from site_rules") == [(SITE, 1)]


def learn_and_die(settings):
    """A maintenance that is killed when the first of its shards is stored."""
    with worker_pool(1) as workers, run_of(settings, "maintain") as run:
        for shard in samples(settings, "maintain", extractor()):
            learn_site_rules(shard[:1], run, workers)
            os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_maintenance_is_finished_by_the_next(settings, workers):
    sites = ["a.example", "b.example", "c.example"]
    load(settings, workers, [story(number, site) for site in sites for number in range(3)])
    process = multiprocessing.get_context("spawn").Process(target=learn_and_die, args=(settings,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert list(newest_rules(settings)) == ["a.example"]
    assert [rules.site for rules in maintain(settings, workers)] == ["b.example", "c.example"]
    assert [(state,) for state in ("interrupted", "completed")] == asked(
        settings, "select state from runs where flow = 'maintain' order by started_at"
    )
    assert len(storage.table_files(settings, SITE_RULES)) == 2
