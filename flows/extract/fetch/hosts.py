"""Whose turn it is: one request at a time to a host and a delay between two, kept by all threads and processes."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Lock
from typing import Any

from filelock import FileLock, Timeout

from flows.extract.fetch.clocks import Clock
from flows.web.urls import normalize_url, split_url
from warehouse.model import hash_of

MARGIN = timedelta(milliseconds=10)
"""Added to every delay: a server counts from when a request reached it, and the way there takes now more, now less."""

LONGEST_ABSENCE = timedelta(hours=24)
"""Nothing keeps us away for longer, neither a server that says next year nor a damaged file. A day is as long as a
robots.txt is believed (RFC 9309, section 2.4)."""

POLL_SECONDS = 0.25
"""How often whoever waits for another's request looks whether the run is being stopped."""

RECORD_BYTES = 256
"""A record is written in place and always as long, so that one write replaces the one before it whole."""


class ComeBackLaterError(RuntimeError):
    """A host is not to be asked before `at`, which is farther away than a run waits; no request was sent."""

    def __init__(self, host: str, at: datetime, why: str) -> None:
        super().__init__(f"{host} is not to be asked before {at.isoformat(timespec='seconds')}: {why}")
        self.host, self.at, self.why = host, at, why


@dataclass(slots=True)
class Turn:
    """The right to send one request. `sent_after` is how many seconds into the turn it was sent.

    `is_answered` is False where the server gave no answer: how long that took says nothing of how fast it is.
    """

    sent_after: float = 0.0
    is_answered: bool = True
    not_before: datetime | None = None

    def come_back_at(self, at: datetime) -> None:
        """The server wants no request before then, by anybody."""
        self.not_before = at


@dataclass(frozen=True, slots=True)
class _Record:
    """What is known of a host: when the last request reached it at the latest, and before when it wants none."""

    sent_at: datetime | None = None
    not_before: datetime | None = None

    def next_at(self, delay: timedelta) -> datetime | None:
        """The moment from which a request may be sent; None where it may at any."""
        polite = self.sent_at and self.sent_at + delay + MARGIN
        return max(filter(None, (polite, self.not_before)), default=None)

    def bounded(self, now: datetime) -> "_Record":
        """Without what cannot be: nothing was sent after now, nothing is forbidden for longer than LONGEST_ABSENCE."""
        sent_at = self.sent_at and min(self.sent_at, now)
        return _Record(sent_at, self.not_before and min(self.not_before, now + LONGEST_ABSENCE))


