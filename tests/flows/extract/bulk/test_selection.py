"""Hosts and days say which captures are inputs; what is left out is counted apart."""

from datetime import UTC, date, datetime

import pytest

from flows.extract.bulk.selection import EVERYTHING, Selection, checked_hosts
from flows.extract.sources import SourceError
from tests.flows.extract.bulk.warc_making import http, reader_of, record, warc_of

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "is_wanted"),
    [
        ("https://example.org/1", True),
        ("https://www.example.org:8080/1", True),
        ("http://EXAMPLE.org./1", True),
        ("https://a.b.example.org/1", True),
        ("https://notexample.org/1", False),
        ("https://example.org.evil.test/", False),
        ("https://evil.test/example.org", False),
        ("https://example.org@evil.test/", False),
        ("", False),
    ],
)
def test_a_host_stands_for_itself_and_all_below_it(url, is_wanted):
    assert Selection(hosts=("example.org",)).is_wanted(url, NOON) is is_wanted
    assert EVERYTHING.is_wanted(url, None)


@pytest.mark.parametrize(
    ("since", "until", "is_wanted"),
    [(5, 5, True), (5, None, True), (None, 5, True), (6, None, False), (None, 4, False), (1, 30, True)],
)
def test_both_days_belong_to_what_is_wanted(since, until, is_wanted):
    days = [day and date(2026, 10, day) for day in (since, until)]
    assert Selection((), *days).is_wanted("https://example.org/", NOON) is is_wanted


def test_a_day_is_one_of_utc_and_what_has_no_time_lies_in_none():
    tokyo = datetime.fromisoformat("2026-10-06T08:00:00+09:00")
    assert Selection(until=date(2026, 10, 5)).is_wanted("https://example.org/", tokyo)
    assert not Selection(since=date(1990, 1, 1)).is_wanted("https://example.org/", None)


@pytest.mark.parametrize(
    ("given", "hosts"),
    [
        (None, ()),
        ("", ()),
        ("Example.ORG.", ("example.org",)),
        ("example.org, bbc.co.uk\nexample.org", ("example.org", "bbc.co.uk")),
        (["münchen.example"], ("xn--mnchen-3ya.example",)),
        (("192.0.2.1", "localhost", "[2001:db8::1]"), ("192.0.2.1", "localhost", "[2001:db8::1]")),
    ],
)
def test_hosts_are_compared_in_one_spelling(given, hosts):
    assert checked_hosts(given) == hosts


@pytest.mark.parametrize(
    "given", ["https://example.org/", "example.org/news", "example.org:80", "*.example.org", "a@b", "a..b", "", " "]
)
def test_what_is_no_host_is_refused(given):
    with pytest.raises(SourceError, match="expected a name such as"):
        checked_hosts([given])


def test_what_is_passed_over_is_no_input_and_is_told(tmp_path):
    records = [
        record(block=http(), WARC_Target_URI="https://www.harbour.example/1"),
        record(block=b"not even HTTP", WARC_Target_URI="https://other.example/2"),
        record("revisit", b"", WARC_Target_URI="https://other.example/3"),
        record(block=http(), WARC_Target_URI="https://harbour.example/4", WARC_Date="2026-11-05T00:00:00Z"),
    ]
    selection = Selection(("harbour.example",), until=date(2026, 10, 31))
    reader = reader_of(warc_of(records, tmp_path / "a.warc.gz"), selection=selection)
    for _ in range(2):
        assert [item.url for item in reader] == ["https://www.harbour.example/1"]
        assert reader.remarks == [
            "3 captures were passed over: wanted are those of hosts harbour.example, captured until 2026-10-31"
        ]
