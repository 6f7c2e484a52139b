"""What the Prefect UI offers, and the server that offers it, on loopback."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flows import prefect_settings
from flows.extract.sources import load_sources
from warehouse.settings import Settings

HOST = "127.0.0.1"
START_SECONDS = 120
"""The longest wait for the server: its first start migrates a fresh database."""


class ServerError(RuntimeError):
    """The Prefect server did not come up; the message says where its log is."""


def serve_all(settings: Settings, port: int) -> None:
    """Runs the Prefect server and offers every deployment until interrupted.

    Raises ServerError where the port is taken or the server does not answer.
    """
    prefect_settings.apply(settings)
    # Flow runs are processes of their own: they must find the same warehouse, wherever they are started.
    os.environ["BROADSHEET_ROOT"] = str(settings.root)
    with running_server(settings, port) as api_url:
        os.environ["PREFECT_API_URL"] = api_url
        # Prefect reads its settings when it is imported, so they have to come first.
        from prefect import serve
        from prefect.deployments.runner import RunnerDeployment
        from prefect.types.entrypoint import EntrypointType

        from flows.ingest import ingest

        (sample,) = (source for source in load_sources(None) if source.name == "sample")
        print(f"Prefect UI: http://{HOST}:{port} (Ctrl-C ends it)", flush=True)  # noqa: T201 - the command's output
        serve(
            RunnerDeployment.from_flow(
                ingest,
                name="ingest",
                description="One source, once: reads it, loads what is new, publishes the views.",
                # The form opens on the bundled sample, so that the first run is one click.
                parameters={"kind": sample.kind, "location": sample.location, "source": sample.name},
                entrypoint_type=EntrypointType.MODULE_PATH,
            ),
            pause_on_shutdown=False,
            print_starting_message=False,
        )


@contextmanager
def running_server(settings: Settings, port: int) -> Iterator[str]:
    """A Prefect server for the length of the block; gives its API's address."""
    api_url = f"http://{HOST}:{port}/api"
    if prefect_settings.is_healthy(api_url):
        raise ServerError(f"port {port} is taken by another Prefect server; choose another with --port")
    log = settings.root / ".prefect" / "server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    # The UI asks the API at the address it is told, which is port 4200 unless it is told otherwise.
    environment = {**os.environ, "PREFECT_SERVER_UI_API_URL": api_url}
    environment.pop("PREFECT_API_URL", None)
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(port)]
    with log.open("ab") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)  # noqa: S603 - our own words
    address = prefect_settings.address_file(settings)
    try:
        _wait_until_healthy(server, api_url, str(log))
        address.write_text(api_url)
        yield api_url
    finally:
        address.unlink(missing_ok=True)
        server.terminate()
        server.wait()


def _wait_until_healthy(server: subprocess.Popen[bytes], api_url: str, log: str) -> None:
    for _ in range(START_SECONDS * 4):
        if prefect_settings.is_healthy(api_url):
            return
        if server.poll() is not None:
            break
        time.sleep(0.25)
    raise ServerError(f"the Prefect server did not start on {api_url}; its log is {log}")
