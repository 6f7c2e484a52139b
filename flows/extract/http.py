"""The one door to HTTP: a single GET, guarded, with a deadline and caps; redirects are the caller's to follow."""

from dataclasses import dataclass
from typing import Self

from warehouse.model import Header, Reason
from warehouse.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask for. With `etag` or `last_modified` the request is conditional: an unchanged page answers 304."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response of any status. `body` is decompressed; `received_bytes` are those of the body on the wire.

    `sent_after` is how many seconds after the call the request had been sent: connecting is no part of politeness.
    """

    status: int
    headers: tuple[Header, ...]
    body: bytes
    received_bytes: int
    sent_after: float

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        lowered = name.lower()
        return next((header.value for header in self.headers if header.name.lower() == lowered), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """No usable answer: why, whether asking again at once may help, and how long after the call it was sent."""

    reason: Reason
    detail: str
    is_transient: bool
    received_bytes: int = 0
    sent_after: float = 0.0


class Http:
    """Connections to the web, kept open between requests; may be used by many threads at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def get(self, request: Request) -> Answer | Failure:
        """One GET. Expected trouble is a Failure; nothing of the network is raised."""
        raise NotImplementedError

    def close(self) -> None:
        """Closes the connections."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
