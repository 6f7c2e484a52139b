"""Backfill by date: what of a sitemap lies in a range of days, and which sitemaps of an index may hold such links."""

import re
from datetime import UTC, date, timedelta
from typing import NamedTuple

from flows.extract.listing.links import Link, More
from flows.web.urls import split_url

YEAR = r"(?P<year>199\d|20\d\d)"
MONTH = r"(?P<month>0?[1-9]|1[0-2])"
DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
SEPARATOR = r"[-_/.]"
IN_PATHS = (
    re.compile(rf"(?<!\d){YEAR}{SEPARATOR}{MONTH}{SEPARATOR}{DAY}(?!\d)"),
    re.compile(rf"(?<!\d){YEAR}(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(rf"/{YEAR}[-/]{MONTH}(?=/|$)"),
)
IN_NAMES = (
    *IN_PATHS[:2],
    # WordPress and others ask for a sitemap by parameters: ?yyyy=2024&mm=05&dd=17.
    re.compile(rf"y(?:yyy|ear)?={YEAR}&m(?:m|onth)?={MONTH}(?:&d(?:d|ay)?={DAY})?(?!\d)", re.IGNORECASE),
    re.compile(rf"(?<!\d){YEAR}{SEPARATOR}?(?P<month>0[1-9]|1[0-2])(?!\d)"),
    re.compile(rf"(?<!\d){YEAR}{SEPARATOR}{MONTH}(?!\d)"),
    re.compile(rf"(?<!\d){YEAR}(?!\d)"),
)
SLACK = timedelta(days=1)
"""A name's day is the publisher's, a range is in UTC: they may differ by one."""


class Span(NamedTuple):
    """Days, from the first to the last."""

    first: date
    last: date

    def meets(self, since: date | None, until: date | None) -> bool:
        """Whether a day of the span lies in a range, whose bounds belong to it; None is no bound."""
        return (since is None or self.last >= since) and (until is None or self.first <= until)


def in_range(link: Link, since: date | None, until: date | None) -> bool:
    """Whether a link belongs to a range of days (UTC, bounds included): by publication, change, or its address's date.

    A link of which no time is known belongs to every range.
    """
    known = link.published_at or link.modified_at
    if known is not None:
        day = known.astimezone(UTC).date()
        return Span(day, day).meets(since, until)
    span = _span(split_url(link.url).path, IN_PATHS)
    return span is None or span.meets(since, until)


def may_hold(sitemap: More, since: date | None, until: date | None) -> bool:
    """Whether a sitemap of an index can hold links of a range: by its lastmod and by the date in its address.

    One that last changed before the range holds nothing of it; one that says nothing may hold anything.
    """
    if sitemap.modified_at is not None and since is not None and sitemap.modified_at.date() < since - SLACK:
        return False
    parts = split_url(sitemap.url)
    span = _span(f"{parts.path}?{parts.query or ''}", IN_NAMES)
    return span is None or Span(span.first - SLACK, span.last + SLACK).meets(since, until)


def _span(text: str, patterns: tuple[re.Pattern[str], ...]) -> Span | None:
    """The day, month or year that the first fitting pattern finds."""
    for pattern in patterns:
        for match in pattern.finditer(text):
            if span := _days(match.groupdict()):
                return span
    return None


def _days(found: dict[str, str | None]) -> Span | None:
    year, month, day = (int(found.get(part) or 0) for part in ("year", "month", "day"))
    try:
        if day:
            only = date(year, month, day)
            return Span(only, only)
    except ValueError:
        # The thirtieth of February: a number that is no date.
        return None
    first = date(year, month or 1, 1)
    last = date(year + (month or 12) // 12, (month or 12) % 12 + 1, 1) - timedelta(days=1)
    return Span(first, last)
