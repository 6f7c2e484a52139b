"""A poll that is left in the middle: nothing that a listing names is forgotten, and no thread stays behind."""

import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest

from flows.extract.fetch import fetching
from flows.extract.fetch.clocks import SystemClock
from flows.extract.poll.live import LiveReader
from tests.flows.extract.fetch.torture import dripping, serving, silent
from tests.flows.extract.poll.polling import (
    HOUR,
    START,
    feed_at,
    index,
    list_of,
    moved,
    path_of,
    robots,
    serve,
    sitemap,
    sitemap_at,
    source_of,
    store,
    story,
)
from tests.flows.loopback import Response, feed
from warehouse.model import Page, PageKind, Reason, Reject, SourceKind

STORIES = [f"/{number}" for number in range(8)]


def outlet(host):
    listed = feed([(host.url + path, f"Story {path}", START - HOUR, None) for path in STORIES])
    return serve(host, {"/feed": listed} | {path: story(path) for path in STORIES})


def settled(items):
    return [path_of(item.requested_url if isinstance(item, Page) else item.url) for item in items]


def test_a_listing_comes_after_all_of_its_links(web):
    places = outlet(web.host)
    places["/3"] = Response(status=404)
    kept = [item for item in web.poll(feed_at(web.host)).items if isinstance(item, Page | Reject)]
    ended = settled(item for item in kept if not (isinstance(item, Page) and item.kind is PageKind.ROBOTS))
    assert sorted(ended[:-1]) == STORIES
    assert ended[-1] == "/feed"


@pytest.mark.parametrize("taken", range(1, 30, 4))
def test_wherever_a_poll_is_cut_the_next_one_finds_the_rest(web, taken):
    """As a kill between any two items would cut it."""
    outlet(web.host)
    source = feed_at(web.host)
    with closing(iter(LiveReader([source], web.settings, clock=web.clock))) as items:
        store(web.settings, first := list(islice(items, taken)))
    again = web.poll(source)
    pages = settled(
        item for item in [*first, *again.items] if isinstance(item, Page) and item.kind is PageKind.DOCUMENT
    )
    assert sorted(pages) == STORIES
    web.asked()
    assert web.poll(source).repeat_count
    assert web.asked() == ["/feed"]


def test_pages_that_were_stored_without_their_lines_in_the_log_are_not_asked_for_again(web):
    """A kill between two tables."""
    outlet(web.host)
    source = feed_at(web.host)
    items = list(LiveReader([source], web.settings, clock=web.clock))
    store(web.settings, [item for item in items if isinstance(item, Page)])
    web.asked()
    web.clock.sleep(3600)
    web.poll(source)
    assert web.asked() == ["/feed"]


def test_a_link_that_two_listings_name_holds_both_back(web):
    places = outlet(web.host)
    places["/feed2"] = replace(places["/feed"], body=places["/feed"].body + b"\n")
    sources = [feed_at(web.host, name="one"), feed_at(web.host, "/feed2", name="two")]
    items = [item for item in LiveReader(sources, web.settings, clock=web.clock) if isinstance(item, Page)]
    kinds = [item.kind for item in items if item.kind is not PageKind.ROBOTS]
    assert kinds == [PageKind.DOCUMENT] * len(STORIES) + [PageKind.FEED] * 2


def test_an_index_may_come_before_its_sitemaps_and_each_of_those_after_its_links(web):
    url = web.host.url
    places = {"/sitemap.xml": index((f"{url}/1.xml", None), (f"{url}/2.xml", None))}
    places |= {f"/{number}.xml": sitemap((f"{url}/a{number}", None), (f"{url}/b{number}", None)) for number in (1, 2)}
    serve(web.host, places | {f"/{name}{number}": story() for name in "ab" for number in (1, 2)})
    ended = settled(page for page in web.poll(sitemap_at(web.host)).pages if page.kind is not PageKind.ROBOTS)
    for number in (1, 2):
        assert ended.index(f"/{number}.xml") > max(ended.index(f"/a{number}"), ended.index(f"/b{number}"))


def fetch_threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("fetch ")]


def wait_for_no_threads(seconds=5.0):
    until = time.monotonic() + seconds
    while fetch_threads() and time.monotonic() < until:
        time.sleep(0.02)
    return fetch_threads()


@pytest.fixture
def awake(web):
    """The same web by the machine's clock: whoever waits really does."""
    web.clock = SystemClock()
    for host in web.hosts:
        host.clock = web.clock
    return web


def test_threads_that_wait_for_their_turn_end_when_the_reader_is_closed(awake):
    for host in awake.hosts:
        outlet(host)["/robots.txt"] = robots("User-agent: *\nCrawl-delay: 60")
    sources = [feed_at(host, name=f"outlet{host.port}") for host in awake.hosts]
    reader = iter(LiveReader(sources, awake.settings, clock=awake.clock))
    next(reader)
    assert fetch_threads()
    reader.close()
    assert wait_for_no_threads() == []


