"""The street without Prefect, for tests that kill it, race it and look inside: the same steps in the same order."""

import sys
from contextlib import closing, nullcontext
from pathlib import Path

from flows import publication
from flows.extract.readers import Reader, open_reader
from flows.extract.sources import Source
from flows.steps import first_pages, make_documents, resume_pages, take_shard
from flows.transform.pool import WorkerPool, worker_pool
from flows.transform.versions import extractor
from warehouse import runs
from warehouse.model import Counts, SourceKind
from warehouse.settings import Settings


def ingest_plainly(settings: Settings, location: Path | str, source: str = "archive") -> Counts:
    """Reads an archive into the warehouse and publishes it; returns what the run counted."""
    archive = Source(name=source, kind=SourceKind.ARCHIVE, location=str(location))
    return load_plainly(open_reader(archive, settings), settings, flow="ingest", source=source)


def load_plainly(  # noqa: PLR0913 - what a run's row says, and two ways to save time in a long test
    reader: Reader,
    settings: Settings,
    *,
    flow: str,
    source: str | None,
    workers: WorkerPool | None = None,
    is_published: bool = True,
) -> Counts:
    """Loads what a reader gives, as one run, and publishes it; returns what the run counted."""
    with (
        runs.recorded(settings, flow=flow, source=source, parameters={}, versions=("0", extractor())) as run,
        nullcontext(workers) if workers else worker_pool(settings.workers) as pool,
    ):
        if waiting := runs.unfinished_page_ids(settings):
            run.add(resume_pages(waiting, run, pool))
        with closing(first_pages(reader, None)) as inputs:
            while shard := take_shard(inputs, run):
                run.add(shard.counts + make_documents(shard.page_ids, run, pool))
        for shortfall in reader.shortfalls:
            run.note_partial(shortfall)
    if is_published:
        publication.publish_run(run)
    return run.counts


if __name__ == "__main__":
    ingest_plainly(Settings(root=Path(sys.argv[1]), shard_pages=int(sys.argv[3]), workers=2), sys.argv[2])
