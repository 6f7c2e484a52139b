"""Commands that are ended from outside: a signal is an interruption, which tidies up, and is heeded within seconds."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENDINGS = (signal.SIGTERM, signal.SIGHUP)
"""Signals that end a command as Ctrl-C does, so that nothing stays behind."""

GRACE_SECONDS = 2
"""How long the main thread may take to heed a signal before the process is ended without it."""


class Ending:
    """Ends the process on a signal, without its draft, where the main thread does not come to do so.

    Python's own handlers wait for the main thread, and DuckDB may keep that in one step of a query for minutes.
    """

    def __init__(self) -> None:
        self.draft: Path | None = None
        self._is_over = threading.Event()
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        self._before = signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Takes no more notice of signals."""
        signal.set_wakeup_fd(self._before)
        self._is_over.set()
        os.close(self._writing)
        self._watcher.join()
        os.close(self._reading)

    def _watch(self) -> None:
        while numbers := os.read(self._reading, 1):
            if numbers[0] in {*ENDINGS, signal.SIGINT} and not self._is_over.wait(GRACE_SECONDS):
                if self.draft:
                    self.draft.unlink(missing_ok=True)
                os.write(2, b"broadsheet: interrupted\n")
                os._exit(1)


@contextmanager
def ended_by_signals() -> Iterator[Ending | None]:
    """Within the block a termination is an interruption, which tidies up; only the main thread hears of signals."""
    if threading.current_thread() is not threading.main_thread():
        yield None
        return
    # What is not ended by them now stays so: who starts a command with nohup wants it to go on.
    before = {number: signal.getsignal(number) for number in ENDINGS if signal.getsignal(number) is signal.SIG_DFL}
    ending = Ending()
    try:
        for number in before:
            signal.signal(number, signal.default_int_handler)
        yield ending
    finally:
        ending.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
