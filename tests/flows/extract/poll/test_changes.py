"""What a second poll asks for: nothing that has not changed, everything that has, and each change once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.flows.extract.poll.polling import (
    HOUR,
    START,
    feed_at,
    list_of,
    serve,
    sitemap,
    sitemap_at,
    story,
)
from tests.flows.loopback import Response, feed
from warehouse.model import Outcome

HOME = Response(
    b'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head><p>x</p></html>'
)


def entry(host, path="/a", title="A story", published=START - HOUR, updated=None):
    return (host.url + path, title, published, updated)


@pytest.fixture
def places(web):
    return serve(web.host, {"/feed": feed([entry(web.host)]), "/a": story()})


@pytest.mark.parametrize("condition", ["If-None-Match", "If-Modified-Since"])
def test_a_feed_is_asked_for_by_what_its_server_gave(web, places, condition):
    is_dated = condition == "If-Modified-Since"
    places["/feed"] = replace(places["/feed"], has_etag=not is_dated, modified_at=START - HOUR if is_dated else None)
    web.poll(feed_at(web.host))
    web.host.log.clear()
    polled = web.poll(feed_at(web.host))
    (asked,) = web.host.log
    assert (asked.path, asked.status, condition in asked.headers) == ("/feed", 304, True)
    assert [fetch.outcome for fetch in polled.fetches] == [Outcome.UNCHANGED]
    assert not polled.pages
    assert polled.repeat_count == 1


def test_a_feed_that_is_sent_again_unchanged_is_known_by_its_digest(web, places):
    places["/feed"] = replace(places["/feed"], has_etag=False)
    web.poll(feed_at(web.host))
    web.asked()
    polled = web.poll(feed_at(web.host))
    assert web.asked() == ["/feed"]
    assert [(fetch.outcome, fetch.status) for fetch in polled.fetches] == [(Outcome.UNCHANGED, 200)]
    assert not polled.pages


def test_an_unasked_304_to_what_is_not_held_is_a_reject(web, places):
    places["/a"] = Response(status=304)
    polled = web.poll(feed_at(web.host))
    assert polled.rejects[0].detail == "status 304"


@pytest.mark.parametrize(
    "change",
    [{"title": "A story, corrected"}, {"updated": START + HOUR / 2}, {"published": START - 2 * HOUR}],
    ids=["title", "updated", "published"],
)
def test_an_item_that_says_something_else_is_asked_for_once(web, places, change):
    source = feed_at(web.host)
    web.poll(source)
    places |= {"/feed": feed([entry(web.host, **change)]), "/a": story("A story, corrected")}
    web.asked()
    assert list(web.poll(source).documents) == ["/a"]
    assert web.asked() == ["/feed", "/a"]
    web.poll(source)
    assert web.asked() == ["/feed"]


def test_an_item_that_changed_though_its_page_did_not_is_asked_for_once(web, places):
    source = feed_at(web.host)
    web.poll(source)
    places["/feed"] = feed([entry(web.host, title="Another title")])
    assert not web.poll(source).documents
    web.asked()
    places["/feed"] = feed([entry(web.host, title="Another title"), entry(web.host, "/b")])
    places["/b"] = story("B")
    assert list(web.poll(source).documents) == ["/b"]
    assert web.asked() == ["/feed", "/b"]


def test_an_update_that_is_yet_to_come_is_asked_for_once(web, places):
    """Some feeds say `updated` with a clock that is ahead."""
    source = feed_at(web.host)
    web.poll(source)
    places["/feed"] = feed([entry(web.host, updated=START + timedelta(days=400))])
    web.poll(source)
    web.asked()
    for number in range(3):
        places["/feed"] = replace(places["/feed"], body=places["/feed"].body + b"\n" * (number + 1))
        web.poll(source)
    assert web.asked() == ["/feed"] * 3


def test_counters_in_the_markup_of_an_items_text_are_no_change(web, places):
    source = feed_at(web.host)
    body = places["/feed"].body.decode()

    def counted(number):
        text = f"&lt;p&gt;The text.&lt;img src='/counter?{number}'&gt;&lt;/p&gt;"
        return Response(body.replace("</entry>", f"<content type='html'>{text}</content></entry>").encode())

    places["/feed"] = counted(1)
    web.poll(source)
    web.asked()
    places["/feed"] = counted(2)
    web.poll(source)
    assert web.asked() == ["/feed"]


def test_an_item_that_was_unlisted_for_a_while_is_no_news(web, places):
    source = feed_at(web.host)
    whole = places["/feed"]
    web.poll(source)
    places["/feed"] = feed([])
    web.poll(source)
    places["/feed"] = whole
    web.asked()
    web.poll(source)
    assert web.asked() == ["/feed"]


def test_a_sitemap_whose_dates_move_while_pages_stay_costs_a_request_a_move(web):
    source = sitemap_at(web.host)
    places = serve(web.host, {"/a": story()})
    for number in range(4):
        places["/sitemap.xml"] = sitemap((f"{web.host.url}/a", (START + number * HOUR).isoformat()))
        web.poll(source)
    assert web.asked() == ["/sitemap.xml", "/a"] * 4
    assert [asked.status for asked in web.host.log] == []
    web.poll(source)
    assert web.asked() == ["/sitemap.xml"]


def test_a_sitemap_without_dates_asks_for_nothing_twice(web):
    source = sitemap_at(web.host)
    places = serve(web.host, {"/a": story(), "/b": story()})
    places["/sitemap.xml"] = sitemap((f"{web.host.url}/a", None))
    web.poll(source)
    places["/sitemap.xml"] = sitemap((f"{web.host.url}/a", None), (f"{web.host.url}/b", None))
    web.asked()
    web.poll(source)
    assert web.asked() == ["/sitemap.xml", "/b"]


def test_the_pages_of_a_list_are_looked_at_each_time(web, places):
    source = list_of(f"{web.host.url}/a")
    web.poll(source)
    web.host.log.clear()
    polled = web.poll(source)
    assert [(asked.path, asked.status) for asked in web.host.log] == [("/a", 304)]
    assert polled.repeat_count == 1
    places["/a"] = story("Rewritten")
    assert list(web.poll(source).documents) == ["/a"]


def test_a_change_that_failed_is_asked_for_again(web, places):
    source = feed_at(web.host)
    web.poll(source)
    places |= {"/feed": feed([entry(web.host, title="Corrected")]), "/a": Response(status=500)}
    web.poll(source)
    places["/a"] = story("Corrected")
    assert list(web.poll(source).documents) == ["/a"]


def test_an_article_that_two_sources_list_is_fetched_once(web, places):
    places["/other"] = feed([entry(web.host, title="The same by another name")])
    sources = [feed_at(web.host, name="one"), feed_at(web.host, "/other", name="two")]
    polled = web.poll(*sources)
    assert sorted(web.asked()) == ["/a", "/feed", "/other"]
    assert polled.repeat_count == 1
    web.poll(*sources)
    assert sorted(web.asked()) == ["/feed", "/other"]


def test_a_listing_that_was_fetched_as_an_article_before_is_read_all_the_same(web):
    """A site's address stands in a list of addresses first, then it is polled as a source."""
    serve(web.host, {"/": HOME, "/feed": feed([entry(web.host)]), "/a": story()})
    web.poll(list_of(web.host.url + "/"))
    assert list(web.poll(feed_at(web.host, "/")).documents) == ["/a"]


def test_an_article_that_was_fetched_as_a_listing_before_becomes_one_all_the_same(web):
    serve(web.host, {"/": HOME, "/feed": feed([entry(web.host)]), "/a": story()})
    web.poll(feed_at(web.host, "/"))
    assert list(web.poll(list_of(web.host.url + "/")).documents) == ["/"]
