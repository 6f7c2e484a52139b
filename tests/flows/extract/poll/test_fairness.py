"""Many links, many listings, little time: none starves behind another, and what is left is left for the next poll."""

import time
from datetime import timedelta

from flows.extract.listing.links import Link
from flows.extract.poll import agenda
from flows.extract.poll.choices import choice
from tests.flows.extract.poll.polling import (
    HOUR,
    START,
    feed_at,
    index,
    list_of,
    serve,
    sitemap,
    sitemap_at,
    story,
)
from tests.flows.loopback import Response, feed
from warehouse.history import Held


def feed_of(*paths):
    return feed([(path, f"Story {path}", START - HOUR, None) for path in paths])


def test_good_links_of_a_host_are_not_kept_waiting_by_broken_ones_before_them(web):
    broken = {f"/broken/{number}": Response(status=500) for number in range(3)}
    good = {f"/good/{number}": story(f"Good {number}") for number in range(5)}
    serve(web.host, {"/feed": feed_of(*broken, *good), **broken, **good})
    found = set()
    for _ in range(3):
        found |= web.poll(feed_at(web.host)).documents.keys()
    assert found == good.keys()


def test_a_change_that_only_the_second_of_two_listings_tells_is_seen(web):
    url = f"{web.host.url}/1"
    places = serve(web.host, {"/a.xml": sitemap((url, None)), "/b.xml": sitemap((url, None)), "/1": story("First")})
    sources = [sitemap_at(web.host, "/a.xml", name="a"), sitemap_at(web.host, "/b.xml", name="b")]
    web.poll(*sources)
    for edit in ("Second", "Third"):
        places["/1"] = story(edit)
        places["/b.xml"] = sitemap((url, (web.clock.now() - timedelta(minutes=5)).isoformat()))
        assert web.poll(*sources).documents.keys() == {"/1"}


def test_an_address_that_is_a_feed_of_one_source_and_an_article_of_another_is_both(web):
    serve(web.host, {"/": feed_of("/1"), "/1": story()})
    polled = web.poll(feed_at(web.host, "/"), list_of(f"{web.host.url}/"))
    assert polled.reasons == {"/": "not_html"}
    assert polled.documents.keys() == {"/1"}


def test_a_listing_that_overlaps_another_counts_what_was_new_in_it(web):
    serve(web.host, {"/a": feed_of("/1", "/2"), "/b": feed_of("/1", "/2"), "/1": story("1"), "/2": story("2")})
    polled = web.poll(feed_at(web.host, "/a", name="a"), feed_at(web.host, "/b", name="b"))
    assert [fetch.new_link_count for fetch in polled.fetches if fetch.kind == "feed"] == [2, 2]
    assert len(polled.documents) == 2


def test_a_text_of_nothing_but_angle_brackets_is_compared_in_no_time():
    held = Held("u", "p", None, START, None, None, None, None, START, None, 0, None, None)
    began = time.process_time()
    link = Link(url="u", text="<" * 1_000_000)
    assert choice(link, held, Link(url="u", text="<" * 999_999), START + HOUR, is_watched=False) == "changed"
    assert time.process_time() - began < 5


def test_a_sitemap_that_calls_everything_new_at_all_times_is_believed_less_and_less(web):
    url = f"{web.host.url}/1"
    places = serve(web.host, {"/sitemap.xml": sitemap((url, None)), "/1": story()})
    web.poll(sitemap_at(web.host))
    asked = 0
    for _ in range(48):
        places["/sitemap.xml"] = sitemap((url, web.clock.now().isoformat()))
        web.asked()
        web.poll(sitemap_at(web.host))
        asked += web.asked().count("/1")
    assert 3 <= asked <= 12


def test_a_page_that_was_changed_later_on_the_day_that_its_lastmod_names_is_looked_at_again(web):
    url = f"{web.host.url}/1"
    places = serve(web.host, {"/sitemap.xml": sitemap((url, f"{START:%Y-%m-%d}")), "/1": story("Morning")})
    web.poll(sitemap_at(web.host))
    places["/1"] = story("Evening")
    places["/sitemap.xml"] = sitemap((url, f"{START:%Y-%m-%d}"), (f"{web.host.url}/2", None))
    web.clock.sleep(40 * 3600)
    assert "/1" in web.poll(sitemap_at(web.host)).documents


def test_of_more_sitemaps_than_may_be_read_the_newest_are(web, monkeypatch):
    monkeypatch.setattr(agenda, "MOST_LISTINGS", 2)
    days = {f"/{day}.xml": (START - timedelta(days=9 - day)).isoformat() for day in range(5)}
    named = index(*((web.host.url + path, modified) for path, modified in days.items()))
    places = {path: sitemap((f"{web.host.url}/story{path}", None)) for path in days}
    serve(web.host, {"/sitemap.xml": named, **places})
    polled = web.poll(sitemap_at(web.host))
    assert [path for path in web.asked() if path in days] == ["/4.xml", "/3.xml"]
    assert "3 listings named by" in polled.shortfalls[0]
    web.poll(sitemap_at(web.host))
    assert [path for path in web.asked() if path in days] == ["/2.xml", "/1.xml"]


def test_what_the_time_of_a_run_does_not_suffice_for_is_left_to_the_next(web):
    pages = {f"/{number}": story(f"Story {number}") for number in range(10)}
    serve(web.host, {"/feed": feed_of(*pages), **pages})
    first = web.poll(feed_at(web.host), time_limit=timedelta(seconds=5))
    assert 0 < len(first.documents) < 10
    assert "links were left to the next" in first.shortfalls[0]
    assert "feed" not in {page.kind for page in first.pages}
    second = web.poll(feed_at(web.host))
    assert len(first.documents) + len(second.documents) == 10
    assert second.shortfalls == []
