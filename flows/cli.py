"""The `broadsheet` command: one verb a subcommand, each says what it did and fails with one clear line.

Heavy modules are imported by the commands that need them: Prefect takes over a second, and `broadsheet sql` answers
in under half a second altogether. For the same reason this is click and not typer, which imports pydantic.
"""

import atexit
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from flows.outputs import Output
from flows.query_errors import QueryFailedError, placed_errors
from flows.results import Format, write_result
from warehouse import engine
from warehouse.settings import Settings

INTERRUPTED = "interrupted; run again to go on from here"
EXPORTS = click.Choice(["warc", "parquet"])
FORCE = click.option("--force", "can_replace", is_flag=True, help="Replace a file that is there already.")
FORMATS = click.Choice([item.value for item in Format])


class RowCount(click.IntRange):
    """A number of rows; `all` is 0."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number. Fails as click wants it to where the value is none."""
        return 0 if value == "all" else int(super().convert(value, param, ctx))


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="broadsheet")
def app() -> None:
    """News pages in, a warehouse that people query out."""


@app.command()
@click.argument("kind")
@click.argument("location")
@click.option("--source", metavar="NAME", help="The name under which its pages are kept; the kind by default.")
@click.option("--max-pages", type=int, metavar="N", help="Stop after this many pages, for a trial.")
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="Of warc and parquet only this host or site.")
@click.option("--since", metavar="DATE", help="Of warc and parquet only captures of this day (UTC) or later.")
@click.option("--until", metavar="DATE", help="Of warc and parquet only captures of this day (UTC) or earlier.")
def ingest(kind: str, location: str, source: str | None, max_pages: int | None, **selection: Any) -> None:
    """Read one source once, load what is new, publish the views.

    KIND is `archive`, and LOCATION a folder or a .tar, .tar.xz, .tar.gz or .zip of feed-archive files; or `warc` or
    `parquet`, and LOCATION a file, a pattern in quotes, or a folder; or `feed` or `sitemap`, and LOCATION its address
    or that of the site; or `url_list`, and LOCATION a file with one address a line, one address, or `-` for standard
    input; a long one is kept in the warehouse's folder `lists`. Of `warc` and `parquet`, --host (which may be given
    several times; a domain stands for all hosts below it), --since and --until choose what is read; a capture without a
    time is of no day.
    """
    from flows.orders import IngestOrder
    from flows.terminal import run_flow

    place = sys.stdin.read() if (kind, location) == ("url_list", "-") else location
    settings = Settings.load()
    order = IngestOrder.checked(kind, place, source, max_pages, settings, **selection)
    run_flow("ingest", **order.handed_on(settings.root))


@app.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE …]")
@click.option("--dry-run", is_flag=True, help="Only poll feeds and sitemaps, and show what would be fetched.")
@click.option("--since", metavar="DATE", help="Backfill: of sitemaps only what is of this day or later.")
@click.option("--until", metavar="DATE", help="Backfill: of sitemaps only what is of this day or earlier.")
@click.option("--max-pages", type=int, metavar="N", help="Stop after this many pages, for a trial.")
def refresh(sources: tuple[str, ...], dry_run: bool, **wishes: Any) -> None:  # noqa: FBT001 - click passes it so
    """Poll the configured sources, or all enabled ones: only what is new or changed is fetched."""
    from flows.orders import RefreshOrder
    from flows.terminal import print_plan, run_flow

    settings = Settings.load()
    order = RefreshOrder.checked(sources, wishes["since"], wishes["until"], wishes["max_pages"], settings)
    if dry_run:
        print_plan(order, settings)
    else:
        run_flow("refresh", sources=" ".join(sources), **wishes)


@app.command()
@click.option("--source", metavar="NAME", help="Only pages of this source.")
@click.option("--since", metavar="DATE", help="Only pages captured since that day (by load where that is not known).")
@click.option("--dry-run", is_flag=True, help="Only transform, compare and show what would change; store nothing.")
@click.option("--allow-losses", is_flag=True, help="Go on where more than a tenth of the documents lose much.")
def reprocess(dry_run: bool, **wishes: Any) -> None:  # noqa: FBT001 - click passes it so
    """Transform stored pages again that another extractor, or older rules of their site, transformed last.

    Nothing is fetched. What that changes is told by field and by site before the views show it.
    """
    from flows.orders import ReprocessOrder
    from flows.terminal import print_changes, run_flow

    settings = Settings.load()
    order = ReprocessOrder.checked(wishes["source"], wishes["since"], settings)
    if dry_run:
        print_changes(order, settings)
    else:
        run_flow("reprocess", **wishes)


