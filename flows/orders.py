"""What may be asked of a flow: parameters checked once, the same way for the form, the command and the tests."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from flows.extract.bulk.selection import EVERYTHING, Selection, checked_hosts
from flows.extract.inputs import ANYWHERE, Inputs
from flows.extract.poll.windows import Window
from flows.extract.readers import BULK_KINDS, LIVE_KINDS, checked_location
from flows.extract.sources import RULES, Source, SourceError, is_pasted, load_sources
from flows.web.urls import CREDENTIALS
from warehouse.extractions import Choice, page_sources
from warehouse.model import SourceKind, hash_of
from warehouse.settings import Settings

LONGEST_LIST = 400_000
"""Characters of JSON: Prefect refuses a run whose parameters have more than 524,288 in all (`max_parameter_size`)."""


@dataclass(frozen=True, slots=True)
class IngestOrder:
    """One source to be read once."""

    source: Source
    max_pages: int | None
    selection: Selection = EVERYTHING
    inputs: Inputs = ANYWHERE

    @classmethod
    def checked(  # noqa: PLR0913 - the parameters of the form
        cls,
        kind: str,
        location: str,
        source: str | None,
        max_pages: int | None,
        settings: Settings,
        *,
        hosts: str | Sequence[str] | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        inputs: Inputs = ANYWHERE,
    ) -> "IngestOrder":
        """The order, with the source named after the kind where no name is given; `inputs` are the files it may read.

        Raises SourceError with one line that names the value at fault and what was expected, before any work is done.
        """
        if kind not in set(SourceKind):
            raise SourceError(f"kind {kind!r} cannot be read; expected one of: {', '.join(SourceKind)}")
        name = source or kind
        if not RULES["name"].is_right(name):
            raise SourceError(f"source name {name!r}: expected {RULES['name'].expected}")
        selection = Selection(checked_hosts(hosts), *checked_days(since, until))
        if not selection.is_everything and kind not in BULK_KINDS:
            raise SourceError(
                f"hosts and days can be chosen of {' and '.join(sorted(BULK_KINDS))} alone, not of {kind}"
            )
        place = checked_location(SourceKind(kind), location, inputs)
        known = {one.name: one for one in load_sources(settings.sources)} if source else {}
        asked = Source(name=name, kind=SourceKind(kind), location=place)
        if name in known:
            asked = replace(known[name], kind=asked.kind, location=place)
        return cls(asked, _checked_count(max_pages), selection, inputs)

    @property
    def parameters(self) -> dict[str, object]:
        """As they are kept with the run."""
        source = self.source
        return {
            "kind": source.kind,
            # Pasted lines may hold passwords, and these are never kept; in a path an @ is an @.
            "location": CREDENTIALS.sub("", source.location) if self._is_pasted else source.location,
            "source": source.name,
            "max_pages": self.max_pages,
            "hosts": " ".join(self.selection.hosts) or None,
            "since": self.selection.since and self.selection.since.isoformat(),
            "until": self.selection.until and self.selection.until.isoformat(),
        }

    def handed_on(self, root: Path) -> dict[str, object]:
        """The parameters as Prefect takes them: too long a list is written to a file under the root, and that named."""
        given = self.parameters
        lines = str(given["location"])
        if not self._is_pasted or len(json.dumps(lines)) <= LONGEST_LIST:
            return given
        file = root / "lists" / f"{hash_of([lines])}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(lines, encoding="utf-8", errors="surrogateescape", newline="")
        return {**given, "location": str(file)}

    @property
    def _is_pasted(self) -> bool:
        return self.source.kind is SourceKind.URL_LIST and is_pasted(self.source.location)


@dataclass(frozen=True, slots=True)
class RefreshOrder:
    """Configured sources to be polled, and which days of their sitemaps."""

    sources: tuple[Source, ...]
    window: Window
    max_pages: int | None

    @classmethod
    def checked(
        cls,
        sources: str | Sequence[str],
        since: date | str | None,
        until: date | str | None,
        max_pages: int | None,
        settings: Settings,
    ) -> "RefreshOrder":
        """The order; no name means every enabled source, and a disabled one is polled where it is named.

        Raises SourceError with one line that names the value at fault and what was expected, before any work is done.
        """
        names = re.split(r"[\s,;]+", sources.strip()) if isinstance(sources, str) else list(sources)
        known = {source.name: source for source in load_sources(settings.sources)}
        unknown = [name for name in names if name and name not in known]
        if unknown:
            raise SourceError(
                f"unknown source {unknown[0]!r}; expected some of: {', '.join(known) or 'none is configured'}"
            )
        chosen = [known[name] for name in dict.fromkeys(names) if name]
        enabled = [source for source in known.values() if source.is_enabled]
        days = Window(*checked_days(since, until))
        return cls(tuple(chosen or enabled), days, _checked_count(max_pages))

    @property
    def live(self) -> list[Source]:
        """Those of the sources that are on the web."""
        return [source for source in self.sources if source.kind in LIVE_KINDS]

    @property
    def parameters(self) -> dict[str, object]:
        """As they are kept with the run."""
        days = {
            name: day and day.isoformat() for name, day in (("since", self.window.since), ("until", self.window.until))
        }
        return {"sources": [source.name for source in self.sources], **days, "max_pages": self.max_pages}


@dataclass(frozen=True, slots=True)
class ReprocessOrder:
    """Which stored pages are to be transformed again."""

    choice: Choice

    @classmethod
    def checked(cls, source: str | None, since: date | str | None, settings: Settings) -> "ReprocessOrder":
        """The order; no source means every one.

        Raises SourceError with one line that names the value at fault and what was expected, before any work is done.
        """
        day = _checked_day("since", since)
        if source and source not in (known := page_sources(settings)):
            raise SourceError(f"no pages of a source {source!r} are stored; there are: {', '.join(known) or 'none'}")
        return cls(Choice(source or None, day))

    @property
    def parameters(self) -> dict[str, object]:
        """As they are kept with the run."""
        return {"source": self.choice.source, "since": self.choice.since and self.choice.since.isoformat()}


def _checked_count(max_pages: int | None) -> int | None:
    if max_pages is not None and max_pages < 1:
        raise SourceError(f"max_pages {max_pages}: expected a positive number, or nothing for all")
    return max_pages


def checked_days(since: date | str | None, until: date | str | None) -> tuple[date | None, date | None]:
    """The days as such. Raises SourceError for what is none, and where the last is before the first."""
    first, last = _checked_day("since", since), _checked_day("until", until)
    if first and last and last < first:
        raise SourceError(f"until {until}: expected a day that is not before since, {since}")
    return first, last


def _checked_day(name: str, day: date | str | None) -> date | None:
    if not day or isinstance(day, date):
        return day or None
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise SourceError(f"{name} {day!r}: expected a day such as 2026-11-30") from None
