"""Prefect's settings as Broadsheet wants them. Applied before Prefect is imported; whatever the user set stays."""

import os
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

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
    """Points Prefect at the server of `broadsheet serve` where one runs for this root."""
    address = address_file(settings)
    if "PREFECT_API_URL" not in os.environ and address.exists() and is_healthy(url := address.read_text().strip()):
        os.environ["PREFECT_API_URL"] = url


def home(settings: Settings) -> Path:
    """The folder of Prefect's files, and of ours about it."""
    return settings.root / ".prefect"


def address_file(settings: Settings) -> Path:
    """Where `broadsheet serve` leaves the API's address for the commands on this machine."""
    return home(settings) / "api-url"


def is_healthy(api_url: str) -> bool:
    """Whether a Prefect API answers there."""
    try:
        with urlopen(f"{api_url}/health", timeout=2) as answer:  # noqa: S310 - our own file, loopback only
            return bool(answer.status == 200)  # noqa: PLR2004
    except (URLError, OSError, ValueError):
        return False
