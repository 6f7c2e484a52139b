"""Redirects: which are followed, where they may not lead, which are remembered, and what a log of them never holds."""

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.flows.extract.poll.polling import (
    HOUR,
    START,
    feed_at,
    list_of,
    moved,
    robots,
    serve,
    sitemap,
    sitemap_at,
    story,
)
from tests.flows.loopback import Response
from warehouse.model import Policy, Reason, Redirect

SECRET = "hunter2"  # noqa: S105 - it stands in the addresses below


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_and_recorded(web, status):
    serve(web.host, {"/old": moved("/new", status), "/new": story()})
    polled = web.poll(list_of(f"{web.host.url}/old"))
    page = polled.documents["/old"]
    assert (page.url, page.status) == (f"{web.host.url}/new", 200)
    (fetch,) = [fetch for fetch in polled.fetches if fetch.requested_url.endswith("/old")]
    assert (fetch.redirects, fetch.request_count) == ((Redirect(status, f"{web.host.url}/new"),), 2)


@pytest.mark.parametrize("status", [300, 304, 305, 306])
def test_other_answers_of_that_class_are_none_to_follow(web, status):
    serve(web.host, {"/old": moved("/new", status), "/new": story()})
    assert web.poll(list_of(f"{web.host.url}/old")).reasons == {"/old": Reason.HTTP_STATUS}
    assert web.asked() == ["/old"]


def test_ten_redirects_are_followed_and_the_eleventh_is_not(web):
    places = {f"/{number}": moved(f"/{number + 1}") for number in range(30)}
    serve(web.host, {**places, "/30": story(), "/far": moved("/21"), "/near": moved("/22")})
    polled = web.poll(list_of(f"{web.host.url}/20", f"{web.host.url}/far", f"{web.host.url}/15"))
    assert list(polled.documents) == ["/20", "/far"]
    (reject,) = polled.rejects
    assert (reject.url, reject.reason) == (f"{web.host.url}/15", Reason.HTTP_STATUS)
    assert "more than 10 redirects" in reject.detail


@pytest.mark.parametrize("circle", [["/a"], ["/a", "/b"], ["/a", "/b", "/c"]])
def test_a_circle_of_redirects_is_left_at_once(web, circle):
    serve(web.host, dict(zip(circle, map(moved, circle[1:] + circle[:1]), strict=True)))
    polled = web.poll(list_of(f"{web.host.url}/a"))
    assert "circle" in polled.rejects[0].detail
    assert web.asked() == circle


def test_a_circle_that_is_entered_later_is_left_too(web):
    serve(web.host, {"/in": moved("/a"), "/a": moved("/b"), "/b": moved("/a")})
    assert web.poll(list_of(f"{web.host.url}/in")).reasons == {"/in": Reason.HTTP_STATUS}
    assert web.asked() == ["/in", "/a", "/b"]


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "ftp://files.example/x"],
)
def test_a_redirect_to_what_is_no_web_address_is_a_reject(web, location):
    serve(web.host, {"/old": moved(location)})
    polled = web.poll(list_of(f"{web.host.url}/old"))
    assert polled.reasons == {"/old": Reason.ADDRESS_REFUSED}
    assert not polled.documents


def test_a_redirect_without_a_location_is_a_reject(web):
    serve(web.host, {"/old": Response(status=302), "/empty": moved("")})
    polled = web.poll(list_of(f"{web.host.url}/old", f"{web.host.url}/empty"))
    assert polled.reasons == {"/old": Reason.HTTP_STATUS, "/empty": Reason.HTTP_STATUS}


def test_a_location_without_a_scheme_or_with_blanks_and_unicode_is_understood(web):
    port = web.host.port
    places = {
        "/1": moved(f"//127.0.0.1:{port}/a"),
        "/2": moved("  b?x=1  "),
        "/3": moved("/stra\u00dfe".encode().decode("latin-1")),
        "/4": moved("?page=2"),
    }
    ends = {"/a": story(), "/b?x=1": story(), "/stra%C3%9Fe": story(), "/4?page=2": story()}
    serve(web.host, places | ends)
    polled = web.poll(list_of(*(web.host.url + place for place in places)))
    assert [page.url.removeprefix(web.host.url) for page in polled.documents.values()] == list(ends)


