"""Running a flow from the command line: Prefect kept quiet, our own lines shown, or a bar where there is a terminal."""

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from flows.orders import RefreshOrder, ReprocessOrder
from flows.planning import plan
from flows.reports import change_report, progress_line
from flows.reprocessing import changes_to_come
from flows.serving import prefect_settings
from flows.serving.server import Place, ServerError, free_port, start_server
from warehouse.model import Counts
from warehouse.settings import Settings

log = logging.getLogger("broadsheet")


def run_flow(name: str, **parameters: object) -> None:
    """Runs the flow of that name in this process and prints what it did."""
    settings = Settings.load()
    prefect_settings.apply(settings)
    # Prefect prints tracebacks of failed flows; the command prints its one line, and the run's log has the traceback.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    # A terminated command ends as an interrupted one does: the run is `cancelled`, and nothing of it stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with shown_log():
        _find_server(settings)
        log.info("starting %s", name)
        flow = getattr(import_module(f"flows.{name}"), name)
        with _lost_server_told():
            done = flow(**parameters)
    if report := getattr(done, "report", None):
        click.echo(report)
    told = progress_line(done) if isinstance(done, Counts) else done
    click.echo(f"{name}: {told}; published {settings.catalog}")


@contextmanager
def _lost_server_told() -> Iterator[None]:
    """A server that ended meanwhile is said to have: what is under way goes on without it, only its report is lost."""
    from httpx import TransportError

    try:
        yield
    except TransportError as error:
        address = os.environ["PREFECT_API_URL"].removesuffix("/api")
        raise ServerError(
            f"the Prefect server at {address} ended meanwhile; `broadsheet status` tells how the run stands"
        ) from error


def print_plan(order: RefreshOrder, settings: Settings) -> None:
    """Prints what a refresh would fetch, and why; nothing is stored."""
    planned, shortfalls = plan(order, settings)
    for shortfall in shortfalls:
        click.echo(f"could not be polled: {shortfall}", err=True)
    for link in planned:
        click.echo(f"{link.choice}\t{link.source}\t{link.url}")
    click.echo(f"refresh would fetch {len(planned):,} links; nothing was stored")


def print_changes(order: ReprocessOrder, settings: Settings) -> None:
    """Prints what a reprocessing would change; nothing is stored."""
    with shown_log():
        changes = changes_to_come(order, settings)
    click.echo(change_report(changes, is_trial=True))
    click.echo("nothing was stored")


def _find_server(settings: Settings) -> None:
    """Points Prefect at the server that is there, or at one of our own that ends when this process does.

    Prefect would start one itself, which is left behind when the command is killed, and dies before the run has ended
    when the terminal's Ctrl-C reaches it too. It is not ended here: Prefect sends the last of its log when we exit.
    """
    prefect_settings.use_running_server(settings)
    if "PREFECT_API_URL" not in os.environ:
        log.info("starting a Prefect server for this command (some ten seconds; `broadsheet serve` keeps one)")
        place = Place(free_port())
        start_server(settings, place)
        os.environ["PREFECT_API_URL"] = place.api_url


@contextmanager
def shown_log() -> Iterator[None]:
    """Shows Broadsheet's log on standard error: a progress bar in a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        handler: logging.Handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        with _listening(handler):
            yield
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    with bar, _listening(BarHandler(bar)):
        yield


@contextmanager
def _listening(handler: logging.Handler) -> Iterator[None]:
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


class BarHandler(logging.Handler):
    """Turns log records into the state of one progress bar; warnings stay on the screen above it."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress
        self._bar: TaskID = progress.add_task("", total=None)

    def emit(self, record: logging.LogRecord) -> None:
        """Shows one record: its `share`, where it has one, is how much of the source has been read (0 to 1)."""
        message = record.getMessage()
        if record.levelno >= logging.WARNING:
            self._progress.console.print(message, markup=False)
        share = getattr(record, "share", None)
        self._progress.update(self._bar, description=message, completed=share or 0, total=None if share is None else 1)
