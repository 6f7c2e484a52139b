"""When a page was published: every statement is a candidate, the best evidence wins, the others tell of conflict.

Rank: JSON-LD, meta, the feed's time where it is the publication, time element, visible text, the address, and
last the moment of the crawl, which is only an upper bound. A time without a zone is read in the site's zone; where
that is unknown only its day is believed. A day stands as 00:00 UTC of the day as it was written, because that
keeps the publisher's calendar day in every UTC column. Nothing may lie after the capture.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from flows.transform.evidence import Evidence as Statements
from flows.transform.evidence import strings_in
from flows.transform.text import squeeze
from flows.transform.written_dates import Written, read_date
from flows.web.sites import SiteFacts
from flows.web.urls import split_url
from warehouse.model import Evidence, Page, Precision, TimeMeaning

A_DAY = timedelta(days=1)
# The calendar is ahead of UTC by at most 14 hours: a day written there can begin after the capture in UTC.
FURTHEST_EAST = timedelta(hours=14)
HALF_A_DAY = timedelta(hours=12)
# Clocks of servers differ; a minute is what a feed's crawl and a page's own clock may disagree by.
CLOCK_SKEW = timedelta(minutes=1)
# Before 1990 there were no web pages; older dates are those of events or defaults such as the epoch.
EARLIEST = date(1990, 1, 1)

PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date.published",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "publishdate",
    "publish-date",
    "publication_date",
    "pubdate",
    "date",
)
MODIFIED_META = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified")
NAMED_FOR_DATES = re.compile(
    r"(?:^|[\s_-])(?:pub|post|entry|article)?[_-]?(?:date|time|published|datum|zeit)", re.IGNORECASE
)
# Enough for a dateline; more are the dates of other articles.
MOST_DATED = 5
MOST_PIECES = 12
URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([/_-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")


class Dated(NamedTuple):
    """A string that may be a publication date, and what kind of evidence it is."""

    evidence: Evidence
    raw: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a publication time."""

    at: datetime
    precision: Precision
    evidence: Evidence
    raw: str


@dataclass(frozen=True, slots=True)
class Publication:
    """When a page was published, how exactly that is known, from what, and whether other evidence disagrees."""

    at: datetime | None = None
    precision: Precision | None = None
    evidence: Evidence | None = None
    raw: str | None = None
    has_conflict: bool = False


def published(page: Page, facts: SiteFacts, statements: Statements, visible: Iterable[Dated]) -> Publication:
    """The publication time by the rank of evidence; `visible` are the date lines of the text."""
    bound = _bound(page)
    stated = list(_candidates(page, facts, statements, visible))
    possible = [candidate for candidate in stated if _is_possible(candidate, bound)]
    if possible:
        best = possible[0]
        conflict = any(_disagree(best, other) for other in stated[1:] if other is not best) or stated[0] is not best
        return Publication(best.at, best.precision, best.evidence, best.raw, conflict)
    upper = _upper_bound(page)
    if upper is None:
        return Publication()
    return Publication(upper.at, upper.precision, upper.evidence, upper.raw, bool(stated))


def modified(page: Page, facts: SiteFacts, statements: Statements) -> datetime | None:
    """When the page says it was last changed; only where it gives a time, and none after the capture."""
    raws = [*strings_in(statements.stated("dateModified")), *_meta_values(statements, MODIFIED_META)]
    for raw in raws:
        candidate = _candidate(read_date(raw, is_day_first=facts.is_day_first), facts, Evidence.META, raw, page)
        if candidate and candidate.precision is not Precision.DAY and _is_possible(candidate, _bound(page)):
            return candidate.at
    return None


def _candidates(page: Page, facts: SiteFacts, statements: Statements, visible: Iterable[Dated]) -> Iterator[Candidate]:
    """All readings, the best evidence first."""
    stated = [
        *(Dated(Evidence.JSON_LD, raw) for raw in strings_in(statements.stated("datePublished"))),
        *(Dated(Evidence.META, raw) for raw in _meta_values(statements, PUBLISHED_META)),
    ]
    yield from _read(stated, page, facts)
    if (at := page.hint_published_at) and came_with_publication(page, facts):
        evidence = Evidence.ARCHIVE_TIMESTAMP if at == page.captured_at else Evidence.FEED
        yield Candidate(at, Precision.SECOND, evidence, at.isoformat())
    yield from _read(visible, page, facts)
    yield from _url_dates(page.url)


def _read(dated: Iterable[Dated], page: Page, facts: SiteFacts) -> Iterator[Candidate]:
    for evidence, raw in dated:
        reading = read_date(raw, is_day_first=facts.is_day_first)
        if candidate := _candidate(reading, facts, evidence, raw, page):
            yield candidate


