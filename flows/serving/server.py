"""A Prefect server, on loopback unless it is told otherwise: it ends with us, however we end."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from filelock import FileLock, Timeout

from flows.serving import prefect_settings
from flows.serving.door import LOOPBACK, is_loopback
from warehouse.settings import Settings

HOST = "127.0.0.1"
ANY_ADDRESS = ("0.0.0.0", "::", "[::]")  # noqa: S104 - recognised, not bound
START_SECONDS = 120
"""The longest wait for the server: its first start migrates a fresh database."""
END_SECONDS = 30
"""The longest wait for its end, after which it is killed: it gives open connections ten."""
AUTH = "PREFECT_SERVER_API_AUTH_STRING"
ORIGINS = "PREFECT_SERVER_CORS_ALLOWED_ORIGINS"

Process = subprocess.Popen[bytes]


class ServerError(RuntimeError):
    """The Prefect server cannot be started, or has ended; the message says why, or where its log is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server listens, and the names under which browsers call it, beside those of loopback."""

    port: int
    host: str = HOST
    names: tuple[str, ...] = ()

    @classmethod
    def checked(cls, host: str, port: int, names: Sequence[str]) -> "Place":
        """The place. Raises ServerError where others could reach it, also by a proxy's name, and no password is set."""
        if not host.strip():
            raise ServerError("--host is empty; leave it out for this machine alone")
        user, _, password = os.environ.get(AUTH, "").partition(":")
        open_to_others = f"--host {host}" if not is_loopback(host) else "--name" if names else None
        if open_to_others and not (user and password):
            raise ServerError(
                f"{open_to_others} lets other machines in, and a deployment can run any command: "
                f"set {AUTH}=user:password first, and put TLS before it"
            )
        return cls(port, host.strip("[]"), tuple(names))

    @property
    def api_url(self) -> str:
        """The API's address for the processes of this machine."""
        return f"http://{self._url_host(HOST if self.host in ANY_ADDRESS else self.host)}:{self.port}/api"

    @property
    def own_names(self) -> tuple[str, ...]:
        """All names under which the server may be called."""
        here = () if is_loopback(self.host) else (self._url_host(self.host), socket.gethostname())
        return (*LOOPBACK, *here, *self.names)

    @property
    def origins(self) -> list[str]:
        """The origins whose pages may speak to it: its own, and those that the user added, but never all."""
        added = os.environ.get(ORIGINS, "").split(",")
        own = [f"http://{name}:{self.port}" for name in self.own_names]
        return [*own, *(origin.strip() for origin in added if origin.strip() not in {"", "*"})]

    @staticmethod
    def _url_host(host: str) -> str:
        return f"[{host}]" if ":" in host else host


@contextmanager
def running_server(settings: Settings, place: Place) -> Iterator[str]:
    """A Prefect server for the length of the block; gives its API's address. Raises as `start_server` does."""
    server = start_server(settings, place)
    try:
        yield place.api_url
    finally:
        end_server(server)


def start_server(settings: Settings, place: Place) -> Process:
    """Starts a server that ends when its input does, or this process.

    Raises ServerError where the port is taken or the server does not answer.
    """
    _check_port(place)
    log = prefect_settings.home(settings) / "server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "names": place.own_names,
        "origins": place.origins,
        "lets_addresses_in": not is_loopback(place.host),
        "host": place.host,
        "port": place.port,
    }
    with log.open("ab") as output:
        # In a session of its own, so that a terminal's Ctrl-C reaches it only when we are done with it.
        server = subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-m", "flows.serving", json.dumps(told)],
            env=_environment(place),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_until_healthy(server, place.api_url, str(log))
    except BaseException:
        end_server(server)
        raise
    return server


@contextmanager
def sole_server(settings: Settings) -> Iterator[None]:
    """Keeps others from serving this root for the length of the block. Raises ServerError where one does already."""
    home = prefect_settings.home(settings)
    home.mkdir(parents=True, exist_ok=True)
    lock = FileLock(prefect_settings.lock_file(settings))
    try:
        # A command that looks whether it is held has it for an instant.
        lock.acquire(timeout=1)
    except Timeout:
        address = prefect_settings.address_file(settings)
        at = f" ({address.read_text(encoding='utf-8').removesuffix('/api')})" if address.exists() else ""
        raise ServerError(f"another `broadsheet serve` runs for {settings.root}{at}; end it first") from None
    try:
        yield
    finally:
        lock.release()


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


def _check_port(place: Place) -> None:
    """Raises ServerError where the port cannot be listened on: the server would only say so in its log."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, place.port))
        except OSError as error:
            problem = f"{place.host}, port {place.port}: cannot be listened on ({error.strerror or error})"
            raise ServerError(f"{problem}; choose another with --port") from None


def _environment(place: Place) -> dict[str, str]:
    """What the server is told; what the user set stays."""
    given = {
        # On the server that the page came from, by whichever name, port or proxy.
        "PREFECT_SERVER_UI_API_URL": "/api",
        **os.environ,
        ORIGINS: ",".join(place.origins),
        # It imports nothing from the folder that we stand in: a file there may have the name of a module it needs.
        "PYTHONSAFEPATH": "1",
    }
    # Its own address is no server that it should ask.
    given.pop("PREFECT_API_URL", None)
    return given


def _wait_until_healthy(server: Process, api_url: str, log: str) -> None:
    for _ in range(START_SECONDS * 4):
        if prefect_settings.is_healthy(api_url):
            return
        if server.poll() is not None:
            break
        time.sleep(0.25)
    raise ServerError(f"the Prefect server did not start on {api_url}; its log is {log}")


def end_server(server: Process) -> None:
    """Ends the server by ending its input, and waits for that."""
    with suppress(subprocess.TimeoutExpired):
        server.communicate(timeout=END_SECONDS)
        return
    server.kill()
    server.wait()
