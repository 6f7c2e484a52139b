"""The live web as a source: polls feeds, sitemaps and lists, and fetches what in them is new or has changed.

Threads ask, one for each host; the loop here, in the thread of whoever iterates, hands them what the agenda wants and
gives out what comes of it.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import timedelta
from functools import partial
from queue import Empty, Full, Queue
from threading import Event

from filelock import FileLock, Timeout

from flows.extract.fetch.asking import Asking
from flows.extract.fetch.captures import Want
from flows.extract.fetch.clocks import Clock, SystemClock
from flows.extract.fetch.fetching import Fetched, Fetcher
from flows.extract.fetch.hosts import Hosts
from flows.extract.fetch.http import Http
from flows.extract.fetch.rulebooks import RuleBook
from flows.extract.poll.agenda import Agenda, Planned
from flows.extract.poll.host_queues import HostQueues, Start, start_thread
from flows.extract.poll.polls import Poller, Read
from flows.extract.poll.windows import Window
from flows.extract.sources import Source
from warehouse import history
from warehouse.model import Fetch, Item, Page, PageKind, hash_of
from warehouse.settings import Settings

EVENTS_AHEAD = 32
"""Answers that wait to be stored while the loop is busy: then the threads wait too, and memory stays flat."""

LOOK_AGAIN_SECONDS = 0.5
"""A host that is done with says nothing: the loop looks by itself whether another may begin."""

Happened = Fetched | Read | Page | Fetch | BaseException
"""What threads hand to the loop; a page or fetch by itself is that of a robots.txt."""


class LiveReader:
    """Reads sources of the live web: every link comes out as one Page, one Reject, or a counted repeat.

    The requests come out too, for the log of them. With `is_plan` only listings are asked for, and `planned` tells what
    else would be. `start` starts the work for a host in a thread of its own; after `time_limit` no address is begun
    with, and what is left is for the next run.
    """

    progress: float | None = None
    remarks: Sequence[str] = ()

    def __init__(  # noqa: PLR0913 - what to read, and four ways in which tests and flows differ
        self,
        sources: Sequence[Source],
        settings: Settings,
        *,
        clock: Clock | None = None,
        start: Start = start_thread,
        window: Window | None = None,
        is_plan: bool = False,
        time_limit: timedelta | None = None,
    ) -> None:
        self._sources, self._settings, self._start = sources, settings, start
        self._clock, self._window, self._is_plan = clock or SystemClock(), window or Window(), is_plan
        self._time_limit = time_limit
        self.planned: list[Planned] = []
        self.shortfalls: list[str] = []
        """What could not be had, in sentences: the run is then partial."""

    def __iter__(self) -> Iterator[Item]:
        """Everything that comes of one poll of the sources."""
        with ExitStack() as stack:
            own = [source for source in self._sources if self._is_ours(source, stack)]
            self._prepare(stack.enter_context(Http(self._settings)))
            stack.callback(self._conclude)
            stack.callback(self._close)
            yield from self._agenda.begin(own)
            while self._agenda.open_count:
                self._keep_time()
                self._queues.tend()
                with suppress(Empty):
                    yield from self._handle(self._events.get(timeout=LOOK_AGAIN_SECONDS))

    def _prepare(self, http: Http) -> None:
        settings, clock = self._settings, self._clock
        self._events: Queue[Happened] = Queue(EVENTS_AHEAD)
        self._ends_at = clock.now() + self._time_limit if self._time_limit else None
        self._left_count = 0
        self._is_closed = Event()
        self._asking = Asking(http, Hosts(settings.root / ".hosts", clock), clock)
        rules = RuleBook(self._asking, settings, recall=partial(history.robots_pages, settings), keep=self._put)
        self._fetcher = Fetcher(self._asking, rules, settings)
        self._poller = Poller(self._fetcher, rules, settings)
        self._queues = HostQueues(self._work, self._start, settings.fetch_threads)
        self._agenda = Agenda(
            settings, clock, ask=self._queues.add, recall=rules.recall, window=self._window, is_plan=self._is_plan
        )

    def _is_ours(self, source: Source, stack: ExitStack) -> bool:
        """Two runs that poll the same source would fetch everything twice: the second leaves it to the first."""
        folder = self._settings.root / ".sources"
        folder.mkdir(parents=True, exist_ok=True)
        place = hash_of([source.name, source.location])
        lock = FileLock(folder / f"{place}.lock", thread_local=False)
        try:
            stack.enter_context(lock.acquire(timeout=0))
        except Timeout:
            self.shortfalls.append(f"source {source.name} is being polled by another run, and was left to it")
            return False
        return True

    def _handle(self, event: Happened) -> Iterator[Item]:
        if isinstance(event, BaseException):
            raise event
        if isinstance(event, Page | Fetch):
            yield event
        else:
            yield from self._agenda.settle(event)

    def _work(self, want: Want) -> None:
        """What a host's thread does with a want."""
        event: Happened
        try:
            event = self._fetcher.fetch(want) if want.kind is PageKind.DOCUMENT else self._poller.poll(want)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the run is waiting
            event = error
        self._put(event)

    def _put(self, event: Happened) -> None:
        """Hands an event to the loop; waits while the loop is busy, and drops it once nobody listens."""
        is_put = False
        while not (is_put or self._is_closed.is_set()):
            with suppress(Full):
                self._events.put(event, timeout=LOOK_AGAIN_SECONDS)
                is_put = True

    def _keep_time(self) -> None:
        """After the time limit nothing further is begun; listings with links left are not stored, and so read again."""
        if self._ends_at and self._clock.now() >= self._ends_at:
            left = self._queues.drop()
            self._left_count += left
            self._agenda.open_count -= left

    def _conclude(self) -> None:
        if self._left_count:
            self.shortfalls.append(f"the time for one run is over: {self._left_count:,} links were left to the next")
        self.shortfalls += [*self._agenda.shortfalls, *sorted(set(self._asking.left_alone.values()))]
        self.planned = self._agenda.planned

    def _close(self) -> None:
        self._is_closed.set()
        self._queues.stop()
        if isinstance(self._clock, SystemClock):
            self._clock.stop()
