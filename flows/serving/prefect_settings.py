"""Prefect's settings as Broadsheet wants them. Applied before Prefect is imported; whatever the user set stays."""

import os
from base64 import b64encode
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from warehouse.liveness import is_held
from warehouse.settings import Settings

DEFAULTS = {
    # Nothing is sent to anyone: with these two the server and the client make no call to the outside.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # Browsers prove with each change that they have read one of the server's own pages (see `door.py` for the rest).
    "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
    # Who holds a deployment's slot must outlive the server's process, as the slot itself does.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    # Our log lines become the run's log in the UI.
    "PREFECT_LOGGING_EXTRA_LOGGERS": "broadsheet",
}


def apply(settings: Settings) -> None:
    """Sets what the environment leaves open. Prefect's database and logs live under the warehouse's root."""
    place = home(settings)
    # Prefect makes its home, but not the folders above it.
    place.mkdir(parents=True, exist_ok=True)
    for name, value in {**DEFAULTS, "PREFECT_HOME": str(place)}.items():
        os.environ.setdefault(name, value)
    if password := os.environ.get("PREFECT_SERVER_API_AUTH_STRING"):
        # Whoever may start the server may also speak to it.
        os.environ.setdefault("PREFECT_API_AUTH_STRING", password)


def use_running_server(settings: Settings) -> None:
    """Points Prefect at the server of `broadsheet serve` where one runs for this root.

    Raises PermissionError where that wants a password which was not given.
    """
    if "PREFECT_API_URL" in os.environ or not is_held(lock_file(settings)):
        # An address that a killed server left may be another's by now.
        return
    address = address_file(settings)
    if address.exists() and is_healthy(url := address.read_text().strip()):
        if _status(f"{url}/version", os.environ.get("PREFECT_API_AUTH_STRING")) == HTTPStatus.UNAUTHORIZED:
            raise PermissionError(f"the Prefect server at {url} wants a password: set PREFECT_API_AUTH_STRING to it")
        os.environ["PREFECT_API_URL"] = url


def home(settings: Settings) -> Path:
    """The folder of Prefect's files, and of ours about it."""
    return settings.root / ".prefect"


def address_file(settings: Settings) -> Path:
    """Where `broadsheet serve` leaves the API's address for the commands on this machine."""
    return home(settings) / "api-url"


def lock_file(settings: Settings) -> Path:
    """What `broadsheet serve` holds for as long as it lives."""
    return home(settings) / "serve.lock"


def is_healthy(api_url: str) -> bool:
    """Whether a Prefect API answers there."""
    return _status(f"{api_url}/health") == HTTPStatus.OK


def _status(url: str, password: str | None = None) -> int | None:
    """What is answered there, as a status; None where nothing is."""
    proof = {"Authorization": "Basic " + b64encode(password.encode()).decode()} if password else {}
    try:
        with urlopen(Request(url, headers=proof), timeout=2) as answer:  # noqa: S310 - our own file's address
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (URLError, OSError, ValueError):
        return None
