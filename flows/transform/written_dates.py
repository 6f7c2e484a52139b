"""Dates as people and machines write them, read without a guess: what is not there stays absent."""

import re
from dataclasses import dataclass
from datetime import UTC, date, time, timedelta, timezone, tzinfo
from functools import lru_cache

LONGEST = 120
CLOCK = (
    r"(?P<hour>[01]?\d|2[0-3])[:：時时h.](?P<minute>[0-5]\d)(?:[:：分](?P<second>[0-5]\d)(?:[.,]\d+)?)?(?:\s*[分秒])?"
)
MERIDIEM = r"(?P<meridiem>a\.?m\.?|p\.?m\.?|上午|下午|午前|午後)"
# Only abbreviations that mean one zone: CST and IST are several.
NAMED_ZONES = {"EST": -5, "EDT": -4, "PST": -8, "PDT": -7, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "MSK": 3, "JST": 9}
ZONE = (
    rf"(?:Uhr|hrs?|klo)?\s*(?P<zone>Z|{'|'.join(NAMED_ZONES)}"
    r"|UTC|GMT(?:[+-]\d{1,2}(?::?\d\d)?)?|[+-]\d\d:?\d\d|[+-]\d\d)"
)
TIME = rf"(?:{MERIDIEM}\s*)?{CLOCK}(?:\s*{MERIDIEM.replace('meridiem', 'meridiem2')})?(?:\s*{ZONE})?(?:\s*Uhr)?"
GAP = r"[\s,\-–|/·T]*(?:at|um|à|om|klo|kl\.?|às|alle|ore)?[\s,\-–|/]*"
YEAR = r"(?P<year>(?:19|20)\d\d)"

# Month names by their first letters, in the languages of the pages at hand; longer beginnings win.
MONTHS = {
    1: "jan jän gen ene янв січ sty ocak ιαν",
    2: "feb fév fev fevr φεβ фев лют lut şub",
    3: "mar mär mrz maa μαρ мар бер mart",
    4: "apr avr abr απρ апр кві kwi nis",
    5: "may mai mag mei maj μαϊ μαΐ мая май тра mayıs",
    6: "jun juin giu ιουν июн чер cze haz",
    7: "jul juil lug ιουλ июл лип lip tem",
    8: "aug aoû aou ago αυγ авг сер sie ağu",
    9: "sep set σεπ сен вер wrz eyl",
    10: "oct okt ott out οκτ окт жов paź eki",
    11: "nov νοε ноя лис kas",
    12: "dec déc dez dic des δεκ дек гру gru ara",
}
MONTH_OF = {name: number for number, names in MONTHS.items() for name in names.split()}
MONTH_NAME = r"(?P<name>[^\W\d_]{3,12})\.?"


@dataclass(frozen=True, slots=True)
class Written:
    """A date as written: a day, perhaps a clock, perhaps a zone."""

    day: date
    clock: time | None = None
    zone: tzinfo | None = None
    has_seconds: bool = False
    has_meridiem: bool = False


def _shape(day: str) -> re.Pattern[str]:
    # A colon, a weekday or a word such as "Published" may stand before, an explanation in brackets after.
    lead = r"(?:[^\W\d_]+[.,:：]?\s+|[^\W\d_]{2,12}[:：]\s*|\(?[^\W\d_]{2,4}\)?,?\s+){0,3}"
    return re.compile(rf"\s*{lead}{day}(?:{GAP}{TIME})?\s*(?:\([^)]{{1,12}}\))?[\s.|–-]*", re.IGNORECASE)


WEEKDAY = r"(?:\s*[（(]?(?:星期|周|週)?[一二三四五六日天月火水木金土][)）]?)?"
NUMERIC = r"(?P<first>\d{1,2})\s?(?P<mark>[./-])\s?(?P<second_number>\d{1,2})\s?(?P=mark)\s?" + YEAR
SHAPES = tuple(
    _shape(day)
    for day in (
        YEAR + r"\s?(?P<mark>[-/.])\s?(?P<month>\d{1,2})\s?(?P=mark)\s?(?P<day>\d{1,2})",
        YEAR + r"(?P<month>\d\d)(?P<day>\d\d)",
        YEAR + r"\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日号일]?" + WEEKDAY,
        NUMERIC,
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?\s*(?:de\s+|of\s+|-)?{MONTH_NAME}(?:\s+de)?[\s,-]*{YEAR}",
        rf"{MONTH_NAME}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s,]+{YEAR}",
    )
)


@lru_cache(maxsize=4096)
def read_date(text: str, *, is_day_first: bool = False) -> Written | None:
    """The one date that a short text consists of, or None; `12/07/2020` needs a day above 12 or `is_day_first`."""
    if len(text) > LONGEST:
        return None
    for shape in SHAPES:
        if match := shape.fullmatch(text):
            day = _day(match.groupdict(), is_day_first=is_day_first)
            return _with_clock(day, match.groupdict()) if day else None
    return None


def _day(parts: dict[str, str | None], *, is_day_first: bool) -> date | None:
    try:
        if parts.get("first"):
            return _numeric_day(parts, is_day_first=is_day_first)
        month = int(parts["month"] or 0) if parts.get("month") else _month(parts.get("name") or "")
        return date(int(parts["year"] or 0), month, int(parts["day"] or 0))
    except ValueError:
        return None


def _numeric_day(parts: dict[str, str | None], *, is_day_first: bool) -> date:
    """`a/b/year`: with dots the day is first everywhere; with slashes only a number above 12 or the site tells."""
    first, second, year = int(parts["first"] or 0), int(parts["second_number"] or 0), int(parts["year"] or 0)
    if is_day_first or parts["mark"] == "." or first > 12:  # noqa: PLR2004 - months
        return date(year, second, first)
    if second > 12 or first == second:  # noqa: PLR2004 - months
        return date(year, first, second)
    raise ValueError("either number can be the month")


def _month(name: str) -> int:
    lowered = name.lower()
    for size in (5, 4, 3):
        if number := MONTH_OF.get(lowered[:size]):
            return number
    raise ValueError("no month")


def _with_clock(day: date, parts: dict[str, str | None]) -> Written:
    if not parts.get("hour"):
        return Written(day)
    meridiem = (parts.get("meridiem") or parts.get("meridiem2") or "").lower()
    hour = _hour(int(parts["hour"] or 0), meridiem)
    clock = time(hour, int(parts["minute"] or 0), int(parts.get("second") or 0))
    zone = _zone(parts["zone"]) if parts.get("zone") else None
    return Written(day, clock, zone, has_seconds=bool(parts.get("second")), has_meridiem=bool(meridiem))


def _hour(hour: int, meridiem: str) -> int:
    is_afternoon = meridiem.startswith("p") or meridiem in ("下午", "午後")
    if is_afternoon and hour < 12:  # noqa: PLR2004 - the clock's own number
        return hour + 12
    return 0 if meridiem and not is_afternoon and hour == 12 else hour  # noqa: PLR2004 - as above


def _zone(name: str | None) -> tzinfo:
    if hours := NAMED_ZONES.get((name or "").upper()):
        return timezone(timedelta(hours=hours))
    match = re.search(r"([+-])(\d{1,2}):?(\d\d)?", name or "")
    if not match:
        return UTC
    sign = -1 if match[1] == "-" else 1
    return timezone(sign * timedelta(hours=min(int(match[2]), 23), minutes=int(match[3] or 0)))
