"""Publication times: which evidence wins, in which zone, how exact, and never after the capture."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform import dates
from flows.transform.dates import Dated
from flows.transform.evidence import Evidence as Statements
from flows.transform.written_dates import read_date
from flows.web.sites import SiteFacts
from warehouse.model import Evidence, Page, Precision, TimeMeaning

CAPTURE = datetime(2024, 1, 31, 0, 15, 1, tzinfo=UTC)


def publication(
    *raws, url="https://news.example/a", captured_at=CAPTURE, statements=None, kind=TimeMeaning.CRAWL, **facts
):
    page = Page(
        source="test",
        site="news.example",
        requested_url=url,
        url=url,
        body=b"",
        captured_at=captured_at,
        hint_published_at=captured_at,
        hint_published_kind=kind,
    )
    visible = [Dated(Evidence.VISIBLE, raw) for raw in raws]
    return dates.publication(dates.published_claims(page, SiteFacts(**facts), statements or Statements(), visible))


def test_a_visible_time_is_read_in_the_sites_own_zone():
    found = publication("31/01/2024 - 00:55", time_zone="Europe/Paris", is_day_first=True)
    assert (found.at, found.precision) == (datetime(2024, 1, 30, 23, 55, tzinfo=UTC), Precision.MINUTE)
    assert (found.evidence, found.raw) == (Evidence.VISIBLE, "31/01/2024 - 00:55")


def test_summer_time_counts():
    captured = datetime(2020, 7, 12, 12, 0, tzinfo=UTC)
    found = publication("12/07/2020 - 12:35", captured_at=captured, time_zone="Europe/Paris", is_day_first=True)
    assert found.at == datetime(2020, 7, 12, 10, 35, tzinfo=UTC)


def test_without_a_known_zone_only_the_day_is_believed():
    found = publication("2024-01-29 11:48:01")
    assert (found.at, found.precision) == (datetime(2024, 1, 29, tzinfo=UTC), Precision.DAY)


@pytest.mark.parametrize(
    ("written", "captured", "hour"),
    [
        ("2022-05-10 03:48:01", datetime(2022, 5, 10, 8, 10, tzinfo=UTC), 7),  # 15:48 in Shanghai
        ("2022-05-10 03:48:01", datetime(2022, 5, 9, 20, 10, tzinfo=UTC), 19),  # 03:48
        ("2022-05-10 12:30:00", datetime(2022, 5, 9, 17, 0, tzinfo=UTC), 16),  # half past midnight
        ("2022-05-10 12:30:00", datetime(2022, 5, 10, 5, 0, tzinfo=UTC), 4),  # half past noon
        ("2022-05-10 15:48:01", datetime(2022, 5, 10, 8, 10, tzinfo=UTC), 7),  # no 12-hour clock says 15
    ],
)
def test_a_twelve_hour_clock_means_the_reading_just_before_the_crawl(written, captured, hour):
    found = publication(written, captured_at=captured, time_zone="Asia/Shanghai", has_twelve_hour_clock=True)
    assert found.at.hour == hour


def test_a_day_stands_as_the_day_that_was_written():
    found = publication("2024年 1月 31日")
    assert (found.at, found.precision) == (datetime(2024, 1, 31, tzinfo=UTC), Precision.DAY)


def test_the_moment_of_the_crawl_is_only_an_upper_bound():
    found = publication()
    assert (found.at, found.precision) == (CAPTURE, Precision.UPPER_BOUND)
    assert found.evidence is Evidence.ARCHIVE_TIMESTAMP


def test_a_number_of_unknown_meaning_is_an_upper_bound_too():
    assert publication(kind=TimeMeaning.UNKNOWN).precision is Precision.UPPER_BOUND


def test_the_feeds_publication_time_is_exact_and_comes_before_dates_in_the_text():
    found = publication("2019-03-01", kind=TimeMeaning.PUBLICATION)
    assert (found.at, found.precision, found.has_conflict) == (CAPTURE, Precision.SECOND, True)


def test_the_sites_facts_tell_what_an_unknown_number_means():
    assert publication(kind=TimeMeaning.UNKNOWN, feed_time=TimeMeaning.PUBLICATION).precision is Precision.SECOND


def test_nothing_is_published_after_it_was_captured():
    found = publication("2024-02-05T10:00:00Z", "2024-01-30T10:00:00Z")
    assert (found.at, found.has_conflict) == (datetime(2024, 1, 30, 10, tzinfo=UTC), True)


def test_a_day_that_has_begun_somewhere_is_not_after_the_capture():
    assert publication("2024-01-31", captured_at=datetime(2024, 1, 30, 16, tzinfo=UTC)).at.day == 31


def test_statements_with_a_zone_come_before_visible_dates():
    statements = Statements(article={"datePublished": "2024-01-30T09:30:00+02:00"})
    found = publication("2024-01-29", statements=statements)
    assert (found.at, found.evidence) == (datetime(2024, 1, 30, 7, 30, tzinfo=UTC), Evidence.JSON_LD)
    assert not found.has_conflict


def test_evidence_that_disagrees_by_more_than_a_day_is_a_conflict():
    assert publication("2024-01-30T10:00:00Z", url="https://news.example/2024/01/05/a").has_conflict
    assert not publication("2024-01-30T10:00:00Z", url="https://news.example/2024/01/30/a").has_conflict


def test_the_address_dates_a_page_that_says_nothing():
    found = publication(url="https://news.example/china/20240129/a")
    assert (found.at, found.evidence, found.raw) == (datetime(2024, 1, 29, tzinfo=UTC), Evidence.URL, "20240129")


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("2020-07-10T12:11:56.704Z", date(2020, 7, 10), time(12, 11, 56)),
        ("Sun, 28 Jun 2020 16:55:13 GMT", date(2020, 6, 28), time(16, 55, 13)),
        ("2020年7月20日 下午3:05", date(2020, 7, 20), time(15, 5)),
        ("Published: 30 June 2020 at 5:03 pm", date(2020, 6, 30), time(17, 3)),
        ("30. Juni 2020, 14:05 Uhr", date(2020, 6, 30), time(14, 5)),
        ("12 de julio de 2021", date(2021, 7, 12), None),
        ("June 30th, 2020", date(2020, 6, 30), None),
        ("28.6.2020", date(2020, 6, 28), None),
    ],
)
def test_dates_as_people_and_machines_write_them(text, day, clock):
    written = read_date(text)
    assert (written.day, written.clock) == (day, clock)


@pytest.mark.parametrize(
    "text", ["", "03/04/2020", "2020-13-01", "The year 2020 was long.", "15 分钟前", "Smarch 3, 2020"]
)
def test_what_is_no_date_or_could_be_two_is_not_read(text):
    assert read_date(text) is None


@given(st.text())
def test_reading_dates_is_total(text):
    read_date(text)
    read_date(text, is_day_first=True)


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2099, 1, 1)))  # noqa: DTZ001 - written without a zone
def test_every_iso_time_is_read_back(moment):
    written = read_date(moment.isoformat(timespec="seconds"))
    assert datetime.combine(written.day, written.clock) == moment.replace(microsecond=0)
