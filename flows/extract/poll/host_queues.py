"""What is wanted, in a queue for each host: one thread works for a host, so that nobody else asks it meanwhile."""

from collections import defaultdict, deque
from collections.abc import Callable
from threading import Lock, Thread

from flows.extract.fetch.captures import Want
from flows.extract.fetch.hosts import host_key

Start = Callable[[str, Callable[[], None]], object]
"""Starts the work for a host, named first, in a thread of its own and does not wait for it."""


class HostQueues:
    """Works off wants, host by host; at most `most_hosts` hosts are worked for at once."""

    def __init__(self, work: Callable[[Want], None], start: Start, most_hosts: int) -> None:
        self._work, self._start, self._most_hosts = work, start, most_hosts
        self._wants: defaultdict[str, deque[Want]] = defaultdict(deque)
        self._active: set[str] = set()
        self._ready: deque[str] = deque()
        self._lock = Lock()
        self._is_stopped = False

    def add(self, want: Want) -> None:
        """Puts a want at the end of its host's queue."""
        host = host_key(want.url)
        with self._lock:
            self._wants[host].append(want)
            if host in self._active or host in self._ready:
                return
            self._ready.append(host)
        self.tend()

    def drop(self) -> int:
        """Forgets what has not begun, and says how much that was; what is being asked for comes to its end."""
        with self._lock:
            dropped = sum(map(len, self._wants.values()))
            self._wants.clear()
            self._ready.clear()
        return dropped

    def stop(self) -> None:
        """Lets nothing further begin."""
        self._is_stopped = True
        self.drop()

    def tend(self) -> None:
        """Begins with hosts that wait, as far as others are done with. Called by the loop alone, never by a thread."""
        while (host := self._next_ready()) is not None:
            # A default, because the loop moves on before the thread begins.
            self._start(host, lambda host=host: self._work_for(host))  # type: ignore[misc]

    def _next_ready(self) -> str | None:
        with self._lock:
            if self._is_stopped or not self._ready or len(self._active) >= self._most_hosts:
                return None
            host = self._ready.popleft()
            self._active.add(host)
            return host

    def _work_for(self, host: str) -> None:
        while want := self._next_want(host):
            self._work(want)

    def _next_want(self, host: str) -> Want | None:
        """The host's next want; where there is none the host is given back in the same moment."""
        with self._lock:
            if self._wants[host]:
                return self._wants[host].popleft()
            self._wants.pop(host, None)
            self._active.discard(host)
            return None


def start_thread(host: str, work: Callable[[], None]) -> None:
    """Works for a host in a plain thread, which does not keep the process alive."""
    Thread(target=work, name=f"fetch {host}", daemon=True).start()
