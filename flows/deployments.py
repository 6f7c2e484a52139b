"""What the Prefect UI offers: the deployments, and the runner that carries them out."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flows.extract.sources import load_sources
from flows.serving import prefect_settings
from flows.serving.server import Place, Process, ServerError, announced, end_server, sole_server, start_server
from warehouse.settings import Settings

HOURLY = "7 * * * *"
"""Not on the hour, when everybody asks."""

NIGHTLY = "37 3 * * *"
"""Half an hour after a refresh has begun, so that most of what it brings is there."""

ENDED_BEFORE = "its process is gone: the server that started it ended before it"
ENDED_WITH_SERVE = "`broadsheet serve` was ended while it ran"
NOT_SCHEDULED = """\
refresh: its hourly schedule is off. It waits for sources of your own: `broadsheet sources init` writes the starter list
to a file to be edited; set BROADSHEET_SOURCES to it and start again. Or switch it on in the UI, as it is."""


def serve_all(settings: Settings, place: Place) -> None:
    """Runs the Prefect server and offers every deployment until interrupted.

    Raises ServerError where another one runs for this root, the port is taken, or the server does not answer or ends.
    """
    prefect_settings.apply(settings)
    # A termination ends us as an interruption does: nothing stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Flow runs are processes of their own: they must find the same warehouse, wherever they are started.
    os.environ["BROADSHEET_ROOT"] = str(settings.root)
    os.environ["BROADSHEET_INPUTS"] = os.pathsep.join(map(str, _inputs(settings)))
    with (
        suppress(KeyboardInterrupt),
        sole_server(settings),
        _watched(settings, place),
        announced(settings, place.api_url),
    ):
        os.environ["PREFECT_API_URL"] = place.api_url
        print(f"Prefect UI: {place.api_url.removesuffix('/api')} (Ctrl-C ends it)", flush=True)  # noqa: T201 - said
        _carry_out(deployments(is_chosen=settings.sources is not None))


def _inputs(settings: Settings) -> tuple[Path, ...]:
    """The folders that forms may read. Raises ServerError where the working folder cannot be named among several."""
    if not settings.inputs and os.pathsep in str(Path.cwd()):
        raise ServerError(f"{Path.cwd()}: a name with {os.pathsep!r} in it; set BROADSHEET_INPUTS to another folder")
    return settings.inputs or (Path.cwd(),)


@contextmanager
def _watched(settings: Settings, place: Place) -> Iterator[None]:
    """A server for the length of the block, which is interrupted where the server ends by itself."""
    server = start_server(settings, place)
    is_over = threading.Event()
    threading.Thread(target=_interrupt_at_its_end, args=(server, is_over), daemon=True).start()
    try:
        yield
    except KeyboardInterrupt:
        if server.poll() is not None:
            log = prefect_settings.home(settings) / "server.log"
            raise ServerError(f"the Prefect server has ended; its log is {log}. Start again to go on") from None
        raise
    finally:
        is_over.set()
        end_server(server)


def _interrupt_at_its_end(server: Process, is_over: threading.Event) -> None:
    server.wait()
    if not is_over.is_set():
        os.kill(os.getpid(), signal.SIGTERM)


def _carry_out(offered: list[Any]) -> None:
    """Registers the deployments and runs what is asked for until interrupted; nothing of it stays behind."""
    from flows.serving.leftovers import settle

    names = [deployment.flow_name for deployment in offered]
    if gone := settle(names, ENDED_BEFORE):
        print(f"ended what an earlier server left behind: {', '.join(gone)}", flush=True)  # noqa: T201 - said to people
    try:
        asyncio.run(_offer(offered))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        with suppress(Exception):
            # Where the server is gone as well, the next start does this.
            settle(names, ENDED_WITH_SERVE)


async def _offer(offered: list[Any]) -> None:
    from prefect.runner import Runner

    from flows.serving.registration import is_scheduled

    loop, this = asyncio.get_running_loop(), asyncio.current_task()

    class Served(Runner):
        """A runner that a termination ends as an interruption does: Prefect's way leaves its runs behind."""

        def handle_sigterm(self, *_: Any, **__: Any) -> None:
            # Not by SIGINT: whoever was started in the background of a script has that ignored.
            if this:
                loop.call_soon_threadsafe(this.cancel)

    runner = Served(pause_on_shutdown=False)
    for deployment in offered:
        await runner.aadd_deployment(deployment)
    if not await is_scheduled("refresh"):
        print(NOT_SCHEDULED, flush=True)  # noqa: T201 - said to people
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        # The terminal was closed; who wants to outlive that starts us by nohup.
        loop.add_signal_handler(signal.SIGHUP, runner.handle_sigterm)
    await runner.start()


def deployments(*, is_chosen: bool = True) -> list[Any]:
    """What the UI offers; importing Prefect, as this does, is dear, and takes its settings as they are.

    `is_chosen` says whether the user has chosen sources: what nobody chose is not polled every hour.
    """
    return [_ingest(), _refresh(is_chosen=is_chosen), _reprocess(), _maintain()]


def _ingest() -> Any:
    from flows.ingest import ingest

    (sample,) = (source for source in load_sources(None) if source.name == "sample")
    return _deployment(
        ingest,
        description="One source, once: reads it, loads what is new, publishes the views.",
        # The form opens on the bundled sample, so that the first run is one click.
        parameters={"kind": sample.kind, "location": sample.location, "source": sample.name},
    )


def _refresh(*, is_chosen: bool) -> Any:
    from flows.refresh import refresh
    from flows.serving.registration import our_schedule

    return _deployment(
        refresh,
        description=(
            "Your sources: fetches what is new or has changed, publishes the views.\n\n"
            "The hourly schedule is off as long as BROADSHEET_SOURCES names no sources of your own: "
            "`broadsheet sources init` writes the starter list to a file to be edited. Once it is set, the next start "
            "of `broadsheet serve` switches the schedule on; switched on here, it polls the starter list."
        ),
        schedule=our_schedule(HOURLY, is_ready=is_chosen),
        # While one is under way the next would find its sources taken.
        concurrency_limit=_one_at_a_time(),
    )


def _reprocess() -> Any:
    from flows.reprocess import reprocess

    return _deployment(
        reprocess,
        description="After an upgrade: stored pages through the current transform, a report of what that changes.",
        # Two at once would do the same work.
        concurrency_limit=_one_at_a_time(),
    )


def _maintain() -> Any:
    from flows.maintain import maintain
    from flows.serving.registration import our_schedule

    return _deployment(
        maintain,
        description="Every night: learns what each site adds to its titles and texts, publishes the views.",
        schedule=our_schedule(NIGHTLY),
        # Two at once would learn the same.
        concurrency_limit=_one_at_a_time(),
    )


def _deployment(flow: Any, **given: Any) -> Any:
    """The deployment of a flow, under the flow's name."""
    from prefect.types.entrypoint import EntrypointType

    from flows.serving.registration import KeptDeployment

    return KeptDeployment.from_flow(
        flow, name=flow.name, version=version("broadsheet"), entrypoint_type=EntrypointType.MODULE_PATH, **given
    )


def _one_at_a_time() -> Any:
    """A run that begins while another one is under way is cancelled."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy

    return ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
