"""The `broadsheet` command: one verb a subcommand, each says what it did and fails with one clear line.

Prefect takes over a second to import, so only the commands that run a flow import it, and they do so inside.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from flows.results import Format, print_status, write_result
from warehouse import engine
from warehouse.settings import Settings

app = typer.Typer(
    name="broadsheet",
    help="News pages in, a warehouse that people query out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command()
def ingest(
    kind: Annotated[str, typer.Argument(help="what the source is: archive")],
    location: Annotated[str, typer.Argument(help="where it is: a folder or a .tar, .tar.xz, .tar.gz or .zip file")],
    source: Annotated[
        str | None, typer.Option(help="the name under which its pages are kept (default: the kind)")
    ] = None,
    max_pages: Annotated[int | None, typer.Option(help="stop after this many pages")] = None,
) -> None:
    """Read one source once, load what is new, publish the views."""
    from flows.orders import IngestOrder

    IngestOrder.checked(kind, location, source, max_pages)
    from flows.terminal import run_flow

    run_flow("ingest", kind=kind, location=location, source=source, max_pages=max_pages)


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="one SELECT or EXPLAIN; '-' reads it from standard input")],
    output_format: Annotated[Format, typer.Option("--format", help="how the result is written")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option(help="a file to write to; standard output where none is given")] = None,
) -> None:
    """Ask the published catalog, read-only."""
    text = sys.stdin.read() if query == "-" else query
    with engine.published(Settings.load()) as connection:
        engine.refuse_writes(connection, text)
        write_result(connection, text, output_format, output)


@app.command()
def publish() -> None:
    """Rebuild the catalog from the tables, check it, and swap it in."""
    from flows.publication import publish

    typer.echo(f"published {publish(Settings.load())}")


@app.command()
def check() -> None:
    """Run the checks against the tables as they are now; publishes nothing."""
    from flows.publication import check

    failures = check(Settings.load())
    for failure in failures:
        typer.echo(str(failure))
    if failures:
        raise typer.Exit(1)
    typer.echo("every check passed")


@app.command()
def status() -> None:
    """Show what is in the warehouse, how fresh it is and how the last runs ended."""
    print_status(Settings.load())


@app.command()
def extract(
    page: Annotated[Path, typer.Argument(help="an HTML page or a feed-archive file", metavar="FILE")],
    url: Annotated[str | None, typer.Option(help="the page's address; its site's facts are looked up by it")] = None,
) -> None:
    """Turn one page into one document, as JSON on standard output; writes nothing."""
    from flows.single import document_of
    from warehouse.model import Reject

    result = document_of(page, url, Settings.load())
    typer.echo(json.dumps(asdict(result), ensure_ascii=False, indent=2, default=str))
    if isinstance(result, Reject):
        raise typer.Exit(1)


@app.command()
def serve(port: Annotated[int, typer.Option(help="the port on loopback")] = 4200) -> None:
    """Start the Prefect server, its UI and all deployments, on loopback; Ctrl-C ends them."""
    from flows.deployments import serve_all

    serve_all(Settings.load(), port)


def main() -> None:
    """The entry point: whatever goes wrong ends as one line on standard error and a non-zero status."""
    with one_line_errors():
        app()


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turns an exception into one line that names the thing at fault."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit("broadsheet: interrupted; run again to go on from here")
    except BrokenPipeError:
        # The reader of our output (head, less) has seen enough.
        sys.stderr.close()
    except Exception as error:  # noqa: BLE001 - the outermost boundary: people get a line, the log has the rest
        sys.exit(f"broadsheet: {' '.join(str(error).split()) or type(error).__name__}")
