"""Which captures of a bulk source are wanted: those of some hosts, and those of some days."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flows.extract.sources import SourceError
from flows.web.urls import host_of

HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*|\[[0-9a-f:.]+\]")
"""A host as it stands in addresses: names may have underscores, and a number is an address."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted of a source's captures; nothing given means all of them.

    A host stands for itself and all hosts below it, so a registrable domain is a whole site. Days are those of
    `captured_at` in UTC, both included; a capture whose time is not known lies within no days.
    """

    hosts: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return not (self.hosts or self.since or self.until)

    @property
    def words(self) -> str:
        """The selection in words."""
        days = [f"captured {word} {day}" for word, day in (("since", self.since), ("until", self.until)) if day]
        return ", ".join([*(["of hosts " + ", ".join(self.hosts)] if self.hosts else []), *days])

    def remarks(self, passed_over: int) -> list[str]:
        """What a run tells about captures that were left out."""
        if not passed_over:
            return []
        counted = "1 capture was" if passed_over == 1 else f"{passed_over:,} captures were"
        return [f"{counted} passed over: wanted are those {self.words}"]

    def is_wanted(self, url: str, captured_at: datetime | None) -> bool:
        """Whether a capture is among what is wanted."""
        return self._is_of_these_days(captured_at) and (not self.hosts or self._is_of_these_hosts(host_of(url)))

    def _is_of_these_hosts(self, host: str) -> bool:
        return host in self.hosts or host.endswith(tuple(f".{wanted}" for wanted in self.hosts))

    def _is_of_these_days(self, captured_at: datetime | None) -> bool:
        if not (self.since or self.until):
            return True
        if captured_at is None:
            return False
        day = captured_at.astimezone(UTC).date()
        return (self.since or day) <= day <= (self.until or day)


EVERYTHING = Selection()


def checked_hosts(hosts: str | Sequence[str] | None) -> tuple[str, ...]:
    """Hosts as they are compared, each once. Raises SourceError for what is none, such as an address or a pattern.

    Where one text holds them all, an empty one is no host. One of several that is empty is refused: a variable of a
    script that was never set must not let in everything.
    """
    given = filter(None, re.split(r"[\s,;]+", hosts)) if isinstance(hosts, str) else hosts or ()
    return tuple(dict.fromkeys(map(_checked_host, given)))


def _checked_host(given: str) -> str:
    host = host_of(f"//{given.strip()}") if ":" not in given or given.startswith("[") else ""
    if "/" in given or "@" in given or not HOST.fullmatch(host):
        raise SourceError(f"host {given!r}: expected a name such as example.org, without a scheme, a port or a path")
    return host
