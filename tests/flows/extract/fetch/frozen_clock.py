"""A clock that stands still until somebody waits: a week of polling passes in as long as its work takes."""

import time
from datetime import datetime, timedelta
from threading import Lock

from flows.extract.fetch.clocks import StoppedError


class FrozenClock:
    """Sleeping moves the time forward, for all threads, and returns at once."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._lock = Lock()
        self._is_stopped = False

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        if self._is_stopped:
            raise StoppedError("stopped while waiting")
        self.advance_to(self.now() + timedelta(seconds=max(0.0, seconds)))
        # Lets other threads run: whoever sleeps in turns must not keep the machine to itself.
        time.sleep(0.0001)

    def advance_to(self, moment: datetime) -> None:
        """Makes it `moment`, unless it is later already."""
        with self._lock:
            self._now = max(self._now, moment)

    def stop(self) -> None:
        self._is_stopped = True
