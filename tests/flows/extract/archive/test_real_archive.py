"""What becomes of the real archive: every file a page, none like another."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from flows.extract.archive.archives import ArchiveReader
from warehouse.model import Page, TimeMeaning


@pytest.fixture(scope="module")
def items(gold_data):
    path = gold_data / "archive" / "archive_2020_dev.tar.xz"
    return list(ArchiveReader(path, source="archive", max_page_bytes=20_000_000))


def test_every_file_is_a_page_and_no_two_are_the_same(items):
    assert len(items) == 2447
    assert all(isinstance(item, Page) for item in items)
    assert len({item.page_id for item in items}) == 2447
    assert len({item.location for item in items}) == 2447


def test_every_page_has_a_title_a_site_and_a_time_that_can_be(items):
    assert all(item.hint_title and item.site for item in items)
    first, last = datetime(2020, 6, 12, tzinfo=UTC), datetime(2020, 7, 21, tzinfo=UTC)
    assert all(first < item.captured_at < last for item in items)


def test_times_mean_what_each_sites_feed_means(items):
    kinds = Counter((item.location.split("/")[1], item.hint_published_kind) for item in items)
    published = {place for place, kind in kinds if kind is TimeMeaning.PUBLICATION}
    assert published == {"中国数字时代", "自由亚洲电台"}
    assert all(kind is TimeMeaning.CRAWL for place, kind in kinds if place not in published)


def test_the_same_address_and_time_under_another_title_is_another_page(items):
    """Five stories of one site were saved twice with an edited title; both captures count."""
    titles = {}
    for item in items:
        titles.setdefault((item.url, item.captured_at), set()).add(item.hint_title)
    assert sorted(len(found) for found in titles.values() if len(found) > 1) == [2, 2, 2, 2, 2]


def test_the_odd_files_are_all_pages(gold_data):
    found = list(ArchiveReader(gold_data / "archive" / "articles", source="archive", max_page_bytes=20_000_000))
    assert len(found) == 102
    assert all(isinstance(item, Page) for item in found)
    assert len({item.page_id for item in found}) == 102
    # One of them has nothing but a day.
    assert [item.hint_published_at for item in found].count(None) == 1
