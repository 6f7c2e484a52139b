"""Feeds as outlets send them: long, broken, wrongly encoded, empty, moved away; and sites that only name theirs."""

from dataclasses import replace

import pytest

from tests.flows.extract.poll.polling import HOUR, START, feed_at, moved, serve, story
from tests.flows.loopback import Response, feed
from warehouse.model import Outcome, PageKind, Reason

HOME = "<!doctype html><html><head>{}</head><body><p>Welcome.</p></body></html>"
NAMED = '<link rel="alternate" type="application/rss+xml" href="{}">'


def rss(*titles, encoding="utf-8", declared=None):
    items = "".join(f"<item><title>{title}</title><link>/{number}</link></item>" for number, title in enumerate(titles))
    head = f"<?xml version='1.0' encoding='{declared or encoding}'?>"
    body = f"{head}<rss version='2.0'><channel><title>x</title>{items}</channel></rss>"
    return Response(body.encode(encoding), content_type="application/rss+xml")


def home(*feeds):
    return Response(HOME.format("".join(map(NAMED.format, feeds))).encode())


def test_a_feed_of_five_thousand_items_is_read_to_its_end(web):
    paths = [f"/{number}" for number in range(5000)]
    serve(web.host, {"/feed": feed([(web.host.url + path, path, START - HOUR, None) for path in paths])})
    plan = web.poll(feed_at(web.host), is_plan=True)
    assert len(plan.planned) == 5000
    assert web.asked() == ["/feed"]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("gbk", None),
        ("gbk", "gb2312"),
        ("gb18030", "gb2312"),
        ("big5", None),
        ("gbk", "utf-8"),
        ("utf-8", "gbk"),
        ("utf-16", None),
    ],
)
def test_titles_are_understood_in_whatever_encoding_they_come(web, encoding, declared):
    titles = ["\u591c\u5e02\u642c\u5bb6", "\u5927\u6a4b\u901a\u8eca\u4e86"]
    if declared == "gb2312" or encoding == "gbk":
        titles[1] = "\u5927\u6865\u901a\u8f66\u4e86\uff0c\u5e02\u6c11\u79f0\u8d5e"
    serve(web.host, {"/feed": rss(*titles, encoding=encoding, declared=declared), "/0": story(), "/1": story()})
    polled = web.poll(feed_at(web.host))
    assert [page.hint_title for page in polled.documents.values()] == titles


def test_a_feed_that_breaks_off_gives_what_it_holds(web):
    whole = rss("A", "B", "C")
    serve(
        web.host,
        {"/feed": replace(whole, body=whole.body[: whole.body.index(b"<title>C")]), "/0": story(), "/1": story()},
    )
    polled = web.poll(feed_at(web.host))
    assert {"/0", "/1"} <= set(polled.documents)
    assert Reason.MALFORMED_INPUT in {reject.reason for reject in polled.rejects}


NO_FEEDS = {
    "empty": b"",
    "blank": b" \n ",
    "page": b"<!doctype html><html><body><p>We are being rebuilt.</p></body></html>",
    "json": b'{"items": []}',
    "broken": b"<rss><channel><title",
    "rubbish": bytes(range(256)),
}


@pytest.mark.parametrize("name", NO_FEEDS)
def test_what_is_no_feed_is_one_reject_and_one_shortfall(web, name):
    serve(web.host, {"/feed": Response(NO_FEEDS[name])})
    polled = web.poll(feed_at(web.host))
    assert polled.reasons == {"/feed": Reason.MALFORMED_INPUT}
    assert len(polled.shortfalls) == 1
    assert [fetch.outcome for fetch in polled.fetches if fetch.kind is PageKind.FEED] == [Outcome.REJECT]
    assert not [page for page in polled.pages if page.kind is PageKind.FEED]


def test_a_feed_that_was_none_for_a_while_goes_on_where_it_was(web):
    places = serve(web.host, {"/feed": rss("A"), "/0": story(), "/1": story()})
    web.poll(feed_at(web.host))
    places["/feed"] = Response(NO_FEEDS["page"])
    web.poll(feed_at(web.host))
    places["/feed"] = rss("A", "B")
    web.asked()
    assert list(web.poll(feed_at(web.host)).documents) == ["/1"]
    assert web.asked() == ["/feed", "/1"]


def test_a_feed_without_items_is_a_feed(web):
    serve(web.host, {"/feed": rss()})
    polled = web.poll(feed_at(web.host))
    assert not polled.rejects
    assert not polled.shortfalls