@app.command()
def maintain() -> None:
    """Learn from the stored pages what each site adds to its titles and texts; publish the views."""
    from flows.terminal import run_flow

    run_flow("maintain")


@app.group()
def sources() -> None:
    """A sources file of one's own: what `refresh` reads."""


@sources.command("init")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default="sources.toml")
def init_sources(file: Path) -> None:
    """Write the starter list to FILE (sources.toml where none is named), to be edited; a file that is there stays."""
    from flows.extract.starter import write_starter_list

    count = write_starter_list(file)
    click.echo(f"{file}: {count:,} sources; edit it, then set BROADSHEET_SOURCES={file.absolute()}")


@app.command("import-opml")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), help="The sources file; BROADSHEET_SOURCES by default."
)
def import_opml(file: Path, to: Path | None) -> None:
    """Add the feeds of an OPML file, as feed readers export it, to a sources file."""
    from flows.extract.listing.opml import import_file

    target = to or Settings.load().sources
    if target is None:
        raise click.UsageError("name the sources file with --to, or set BROADSHEET_SOURCES.")
    added, known = import_file(file, target)
    click.echo(f"{target}: {added:,} sources added, {known:,} were there already")


# A query may begin with a comment, `-- which documents …`, which is no option.
@app.command(context_settings={"ignore_unknown_options": True})
@click.argument("query")
@click.option("--format", "output_format", type=FORMATS, default="table", help="How the result is written.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output by default.")
@FORCE
@click.option("--rows", type=RowCount(0), metavar="N|all", help="So many rows of a table, or all of them.")
def sql(query: str, output_format: str, output: Path | None, **wishes: Any) -> None:
    """Ask the published catalog, read-only.

    QUERY is one SELECT or EXPLAIN; `-` reads it from standard input. A table is for reading: it shows the first 1,000
    rows, or 100 where the columns do not fit beside each other, and counts the rest; --rows and the other formats give
    more.

    The output is a new file outside the warehouse's folder, there once it is whole; --force lets it replace another.
    """
    text = sys.stdin.read() if query == "-" else query
    settings = Settings.load()
    checked = Output.checked(output, settings, can_replace=wishes["can_replace"]) if output else None
    statement, lines_before = engine.bare(text)
    with engine.published(settings) as connection, placed_errors(lines_before):
        engine.refuse_writes(connection, statement)
        write_result(connection, statement, Format(output_format), checked, wishes["rows"])
    if checked:
        click.echo(f"sql: written to {output}", err=True)


@app.command()
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--format", "export_format", type=EXPORTS, default="warc", show_default=True, help="What is written.")
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="Only this host or site; may be given again.")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source; may be given again.")
@click.option("--since", metavar="DATE", help="Only what was captured on this day (UTC) or later.")
@click.option("--until", metavar="DATE", help="Only what was captured on this day (UTC) or earlier.")
@click.option("--all-kinds", is_flag=True, help="Feeds, sitemaps and robots.txt too, not documents alone.")
@FORCE
def export(output: Path, export_format: str, all_kinds: bool, **wishes: Any) -> None:  # noqa: FBT001 - as above
    """Write stored pages to a file: WARC 1.1 (.warc.gz or .warc), or the Parquet that `ingest parquet` takes.

    A WARC holds all that is known of a page: reading it into another warehouse gives the same page_id. A page whose
    capture has no time is dated by its load, and a record before it says so. Parquet holds the address, the body, the
    time, the status and the headers alone. Pages without a time of capture are of no day.

    The output is a new file outside the warehouse's folder, there once it is whole; --force lets it replace another.
    """
    from flows.exporting import ExportOrder
    from flows.exporting import export as export_pages

    order = ExportOrder.checked(export_format, output, has_every_kind=all_kinds, **wishes)
    count = export_pages(order, Settings.load())
    click.echo(f"export: {count:,} pages written to {output}")


