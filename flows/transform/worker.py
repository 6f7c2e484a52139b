"""What runs inside a worker process: page after page, each under limits that the kernel holds.

The limits are signals and a resource limit, not a watching thread: they end a page as well that keeps the interpreter's
lock in C code, and they measure the page itself, not how busy the machine is.
"""

import ctypes
import multiprocessing
import os
import pickle
import resource
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any

from flows.transform.channel import HUNG_UP, PROTOCOL, Channel
from warehouse.model import Reason

Work = Callable[[Any], Any]

UNFIT = 70
"""The exit status of a worker that cannot read what it is sent (EX_SOFTWARE of sysexits.h): no page can change that."""
OUT_OF_MEMORY = 137
"""The exit status of a worker that was refused memory: the one that shells report for a process killed for it."""

PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux's prctl(2)."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one page may take of the machine before its worker is ended.

    The processor's seconds decide, for they are the same on a busy machine. Those by the clock are many: they are for
    a page that waits for something. Memory counts from what the worker holds when the page comes.
    """

    cpu_seconds: float = 5.0
    clock_seconds: float = 60.0
    memory_bytes: int = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Death:
    """A worker's end in the middle of a page: its exit code, negative for a signal, and what it had been allowed."""

    exit_code: int
    allowed: Allowance

    @property
    def reason(self) -> Reason:
        """Why a page is refused that a worker died of."""
        if self.exit_code in self._limits() or self.exit_code == -signal.SIGKILL:
            return Reason.RESOURCE_LIMIT
        return Reason.EXTRACTOR_FAILED

    def __str__(self) -> str:
        if limit := self._limits().get(self.exit_code):
            return limit
        if self.exit_code >= 0:
            return f"ended with status {self.exit_code}"
        name = signal.Signals(-self.exit_code).name
        # Nothing of ours kills a worker at work: it was the system, short of memory, or a person.
        return f"killed from outside ({name})" if self.exit_code == -signal.SIGKILL else f"crashed ({name})"

    def _limits(self) -> dict[int, str]:
        return {
            -signal.SIGPROF: f"over {self.allowed.cpu_seconds:g} s of processor time",
            -signal.SIGALRM: f"over {self.allowed.clock_seconds:g} s by the clock",
            OUT_OF_MEMORY: f"over {self.allowed.memory_bytes / 1e6:,.0f} MB of memory",
        }


def serve(connection: socket.socket, allowance: Allowance) -> None:
    """Answers what is asked over the connection, one item after another, until the other side hangs up.

    A message is (work, item); work that is None is that of the message before, so that what it carries is sent once.
    What the work raises ends the process, as a crash does: it is the work's to catch what it expects.
    """
    _prepare_signals()
    _end_with_parent()
    channel = Channel(connection)
    limits = _Limits(allowance)
    work: Work = _is_missing
    with suppress(*HUNG_UP):
        channel.send("ready")
        while True:
            given, item = _received(channel)
            work = given or work
            channel.write(limits.answer(work, item))


def _received(channel: Channel) -> Any:
    try:
        return channel.receive()
    except (AttributeError, ImportError):
        traceback.print_exc()
        os._exit(UNFIT)


def _is_missing(item: Any) -> Any:
    raise RuntimeError(f"an item came before any work: {item!r}")


class _Limits:
    """What this process may take for an item, as the kernel is told: 20 µs for each."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        self._statm = os.open("/proc/self/statm", os.O_RDONLY) if sys.platform == "linux" else None

    def answer(self, work: Work, item: Any) -> bytes:
        """The work's answer as it goes over the channel; the process ends where it takes more than is allowed."""
        self._limit_memory()
        signal.setitimer(signal.ITIMER_PROF, self._allowance.cpu_seconds)
        signal.setitimer(signal.ITIMER_REAL, self._allowance.clock_seconds)
        try:
            return pickle.dumps(work(item), PROTOCOL)
        except MemoryError:
            # At once: the page is still held, and a library that was refused memory may be in any state.
            os._exit(OUT_OF_MEMORY)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _limit_memory(self) -> None:
        """Lets the process hold so much more than it does now; elsewhere than on Linux as much as there is."""
        if self._statm is not None:
            # The sixth figure of proc_pid_statm(5), data and stack, in pages: what RLIMIT_DATA counts.
            held = int(os.pread(self._statm, 200, 0).split()[5]) * resource.getpagesize()
            limit = held + self._allowance.memory_bytes
            soft = limit if self._hard == resource.RLIM_INFINITY else min(limit, self._hard)
            resource.setrlimit(resource.RLIMIT_DATA, (soft, self._hard))


def _prepare_signals() -> None:
    """The timers kill; what is sent to the whole group at a cancelling is the parent's to handle.

    A worker that died of it would look like one that its page has killed. A crash leaves no core: it is of no use to
    whoever sent the page, and writing it takes long.
    """
    for timer in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(timer, signal.SIG_DFL)
    for cancelling in (signal.SIGINT, signal.SIGTERM):
        signal.signal(cancelling, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _end_with_parent() -> None:
    """Ends this worker when its parent dies: SIGKILL leaves a pool's workers waiting or at work otherwise.

    Twice: a thread watches the parent wherever there are processes, and on Linux the kernel kills at once, even in the
    middle of C code, when the fork server ends, which it does with the parent.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_after, args=(parent.sentinel,), daemon=True).start()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def _leave_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
