"""Rules of hosts: what robots.txt and tdmrep.json in all their states let through, and how often they are asked for."""

from dataclasses import replace

import pytest

from tests.flows.extract.poll.polling import feed_at, list_of, moved, robots, serve, source_of, story
from tests.flows.loopback import Response, feed
from warehouse.model import Outcome, PageKind, Policy, Reason, SourceKind

DAY = 24 * 3600
ALL = "User-agent: *\nDisallow: /"


@pytest.fixture
def places(web):
    return serve(web.host, {"/a": story()})


@pytest.fixture
def source(web):
    return list_of(f"{web.host.url}/a")


def robots_fetches(polled):
    return [fetch for fetch in polled.fetches if fetch.requested_url.endswith("/robots.txt")]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418])
def test_a_host_without_robots_txt_may_be_asked_for_everything(web, places, source, status):
    places["/robots.txt"] = Response(status=status)
    polled = web.poll(source)
    assert list(polled.documents) == ["/a"]
    assert robots_fetches(polled)[0].outcome is Outcome.ABSENT


@pytest.mark.parametrize("status", [429, 500, 502, 503, 0])
def test_a_host_whose_robots_txt_cannot_be_had_is_left_alone(web, places, source, status):
    places["/robots.txt"] = Response(status=status)
    polled = web.poll(source)
    assert set(web.host.paths()) == {"/robots.txt"}
    (reject,) = polled.rejects
    assert "while its robots.txt cannot be had (RFC 9309)" in reject.detail
    assert robots_fetches(polled)[0].outcome is Outcome.REJECT


LOST = {
    "circle": {"/robots.txt": moved("/rules"), "/rules": moved("/robots.txt")},
    "endless": {"/robots.txt": moved("/0")} | {f"/{number}": moved(f"/{number + 1}") for number in range(20)},
    "no web address": {"/robots.txt": moved("javascript:rules()")},
    "nowhere": {"/robots.txt": Response(status=302)},
    "too large": {"/robots.txt": Response(b"# nothing\n" * 200_000)},
}


@pytest.mark.parametrize("name", LOST)
def test_a_robots_txt_that_leads_nowhere_counts_as_none(web, places, source, name):
    """RFC 9309, section 2.3.1: the host is there, only its file is not to be had."""
    places |= LOST[name]
    settings = replace(web.settings, max_page_bytes=1_000_000)
    polled = web.poll(source, settings=settings)
    assert list(polled.documents) == ["/a"]
    assert robots_fetches(polled)[0].outcome is Outcome.ABSENT
    web.host.log.clear()
    web.poll(source, settings=settings)
    assert web.host.paths() == ["/a"]


@pytest.mark.parametrize("status", [429, 500, 0])
def test_a_tdmrep_json_that_cannot_be_had_counts_as_none_for_a_day(web, places, source, status):
    places["/.well-known/tdmrep.json"] = Response(status=status)
    polled = web.poll(source)
    assert list(polled.documents) == ["/a"]
    (fetch,) = [fetch for fetch in polled.fetches if fetch.requested_url.endswith("/tdmrep.json")]
    assert (fetch.outcome, fetch.status) == (Outcome.ABSENT, status or None)
    assert fetch.reason in (Reason.HTTP_STATUS, Reason.UNREACHABLE)
    web.host.log.clear()
    web.poll(source)
    assert web.host.paths() == ["/a"]
    web.clock.sleep(DAY)
    web.poll(source)
    assert "/.well-known/tdmrep.json" in web.host.paths()


def test_a_reservation_that_is_held_counts_while_tdmrep_json_cannot_be_had(web, places, source):
    body = b'[{"location": "/", "tdm-reservation": 1}]'
    places["/.well-known/tdmrep.json"] = Response(body, content_type="application/json")
    web.poll(source)
    places["/.well-known/tdmrep.json"] = Response(status=500)
    web.clock.sleep(DAY)
    for _ in range(2):
        assert not web.poll(source).documents
        web.clock.sleep(DAY)


