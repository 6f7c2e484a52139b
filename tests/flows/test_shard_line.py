"""Shards in line: pages are read and stored while documents are made of those before, a task's worth at a time."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

import pytest

from flows.steps import ShardLine, load_pages
from tests.warehouse.records import document, page
from warehouse import runs, storage
from warehouse.schema import DOCUMENTS, PAGES

RUN = ContextVar("RUN", default="none")


class Workers:
    """Makes documents in the thread that asks, and notes the run that it is asked for."""

    def __init__(self, trouble=None):
        self.trouble, self.runs = trouble, set()

    def transform(self, pages, rules):  # noqa: ARG002 - as a real one
        self.runs.add(RUN.get())
        if self.trouble:
            raise self.trouble
        return [document(one) for one in pages]


@pytest.fixture
def line(settings):
    """Makes the line of so many pages; ends its run as it should end."""
    with (
        ThreadPoolExecutor(2) as threads,
        runs.recorded(settings, flow="ingest", source="test", parameters={}, versions=("0", "test/1")) as run,
    ):
        yield lambda count, workers: ShardLine(iter([page(number) for number in range(count)]), run, workers, threads)


def tasks_of(line, settled):
    """How many pages each task takes in."""
    while True:
        before = line.read_count
        goes_on = load_pages(line, settled)
        yield line.read_count - before
        if not goes_on:
            return


def test_a_task_takes_in_as_many_pages_as_it_may_and_the_last_one_ends_every_shard(settings, line):
    told = []
    whole = line(settings.shard_pages * 2 + 7, Workers())
    assert list(tasks_of(whole, lambda: told.append(1))) == [settings.shard_pages, settings.shard_pages, 7]
    assert len(told) == 3
    for table in (PAGES, DOCUMENTS):
        with storage.tables_as_they_are(settings, table) as connection:
            (held,) = connection.execute(f"select count(*) from {table.name}").fetchone()
        assert held == settings.shard_pages * 2 + 7


def test_small_shards_are_one_task(line, monkeypatch):
    monkeypatch.setattr("flows.steps.SHARD_BYTES", 10 * len(page(1).body))
    told = []
    assert list(tasks_of(line(35, Workers()), lambda: told.append(1))) == [35]
    assert len(told) == 4


def test_a_source_without_pages_is_one_task_with_nothing_to_tell(line):
    told = []
    assert list(tasks_of(line(0, Workers()), lambda: told.append(1))) == [0]
    assert told == []


def test_documents_are_made_for_the_run_that_asks(line):
    token = RUN.set("this")
    try:
        workers = Workers()
        list(tasks_of(line(3, workers), lambda: None))
    finally:
        RUN.reset(token)
    assert workers.runs == {"this"}


def test_trouble_in_a_thread_fails_the_task_that_waits_for_its_shard(line):
    with pytest.raises(OSError, match="disk"):
        list(tasks_of(line(3, Workers(OSError("disk"))), lambda: None))
