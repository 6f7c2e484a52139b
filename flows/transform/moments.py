"""From a date as written to a moment: in the zone that it names, else the site's, else one assumed from the page."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from flows.transform.evidence import Evidence as Statements
from flows.transform.number_order import observed_order, usual_order
from flows.transform.relative_dates import read_relative
from flows.transform.stated_dates import url_dates
from flows.transform.written_dates import Habits, Order, Written, dates_in
from flows.transform.zones import assumed_zone
from flows.web.sites import SiteFacts
from flows.web.urls import host_of
from warehouse.model import Evidence, Page, Precision, Zone

# The calendar is ahead of UTC by at most 14 hours: a day written there can begin after the capture in UTC.
FURTHEST_EAST = timedelta(hours=14)
HALF_A_DAY = timedelta(hours=12)
A_DAY = timedelta(days=1)
# Clocks of servers differ; a minute is what a feed's crawl and a page's own clock may disagree by.
CLOCK_SKEW = timedelta(minutes=1)
# Before 1990 there were no web pages; older dates are those of events or defaults such as the epoch.
EARLIEST = date(1990, 1, 1)
# Later dates are typing errors and the ends of validity; only a page whose capture is unknown gets this far.
LATEST = date(2100, 1, 1)
# Seconds or milliseconds since 1970, between 2001 and 2033.
EPOCH = re.compile(r"\s*(1\d{9})(\d{3})?\s*")


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, how exactly that is known, and from what.

    `day` and `clock` are as written; `zone` says whence the zone is, None without a time.
    """

    at: datetime
    precision: Precision
    evidence: Evidence
    day: date
    clock: time | None = None
    zone: Zone | None = None
    offset: timedelta | None = None

    def __str__(self) -> str:
        """The moment as `broadsheet extract --explain` shows it."""
        return f"{self.at.isoformat()} ({self.precision}{f', {self.zone} zone' if self.zone else ''})"

    def is_possible(self, bound: datetime | None) -> bool:
        """Whether it is not after the bound; a day counts from its beginning in the furthest east."""
        if bound is None:
            return True
        return self.at <= bound + (FURTHEST_EAST if self.clock is None else CLOCK_SKEW)

    def disagrees_with(self, other: "Moment") -> bool:
        """Whether two moments lie more than a day apart; a day covers all its hours in every zone."""
        slack = A_DAY if None in (self.clock, other.clock) else timedelta()
        return abs(self.at - other.at) > A_DAY + slack


@dataclass(frozen=True, slots=True)
class Reader:
    """How the dates of one page are read: its habits of writing, its zone, and what no date can be later than."""

    habits: Habits
    zone: tzinfo | None
    zone_source: Zone | None
    bound: datetime | None
    has_twelve_hour_clock: bool = False
    captured_at: datetime | None = None

    def relative(self, raw: str, evidence: Evidence) -> Moment | None:
        """The moment that a line tells by how long before the capture it was."""
        if self.captured_at is None:
            return None
        ago = read_relative(raw, self.captured_at.astimezone(self.zone or UTC))
        if ago is None:
            return None
        day, clock = ago.at.date(), ago.at.time().replace(second=0, microsecond=0)
        if not ago.is_exact:
            return Moment(day_start(day), Precision.DAY, evidence, day)
        source = self.zone_source if self.zone else Zone.EXPLICIT
        at = datetime.combine(day, clock, tzinfo=ago.at.tzinfo)
        return Moment(at.astimezone(UTC), Precision.MINUTE, evidence, day, clock, source, at.utcoffset())

    def written(self, raw: str) -> Written | None:
        """The date that a statement consists of, or the only one in it."""
        if match := EPOCH.fullmatch(raw):
            at = datetime.fromtimestamp(int(match[1]), UTC)
            return Written(at.date(), at.time(), UTC, has_seconds=True)
        found = dates_in(raw, self.habits)
        return found[0].written if len({each.written.day for each in found}) == 1 else None

    def moment(self, written: Written, evidence: Evidence) -> Moment | None:
        """A written date as a moment; None where there was no web yet."""
        if not EARLIEST <= written.day < LATEST:
            return None
        zone, source = (written.zone, Zone.EXPLICIT) if written.zone else (self.zone, self.zone_source)
        if written.clock is None or zone is None:
            return Moment(day_start(written.day), Precision.DAY, evidence, written.day)
        local = datetime.combine(written.day, written.clock, tzinfo=zone)
        at = local.astimezone(UTC)
        if self.has_twelve_hour_clock and not written.zone and not written.has_meridiem:
            at = _twelve_hour_reading(at, written.clock, self.bound)
        precision = Precision.SECOND if written.has_seconds else Precision.MINUTE
        return Moment(at, precision, evidence, written.day, written.clock, source, local.utcoffset())


def page_reader(
    page: Page, facts: SiteFacts, statements: Statements, stated: Sequence[str], shown: Iterable[str] = ()
) -> Reader:
    """The reader of a page's dates: `stated` are its machine-readable ones, `shown` those that people read.

    A time without a zone may share the offset of a stated one, and `12/07/2020` is read as the others show.
    """
    language = statements.html_language or statements.first_meta("og:locale", "language", "content-language")
    written = [found.written for raw in stated for found in dates_in(raw)]
    days = {each.day for each in written} | {day for day, _ in url_dates(page.url)}
    habits = _habits(page, language, facts, observed_order(shown, days))
    zone, source = _zone_of(page, facts, language, written)
    return Reader(habits, zone, source, bound_of(page), facts.has_twelve_hour_clock, page.captured_at)


def bound_of(page: Page) -> datetime | None:
    """What no publication can be later than: the capture, else the time that came with the page."""
    return page.captured_at or page.hint_published_at


def day_start(day: date) -> datetime:
    """The moment that stands for a day: its 00:00 in UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)


def _zone_of(
    page: Page, facts: SiteFacts, language: str | None, stated: list[Written]
) -> tuple[tzinfo | None, Zone | None]:
    """The zone of times that name none: the site's, else the country's, else that of another time on the page."""
    if facts.time_zone:
        return ZoneInfo(facts.time_zone), Zone.SITE
    # UTC says nothing of where a page is at home: it is what machines write by default.
    offsets = [each.zone for each in stated if each.zone and _offset(each)]
    zone = assumed_zone(host_of(page.url), language) or next(iter(offsets), None)
    return zone, Zone.ASSUMED if zone else None


def _offset(written: Written) -> timedelta | None:
    return datetime.combine(written.day, written.clock or time(), tzinfo=written.zone).utcoffset()


def _habits(page: Page, language: str | None, facts: SiteFacts, seen: Order | None) -> Habits:
    host = host_of(page.url)
    primary = (language or "").lower().replace("_", "-").partition("-")[0]
    order = Order.DAY_FIRST if facts.is_day_first else seen or usual_order(language, host)
    return Habits(order, primary or None)


def _twelve_hour_reading(at: datetime, clock: time, bound: datetime | None) -> datetime:
    """The latest reading of a 12-hour clock that is not after the bound; `at` is the reading as a 24-hour clock."""
    if bound is None or clock.hour > 12:  # noqa: PLR2004 - twelve is the clock's own number
        return at
    # 12:30 means 00:30 or 12:30, 03:30 means 03:30 or 15:30.
    other = at - HALF_A_DAY if clock.hour == 12 else at + HALF_A_DAY  # noqa: PLR2004 - as above
    readings = [reading for reading in (at, other) if reading <= bound + CLOCK_SKEW]
    return max(readings, default=at)
