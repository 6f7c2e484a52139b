"""Years and days of other calendars than the Gregorian, as pages of Thailand, Japan, Taiwan and Iran write them."""

from datetime import date, timedelta

# Buddhist years are 543 ahead; 2440 to 2699 are the Gregorian years 1897 to 2156.
BUDDHIST_YEARS = range(2440, 2700)
BUDDHIST_LEAD = 543
# The first year of an era is its year 1; Taiwan counts from the republic of 1912.
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911, "中華民國": 1911}
SOLAR_HIJRI_YEARS = range(1360, 1500)
# 1 Farvardin 1404 was 21 March 2025. In the 33-year cycle the leap years are those with these remainders; that
# agrees with the astronomical calendar from 1244 to 1530 of its years (en.wikipedia.org/wiki/Solar_Hijri_calendar).
ANCHOR_YEAR, ANCHOR_DAY = 1404, date(2025, 3, 21)
LEAP_REMAINDERS = frozenset((1, 5, 9, 13, 17, 22, 26, 30))
LONG_MONTHS = 6


def gregorian_year(year: int) -> int:
    """The Gregorian year of a number that can be a Buddhist one; others as they are."""
    return year - BUDDHIST_LEAD if year in BUDDHIST_YEARS else year


def era_year(era: str, year: int) -> int:
    """The Gregorian year of a year of an era; refuses an unknown era with KeyError."""
    return ERAS[era] + year


def from_solar_hijri(year: int, month: int, day: int) -> date:
    """The Gregorian day of a day of the Persian calendar; refuses with ValueError what is no day of it."""
    if year not in SOLAR_HIJRI_YEARS or not 1 <= month <= 12 or not 1 <= day <= _month_length(year, month):  # noqa: PLR2004 - months
        raise ValueError("no day of the Solar Hijri calendar")
    years = range(ANCHOR_YEAR, year) if year >= ANCHOR_YEAR else range(year, ANCHOR_YEAR)
    distance = sum(_year_length(each) for each in years)
    start = ANCHOR_DAY + timedelta(days=distance if year >= ANCHOR_YEAR else -distance)
    before = sum(_month_length(year, each) for each in range(1, month))
    return start + timedelta(days=before + day - 1)


def _is_leap(year: int) -> bool:
    return year % 33 in LEAP_REMAINDERS


def _year_length(year: int) -> int:
    return 366 if _is_leap(year) else 365


def _month_length(year: int, month: int) -> int:
    if month <= LONG_MONTHS:
        return 31
    return 30 if month < 12 or _is_leap(year) else 29  # noqa: PLR2004 - the last month
