"""The parent's hand on worker processes: one is started, fed, and replaced when it has died or has served long."""

import multiprocessing
import socket
import sys
import threading
import weakref
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib.machinery import ModuleSpec
from multiprocessing.connection import wait
from typing import Any

from flows.transform.channel import HUNG_UP, Channel
from flows.transform.worker import UNFIT, Allowance, Death, Work, serve

PRELOADED = ["flows.transform.fork_server", "flows.transform.worker", "flows.transform.warm"]
"""What the fork server imports before it forks."""

PAGES_OF_A_WORKER = 500
"""Pages after which a worker is replaced, so that what libraries keep of them does not add up. A new one costs as much
as one or two pages: a fork, and copies of what it shared and writes to."""

EXIT_SECONDS = 10
"""A process that has hung up and is still there after that long is killed."""

_processes = threading.Lock()
"""Held while a process is started or its end is read: multiprocessing looks after its children without a lock, and of
two threads that read how one ended the second is told wrong."""


class PoolClosedError(RuntimeError):
    """The pool was closed while work was under way: whoever asked for it has gone."""


class Keeper:
    """Keeps a worker at hand; used by one thread at a time."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._worker: _WorkerProcess | None = None
        self._page_count = 0
        self._is_closed = False

    def start(self) -> "_WorkerProcess":
        """Makes sure of a worker that is ready. Raises where none can be had: no page is to blame for that."""
        if self._worker is None:
            with _processes:
                if self._is_closed:
                    raise PoolClosedError("the pool of workers is closed")
                self._worker = _WorkerProcess(self._allowance)
            self._page_count = 0
            if not self._worker.is_ready():
                raise RuntimeError(f"a worker process could not start: {self._end(self._worker)}")
        return self._worker

    def answers(self, work: Work, items: Sequence[Any]) -> list[Any]:
        """What the work gives for the items, in their order, as far as it gets: the last is a Death if it died there.

        What was answered before a death stays answered; the next call has a new worker.
        """
        if self._worker is not None and (self._page_count >= PAGES_OF_A_WORKER or self._worker.has_ended()):
            self._end(self._worker)
        worker = self.start()
        try:
            answers = worker.answers(work, items)
        except BaseException:
            # The conversation is out of step: the next has a worker of its own.
            self._end(worker)
            raise
        self._page_count += len(answers)
        if len(answers) < len(items):
            answers.append(self._end(worker))
            if self._is_closed:
                # Killed by us: no page is to blame, and none must have its end from it.
                raise PoolClosedError("the pool of workers is closed")
            if answers[-1].exit_code == UNFIT:
                raise RuntimeError("a worker process has not the code that it is to run: is another version installed?")
        return answers

    def kill(self) -> None:
        """Ends the worker, whatever it does; on return it is gone, and no other will be started. From any thread."""
        with _processes:
            self._is_closed = True
            if self._worker is not None:
                self._worker.kill()

    def close(self) -> None:
        """Lets the worker go."""
        if self._worker is not None:
            self._end(self._worker)

    def _end(self, worker: "_WorkerProcess") -> Death:
        self._worker = None
        return Death(worker.exit_code(), self._allowance)


class _WorkerProcess:
    """One process and the connection to it."""

    def __init__(self, allowance: Allowance) -> None:
        context = multiprocessing.get_context("forkserver")
        # The server has the transform imported and used: a plain fork copies the threads' locks of a process that runs
        # Prefect, and a spawn pays the imports (1 s) for each worker.
        context.set_forkserver_preload(PRELOADED)
        ours, theirs = socket.socketpair()
        self._channel = Channel(ours)
        self._process = context.Process(target=serve, args=(theirs, allowance), daemon=True)
        with theirs, _hidden_main():
            self._process.start()
        # Where nobody ends it, it ends with this object or the program, which would wait for it for ever.
        weakref.finalize(self, self._process.kill)

    def is_ready(self) -> bool:
        """Waits until the worker can take work; whether it can."""
        return bool(self._received(1))

    def has_ended(self) -> bool:
        """Whether the process is gone: while it waits for work, nothing else tells."""
        return bool(wait([self._process.sentinel], 0))

    def answers(self, work: Work, items: Sequence[Any]) -> list[Any]:
        """The answers to the items as far as the worker lives.

        A thread sends while answers come in, so that the next item waits in the pipe when the worker is done with one.
        """
        with ThreadPoolExecutor(1) as sender:
            sent = sender.submit(self._send, work, items)
            try:
                answers = self._received(len(items))
            except BaseException:
                self._process.kill()
                raise
            sent.result()
        return answers

    def exit_code(self) -> int:
        """How the process ended, once it has: it does when the connection is closed."""
        self._channel.close()
        has_ended = wait([self._process.sentinel], EXIT_SECONDS)
        with _processes:
            if not has_ended:
                self._process.kill()
            self._process.join()
        return self._process.exitcode or 0

    def kill(self) -> None:
        """Ends the process whatever it does; who converses with it finds that it has hung up."""
        self._process.kill()
        self._process.join()

    def _send(self, work: Work, items: Sequence[Any]) -> None:
        try:
            for index, item in enumerate(items):
                # The work goes with the first item: what it carries, the rules of sites, is sent once.
                self._channel.send((None if index else work, item))
        except HUNG_UP:
            pass  # Whoever waits for the answers notices.
        except BaseException:
            # What cannot be sent is never answered: the wait for it ends, and this is raised.
            self._process.kill()
            raise

    def _received(self, count: int) -> list[Any]:
        received = []
        with suppress(*HUNG_UP):
            for _ in range(count):
                received.append(self._channel.receive())  # noqa: PERF401 - what has come before a death is kept
        return received


@contextmanager
def _hidden_main() -> Iterator[None]:
    """Keeps a new worker from importing the program that started it: for a served flow that is all of Prefect.

    A worker imports the main module unless its name says that it is none to import.
    """
    main = sys.modules["__main__"]
    spec = main.__spec__
    main.__spec__ = ModuleSpec("__main__", None)
    try:
        yield
    finally:
        main.__spec__ = spec