@app.command()
def publish() -> None:
    """Rebuild the catalog from the tables, check it, and swap it in."""
    from flows.publication import publish

    click.echo(f"published {publish(Settings.load())}")


@app.command()
def check() -> None:
    """Run the checks against the tables as they are now; publishes nothing."""
    from flows.publication import check

    failures = check(Settings.load())
    for failure in failures:
        click.echo(str(failure))
    if failures:
        sys.exit(1)
    click.echo("every check passed")


@app.command()
def status() -> None:
    """Show what is in the warehouse, how fresh it is and how the last runs ended."""
    from flows.status import print_status

    print_status(Settings.load())


@app.command()
@click.argument("place", metavar="FILE_OR_URL")
@click.option("--url", help="The page's address; facts about its site are looked up by it.")
@click.option("--explain", is_flag=True, help="Show all evidence for each field, what won and why the rest did not.")
def extract(place: str, url: str | None, explain: bool) -> None:  # noqa: FBT001 - a flag, as click hands it over
    """Turn one page into one document, as JSON on standard output; writes nothing.

    FILE_OR_URL is an HTML page, a feed-archive file, or an address, which is fetched as politely as any.
    """
    from flows.single import document_of, explanation_of, public_columns
    from warehouse.model import Reject

    if explain:
        text, is_document = explanation_of(place, url, Settings.load())
        click.echo(text)
        sys.exit(0 if is_document else 1)
    result = document_of(place, url, Settings.load())
    click.echo(json.dumps(public_columns(result), ensure_ascii=False, indent=2, default=str))
    if isinstance(result, Reject):
        sys.exit(1)


@app.command()
@click.option("--port", type=click.IntRange(1, 65535), default=4200, show_default=True, help="The port to listen on.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on; any but loopback wants a password.",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME",
    help="A host name under which browsers call it; may be given again.",
)
def serve(port: int, host: str, names: tuple[str, ...]) -> None:
    """Start the Prefect server, its UI and all deployments, on loopback; Ctrl-C ends them.

    Where --host is not loopback, PREFECT_SERVER_API_AUTH_STRING=user:password must be set, because whoever reaches the
    server can run any command as its user; put TLS before it. Forms read files below BROADSHEET_INPUTS alone (folders,
    separated as in PATH; by default the folder in which this is started).
    """
    from flows.deployments import serve_all
    from flows.serving.server import Place

    serve_all(Settings.load(), Place.checked(host, port, names))


def main() -> None:
    """The entry point: whatever goes wrong ends as one line on standard error and a non-zero status."""
    outcome = _outcome()
    if isinstance(outcome, str):
        print(outcome, file=sys.stderr)  # noqa: T201 - the one line
    elif "prefect" not in sys.modules:
        sys.exit(outcome)
    # What Prefect keeps of a flow holds DuckDB's objects, and DuckDB prints fifty lines about those at exit. So the
    # exit is short: what is registered for it is done (Prefect sends its log), the rest is left to the system.
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public name for it
    with suppress(OSError, ValueError):
        # The reader of our output may be gone.
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(1 if isinstance(outcome, str) else outcome or 0)


def _outcome() -> int | str | None:  # noqa: PLR0911 - each way to end is one line
    """Runs the command; its exit status, or the one line that names the thing at fault."""
    try:
        status: int | None = app(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "broadsheet"
        return f"broadsheet: {error.format_message()} See `{command} --help`."
    except BrokenPipeError:
        # The reader of our output (head, less) has seen enough.
        sys.stderr.close()
        return 0
    except SystemExit as leaving:
        return leaving.code
    except Exception as error:  # noqa: BLE001 - the outermost boundary: people get a line, the run's log has the rest
        return f"broadsheet: {_told(error)}"
    except BaseException:  # noqa: BLE001 - what Prefect makes of a termination
        return f"broadsheet: {INTERRUPTED}"
    return status


def _told(error: Exception) -> str:
    """The error in one line; below that of a query, its place in it."""
    if isinstance(error, click.Abort):
        return INTERRUPTED
    message = " ".join(str(error).split()) or type(error).__name__
    if "No space left on device" in message:
        return f"no space left for {Settings.load().root}; free some and run again"
    return str(error) if isinstance(error, QueryFailedError) else message
