"""The `ingest` flow: one source, once, from its first page to the published views."""

import logging
from collections import deque
from importlib.metadata import version
from typing import Any

from prefect import flow
from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner

from flows import publication
from flows.extract.readers import Reader, open_reader
from flows.orders import IngestOrder
from flows.reports import progress_line
from flows.steps import TakenShard, first_pages
from flows.tasks import make_documents, report_run, resume_pages, take_shard
from flows.transform.pool import WorkerPool, worker_pool
from flows.transform.versions import extractor
from warehouse import runs
from warehouse.model import Counts, SourceKind
from warehouse.runs import OpenRun
from warehouse.settings import Settings

SHARDS_UNDER_WAY = 2
"""Shards whose documents are being made at once. Two keep the workers busy while one shard is stored; every further
one is only more memory."""

THREADS: Any = ThreadPoolTaskRunner(max_workers=SHARDS_UNDER_WAY)

log = logging.getLogger("broadsheet")


@flow(name="ingest", task_runner=THREADS)
def ingest(kind: SourceKind, location: str, source: str | None = None, max_pages: int | None = None) -> Counts:
    """Reads one source once, loads what is new, and publishes the views.

    Safe to run again and beside other runs: what is already there counts as unchanged, and pages that a killed run
    left unfinished are finished first.

    Args:
        kind: What the source is. `archive` is a folder or a .tar, .tar.xz, .tar.gz or .zip of feed-archive files.
        location: Where it is: a path on the machine that runs the flow.
        source: The name under which its pages are kept. Empty: the kind's name.
        max_pages: Stop after this many pages, for a trial. Empty: all of them.

    """
    settings = Settings.load()
    order = IngestOrder.checked(kind, location, source, max_pages)
    versions = (version("broadsheet"), extractor())
    recorded = runs.recorded(
        settings, flow="ingest", source=order.source, parameters=order.parameters, versions=versions
    )
    try:
        with worker_pool(settings.workers) as workers, recorded as run:
            _finish_what_was_left(run, workers)
            reader = open_reader(order.kind, order.location, source=order.source, settings=settings)
            _read_and_load(reader, order, run, workers)
    except BaseException:
        publication.publish_after_failure(settings)
        raise
    publication.publish_run(run)
    report_run(run)
    return run.counts


def _finish_what_was_left(run: OpenRun, workers: WorkerPool) -> None:
    waiting = runs.unfinished_page_ids(run.settings)
    size = run.settings.shard_pages
    for start in range(0, len(waiting), size):
        run.add(resume_pages(waiting[start : start + size], run, workers))
        log.info("finished %d pages that an earlier run had left", run.counts.resumed_page_count)


def _read_and_load(reader: Reader, order: IngestOrder, run: OpenRun, workers: WorkerPool) -> None:
    """Shard by shard: while the next one is read, documents are made of one and those of another are stored."""
    inputs = first_pages(reader, order.max_pages)
    under_way: deque[tuple[TakenShard, PrefectFuture[Counts]]] = deque()
    while shard := take_shard(inputs, run):
        under_way.append((shard, make_documents.submit(shard.page_ids, run, workers)))
        if len(under_way) > SHARDS_UNDER_WAY:
            _settle(*under_way.popleft(), run, reader.progress)
    while under_way:
        _settle(*under_way.popleft(), run, reader.progress)
    if not reader.is_complete:
        run.note_partial("the source could not be read to its end: the last reject of this run says where and why")
        log.warning("partial: %s", run.detail)


def _settle(shard: TakenShard, documents: PrefectFuture[Counts], run: OpenRun, progress: float | None) -> None:
    """Waits for a shard's documents and counts the shard, now that it is whole."""
    run.add(shard.counts + documents.result())
    log.info("%s", progress_line(run.counts), extra={"share": progress})
