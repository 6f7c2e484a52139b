"""The hints that listings give: times as instants or not at all, titles as plain text."""

import calendar
import re
import unicodedata
from datetime import UTC, datetime
from html import unescape
from time import struct_time

from flows.extract.archive.feed_dates import BLANK_BEFORE_OFFSET, EARLIEST, LATEST

BARE_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# Zones that RFC 822 (section 5.1) knows by name. feedparser reads CEST and other names as UTC, hours too late.
ZONED = re.compile(
    r"(?:[+-]\d\d:?\d\d|(?<![A-Z])(?:Z|UTC?|GMT|[ECMP][SD]T))(?:\s*\([^()]*\))?\s*\Z", re.IGNORECASE | re.ASCII
)
CLOCK = re.compile(r"\d\s*:\s*\d")
TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>", re.DOTALL)
LONGEST_TITLE = 2000
"""Characters of a title as written: ten long headlines. More is an attack on the search for tags, or no title."""
# Controls and marks of no width, which hide in titles that were pasted from a word processor.
INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b\u2060\ufeff]")


def w3c_time(text: str | None, *, is_zone_needed: bool) -> datetime | None:
    """The instant of a date as https://www.w3.org/TR/NOTE-datetime writes it; None for another, or one that cannot be.

    A bare day is midnight in UTC: no more is known. A month or a year alone is nothing: their first day would be a
    wrong one. A clock without a zone is UTC, or nothing where a zone is needed: it may be half a day wrong, which is
    too much for a time of publication.
    """
    given = BLANK_BEFORE_OFFSET.sub("", (text or "").strip())
    try:
        parsed = datetime.fromisoformat(given)
        if parsed.tzinfo is None:
            if is_zone_needed and not BARE_DAY.fullmatch(given):
                return None
            parsed = parsed.replace(tzinfo=UTC)
        return _plausible(parsed.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def feed_time(parsed: struct_time | None, written: str | None) -> datetime | None:
    """The instant that feedparser made of a date as it was written; None for a clock without a zone that we know.

    A bare day is midnight in UTC.
    """
    if parsed is None or not written or (CLOCK.search(written) and not ZONED.search(written)):
        return None
    try:
        return _plausible(datetime.fromtimestamp(calendar.timegm(parsed), UTC))
    except (ValueError, OverflowError, OSError):
        return None


def plain_title(text: object) -> str | None:
    """A title without tags, entities and odd blanks, in NFC; None for none."""
    if not isinstance(text, str):
        return None
    written = text[:LONGEST_TITLE]
    bare = INVISIBLE.sub("", unescape(TAG.sub(" " if "<br" in written.lower() else "", written)))
    return unicodedata.normalize("NFC", " ".join(bare.split())) or None


def _plausible(instant: datetime) -> datetime | None:
    return instant if EARLIEST <= instant < LATEST else None
