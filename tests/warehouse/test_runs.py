"""A run is in the ledger from its start to its end, and a dead one is known to be dead."""

import multiprocessing
import os
import signal

import pytest

from tests.warehouse.records import document, page
from warehouse import runs, storage
from warehouse.model import Counts, State
from warehouse.schema import DOCUMENTS, PAGES, RUNS, from_arrow


def ledger(settings):
    now = storage.snapshot(settings)
    with storage.engine.in_memory(settings) as connection:
        files = storage.engine.listed(now.paths(RUNS))
        rows = connection.sql(f"select * from read_parquet({files}) order by loaded_at").to_arrow_table()
    return from_arrow(rows, runs.Run)


def recorded(settings):
    return runs.recorded(settings, flow="test", source="s", parameters={"a": 1}, versions=("0", "test/1"))


def test_a_run_that_ends_well_is_completed_with_its_counts(settings):
    with recorded(settings) as run:
        run.add(Counts(input_count=2, unchanged_count=2))
    started, ended = ledger(settings)
    assert (started.state, started.input_count) == (State.RUNNING, None)
    assert (ended.state, ended.input_count, ended.unchanged_count) == (State.COMPLETED, 2, 2)
    assert ended.started_at == started.started_at <= ended.finished_at


def test_an_exception_ends_a_run_as_failed_and_goes_on_up(settings):
    with pytest.raises(OSError, match="disk full"), recorded(settings):
        raise OSError("disk full")
    assert [(row.state, row.detail) for row in ledger(settings)][-1] == (State.FAILED, "OSError: disk full")


def test_an_interruption_ends_a_run_as_cancelled(settings):
    with pytest.raises(KeyboardInterrupt), recorded(settings):
        raise KeyboardInterrupt
    ended = ledger(settings)[-1]
    assert (ended.state, ended.detail) == (State.CANCELLED, "interrupted from the terminal or by a signal")


def test_a_source_that_could_not_be_read_to_its_end_makes_the_run_partial(settings):
    with recorded(settings) as run:
        run.note_partial("truncated")
        run.note_partial("second reason")
    assert (ledger(settings)[-1].state, ledger(settings)[-1].detail) == (State.PARTIAL, "truncated; second reason")


def test_a_run_is_alive_only_inside_its_block(settings):
    with recorded(settings) as run:
        assert runs.live_run_ids(settings) == [run.run_id]
    assert runs.live_run_ids(settings) == []


def hold_a_run(settings, started):
    with recorded(settings) as run:
        storage.append_new(settings, PAGES, [page(1), page(2)], run.run_id)
        storage.append_new(settings, DOCUMENTS, [document(page(1))], run.run_id)
        started.put(run.run_id)
        signal.pause()


def test_the_pages_of_a_killed_run_are_left_for_the_next_one_and_those_of_a_living_run_are_not(settings):
    context = multiprocessing.get_context("spawn")
    started = context.Queue()
    process = context.Process(target=hold_a_run, args=(settings, started))
    process.start()
    run_id = started.get(timeout=60)
    assert runs.live_run_ids(settings) == [run_id]
    assert runs.unfinished_page_ids(settings) == []
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert runs.unfinished_page_ids(settings) == [page(2).page_id]
    assert runs.live_run_ids(settings) == []