def test_threads_that_wait_for_a_busy_reader_end_when_it_is_closed(awake):
    many = {f"/{number}": story() for number in range(60)}
    serve(awake.host, many | {"/feed": feed([(awake.host.url + path, path, START, None) for path in many])})
    reader = iter(LiveReader([feed_at(awake.host, delay_seconds=0)], awake.settings, clock=awake.clock))
    next(item for item in reader if isinstance(item, Page) and item.kind is PageKind.DOCUMENT)
    until = time.monotonic() + 10
    while len(awake.host.log) < 34 and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.2)
    assert len(awake.host.log) < 45, "answers pile up while nobody takes them"
    reader.close()
    assert wait_for_no_threads() == []


def test_a_reader_that_is_read_to_its_end_leaves_no_thread(awake):
    outlet(awake.host)
    list(LiveReader([feed_at(awake.host, delay_seconds=0)], awake.settings, clock=awake.clock))
    assert wait_for_no_threads() == []


def test_an_error_in_a_thread_ends_the_run_with_that_error(awake, monkeypatch):
    outlet(awake.host)

    def broken(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fetching, "page_of", broken)
    with pytest.raises(OSError, match="No space left on device"):
        list(LiveReader([feed_at(awake.host, delay_seconds=0)], awake.settings, clock=awake.clock))
    assert wait_for_no_threads() == []


def test_the_second_of_two_polls_leaves_the_source_to_the_first(web):
    outlet(web.host)
    serve(web.hosts[1], {"/feed": feed([(f"{web.hosts[1].url}/own", "Own", START, None)]), "/own": story()})
    shared, own = feed_at(web.host, name="shared"), feed_at(web.hosts[1], name="own")
    with closing(iter(LiveReader([shared], web.settings, clock=web.clock))) as first:
        next(first)
        second = web.poll(shared, own)
        assert second.shortfalls == ["source shared is being polled by another run, and was left to it"]
        assert list(second.documents) == ["/own"]
        assert len([item for item in first if isinstance(item, Page) and item.kind is PageKind.DOCUMENT]) == 8
    assert not web.poll(shared).shortfalls


def test_more_hosts_than_threads_are_all_asked(web):
    for host in web.hosts:
        outlet(host)
    sources = [feed_at(host, name=f"outlet{host.port}") for host in web.hosts]
    polled = web.poll(*sources, settings=replace(web.settings, fetch_threads=1))
    assert len([page for page in polled.pages if page.kind is PageKind.DOCUMENT]) == len(STORIES) * len(web.hosts)


def test_threads_are_started_for_no_more_hosts_at_once_than_the_settings_say(web):
    for host in web.hosts:
        outlet(host)
    running, most = set(), []

    def start(host, work):
        def counted():
            running.add(host)
            most.append(len(running))
            work()
            running.discard(host)

        threading.Thread(target=counted, name=f"fetch {host}").start()

    sources = [feed_at(host, name=f"outlet{host.port}") for host in web.hosts]
    web.poll(*sources, settings=replace(web.settings, fetch_threads=2), start=start)
    assert max(most) == 2


def test_a_host_that_says_nothing_and_one_that_drips_hold_up_no_other(awake):
    outlet(awake.host)
    hasty = replace(awake.settings, request_seconds=0.3)
    with serving(silent) as still, serving(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b"<p>")) as slow:
        sources = [source_of(SourceKind.FEED, server.url, name=f"bad{server.port}") for server in (still, slow)]
        reader = LiveReader([*sources, feed_at(awake.host, delay_seconds=0)], hasty, clock=awake.clock)
        items = iter(reader)
        first = list(islice((item for item in items if isinstance(item, Page) and item.kind is PageKind.FEED), 1))
        assert first[0].requested_url == f"{awake.host.url}/feed"
        rejects = [item for item in items if isinstance(item, Reject)]
    assert {reject.reason for reject in rejects} == {Reason.TIMEOUT}
    assert len(reader.shortfalls) >= 2


def test_a_plan_asks_for_listings_alone_and_forgets_what_it_saw(web):
    outlet(web.host)
    source = feed_at(web.host)
    plan = web.poll(source, is_plan=True)
    assert [path_of(one.url) for one in plan.planned] == STORIES
    assert web.asked() == ["/feed"]
    assert len(web.poll(source).documents) == len(STORIES)
    web.asked()
    assert web.poll(source, is_plan=True).planned == []
    assert web.asked() == ["/feed"]


def test_a_plan_of_a_list_asks_for_nothing(web):
    places = outlet(web.host)
    places["/x"] = moved("/1")
    assert len(web.poll(list_of(f"{web.host.url}/1", f"{web.host.url}/x"), is_plan=True).planned) == 2
    assert web.host.log == []


def test_an_early_end_keeps_what_failed_so_far(web):
    places = outlet(web.host)
    places["/0"] = Response(status=500)
    source = feed_at(web.host)
    with closing(iter(LiveReader([source], web.settings, clock=web.clock))) as items:
        for item in items:
            store(web.settings, [item])
            if isinstance(item, Reject):
                break
    places["/0"] = story()
    web.clock.sleep(timedelta(hours=1).total_seconds())
    assert sorted(web.poll(source).documents) == STORIES
