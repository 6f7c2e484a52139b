"""Links that failed: asked for again though nothing lists them any longer, ever more seldom; let go after a week."""

from datetime import timedelta

import pytest

from tests.flows.extract.poll.polling import HOUR, START, feed_at, list_of, robots, serve, story
from tests.flows.loopback import Response, feed
from warehouse.model import Reason


@pytest.fixture
def places(web):
    listed = [(web.host.url + path, f"Title of {path}", START - HOUR, None) for path in ("/a", "/b")]
    return serve(web.host, {"/feed": feed(listed), "/a": Response(status=404), "/b": story("B")})


@pytest.fixture
def source(web):
    return feed_at(web.host)


def asked_again(web, source, hours):
    """The polls, by their number, that asked for the link; it is an hour from one to the next."""
    polls = []
    for number in range(1, hours + 1):
        web.clock.advance_to(START + number * HOUR)
        web.asked()
        web.poll(source)
        polls += [number] * ("/a" in web.asked())
    return polls


def test_a_link_that_is_listed_no_longer_is_got_with_the_hints_that_it_had(web, places, source):
    listing = next(page for page in web.poll(source).pages if page.requested_url == source.location)
    places |= {"/feed": feed([]), "/a": story("A")}
    page = web.poll(source).documents["/a"]
    assert (page.hint_title, page.hint_published_at) == ("Title of /a", START - HOUR)
    assert page.location == listing.page_id
    web.asked()
    web.poll(source)
    assert web.asked() == ["/feed"]


def test_a_link_that_failed_is_got_though_its_feed_is_unchanged(web, places, source):
    web.poll(source)
    places["/a"] = story("A")
    assert list(web.poll(source).documents) == ["/a"]


def test_a_link_that_failed_is_got_though_its_feed_cannot_be_had(web, places, source):
    web.poll(source)
    places |= {"/feed": Response(status=404), "/a": story("A")}
    assert list(web.poll(source).documents) == ["/a"]


@pytest.mark.parametrize("is_listed", [True, False])
def test_a_link_that_goes_on_failing_is_asked_for_ever_more_seldom(web, places, source, is_listed):
    web.poll(source)
    if not is_listed:
        places["/feed"] = feed([])
    assert asked_again(web, source, 28) == [1, 2, 5, 12, 24]


@pytest.mark.parametrize("reason", [Reason.ROBOTS_DENIED, Reason.NOT_HTML])
def test_what_was_refused_is_asked_for_again_after_a_day(web, places, source, reason):
    is_denied = reason is Reason.ROBOTS_DENIED
    places["/a"] = Response(story().body if is_denied else b"%PDF", headers=(("X-Robots-Tag", "noindex"),))
    assert web.poll(source).reasons == {"/a": reason}
    assert asked_again(web, source, 26) == [24]


def test_a_link_that_is_listed_no_longer_is_let_go_after_a_week(web, places, source):
    web.poll(source)
    places |= {"/feed": feed([]), "/a": story("A")}
    web.clock.sleep(timedelta(days=7, hours=1).total_seconds())
    web.asked()
    assert not web.poll(source).documents
    assert web.asked() == ["/feed"]


def test_a_link_that_is_still_listed_is_never_let_go(web, places, source):
    web.poll(source)
    places["/a"] = story("A")
    places["/feed"] = Response(places["/feed"].body + b"\n")
    web.clock.sleep(timedelta(days=8).total_seconds())
    assert list(web.poll(source).documents) == ["/a"]


def test_what_one_source_waits_for_is_no_matter_of_another(web, places, source):
    serve(web.hosts[1], {"/feed": feed([])})
    web.poll(source)
    places["/a"] = story("A")
    assert not web.poll(feed_at(web.hosts[1], name="other")).documents
    assert list(web.poll(source).documents) == ["/a"]


def test_a_link_that_another_source_got_meanwhile_is_waited_for_no_longer(web, places, source):
    web.poll(source)
    places["/a"] = story("A")
    web.poll(list_of(f"{web.host.url}/a"))
    web.asked()
    web.poll(source)
    assert web.asked() == ["/feed"]


def test_links_of_a_host_that_was_left_alone_are_got_when_it_is_back(web, places, source):
    places["/a"] = Response(status=503, headers=(("Retry-After", "5000"),))
    assert set(web.poll(source).reasons) == {"/a", "/b"}
    places |= {"/feed": feed([]), "/a": story("A")}
    polled = [web.poll(source) for _ in range(4)]
    assert sorted(path for one in polled for path in one.documents) == ["/a", "/b"]


def test_links_behind_a_robots_txt_that_could_not_be_had_are_got_when_it_can(web, places, source):
    other = web.hosts[1]
    others = serve(other, {"/a": story("A"), "/robots.txt": Response(status=500)})
    places["/feed"] = feed([(f"{other.url}/a", "A", START - HOUR, None)])
    assert not web.poll(source).documents
    others["/robots.txt"] = robots("")
    assert list(web.poll(source).documents) == ["/a"]