def came_with_publication(page: Page, facts: SiteFacts) -> bool:
    """Whether the time that came with the page is its publication; the facts help where the reader did not know."""
    if page.hint_published_at is None:
        return False
    kind = page.hint_published_kind
    return (facts.feed_time if kind in (None, TimeMeaning.UNKNOWN) else kind) is TimeMeaning.PUBLICATION


def _meta_values(statements: Statements, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        yield from statements.meta.get(name, ())


def dated_elements(root: HtmlElement) -> list[Dated]:
    """The page's time element (marked as the publication, else the first), then what elements named for dates show."""
    elements = [element for element in root.iter("time") if element.get("datetime")]
    marked = [element for element in elements if element.get("pubdate") is not None or _is_published(element)]
    dated = [Dated(Evidence.TIME_ELEMENT, str(element.get("datetime"))) for element in (marked or elements)[:1]]
    shown = (
        element
        for element in root.iter("time", "span", "p", "div", "li", "em", "small")
        if _is_named_for_dates(element)
    )
    texts = (squeeze("".join(islice(element.itertext(), MOST_PIECES))) for element in islice(shown, MOST_DATED))
    return dated + [Dated(Evidence.VISIBLE, text) for text in texts if text]


def _is_named_for_dates(element: HtmlElement) -> bool:
    return element.tag == "time" or bool(NAMED_FOR_DATES.search(f"{element.get('class', '')} {element.get('id', '')}"))


def _is_published(element: HtmlElement) -> bool:
    return (element.get("itemprop") or "").lower() == "datepublished"


def _candidate(written: Written | None, facts: SiteFacts, evidence: Evidence, raw: str, page: Page) -> Candidate | None:
    """A written date as an instant, in the zone it names, else in the site's."""
    if written is None or not written.day >= EARLIEST:
        return None
    zone = written.zone or (_zone(facts.time_zone) if facts.time_zone else None)
    if written.clock is None or zone is None:
        return Candidate(_day_start(written.day), Precision.DAY, evidence, raw)
    at = datetime.combine(written.day, written.clock, tzinfo=zone).astimezone(UTC)
    if facts.has_twelve_hour_clock and not written.zone and not written.has_meridiem:
        at = _twelve_hour_reading(at, written.clock, _bound(page))
    return Candidate(at, Precision.SECOND if written.has_seconds else Precision.MINUTE, evidence, raw)


def _twelve_hour_reading(at: datetime, clock: time, bound: datetime | None) -> datetime:
    """The latest reading of a 12-hour clock that is not after the bound; `at` is the reading as a 24-hour clock."""
    if bound is None or clock.hour > 12:  # noqa: PLR2004 - twelve is the clock's own number
        return at
    # 12:30 means 00:30 or 12:30, 03:30 means 03:30 or 15:30.
    other = at - HALF_A_DAY if clock.hour == 12 else at + HALF_A_DAY  # noqa: PLR2004 - as above
    readings = [reading for reading in (at, other) if reading <= bound + CLOCK_SKEW]
    return max(readings, default=at)


def _url_dates(url: str) -> Iterator[Candidate]:
    for match in URL_DATE.finditer(split_url(url).path):
        year, _, month, day = match.groups()
        try:
            yield Candidate(_day_start(date(int(year), int(month), int(day))), Precision.DAY, Evidence.URL, match[0])
        except ValueError:
            continue
        return


def _bound(page: Page) -> datetime | None:
    """What no publication can be later than: the capture, else the time that came with the page."""
    return page.captured_at or page.hint_published_at


def _upper_bound(page: Page) -> Candidate | None:
    """The earliest moment by which the page is known to have been there: never one after its capture."""
    if page.hint_published_at:
        at = min(page.hint_published_at, page.captured_at or page.hint_published_at)
        evidence = Evidence.ARCHIVE_TIMESTAMP if at == page.captured_at else Evidence.FEED
        return Candidate(at, Precision.UPPER_BOUND, evidence, at.isoformat())
    return None


def _is_possible(candidate: Candidate, bound: datetime | None) -> bool:
    if bound is None:
        return True
    slack = FURTHEST_EAST if candidate.precision is Precision.DAY else CLOCK_SKEW
    return candidate.at <= bound + slack


def _disagree(one: Candidate, other: Candidate) -> bool:
    """Whether two readings lie more than a day apart; a day covers all its hours in every zone."""
    slack = A_DAY if Precision.DAY in (one.precision, other.precision) else timedelta()
    return abs(one.at - other.at) > A_DAY + slack


def _day_start(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