@pytest.mark.parametrize("where", ["/new", "{host}/new"])
def test_a_redirect_within_a_site_may_be_relative_or_whole(web, where):
    serve(web.host, {"/old": moved(where.format(host=web.host.url)), "/new": story()})
    assert web.poll(list_of(f"{web.host.url}/old")).documents["/old"].url == f"{web.host.url}/new"


@pytest.mark.parametrize(
    "location",
    [
        "http://user:hunter2@127.0.0.1:{port}/new",
        "ftp://user:hunter2@files.example/x",
        "http://user:hunter2@/",
        "//user:hunter2@",
        "http://user:hun/hunter2@files.example/x",
    ],
)
def test_credentials_in_a_location_are_neither_used_nor_kept_nor_logged(web, caplog, location):
    caplog.set_level("DEBUG")
    serve(web.host, {"/old": moved(location.format(port=web.host.port)), "/new": story()})
    polled = web.poll(list_of(f"{web.host.url}/old"))
    assert SECRET not in repr(polled.items)
    assert SECRET not in caplog.text
    assert not [asked for asked in web.host.log if "Authorization" in asked.headers]


def test_another_host_is_asked_by_its_own_rules(web):
    first, other, _ = web.hosts
    serve(first, {"/old": moved(f"{other.url}/new"), "/closed": moved(f"{other.url}/private/new")})
    serve(
        other, {"/new": story(), "/private/new": story(), "/robots.txt": robots("User-agent: *\nDisallow: /private/")}
    )
    polled = web.poll(list_of(f"{first.url}/old", f"{first.url}/closed"))
    assert list(polled.documents) == ["/old"]
    assert polled.reasons == {"/closed": Reason.ROBOTS_DENIED}
    assert other.paths() == ["/robots.txt", "/.well-known/tdmrep.json", "/new"]


def test_another_host_is_asked_no_faster_than_it_wishes(web):
    first, other, _ = web.hosts
    serve(first, {f"/{number}": moved(f"{other.url}/{number}") for number in range(3)})
    serve(
        other, {f"/{number}": story() for number in range(3)} | {"/robots.txt": robots("User-agent: *\nCrawl-delay: 9")}
    )
    web.poll(list_of(*(f"{first.url}/{number}" for number in range(3))))
    times = [asked.at for asked in other.log if asked.path != "/robots.txt"]
    assert min(later - earlier for earlier, later in pairwise(times)).total_seconds() >= 9


def test_two_hosts_that_lead_to_a_third_ask_it_one_at_a_time(web):
    first, second, third = web.hosts
    for host in (first, second):
        serve(host, {f"/{number}": moved(f"{third.url}/{host.port}/{number}") for number in range(5)})
    serve(third, {f"/{host.port}/{number}": story() for host in (first, second) for number in range(5)})
    polled = web.poll(list_of(*(f"{host.url}/{number}" for host in (first, second) for number in range(5))))
    assert len(polled.pages) == 10
    assert third.most_at_once == 1


def feed_of(host, *paths):
    return sitemap(*((host.url + path, None) for path in paths))


def test_a_feed_that_moved_for_good_is_asked_for_where_it_is(web):
    serve(web.host, {"/sitemap.xml": moved("/new", 301), "/new": moved("/newer", 308), "/newer": feed_of(web.host)})
    source = sitemap_at(web.host)
    web.poll(source)
    assert web.asked() == ["/sitemap.xml", "/new", "/newer"]
    polled = web.poll(source)
    assert web.asked() == ["/newer"]
    assert polled.fetches[-1].url == f"{web.host.url}/newer"


