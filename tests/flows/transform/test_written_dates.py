"""Dates as people and machines write them: languages, calendars, clocks and zones, alone and in the midst of a line."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.calendars import from_solar_hijri
from flows.transform.months import month_named
from flows.transform.number_order import observed_order, usual_order
from flows.transform.written_dates import Habits, Order, dates_in, has_date, read_date

THE_DAY = date(2024, 1, 31)


@pytest.mark.parametrize(
    "text",
    [
        "January 31, 2024", "31st of January 2024", "31. Jänner 2024", "31 janv. 2024", "31 de enero de 2024",
        "31 gennaio 2024", "31 de janeiro de 2024", "31 januari 2024", "31. tammikuuta 2024", "31 stycznia 2024",
        "31. ledna 2024", "31. siječnja 2024", "31 января 2024 г.", "31 січня 2024", "31 Ιανουαρίου 2024",
        "31 Ocak 2024", "2024. január 31.", "2024 m. sausio 31 d.", "2024. gada 31. janvāris", "31 يناير 2024",
        "31 ינואר 2024", "31 जनवरी 2024", "2024年1月31日", "2024년 1월 31일", "31 tháng 1, 2024", "31 Januari 2024",
        "31-Jan-2024", "20240131", "2024/1/31", "31.01.24", "31 ianuarie 2024", "31 janar 2024", "31 JANVIER 2024",
    ],
)  # fmt: skip
def test_a_day_is_the_same_in_every_language(text):
    assert read_date(text).day == THE_DAY


@pytest.mark.parametrize(
    "text",
    [
        "31 มกราคม 2567",
        "31 ม.ค. 2567",
        "11 بهمن 1402",
        "۱۱ بهمن ۱۴۰۲",
        "令和6年1月31日",
        "民國113年1月31日",
        "٣١ يناير ٢٠٢٤",
    ],
)
def test_years_of_other_calendars_are_ours_too(text):
    assert read_date(text).day == THE_DAY


@pytest.mark.parametrize(
    ("text", "clock", "offset"),
    [
        ("2024-01-31T10:15:30+0530", time(10, 15, 30), 5.5),
        ("20240131T101530Z", time(10, 15, 30), 0),
        ("Wed Jan 31 10:15:30 EST 2024", time(10, 15, 30), -5),
        ("31 January 2024 at 10:15 p.m. ET", time(22, 15), -5),
        ("31. Januar 2024, 10:15 Uhr MEZ", time(10, 15), 1),
        ("Jan 31, 2024 10:15 AM (GMT+8)", time(10, 15), 8),
        ("2024-01-31 10:15:30 +0000 UTC", time(10, 15, 30), 0),
        ("2024年1月31日 下午3:05", time(15, 5), None),
        ("31/01/2024 às 10h15", time(10, 15), None),
    ],
)
def test_a_clock_and_its_zone_are_read_with_the_day(text, clock, offset):
    written = read_date(text)
    expected = None if offset is None else timedelta(hours=offset)
    zoned = datetime.combine(written.day, written.clock, tzinfo=written.zone)
    assert (written.day, written.clock, zoned.utcoffset()) == (THE_DAY, clock, expected)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("By Ann Example | January 31, 2024 | 5 min read", [THE_DAY]),
        ("10:15 AM EST, Wed January 31, 2024", [THE_DAY]),
        ("Created 30 January 2024, updated 31 January 2024", [date(2024, 1, 30), THE_DAY]),
        ("Version 31.01.2024.7, seasons 2001-2020, call 030 2024 0131", []),
        ("Copyright 2024 Example Ltd", []),
    ],
)
def test_dates_are_found_in_the_midst_of_a_line(text, days):
    assert [found.written.day for found in dates_in(text)] == days


def test_the_time_before_a_date_belongs_to_it():
    assert dates_in("10:15 | 31.01.2024")[0].written.clock == time(10, 15)


def test_a_month_that_means_two_needs_the_language():
    assert read_date("3 listopada 2024") is None
    assert read_date("3 listopada 2024", habits=Habits(language="hr")).day.month == 10
    assert read_date("3 listopada 2024", habits=Habits(language="pl")).day.month == 11


def test_numbers_are_read_in_the_known_order_only():
    assert read_date("03/04/2020") is None
    assert read_date("03/04/2020", habits=Habits(Order.DAY_FIRST)).day == date(2020, 4, 3)
    assert read_date("03/04/2020", habits=Habits(Order.MONTH_FIRST)).day == date(2020, 3, 4)


def test_a_page_shows_its_order_by_a_number_above_twelve_or_by_a_day_that_is_known():
    assert observed_order(["03/04/2020", "28/04/2020"], ()) is Order.DAY_FIRST
    assert observed_order(["03/04/2020"], {date(2020, 3, 4)}) is Order.MONTH_FIRST
    assert observed_order(["03/04/2020", "04/04/2020", "99/99/2020"], ()) is None


@pytest.mark.parametrize(
    ("language", "host", "order"),
    [
        ("en-US", "news.example", Order.MONTH_FIRST),
        ("en", "news.example", Order.MONTH_FIRST),
        ("en-GB", "news.example", Order.DAY_FIRST),
        ("en", "news.example.in", Order.DAY_FIRST),
        ("de", "news.example", Order.DAY_FIRST),
        ("ja", "news.example", None),
        (None, "news.example", None),
    ],
)
def test_the_order_is_that_of_the_language_and_country(language, host, order):
    assert usual_order(language, host) is order


@given(st.text(max_size=450))
def test_finding_dates_is_total(text):
    has_date(text)
    for found in dates_in(text):
        assert 0 <= found.start < found.end <= len(text)


@given(st.text())
def test_naming_months_is_total_and_gives_months(word):
    assert month_named(word) in {None, *range(1, 13)}


@given(st.integers(1361, 1498), st.integers(1, 12), st.integers(1, 29))
def test_the_day_after_a_persian_day_is_the_next_of_ours(year, month, day):
    length = 31 if month <= 6 else 30
    if day < length - 1:
        assert from_solar_hijri(year, month, day + 1) - from_solar_hijri(year, month, day) == timedelta(days=1)


def test_persian_new_year_begins_at_the_equinox():
    starts = {from_solar_hijri(year, 1, 1).strftime("%m-%d") for year in range(1380, 1430)}
    assert starts <= {"03-20", "03-21"}


@pytest.mark.parametrize("text", ["1/" * 200, "12:30 " * 60, "a " * 200, "january " * 50, "2024-" * 80, "Uhr 1. " * 50])
def test_hostile_lines_are_read_at_once(text):
    started = datetime.now().astimezone()
    dates_in(text[:400])
    assert datetime.now().astimezone() - started < timedelta(seconds=0.5)
