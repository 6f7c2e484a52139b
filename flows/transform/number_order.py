"""Which number of `12/07/2020` is the day on a page: what its own dates show, else its language and country."""

import re
from collections.abc import Collection, Iterable
from datetime import date

from flows.transform.written_dates import Order
from flows.transform.zones import assumed_zone

AMBIGUOUS = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([/-])\s?(\d{1,2})\s?\2\s?((?:19|20)\d\d)(?![\d/-])")
MONTHS = 12
# Countries that put the month first (cldr: en-US, en-PH), and those that follow them.
MONTH_FIRST_REGIONS = frozenset(("us", "ph", "pr", "gu"))
# In these languages numbers stand year first; `1/2/2024` in a page of theirs can be either.
YEAR_FIRST_LANGUAGES = frozenset(("zh", "ja", "ko", "hu", "lt", "mn"))


def observed_order(texts: Iterable[str], days: Collection[date]) -> Order | None:
    """The order that a page's dates show: by a number above 12, or by days that are known otherwise; None in doubt."""
    votes = [vote for text in texts for match in AMBIGUOUS.finditer(text) if (vote := _vote(match, days))]
    day_first = votes.count(Order.DAY_FIRST)
    if day_first * 2 == len(votes):
        return None
    return Order.DAY_FIRST if day_first * 2 > len(votes) else Order.MONTH_FIRST


def usual_order(language_tag: str | None, host: str) -> Order | None:
    """The order of a language and, in English, of the country; None where the language is unknown or has another."""
    primary, *others = (language_tag or "").lower().replace("_", "-").split("-")
    if not primary or primary in YEAR_FIRST_LANGUAGES:
        return None
    if primary != "en":
        return Order.DAY_FIRST
    region = next((other for other in others if len(other) == 2), None)  # noqa: PLR2004 - ISO 3166 has two letters
    # Templates come with en-US; a country's own domain knows better. English of no country is mostly American.
    if assumed_zone(host, None):
        return Order.DAY_FIRST
    return Order.MONTH_FIRST if region is None or region in MONTH_FIRST_REGIONS else Order.DAY_FIRST


def _vote(match: re.Match[str], days: Collection[date]) -> Order | None:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    day_first, month_first = _is_day(year, second, first, days), _is_day(year, first, second, days)
    if day_first == month_first:
        return None
    return Order.DAY_FIRST if day_first else Order.MONTH_FIRST


def _is_day(year: int, month: int, day: int, days: Collection[date]) -> bool:
    """Whether this can be what was meant: the other number cannot be a month, or the day is known."""
    if not 1 <= month <= MONTHS or day < 1:
        return False
    if day > MONTHS:
        return True
    try:
        return date(year, month, day) in days
    except ValueError:
        return False
