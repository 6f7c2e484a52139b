"""Backfilling days from sitemaps: only those are asked for, and nothing is forgotten because of it."""

from datetime import UTC, date, datetime

import pytest

from flows.extract.poll.live import LiveReader
from flows.extract.poll.windows import Window
from flows.extract.sources import Source
from tests.flows.extract.fetch.frozen_clock import FrozenClock
from tests.flows.loopback import Response, article, hosts
from tests.flows.plain import load_plainly
from warehouse import engine
from warehouse.model import SourceKind

DAYS = [date(2026, 10, day) for day in (1, 10, 20, 30)]
OCTOBER_20 = Window(since=date(2026, 10, 15), until=date(2026, 10, 25))


@pytest.fixture
def outlet():
    """An index of one sitemap, which lists an article for each of four days."""
    clock = FrozenClock(datetime(2026, 11, 2, tzinfo=UTC))
    with hosts(1, clock) as (host,):
        places = {f"/{day:%Y/%m/%d}/story": day for day in DAYS}
        entries = "".join(
            f"<url><loc>{host.url}{path}</loc><lastmod>{day}</lastmod></url>" for path, day in places.items()
        )
        listing = f"<urlset>{entries}</urlset>"
        named = f"<sitemap><loc>{host.url}/all.xml</loc><lastmod>2026-11-01</lastmod></sitemap>"
        index = f"<sitemapindex>{named}</sitemapindex>"
        files = {"/sitemap.xml": index, "/all.xml": listing}

        def answers(path):
            if path in files:
                return Response(files[path].encode(), content_type="application/xml")
            published_at = datetime.combine(places[path], datetime.min.time(), UTC) if path in places else None
            return article(f"Story of {path}", "What happened on that day.", published_at) if published_at else None

        host.answers = answers
        yield host


def poll(outlet, settings, window=None):
    source = Source(name="outlet", kind=SourceKind.SITEMAP, location=f"{outlet.url}/sitemap.xml", allow_private=True)
    before = len(outlet.log)
    reader = LiveReader([source], settings, clock=outlet.clock, window=window)
    load_plainly(reader, settings, flow="refresh", source="outlet")
    return [path for path in outlet.paths()[before:] if path.endswith("/story")]


def test_only_the_days_that_were_asked_for_are_fetched(outlet, settings):
    assert poll(outlet, settings, OCTOBER_20) == ["/2026/10/20/story"]


def test_what_lay_outside_the_window_is_fetched_by_the_next_poll_without_one(outlet, settings):
    poll(outlet, settings, OCTOBER_20)
    assert poll(outlet, settings) == ["/2026/10/01/story", "/2026/10/10/story", "/2026/10/30/story"]
    assert poll(outlet, settings) == []


def test_a_second_window_finds_what_the_first_left_out(outlet, settings):
    poll(outlet, settings, OCTOBER_20)
    assert poll(outlet, settings, Window(until=date(2026, 10, 5))) == ["/2026/10/01/story"]


def test_the_sitemap_that_was_read_for_a_window_is_kept_under_a_name_that_says_so(outlet, settings):
    poll(outlet, settings, OCTOBER_20)
    with engine.published(settings) as connection:
        rows = connection.execute("select requested_url from main.pages where kind = 'sitemap' order by all").fetchall()
    assert rows == [(f"{outlet.url}/all.xml#2026-10-15..2026-10-25",), (f"{outlet.url}/sitemap.xml",)]