def test_an_item_that_is_no_link_is_a_reject_and_no_more(web):
    items = "<item><title>x</title></item><item><link>javascript:x</link></item><item><link>/0</link></item>"
    body = f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>"
    serve(web.host, {"/feed": Response(body.encode()), "/0": story()})
    polled = web.poll(feed_at(web.host))
    assert list(polled.documents) == ["/0"]
    assert sorted(reject.reason for reject in polled.rejects) == [Reason.ADDRESS_REFUSED, Reason.MALFORMED_INPUT]


def test_a_home_page_leads_to_the_feeds_that_it_names(web):
    serve(
        web.host,
        {"/": home("/1.xml", "/2.xml"), "/1.xml": rss("A"), "/2.xml": rss("A", "B"), "/0": story(), "/1": story()},
    )
    source = feed_at(web.host, "/")
    assert sorted(web.poll(source).documents) == ["/0", "/1"]
    web.host.log.clear()
    polled = web.poll(source)
    assert [(asked.path, asked.status) for asked in web.host.log] == [("/", 304), ("/1.xml", 304), ("/2.xml", 304)]
    assert not polled.rejects


def test_home_pages_that_name_each_other_come_to_an_end(web):
    serve(web.host, {"/": home("/a"), "/a": home("/", "/b"), "/b": home("/c"), "/c": home("/d"), "/d": home("/e")})
    web.poll(feed_at(web.host, "/"))
    assert web.asked() == ["/", "/a", "/b", "/c"]


def test_a_site_without_a_named_feed_is_searched_in_the_usual_places_once(web):
    places = serve(web.host, {"/": home(), "/rss.xml": rss("A"), "/0": story(), "/1": story()})
    source = feed_at(web.host, "/")
    assert list(web.poll(source).documents) == ["/0"]
    assert web.asked() == ["/", "/feed", "/rss", "/rss.xml", "/0"]
    polled = web.poll(source)
    assert [(asked.path, asked.status) for asked in web.host.log] == [("/rss.xml", 304)]
    assert not polled.rejects
    assert not polled.shortfalls
    places["/rss.xml"] = rss("A, corrected", "B")
    web.asked()
    web.poll(source)
    assert web.asked() == ["/rss.xml", "/0", "/1"]


def test_a_feed_that_left_its_usual_place_is_searched_anew(web):
    places = serve(web.host, {"/": home(), "/rss.xml": rss("A"), "/0": story(), "/1": story()})
    source = feed_at(web.host, "/")
    web.poll(source)
    places["/index.xml"] = replace(places.pop("/rss.xml"), body=rss("A", "B").body)
    assert list(web.poll(source).documents) == ["/1"]


@pytest.mark.parametrize("first", [home(), Response(status=404), Response(status=403)], ids=["page", "404", "403"])
def test_a_site_without_any_feed_is_one_reject_and_one_shortfall(web, first):
    serve(web.host, {"/": first})
    polled = web.poll(feed_at(web.host, "/"))
    assert len(polled.rejects) == 1
    assert len(polled.shortfalls) == 1
    assert f"{web.host.url}/ names none" in polled.shortfalls[0]
    assert web.asked() == ["/", "/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml"]


def test_a_site_that_cannot_be_had_is_not_searched(web):
    serve(web.host, {"/": Response(status=0)})
    polled = web.poll(feed_at(web.host, "/"))
    assert set(web.asked()) == {"/"}
    assert polled.reasons == {"/": Reason.UNREACHABLE}


def test_a_feed_whose_address_became_a_page_that_names_it_is_followed(web):
    places = serve(web.host, {"/feed": rss("A"), "/0": story(), "/1": story()})
    web.poll(feed_at(web.host))
    places |= {"/feed": home("/new.xml"), "/new.xml": rss("A", "B")}
    assert list(web.poll(feed_at(web.host)).documents) == ["/1"]


def test_a_feed_that_redirects_to_the_home_page_is_no_feed(web):
    serve(web.host, {"/feed": moved("/"), "/": home()})
    assert web.poll(feed_at(web.host)).reasons == {"/feed": Reason.MALFORMED_INPUT}


def test_two_sources_with_one_feed_ask_for_it_once_each_and_for_its_items_once(web):
    serve(web.host, {"/feed": rss("A"), "/0": story()})
    web.poll(feed_at(web.host, name="one"), feed_at(web.host, name="two"))
    assert sorted(web.asked()) == ["/0", "/feed", "/feed"]
