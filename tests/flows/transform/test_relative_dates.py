"""How long ago something was, against the moment of the capture."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.relative_dates import read_relative

NOW = datetime(2024, 1, 31, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "20 minutes ago",
        "vor 20 Minuten",
        "il y a 20 minutes",
        "hace 20 minutos",
        "20 分钟前",
        "20分前",
        "20분 전",
        "20 минут назад",
        "Published 20 min ago",
        "发布于 20 分钟前",
        "20 dakika önce",
    ],
)
def test_minutes_ago_are_a_moment(text):
    assert read_relative(text, NOW) == (NOW - timedelta(minutes=20), True)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3 hours ago", 0),
        ("vor 13 Stunden", 1),
        ("3 小时前", 0),
        ("2 days ago", 2),
        ("hace 2 días", 2),
        ("yesterday", 1),
        ("gestern", 1),
    ],
)
def test_hours_and_days_ago_are_a_day(text, days):
    ago = read_relative(text, NOW)
    assert (ago.at.date(), ago.is_exact) == ((NOW - timedelta(days=days)).date(), False)


def test_yesterday_with_a_clock_is_a_moment():
    assert read_relative("gestern, 10:15 Uhr", NOW) == (datetime(2024, 1, 30, 10, 15, tzinfo=UTC), True)


@pytest.mark.parametrize(
    "text", ["", "5 min read", "3 hours", "3 hours ago, in a longer sentence about something else", "前", "31.01.2024"]
)
def test_what_is_no_distance_in_time_is_not_read(text):
    assert read_relative(text, NOW) is None


@given(st.text(max_size=80))
def test_reading_distances_is_total_and_never_later_than_the_same_day(text):
    ago = read_relative(text, NOW)
    assert ago is None or ago.at.date() <= NOW.date()
