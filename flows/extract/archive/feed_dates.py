"""The times that a feed-archive file gives: its number and its written date, as instants or not at all."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before the first web page nothing was captured: such a number is a broken date, most often zero or seconds."""
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""Fixed, and not 'now': reading must give the same page whenever it is done."""

NUMBER = re.compile(r"\s*(\d{1,14})\s*", re.ASCII)
"""Fourteen digits reach the year 5138; more would be outside the window and need a bound of their own."""
# Jekyll writes `2020-04-05 08:36:52 +0800`; ISO 8601 knows no blank before the offset.
BLANK_BEFORE_OFFSET = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)")


def instant_of_number(text: str | None) -> datetime | None:
    """The instant of milliseconds since 1970; None for NaN, nothing, or a time that cannot be."""
    match = NUMBER.fullmatch(text or "")
    return _plausible(EPOCH + timedelta(milliseconds=int(match[1]))) if match else None


def instant(text: str | None) -> datetime | None:
    """The instant of a date in RFC 822 or ISO 8601; None for none, a day without a time, or a clock without a zone.

    A day or a clock without a zone is no instant; to make one of it would claim a precision that nobody gave.
    """
    given = (text or "").strip()
    try:
        return _plausible(datetime.fromisoformat(BLANK_BEFORE_OFFSET.sub("", given)))
    except ValueError:
        pass
    try:
        parsed = parsedate_to_datetime(given)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # RFC 5322: -0000 is UTC told by a machine that does not know its zone; the parser leaves the zone out.
    return _plausible(parsed.replace(tzinfo=UTC) if given.endswith("-0000") else parsed)


def _plausible(time: datetime) -> datetime | None:
    if time.tzinfo is None:
        return None
    try:
        utc = time.astimezone(UTC)
    except OverflowError:
        return None
    return utc if EARLIEST <= utc < LATEST else None