def test_a_policy_of_record_asks_a_host_whose_robots_txt_cannot_be_had(web, places):
    places["/robots.txt"] = Response(status=500)
    assert list(web.poll(list_of(f"{web.host.url}/a", policy=Policy.RECORD)).documents) == ["/a"]


@pytest.mark.parametrize(
    "body",
    [b"", b"\xef\xbb\xbf", b"<!doctype html><html><body>Not here</body></html>", b"\x00\xff" * 100, b"Disallow /"],
    ids=["empty", "mark", "page", "rubbish", "broken"],
)
def test_a_robots_txt_without_a_rule_allows_everything(web, places, source, body):
    places["/robots.txt"] = Response(body)
    assert list(web.poll(source).documents) == ["/a"]


def test_a_robots_txt_of_a_megabyte_is_read_up_to_its_half(web, places, source):
    places["/b"] = story()
    padding = "# nothing\n" * 60_000
    places["/robots.txt"] = robots(f"User-agent: *\nDisallow: /b\n{padding}Disallow: /a\n")
    polled = web.poll(source, list_of(f"{web.host.url}/b", name="b"))
    assert list(polled.documents) == ["/a"]
    assert polled.reasons == {"/b": Reason.ROBOTS_DENIED}


def test_a_robots_txt_is_found_behind_redirects(web, places, source):
    places |= {"/robots.txt": moved("/rules"), "/rules": robots(ALL)}
    assert web.poll(source).reasons == {"/a": Reason.ROBOTS_DENIED}


def test_a_feed_that_robots_txt_forbids_is_not_asked_for_and_said_to_be_forbidden(web, places):
    places |= {"/robots.txt": robots("User-agent: *\nDisallow: /feed"), "/feed": feed([])}
    polled = web.poll(feed_at(web.host))
    assert polled.reasons == {"/feed": Reason.ROBOTS_DENIED}
    assert len(polled.shortfalls) == 1
    assert web.asked() == []
    web.poll(feed_at(web.host))
    assert web.asked() == []


def test_rules_for_us_count_before_those_for_all(web, places, source):
    places["/robots.txt"] = robots(f"{ALL}\n\nUser-agent: broadsheet\nDisallow: /b\n")
    assert list(web.poll(source).documents) == ["/a"]


def test_a_crawl_delay_is_kept_from_the_first_request_after_robots_txt(web, places, source):
    places["/robots.txt"] = robots("User-agent: *\nCrawl-delay: 7")
    web.poll(source)
    times = [asked.at for asked in web.host.log]
    assert (times[1] - times[0]).total_seconds() >= 7
    assert (times[2] - times[1]).total_seconds() >= 7


def test_a_sources_own_delay_counts_where_robots_txt_asks_for_less(web, places):
    places["/robots.txt"] = robots("User-agent: *\nCrawl-delay: 2")
    web.poll(list_of(f"{web.host.url}/a", delay_seconds=20))
    times = [asked.at for asked in web.host.log]
    assert (times[2] - times[1]).total_seconds() >= 20


def test_rules_are_asked_for_once_a_day_and_then_on_conditions(web, places, source):
    places["/robots.txt"] = robots("User-agent: *\nDisallow: /b")
    places["/.well-known/tdmrep.json"] = Response(b"[]", content_type="application/json")
    web.poll(source)
    for _ in range(3):
        web.poll(source)
    rules = [asked for asked in web.host.log if asked.path != "/a"]
    assert [asked.status for asked in rules] == [200, 200]
    web.host.log.clear()
    web.clock.sleep(DAY)
    polled = web.poll(source)
    assert [(asked.path, asked.status) for asked in web.host.log if asked.path != "/a"] == [
        ("/robots.txt", 304),
        ("/.well-known/tdmrep.json", 304),
    ]
    assert not [page for page in polled.pages if page.kind is PageKind.ROBOTS]
    web.host.log.clear()
    web.poll(source)
    assert web.host.paths() == ["/a"]


