"""The `ingest` flow: one source, once, from its first page to the published views."""

from datetime import date
from pathlib import Path

from prefect import flow
from prefect.runtime import deployment

from flows.extract.inputs import ANYWHERE, Inputs
from flows.extract.readers import open_reader
from flows.extract.sources import SAMPLE
from flows.loading import load
from flows.orders import IngestOrder
from flows.serving.processes import living_run
from warehouse.model import Counts, SourceKind
from warehouse.settings import Settings


@flow(name="ingest")
@living_run
def ingest(  # noqa: PLR0913, PLR0917 - the fields of the form
    kind: SourceKind,
    location: str,
    source: str | None = None,
    max_pages: int | None = None,
    hosts: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Counts:
    """Reads one source once, loads what is new, and publishes the views.

    Safe to run again and beside other runs: what is already there counts as unchanged, and pages that a killed run
    left unfinished are finished first.

    Args:
        kind: What the source is. `archive` is a folder or a .tar, .tar.xz, .tar.gz or .zip of feed-archive files;
            `warc` and `parquet` are a file, a pattern or a folder of such files; `feed`, `sitemap` and `url_list` are
            read from the web.
        location: Where it is. For an archive, WARC or Parquet files a path on the machine that runs the flow, below one
            of the folders in BROADSHEET_INPUTS (the one in which `broadsheet serve` was started, where that is not
            set); for a feed or sitemap its address, or that of the site; for a list of addresses such a path, one
            address, or pasted lines of them.
        source: The name under which its pages are kept. Empty: the kind's name. A configured source's name means its
            policy and its delay too.
        max_pages: Stop after this many pages, for a trial. Empty: all of them.
        hosts: Of WARC and Parquet files only the pages of these hosts and of those below them, separated by blanks,
            commas or line ends; `example.org` is the whole site. Empty: all of them.
        since: Of WARC and Parquet files only what was captured on this day (UTC) or later; a capture without a
            time is of no day. Empty: everything.
        until: Of WARC and Parquet files only what was captured on this day (UTC) or earlier. Empty: everything.

    """
    settings = Settings.load()
    order = IngestOrder.checked(
        kind, location, source, max_pages, settings, hosts=hosts, since=since, until=until, inputs=_inputs(settings)
    )
    reader = open_reader(order.source, settings, order.selection, order.inputs)
    return load(
        [reader],
        settings,
        flow="ingest",
        source=order.source.name,
        parameters=order.parameters,
        max_pages=order.max_pages,
    )


def _inputs(settings: Settings) -> Inputs:
    """A run of the deployment was asked for in a form or by the API; any other is the command's, or somebody's code."""
    return Inputs((*(settings.inputs or (Path.cwd(),)), SAMPLE)) if deployment.id else ANYWHERE
