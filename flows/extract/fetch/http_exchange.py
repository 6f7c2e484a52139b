"""One request under way: how long it still has, what it has received, and how it says that there will be no answer."""

from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic

from warehouse.model import Reason

CONNECT_SECONDS = 10.0
"""Longest wait for a name, and for a connection with its TLS. Servers that answer at all do so in one or two; a lost
first packet is sent again after 1, 3 and 7 seconds (RFC 6298)."""
READ_SECONDS = 20.0
"""Longest silence of a server within an answer; slow pages are built in this time or not at all."""
BESIDE_BODY_BYTES = 1_000_000
"""What may be received beside the body: headers, interim answers, the lengths of chunks, trailers. A page of chunks
of 20 bytes needs a quarter of its size again; real ones are of kilobytes."""


class NoAnswerError(Exception):
    """The request ends without an answer: the reason, one line for people, and whether asking again may help."""

    def __init__(self, reason: Reason, detail: str, *, is_transient: bool) -> None:
        super().__init__(detail)
        self.reason, self.detail, self.is_transient = reason, detail, is_transient


@dataclass(slots=True)
class Exchange:
    """The state of a request. The times are those of `time.monotonic`; `wire_bytes` are all that were received.

    `is_fresh` says that a connection was opened for it; otherwise it used one that was kept from an earlier request.
    """

    seconds: float
    most_bytes: int
    allow_private: bool
    started: float
    deadline: float
    sent: float | None = None
    is_fresh: bool = False
    wire_bytes: int = 0
    body_bytes: int = 0

    @classmethod
    def begin(cls, seconds: float, most_bytes: int, *, allow_private: bool) -> "Exchange":
        """An exchange that starts now and ends by `seconds` from now."""
        now = monotonic()
        return cls(seconds, most_bytes, allow_private, now, now + seconds)

    @property
    def sent_after(self) -> float:
        """Seconds from the start until the request had been sent; 0 where it never was."""
        return 0.0 if self.sent is None else self.sent - self.started

    def left(self, longest: float) -> float:
        """The seconds that may be waited now. Raises NoAnswerError where the time is over."""
        seconds = self.deadline - monotonic()
        if seconds <= 0:
            raise NoAnswerError(Reason.TIMEOUT, f"no full answer within {self.seconds:g} seconds", is_transient=True)
        return min(seconds, longest)

    def hurry(self, seconds: float) -> None:
        """Brings the end forward, to at most so many seconds from now."""
        self.deadline = min(self.deadline, monotonic() + seconds)

    def timed_out(self, waited_for: str, longest: float) -> NoAnswerError:
        """What to raise when a wait of `left(longest)` was in vain."""
        try:
            self.left(longest)
        except NoAnswerError as over:
            return over
        return NoAnswerError(Reason.TIMEOUT, f"{waited_for} within {longest:g} seconds", is_transient=True)

    def receive(self, count: int) -> None:
        """Counts bytes received. Raises NoAnswerError where they are more than any page within the cap needs."""
        self.wire_bytes += count
        if self.wire_bytes > self.most_bytes + BESIDE_BODY_BYTES:
            raise too_large(self.most_bytes, f"{self.wire_bytes:,} bytes and more received")

    def receive_body(self, count: int) -> None:
        """Counts bytes of the body as they came. Raises NoAnswerError above the cap."""
        self.body_bytes += count
        if self.body_bytes > self.most_bytes:
            raise too_large(self.most_bytes, f"{self.body_bytes:,} bytes and more received")


def too_large(most_bytes: int, size: str) -> NoAnswerError:
    """What to raise for an answer of that size."""
    return NoAnswerError(Reason.TOO_LARGE, f"{size}, above the limit of {most_bytes:,}", is_transient=False)


CURRENT: ContextVar[Exchange] = ContextVar("exchange")
"""The exchange that this thread is busy with: connections outlive requests, and are opened and read deep in urllib3."""
