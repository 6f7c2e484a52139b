"""What of a sitemap lies in a range of days."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.listing.date_ranges import in_range, may_hold
from flows.extract.listing.links import Link, More

MAY = (date(2024, 5, 10), date(2024, 5, 20))
NEWS = "https://news.example.org"


def link(path="/a", **times):
    return Link(url=NEWS + path, **times)


def test_the_publication_decides_before_the_change_and_the_address():
    published = datetime(2024, 5, 17, tzinfo=UTC)
    later = datetime(2024, 6, 1, tzinfo=UTC)
    assert in_range(link("/2020/01/01/a", published_at=published, modified_at=later), *MAY)
    assert not in_range(link("/2024/05/17/a", modified_at=later), *MAY)


def test_the_bounds_belong_to_the_range_and_no_bound_is_none():
    for day, is_in in ((9, False), (10, True), (20, True), (21, False)):
        dated = link(published_at=datetime(2024, 5, day, 23, 59, tzinfo=UTC))
        assert in_range(dated, *MAY) is is_in
    assert in_range(link("/1999/01/01/a"), None, None)
    assert in_range(link("/2025/01/01/a"), MAY[0], None)
    assert not in_range(link("/2025/01/01/a"), None, MAY[1])


@pytest.mark.parametrize(
    ("path", "is_in"),
    [
        ("/2024/05/17/a", True),
        ("/2024/5/7/a", False),
        ("/news/20240517-a", True),
        ("/2024-05-17-a.html", True),
        ("/2024/05/a", True),
        ("/2024/04/a", False),
        ("/2024/06/30/a", False),
        ("/20240231/a", True),
        ("/a-120240401", True),
        ("/a", True),
    ],
)
def test_a_date_in_the_address_decides_where_nothing_else_is_known(path, is_in):
    assert in_range(link(path), *MAY) is is_in


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/sitemap-2024-05.xml", True),
        ("/sitemap-2024-04.xml", False),
        ("/sitemap-202405.xml", True),
        ("/sitemap-202406.xml", False),
        ("/sitemap_2024_05_21.xml.gz", True),
        ("/sitemap_2024_05_22.xml.gz", False),
        ("/sitemap-20240509.xml", True),
        ("/sitemap.xml?yyyy=2024&mm=05&dd=17", True),
        ("/sitemap.xml?yyyy=2024&mm=03&dd=17", False),
        ("/sitemaps/2024/4.xml", False),
        ("/sitemap-2023.xml", False),
        ("/sitemap-2024.xml", True),
        ("/post-sitemap17.xml", True),
        ("/sitemap.xml", True),
    ],
)
def test_a_sitemap_is_left_out_where_its_name_says_that_it_holds_other_days(path, may):
    assert may_hold(More(NEWS + path), *MAY) is may


def test_a_sitemap_that_did_not_change_since_holds_nothing_newer():
    assert not may_hold(More(f"{NEWS}/s.xml", datetime(2024, 5, 8, tzinfo=UTC)), *MAY)
    assert may_hold(More(f"{NEWS}/s.xml", datetime(2024, 5, 9, tzinfo=UTC)), *MAY)
    assert may_hold(More(f"{NEWS}/s.xml", datetime(2024, 7, 1, tzinfo=UTC)), *MAY)


@given(st.text(), st.dates(), st.dates())
def test_any_address_is_in_a_range_or_not(text, since, until):
    assert in_range(link("/" + text), since, until) in (True, False)
    assert may_hold(More(NEWS + "/" + text), since, until) in (True, False)
