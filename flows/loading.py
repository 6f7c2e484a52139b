"""What every flow that loads pages does: a run in the ledger, leftovers first, shard by shard, then the views."""

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from importlib.metadata import version
from typing import TypeVar

from prefect.futures import PrefectFuture

from flows import publication
from flows.extract.readers import Reader
from flows.reports import progress_line
from flows.steps import TakenShard, first_pages
from flows.tasks import make_documents, report_run, resume_pages, take_shard
from flows.transform.pool import WorkerPool, worker_pool
from flows.transform.versions import extractor
from warehouse import runs
from warehouse.model import Counts
from warehouse.runs import OpenRun
from warehouse.settings import Settings

T = TypeVar("T")

SHARDS_UNDER_WAY = 2
"""Shards whose documents are being made at once. Two keep the workers busy while one shard is stored; every further
one is only more memory."""

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
    with published_run(settings, flow=flow, source=source, parameters=parameters) as (run, workers):
        finish_what_was_left(run, workers)
        left = max_pages
        for reader in readers:
            if left != 0:
                read_count = _read_and_load(reader, left, run, workers)
                left = None if left is None else left - read_count
    return run.counts


def published_run(
    settings: Settings, *, flow: str, source: str | None, parameters: Mapping[str, object]
) -> AbstractContextManager[tuple[OpenRun, WorkerPool]]:
    """A run in the ledger around a block, with workers for it; then the views show what it did, however it ended."""
    return _published(worker_pool(settings.workers), settings, flow=flow, source=source, parameters=parameters)


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


def _read_and_load(reader: Reader, max_pages: int | None, run: OpenRun, workers: WorkerPool) -> int:
    """Shard by shard: while the next one is read, documents are made of one and those of another are stored.

    Returns how many documents' pages were read.
    """
    read_count = 0
    under_way: deque[tuple[TakenShard, PrefectFuture[Counts]]] = deque()
    with closing(first_pages(reader, max_pages)) as inputs:
        while shard := take_shard(inputs, run):
            read_count += shard.read_count
            under_way.append((shard, make_documents.submit(shard.page_ids, run, workers)))
            if len(under_way) > SHARDS_UNDER_WAY:
                _settle(*under_way.popleft(), run, reader.progress)
    while under_way:
        _settle(*under_way.popleft(), run, reader.progress)
    for shortfall in reader.shortfalls:
        run.note_partial(shortfall)
        log.warning("partial: %s", shortfall)
    return read_count


def _settle(shard: TakenShard, documents: PrefectFuture[Counts], run: OpenRun, progress: float | None) -> None:
    """Waits for a shard's documents and counts the shard, now that it is whole."""
    run.add(shard.counts + documents.result())
    log.info("%s", progress_line(run.counts), extra={"share": progress})
