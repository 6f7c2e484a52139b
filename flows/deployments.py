"""What the Prefect UI offers: the deployments, served on loopback."""

import os
from typing import Any

from flows import prefect_settings
from flows.extract.sources import load_sources
from flows.server import HOST, announced, running_server
from warehouse.settings import Settings

HOURLY = "7 * * * *"
"""Not on the hour, when everybody asks."""

NIGHTLY = "37 3 * * *"
"""Half an hour after a refresh has begun, so that most of what it brings is there."""


def serve_all(settings: Settings, port: int) -> None:
    """Runs the Prefect server and offers every deployment until interrupted.

    Raises ServerError where the port is taken or the server does not answer.
    """
    prefect_settings.apply(settings)
    # Flow runs are processes of their own: they must find the same warehouse, wherever they are started.
    os.environ["BROADSHEET_ROOT"] = str(settings.root)
    with running_server(settings, port) as api_url, announced(settings, api_url):
        os.environ["PREFECT_API_URL"] = api_url
        # Prefect reads its settings when it is imported, so they have to come first.
        from prefect import serve

        print(f"Prefect UI: http://{HOST}:{port} (Ctrl-C ends it)", flush=True)  # noqa: T201 - the command's output
        serve(*deployments(), pause_on_shutdown=False, print_starting_message=False)


def deployments() -> list[Any]:
    """What the UI offers; importing Prefect, as this does, is dear, and takes its settings as they are."""
    return [_ingest(), _refresh(), _reprocess(), _maintain()]


def _ingest() -> Any:
    from prefect.deployments.runner import RunnerDeployment
    from prefect.types.entrypoint import EntrypointType

    from flows.ingest import ingest

    (sample,) = (source for source in load_sources(None) if source.name == "sample")
    return RunnerDeployment.from_flow(
        ingest,
        name="ingest",
        description="One source, once: reads it, loads what is new, publishes the views.",
        # The form opens on the bundled sample, so that the first run is one click.
        parameters={"kind": sample.kind, "location": sample.location, "source": sample.name},
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _refresh() -> Any:
    from prefect.deployments.runner import RunnerDeployment
    from prefect.types.entrypoint import EntrypointType

    from flows.refresh import refresh

    return RunnerDeployment.from_flow(
        refresh,
        name="refresh",
        description="All enabled sources: fetches what is new or has changed, publishes the views.",
        cron=HOURLY,
        # While one is under way the next would find its sources taken.
        concurrency_limit=_one_at_a_time(),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _reprocess() -> Any:
    from prefect.deployments.runner import RunnerDeployment
    from prefect.types.entrypoint import EntrypointType

    from flows.reprocess import reprocess

    return RunnerDeployment.from_flow(
        reprocess,
        name="reprocess",
        description="After an upgrade: stored pages through the current transform, a report of what that changes.",
        # Two at once would do the same work.
        concurrency_limit=_one_at_a_time(),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _maintain() -> Any:
    from prefect.deployments.runner import RunnerDeployment
    from prefect.types.entrypoint import EntrypointType

    from flows.maintain import maintain

    return RunnerDeployment.from_flow(
        maintain,
        name="maintain",
        description="Every night: learns what each site adds to its titles and texts, publishes the views.",
        cron=NIGHTLY,
        # Two at once would learn the same.
        concurrency_limit=_one_at_a_time(),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _one_at_a_time() -> Any:
    """A run that begins while another one is under way is cancelled."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy

    return ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
