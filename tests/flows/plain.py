"""The street without Prefect, for tests that kill it, race it and look inside: the same steps in the same order."""

import sys
from pathlib import Path

from flows import publication
from flows.extract.readers import open_reader
from flows.steps import first_pages, make_documents, resume_pages, take_shard
from flows.transform.pool import worker_pool
from flows.transform.versions import extractor
from warehouse import runs
from warehouse.model import Counts, SourceKind
from warehouse.settings import Settings


def ingest_plainly(settings: Settings, location: Path | str, source: str = "archive") -> Counts:
    """Reads an archive into the warehouse and publishes it; returns what the run counted."""
    reader = open_reader(SourceKind.ARCHIVE, str(location), source=source, settings=settings)
    parameters = {"kind": "archive", "location": str(location), "source": source, "max_pages": None}
    with (
        runs.recorded(
            settings, flow="ingest", source=source, parameters=parameters, versions=("0", extractor())
        ) as run,
        worker_pool(settings.workers) as workers,
    ):
        if waiting := runs.unfinished_page_ids(settings):
            run.add(resume_pages(waiting, run, workers))
        inputs = first_pages(reader, None)
        while shard := take_shard(inputs, run):
            run.add(shard.counts + make_documents(shard.page_ids, run, workers))
        if not reader.is_complete:
            run.note_partial("not read to its end")
    publication.publish_run(run)
    return run.counts


if __name__ == "__main__":
    ingest_plainly(Settings(root=Path(sys.argv[1]), shard_pages=int(sys.argv[3]), workers=2), sys.argv[2])
