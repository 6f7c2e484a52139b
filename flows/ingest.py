"""The `ingest` flow: one source, once, from its first page to the published views."""

import logging
from importlib.metadata import version

from prefect import flow

from flows import publication
from flows.extract.readers import Reader, open_reader
from flows.orders import IngestOrder
from flows.reports import progress_line
from flows.steps import first_pages
from flows.tasks import make_documents, report_run, resume_pages, take_shard
from flows.transform.pool import WorkerPool, worker_pool
from flows.transform.versions import extractor
from warehouse import runs
from warehouse.model import Counts, SourceKind
from warehouse.runs import OpenRun
from warehouse.settings import Settings

log = logging.getLogger("broadsheet")


@flow(name="ingest")
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
    with worker_pool(settings.workers) as workers, recorded as run:
        _finish_what_was_left(run, workers)
        reader = open_reader(order.kind, order.location, source=order.source, settings=settings)
        _read_and_load(reader, order, run, workers)
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
    """Shard by shard; the next one is read while this one's documents are made."""
    inputs = first_pages(reader, order.max_pages)
    ahead = take_shard.submit(inputs, run)
    while shard := ahead.result():
        ahead = take_shard.submit(inputs, run)
        run.add(shard.counts + make_documents(shard.page_ids, run, workers))
        log.info("%s", progress_line(run.counts), extra={"share": reader.progress})
    if not reader.is_complete:
        run.note_partial("the source could not be read to its end: see the rejects of this run")
