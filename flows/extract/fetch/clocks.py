"""What time it is, and waiting: behind one role, so that tests live through a week of polling in a minute."""

from datetime import UTC, datetime
from threading import Event
from typing import Protocol


class StoppedError(RuntimeError):
    """The run is being ended: whoever waits shall not go on."""


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Waits. Raises StoppedError where the waiting is to end early."""
        ...


class SystemClock:
    """The machine's clock; `stop` wakes whoever sleeps."""

    def __init__(self) -> None:
        self._stopped = Event()

    def now(self) -> datetime:
        """The moment in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Waits, unless stopped meanwhile or before: StoppedError."""
        if self._stopped.wait(max(0.0, seconds)):
            raise StoppedError("stopped while waiting")

    def stop(self) -> None:
        """Ends all waiting, now and later."""
        self._stopped.set()
