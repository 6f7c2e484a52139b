"""A Prefect server on loopback, for the length of a command: it ends with us, however we end."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flows import prefect_settings
from warehouse.settings import Settings

HOST = "127.0.0.1"
START_SECONDS = 120
"""The longest wait for the server: its first start migrates a fresh database."""

GUARDED = """
import subprocess, sys
server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
sys.stdin.read()
server.terminate()
server.wait()
"""
"""A guard between us and the server: its input ends when we end it, or die of whatever; then it ends the server."""


class ServerError(RuntimeError):
    """The Prefect server did not come up; the message says where its log is."""


@contextmanager
def running_server(settings: Settings, port: int) -> Iterator[str]:
    """A Prefect server for the length of the block; gives its API's address. Raises as `start_server` does."""
    server, api_url = start_server(settings, port)
    try:
        yield api_url
    finally:
        server.communicate()


def start_server(settings: Settings, port: int) -> tuple[subprocess.Popen[bytes], str]:
    """Starts a server that ends when its input does, or this process; gives it and its API's address.

    Raises ServerError where the port is taken or the server does not answer.
    """
    api_url = f"http://{HOST}:{port}/api"
    if prefect_settings.is_healthy(api_url):
        raise ServerError(f"port {port} is taken by another Prefect server; choose another with --port")
    log = settings.root / ".prefect" / "server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    # The UI asks the API at the address it is told, which is port 4200 unless it is told otherwise.
    # And it imports nothing from the folder that we stand in: a file there may have the name of a module it needs.
    environment = {**os.environ, "PREFECT_SERVER_UI_API_URL": api_url, "PYTHONSAFEPATH": "1"}
    environment.pop("PREFECT_API_URL", None)
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(port)]
    with log.open("ab") as output:
        # In a session of its own, so that a terminal's Ctrl-C reaches it only when we are done with it.
        server = subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-c", GUARDED, *command],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_until_healthy(server, api_url, str(log))
    except BaseException:
        server.communicate()
        raise
    return server, api_url


@contextmanager
def announced(settings: Settings, api_url: str) -> Iterator[None]:
    """Leaves the API's address for the commands on this machine, for the length of the block."""
    address = prefect_settings.address_file(settings)
    address.write_text(api_url, encoding="utf-8")
    try:
        yield
    finally:
        address.unlink(missing_ok=True)


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_healthy(server: subprocess.Popen[bytes], api_url: str, log: str) -> None:
    for _ in range(START_SECONDS * 4):
        if prefect_settings.is_healthy(api_url):
            return
        if server.poll() is not None:
            break
        time.sleep(0.25)
    raise ServerError(f"the Prefect server did not start on {api_url}; its log is {log}")