@pytest.mark.usefixtures("places")
def test_that_there_are_no_rules_is_remembered_for_a_day_too(web, source):
    web.poll(source)
    web.host.log.clear()
    web.poll(source)
    assert web.host.paths() == ["/a"]
    web.clock.sleep(DAY)
    web.poll(source)
    assert "/robots.txt" in web.host.paths()


def test_a_days_old_copy_counts_while_robots_txt_cannot_be_had(web, places, source):
    places["/robots.txt"] = robots("User-agent: *\nDisallow: /a\n")
    places["/b"] = story()
    web.poll(source)
    places["/robots.txt"] = Response(status=503)
    web.clock.sleep(3 * DAY)
    polled = web.poll(source, list_of(f"{web.host.url}/b", name="b"))
    assert list(polled.documents) == ["/b"]
    assert polled.reasons == {"/a": Reason.ROBOTS_DENIED}


def test_rules_that_changed_count_from_when_they_are_read(web, places, source):
    places["/robots.txt"] = robots(ALL)
    web.poll(source)
    places["/robots.txt"] = robots("User-agent: *\nDisallow:\n")
    web.clock.sleep(DAY)
    assert list(web.poll(source).documents) == ["/a"]


def test_rules_that_vanished_no_longer_count(web, places, source):
    places["/robots.txt"] = robots(ALL)
    web.poll(source)
    del places["/robots.txt"]
    web.clock.sleep(DAY)
    assert list(web.poll(source).documents) == ["/a"]
    web.host.log.clear()
    web.poll(source)
    assert web.host.paths() == ["/a"]


def test_a_host_that_lets_nobody_in_is_not_asked_about_mining(web, places, source):
    places["/robots.txt"] = robots(ALL)
    web.poll(source)
    assert web.host.paths() == ["/robots.txt"]


def test_pages_whose_mining_tdmrep_json_reserves_are_not_kept(web, places, source):
    body = b'[{"location": "/a", "tdm-reservation": 1}, {"location": "/", "tdm-reservation": 0}]'
    places["/.well-known/tdmrep.json"] = Response(body, content_type="application/json")
    places["/b"] = story()
    polled = web.poll(source, list_of(f"{web.host.url}/b", name="b"))
    assert list(polled.documents) == ["/b"]
    assert polled.reasons == {"/a": Reason.ROBOTS_DENIED}


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("is_guarded_first", [True, False])
def test_a_guarded_source_spoils_a_host_for_no_other(web, source, is_guarded_first):
    guarded = list_of(f"{web.host.url}/b", name="guarded", allow_private=False)
    polled = web.poll(*([guarded, source] if is_guarded_first else [source, guarded]))
    assert list(polled.documents) == ["/a"]
    assert polled.reasons == {"/b": Reason.ADDRESS_REFUSED}


@pytest.mark.usefixtures("places")
def test_rules_of_two_hosts_are_two(web, source):
    serve(web.hosts[1], {"/a": story(), "/robots.txt": robots(ALL)})
    polled = web.poll(source, list_of(f"{web.hosts[1].url}/a", name="closed"))
    assert len(polled.documents) == len(polled.rejects) == 1


def test_a_site_is_searched_for_sitemaps_where_robots_txt_says(web):
    url = web.host.url
    listed = f"<urlset><url><loc>{url}/a</loc></url></urlset>".encode()
    rules = robots(f"Sitemap: {url}/deep/map.xml\nSitemap: /relative.xml\nSitemap: javascript:x\n")
    serve(web.host, {"/robots.txt": rules, "/deep/map.xml": Response(listed), "/a": story()})
    polled = web.poll(source_of(SourceKind.SITEMAP, f"{url}/"))
    assert list(polled.documents) == ["/a"]
    assert "/deep/map.xml" in web.host.paths()
    assert "/" not in web.host.paths()
