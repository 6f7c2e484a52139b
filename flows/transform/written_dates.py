"""Dates as people and machines write them, read without a guess: what is not there stays absent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, tzinfo
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from flows.transform.calendars import ERAS, era_year, from_solar_hijri, gregorian_year
from flows.transform.months import month_named, solar_hijri_month
from flows.transform.zones import ZONE, named_zone

LONGEST = 120
# A passage in which a date is looked for; longer ones are prose.
LONGEST_PASSAGE = 400
MOST_IN_PASSAGE = 8


class Order(Enum):
    """Which number of `12/07/2020` is the day."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


class Habits(NamedTuple):
    """How the writer of a page puts dates: the order of numbers and the language, as far as they are known."""

    order: Order | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A date as written: a day, perhaps a clock, perhaps a zone."""

    day: date
    clock: time | None = None
    zone: tzinfo | None = None
    has_seconds: bool = False
    has_meridiem: bool = False


class Found(NamedTuple):
    """A date inside a passage, and where it stands."""

    written: Written
    start: int
    end: int


NO_HABITS = Habits()
NUMBERS_EITHER_WAY = Habits(order=Order.DAY_FIRST)
AFTERNOON = ("p", "下午", "午後", "오후", "晚", "μμ", "μ.μ", "م")
MERIDIEM = r"(?P<meridiem{n}>[ap]\.?\s?m\b\.?|上午|下午|午前|午後|早上|晚上|오전|오후|[πμ]\.?μ\.?|[صم](?!\w))"
CLOCK = (
    r"(?P<hour>[01]?\d|2[0-3])"
    r"(?:\s?[:：時时시h.]\s?(?P<minute>[0-5]\d)(?:\s?[:：分분](?P<second>[0-5]\d)(?:[.,]\d+)?)?(?:\s*[分秒분초]|\s?h\b)?"
    r"|(?=\s?(?:[ap]\.?m\b|Uhr)))"
)
TIME = (
    rf"(?:{MERIDIEM.format(n='')}\s*)?{CLOCK}(?:\s*{MERIDIEM.format(n='2')})?"
    rf"(?:\s*(?:Uhr|hrs?\b|น\.))?(?:\s*\(?{ZONE}\)?(?:\s?UTC\b)?)?(?:\s*Uhr)?"
)
# Words and signs between a day and its time, in the languages at hand.
AT = r"at|um|à|a las|a la|às|as|om|kl\.?o?|alle|ore|ora|ob|u|v|ve|в|о|saat|στις|godz\.?|o godz\.?|pukul|jam|lúc|le"
GAP = rf"(?:[\s,،\-–—|/·•T;:(]|&nbsp;)*(?:(?:{AT})(?=[\s\d:]))?[\s,\-–|/:]*"
YEAR = r"(?P<year>(?:19|20)\d\d)"
# The year of the Buddhist calendar too; only beside a name of a month, because four digits are easily something else.
NAMED_YEAR = r"(?P<year>(?:19|20)\d\d|2[45]\d\d|1[34]\d\d)"
# A letter and what follows it up to a digit or a mark: Indic names hold vowel signs, which are no letters; the short
# Thai names hold a dot. Possessive: what follows a name cannot be part of it, and words are many.
NAME = r"(?P<name>[^\W\d_](?:\.[^\W\d_]|[^\s\d.,،:;/()|<>\[\]{}\"“”–—_-]){1,13}+)\.?+"
ORDINAL = r"(?:st|nd|rd|th|er|ère|eme|[aºª°]|\.)?"
OF = r"(?:de\s+|del\s+|d[’']|of\s+|di\s+|da\s+|ta[’']\s+|-|/|–)?"
WEEKDAY = r"(?:\s*[（(]?(?:星期|周|週)?[一二三四五六日天月火水木金土][)）]?)?"
NUMERIC = r"(?P<first>\d{1,2})\s?(?P<mark>[./-])\s?(?P<second_number>\d{1,2})\s?(?P=mark)\s?"
WEEKDAY_WORD = r"(?:\s*\(?[^\W\d_]{2,12}\)?[,.]?)??"
DAYS = (
    YEAR + r"\s?(?P<mark>[-/.])\s?(?P<month>\d{1,2})\s?(?P=mark)\s?(?P<day>\d{1,2})(?!\d)\.?",
    YEAR + r"(?P<month>0\d|1[0-2])(?P<day>[0-2]\d|3[01])T(?P<inner>\d{6})(?P<inner_zone>Z|[+-]\d{4})",
    YEAR + r"(?P<month>0\d|1[0-2])(?P<day>[0-2]\d|3[01])(?!\d)",
    YEAR + r"\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日号號일]?" + WEEKDAY,
    rf"(?P<era>{'|'.join(ERAS)})\s*(?P<era_year>\d{{1,3}}|元)\s*年\s*(?P<month>\d{{1,2}})\s*月\s*(?P<day>\d{{1,2}})\s*日",
    NUMERIC + YEAR + r"(?!\d|\.\d)",
    NUMERIC + r"(?P<short_year>\d\d)(?![\d.:/-])",
    rf"(?P<day>\d{{1,2}}){ORDINAL}[\s,]*{OF}\s*{NAME}[\s,،]*(?:de[l]?\s+|d[’']|-|/|–|พ\.ศ\.\s*|Επί\s+)?\s*[’']?{NAMED_YEAR}(?!\d)",
    rf"{NAME}\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th|,|\.)?[\s,]+{NAMED_YEAR}(?!\d)",
    # Java's and C's own form: Thu Jan 31 12:00:00 UTC 2024
    rf"{NAME}\s+(?P<day>\d{{1,2}})\s+(?P<inner>\d\d:\d\d:\d\d)\s+(?P<inner_zone>[A-Z]{{1,5}}|[+-]\d{{4}})\s+{YEAR}(?!\d)",
    # 2024. január 31. · 2024 m. sausio 31 d. · 2024. gada 31. janvāris · 2024-Jan-31
    rf"{YEAR}(?:\.|\s?m\.|\.\s?gada|ko)?[\s,-]+{NAME}[\s-]*(?P<day>\d{{1,2}})(?!\d)(?:\.|\s?d\.)?",
    rf"{YEAR}\.\s?gada\s+(?P<day>\d{{1,2}})\.\s?{NAME}",
    # 31 tháng 1 năm 2024
    rf"(?P<day>\d{{1,2}})\s+tháng\s+(?P<month>\d{{1,2}})(?:,|\s+năm)?\s+{YEAR}(?!\d)",
)
# A colon, a weekday or a word such as "Published" may stand before a date; behind it the word for year, as short as
# Russian's, or an explanation in brackets.
LEAD = re.compile(r"\s*(?:[^\W\d_]+[.,:：]?\s+|[^\W\d_]{2,12}[:：]\s*|\(?[^\W\d_]{2,4}\)?,?\s+){0,3}")
TAIL = re.compile(r"\s*(?:[^\W\d_]{1,4}\.)?(?:\([^)]{1,12}\))?[\s.|–-]*")
INSIDE = tuple(re.compile(rf"(?<![\w./-]){day}", re.IGNORECASE) for day in DAYS)
CLOCK_BEHIND = re.compile(rf"{WEEKDAY_WORD}{GAP}{TIME}(?!\d)", re.IGNORECASE)
CLOCK_BEFORE = re.compile(rf"(?<!\d){TIME}[\s,|·•–-]*(?:on\s+)?(?:[^\W\d_]{{1,12}}[.,]?\s+){{0,2}}$", re.IGNORECASE)
FARTHEST_CLOCK = 40
DIGIT = re.compile(r"\d")
Parts = dict[str, str | None]


@lru_cache(maxsize=4096)
def read_date(text: str, *, is_day_first: bool = False, habits: Habits = NO_HABITS) -> Written | None:
    """The one date that a short text consists of, or None; `12/07/2020` needs a day above 12 or a known order."""
    if len(text) > LONGEST:
        return None
    known = habits._replace(order=Order.DAY_FIRST) if is_day_first else habits
    found = dates_in(text, known)
    if len(found) != 1 or not (LEAD.fullmatch(text, 0, found[0].start) and TAIL.fullmatch(text, found[0].end)):
        return None
    return found[0].written


@lru_cache(maxsize=4096)
def dates_in(text: str, habits: Habits = NO_HABITS) -> tuple[Found, ...]:
    """The dates inside a passage, in their order, each with the time that stands beside it."""
    if len(text) > LONGEST_PASSAGE or not DIGIT.search(text):
        return ()
    found: list[Found] = []
    plain = _with_plain_digits(text)
    for match in sorted(_matches(plain), key=lambda each: (each.start(), -each.end())):
        is_free = not found or match.start() >= found[-1].end
        if is_free and (day := _day(match.groupdict(), habits)):
            found.append(_with_clock_beside(day, match, plain))
    return tuple(found[:MOST_IN_PASSAGE])


@lru_cache(maxsize=4096)
def has_date(text: str) -> bool:
    """Whether a passage holds what looks like a date, whichever number of it may be the day."""
    plain = _with_plain_digits(text[:LONGEST_PASSAGE])
    return any(_day(match.groupdict(), NUMBERS_EITHER_WAY) for match in _matches(plain))


def _with_plain_digits(text: str) -> str:
    """The text with the digits of every script as 0 to 9, each where it stood."""
    return text if text.isascii() else DIGIT.sub(lambda match: str(int(match[0])), text)


def _matches(text: str) -> Iterator[re.Match[str]]:
    for shape in INSIDE:
        yield from shape.finditer(text)


def _with_clock_beside(day: date, match: re.Match[str], text: str) -> Found:
    """The day with the clock right behind it, else right before it."""
    if match.groupdict().get("inner"):
        return Found(_with_clock(day, match.groupdict()), match.start(), match.end())
    if behind := CLOCK_BEHIND.match(text, match.end()):
        return Found(_with_clock(day, behind.groupdict()), match.start(), behind.end())
    before = CLOCK_BEFORE.search(text[max(0, match.start() - FARTHEST_CLOCK) : match.start()])
    return Found(_with_clock(day, before.groupdict() if before else {}), match.start(), match.end())


def _day(parts: Parts, habits: Habits) -> date | None:
    try:
        if parts.get("first"):
            return _numeric_day(parts, habits)
        if parts.get("name"):
            return _named_day(parts, habits)
        return date(_year(parts), int(parts["month"] or 0), int(parts["day"] or 0))
    except ValueError:
        return None


def _year(parts: Parts) -> int:
    if era := parts.get("era"):
        number = parts["era_year"] or ""
        return era_year(era, 1 if number == "元" else int(number))
    return int(parts["year"] or 0)


def _named_day(parts: Parts, habits: Habits) -> date:
    """A day whose month has a name: in our calendar, the Buddhist one or the Persian."""
    name, year, day = parts["name"] or "", int(parts["year"] or 0), int(parts["day"] or 0)
    if month := month_named(name, habits.language):
        return date(gregorian_year(year), month, day)
    if month := solar_hijri_month(name):
        return from_solar_hijri(year, month, day)
    raise ValueError("no month")


def _numeric_day(parts: Parts, habits: Habits) -> date:
    """`a/b/year`: with dots the day is first everywhere; with slashes only a number above 12 or the writer tells."""
    first, second = int(parts["first"] or 0), int(parts["second_number"] or 0)
    year = int(parts["year"] or 0) if parts.get("year") else _long_year(int(parts["short_year"] or 0))
    order = Order.DAY_FIRST if parts["mark"] == "." else habits.order
    if first > 12 or first == second or (order is Order.DAY_FIRST and second <= 12):  # noqa: PLR2004 - months
        return date(year, second, first)
    if second > 12 or order is Order.MONTH_FIRST:  # noqa: PLR2004 - months
        return date(year, first, second)
    raise ValueError("either number can be the month")


def _long_year(short: int) -> int:
    """A year of two digits, as POSIX reads them: 69 and later are of the last century."""
    return short + (1900 if short >= 69 else 2000)  # noqa: PLR2004 - the number of strptime's %y


def _with_clock(day: date, parts: Parts) -> Written:
    if inner := parts.get("inner"):
        return Written(day, time.fromisoformat(inner), named_zone(parts["inner_zone"] or ""), has_seconds=True)
    if not parts.get("hour"):
        return Written(day)
    meridiem = (parts.get("meridiem") or parts.get("meridiem2") or "").lower()
    hour = _hour(int(parts["hour"] or 0), meridiem)
    clock = time(hour, int(parts["minute"] or 0), int(parts.get("second") or 0))
    zone = named_zone(parts["zone"] or "") if parts.get("zone") else None
    return Written(day, clock, zone, has_seconds=bool(parts.get("second")), has_meridiem=bool(meridiem))


def _hour(hour: int, meridiem: str) -> int:
    is_afternoon = meridiem.startswith(AFTERNOON)
    if is_afternoon and hour < 12:  # noqa: PLR2004 - the clock's own number
        return hour + 12
    return 0 if meridiem and not is_afternoon and hour == 12 else hour  # noqa: PLR2004 - as above