class Hosts:
    """The hosts' turns. What holds beyond this process stands in `folder`: a lock and a record for each host.

    Whoever has to wait does so without the lock: it is held for the time of a request alone.
    """

    def __init__(self, folder: Path, clock: Clock, patience_seconds: float = 60) -> None:
        self._folder, self._clock = folder, clock
        self._patience = timedelta(seconds=patience_seconds)
        self._locks: dict[str, Lock] = {}
        self._fastest: dict[str, timedelta] = {}

    @contextmanager
    def turn(self, host: str, delay_seconds: float) -> Iterator[Turn]:
        """Waits for the host's next moment, and keeps everybody else from the host until the block is left.

        Raises ComeBackLaterError where the server wants to be left alone for longer than the patience (a delay is
        always waited for, however long), and StoppedError where the clock is stopped meanwhile.
        """
        place = self._folder / _file_name(host)
        delay = timedelta(seconds=max(0.0, delay_seconds))
        while True:
            # Without the lock at first: mostly there is to wait, and taking the lock costs more than all the rest.
            self._wait(host, place, delay)
            with self._locked(place):
                now = self._clock.now()
                at = _read(place, now).next_at(delay)
                if at is None or at <= now:
                    with self._recorded(place, now) as turn:
                        yield turn
                    return

    @contextmanager
    def _recorded(self, place: Path, now: datetime) -> Iterator[Turn]:
        """A turn that is written down before it begins, because a killed process writes nothing, and after it."""
        turn = Turn()
        _write(place, _Record(now))
        try:
            yield turn
        finally:
            sent_at = now + timedelta(seconds=max(0.0, turn.sent_after))
            _write(place, _Record(sent_at + self._lateness(place, sent_at, turn), turn.not_before))

    def _lateness(self, place: Path, sent_at: datetime, turn: Turn) -> timedelta:
        """How much later than it was sent a request may have reached its server.

        It was there when its answer was, less the shortest time that the server ever took to give one. What a server
        takes longer than that may have been its work: then it has that much more time to itself.
        """
        took = max(timedelta(0), self._clock.now() - sent_at)
        fastest = min(took, self._fastest.get(place.name, took))
        if turn.is_answered:
            self._fastest[place.name] = fastest
        return took - fastest

    def _wait(self, host: str, place: Path, delay: timedelta) -> None:
        """Waits until the host's next moment, as its record stands now; one that must be mended is left to its lock."""
        now = self._clock.now()
        found = _stored(place)
        at = found.next_at(delay) if found == found.bounded(now) else None
        if at is None or at <= now:
            return
        if at - now > max(self._patience, delay + MARGIN):
            raise ComeBackLaterError(host, at, "its server asked to be left alone until then")
        self._clock.sleep((at - now).total_seconds())

    @contextmanager
    def _locked(self, place: Path) -> Iterator[None]:
        """Alone with a host: first among this process's threads, then among processes."""
        if place.name not in self._locks:
            self._folder.mkdir(parents=True, exist_ok=True)
        among_threads = self._locks.setdefault(place.name, Lock())
        while not among_threads.acquire(timeout=POLL_SECONDS):
            self._clock.sleep(0)
        try:
            with self._locked_file(place.with_name(place.name + ".lock")):
                yield
        finally:
            among_threads.release()

    @contextmanager
    def _locked_file(self, place: Path) -> Iterator[None]:
        # A new one each time: kept, it would be of no use in a process forked from this one.
        among_processes = FileLock(place, thread_local=False)
        while True:
            try:
                among_processes.acquire(timeout=POLL_SECONDS, poll_interval=0.01)
                break
            except Timeout:
                self._clock.sleep(0)
        try:
            yield
        finally:
            among_processes.release()


def host_key(url: str) -> str:
    """The host that an address asks, in lower case, with a port that is none of the web's usual; '' for no host.

    http and https, with their usual ports, are one host: there is one server behind them.
    """
    authority = split_url(url).authority
    return split_url(normalize_url(f"https://{authority}/")).authority or "" if authority else ""


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """When a Retry-After header wants us back; None where it says nothing that is understood.

    Seconds or a date (RFC 9110, section 10.2.3). Never before `now`, and no later than a day after it.
    """
    text = (value or "").strip()
    latest = now + LONGEST_ABSENCE
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{0,9})?", text):
        return min(now + timedelta(seconds=float(text)), latest)
    if re.fullmatch(r"[0-9]{10,}", text):
        return latest
    at = _http_date(text)
    return at and min(max(at, now), latest)


def _http_date(text: str) -> datetime | None:
    # The longest form of a date has 33 characters ("Wednesday, 09-Nov-94 08:49:37 GMT").
    try:
        at = parsedate_to_datetime(text[:64])
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, LookupError, OverflowError):
        return None


def _file_name(host: str) -> str:
    """Readable as far as it can be, and another for every host."""
    return f"{re.sub('[^a-z0-9.-]', '_', host)[:80]}-{hash_of([host])[:16]}"


def _read(place: Path, now: datetime) -> _Record:
    """A host's record, read under its lock.

    One that cannot be (the machine's clock was set back) is mended, so that it costs a delay and not the difference.
    """
    found = _stored(place)
    bounded = found.bounded(now)
    if bounded != found:
        _write(place, bounded)
    return bounded


def _stored(place: Path) -> _Record:
    """A host's record as it stands; an empty one where there is none that can be read."""
    try:
        content = json.loads(place.with_name(place.name + ".json").read_bytes())
        return _Record(_moment(content["sent_at"]), _moment(content["not_before"]))
    except (OSError, ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return _Record()


def _moment(value: Any) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).astimezone(UTC)


def _write(place: Path, record: _Record) -> None:
    moments = {"sent_at": record.sent_at, "not_before": record.not_before}
    content = json.dumps({name: at and at.isoformat() for name, at in moments.items()})
    descriptor = os.open(place.with_name(place.name + ".json"), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        os.pwrite(descriptor, content.ljust(RECORD_BYTES).encode(), 0)
    finally:
        os.close(descriptor)