def test_a_feed_that_moved_for_now_is_asked_for_where_it_was(web):
    serve(web.host, {"/sitemap.xml": moved("/new", 301), "/new": moved("/newer", 302), "/newer": feed_of(web.host)})
    source = sitemap_at(web.host)
    web.poll(source)
    web.asked()
    web.poll(source)
    assert web.asked() == ["/sitemap.xml", "/new", "/newer"]


@pytest.mark.parametrize("status", [302, 301])
def test_what_is_held_of_one_place_says_nothing_of_another(web, status):
    """A site's files are often all of one moment: by its conditions, the new page would count as unchanged."""
    dated = {"has_etag": False, "modified_at": START - HOUR}
    places = serve(web.host, {"/sitemap.xml": moved("/y", status), "/a": story(), "/b": story()})
    places |= {"/y": replace(feed_of(web.host, "/a"), **dated), "/z": replace(feed_of(web.host, "/b"), **dated)}
    web.poll(sitemap_at(web.host))
    places |= {"/sitemap.xml": moved("/z", status)} if status == 302 else {"/y": moved("/z")}
    assert list(web.poll(sitemap_at(web.host)).documents) == ["/b"]


def test_the_old_place_is_asked_for_again_once_the_new_one_fails(web):
    places = serve(web.host, {"/sitemap.xml": moved("/new", 301), "/new": feed_of(web.host)})
    source = sitemap_at(web.host)
    web.poll(source)
    web.asked()
    places |= {"/sitemap.xml": feed_of(web.host, "/story"), "/new": Response(status=404), "/story": story()}
    polled = web.poll(source)
    assert list(polled.documents) == ["/story"]
    assert web.asked() == ["/new", "/sitemap.xml", "/story"]
    fetch = next(fetch for fetch in polled.fetches if fetch.requested_url == source.location)
    assert (fetch.request_count, fetch.redirects) == (2, ())
    web.poll(source)
    assert web.asked() == ["/sitemap.xml"]


def test_a_new_place_that_may_not_be_asked_leads_back_to_the_old_one(web):
    first, other, _ = web.hosts
    places = serve(first, {"/sitemap.xml": moved(f"{other.url}/new", 301)})
    others = serve(other, {"/new": feed_of(other)})
    source = sitemap_at(first)
    web.poll(source)
    web.asked()
    places["/sitemap.xml"] = feed_of(first)
    others["/robots.txt"] = robots("User-agent: *\nDisallow: /")
    web.clock.sleep(24 * 3600)
    other.log.clear()
    assert not web.poll(source).rejects
    assert web.asked() == ["/sitemap.xml"]
    assert web.asked(other) == []


def test_a_guarded_source_is_led_to_no_internal_address(web, guarded):
    serve(
        web.host,
        {"/": moved("http://169.254.169.254/latest/"), "/2": moved("http://localhost/"), "/3": moved("http://[::1]/")},
    )
    urls = [f"http://news.example:{web.host.port}{path}" for path in ("/", "/2", "/3")]
    polled = web.poll(list_of(*urls, allow_private=False))
    assert set(polled.reasons.values()) == {Reason.ADDRESS_REFUSED}
    assert set(guarded) == {"93.184.215.14"}


def test_a_policy_of_record_goes_where_robots_would_not_let_it(web):
    serve(web.host, {"/old": moved("/new"), "/new": story(), "/robots.txt": robots("User-agent: *\nDisallow: /new")})
    polled = web.poll(list_of(f"{web.host.url}/old", policy=Policy.RECORD))
    assert polled.documents["/old"].robots_statements == ("robots.txt: disallow",)


def test_feed_at_a_redirect_lists_by_where_it_ended(web):
    """Relative addresses in a feed are meant from where it really is."""
    body = b"<rss version='2.0'><channel><title>x</title><item><title>a</title><link>a</link></item></channel></rss>"
    serve(web.host, {"/feed": moved("/deep/feed.xml"), "/deep/feed.xml": Response(body), "/deep/a": story()})
    assert list(web.poll(feed_at(web.host)).documents) == ["/deep/a"]
