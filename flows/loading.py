"""What every flow that loads pages does: a run in the ledger, leftovers first, reader by reader, then the views."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from importlib.metadata import version
from typing import TypeVar

from flows import publication
from flows.extract.readers import Reader
from flows.reports import progress_line
from flows.steps import SHARDS_UNDER_WAY, ShardLine, first_pages
from flows.tasks import load_pages, report_run, resume_pages
from flows.transform.pool import WorkerPool, workers_for
from flows.transform.versions import extractor
from warehouse import runs
from warehouse.model import Counts
from warehouse.runs import OpenRun
from warehouse.settings import Settings

T = TypeVar("T")

log = logging.getLogger("broadsheet")


def load(  # noqa: PLR0913 - what a run's row says, and what it reads
    readers: Iterable[Reader],
    settings: Settings,
    *,
    flow: str,
    source: str | None,
    parameters: Mapping[str, object],
    max_pages: int | None,
) -> Counts:
    """Loads what the readers give, as one run, and publishes the views; each reader is opened when its turn comes.

    `max_pages` is for the whole run: what is left of it when a reader's turn has come is for that reader.
    """
    told = published_run(settings, flow=flow, source=source, parameters=parameters)
    # The threads outlive the workers: where the run is broken off, what a thread still waits for ends with those.
    with _threads() as threads, told as (run, workers):
        finish_what_was_left(run, workers)
        left = max_pages
        for reader in readers:
            if left != 0:
                read_count = _read_and_load(reader, left, run, workers, threads)
                left = None if left is None else left - read_count
    return run.counts


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    """Threads in which documents are made and stored; work that has not begun is dropped at the end."""
    threads = ThreadPoolExecutor(SHARDS_UNDER_WAY, thread_name_prefix="documents")
    try:
        yield threads
    finally:
        threads.shutdown(cancel_futures=True)


def published_run(
    settings: Settings, *, flow: str, source: str | None, parameters: Mapping[str, object]
) -> AbstractContextManager[tuple[OpenRun, WorkerPool]]:
    """A run in the ledger around a block, with workers for it; then the views show what it did, however it ended."""
    return _published(workers_for(settings), settings, flow=flow, source=source, parameters=parameters)


def published_idle_run(
    settings: Settings, *, flow: str, source: str | None, parameters: Mapping[str, object]
) -> AbstractContextManager[tuple[OpenRun, None]]:
    """The same for a run that has nothing to do: no worker is started."""
    return _published(nullcontext(), settings, flow=flow, source=source, parameters=parameters)


@contextmanager
def _published(
    pool: AbstractContextManager[T],
    settings: Settings,
    *,
    flow: str,
    source: str | None,
    parameters: Mapping[str, object],
) -> Iterator[tuple[OpenRun, T]]:
    versions = (version("broadsheet"), extractor())
    recorded = runs.recorded(settings, flow=flow, source=source, parameters=parameters, versions=versions)
    try:
        with pool as workers, recorded as run:
            yield run, workers
    except BaseException:
        publication.publish_after_failure(settings)
        raise
    publication.publish_run(run)
    report_run(run)


def finish_what_was_left(run: OpenRun, workers: WorkerPool) -> None:
    """Brings pages to their end that a dead run had taken in."""
    waiting = runs.unfinished_page_ids(run.settings)
    size = run.settings.shard_pages
    for start in range(0, len(waiting), size):
        run.add(resume_pages(waiting[start : start + size], run, workers))
        log.info("finished %d pages that an earlier run had left", run.counts.resumed_page_count)


def _read_and_load(
    reader: Reader, max_pages: int | None, run: OpenRun, workers: WorkerPool, threads: ThreadPoolExecutor
) -> int:
    """Loads what a reader gives; returns how many documents' pages were read."""
    with closing(first_pages(reader, max_pages)) as inputs:
        line = ShardLine(inputs, run, workers, threads)
        while load_pages(line, lambda: _tell(run, reader)):
            pass
    for shortfall in reader.shortfalls:
        run.note_partial(shortfall)
        log.warning("partial: %s", shortfall)
    for remark in reader.remarks:
        run.remark(remark)
        log.info("%s", remark)
    return line.read_count


def _tell(run: OpenRun, reader: Reader) -> None:
    """How far the run is."""
    log.info("%s", progress_line(run.counts), extra={"share": reader.progress})
