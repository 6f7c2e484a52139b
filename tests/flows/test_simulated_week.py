"""A week of hourly refreshes against four outlets, lived through with a frozen clock.

Items appear, change and vanish; servers fail, ask to be left alone, move and come back. At the end the tables must
hold every item that was visible at two polls, each version once, a row for every failure; and the servers' own logs
must show that no rule of politeness was broken.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from flows.extract.poll.live import LiveReader
from flows.extract.sources import Source
from flows.transform.pool import worker_pool
from warehouse import engine
from warehouse.model import SourceKind

from .extract.fetch.frozen_clock import FrozenClock
from .loopback import Response, article, feed, hosts
from .plain import load_plainly

START = datetime(2026, 11, 2, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLLS = [START + number * HOUR for number in range(7 * 24)]
OUTLETS = ("steady", "failing", "moving", "strict")


def after(hours):
    return START + hours * HOUR


@dataclass(frozen=True)
class Item:
    """One article: in the feed from `appears` until `vanishes`, rewritten at `changes`."""

    path: str
    title: str
    appears: datetime
    vanishes: datetime
    changes: tuple[datetime, ...] = ()

    def is_listed(self, at):
        return self.appears <= at < self.vanishes

    def version(self, at):
        return sum(change <= at for change in self.changes)

    def updated(self, at):
        return max((change for change in self.changes if change <= at), default=None)

    def page(self, at, host):
        text = f"This is version {self.version(at)} of {self.title}, as it stood when somebody asked for it."
        return article(f"{self.title}, edition {self.version(at)}", text, self.appears, host.url + self.path)


def items_of(outlet):
    """Every three hours another one; some for one poll only, some rewritten once or twice while they are listed."""
    listed_hours = (1, 2, 30, 12)
    return [
        Item(
            path=f"/{outlet}/{number}" if number % 9 else f"/private/{outlet}/{number}",
            title=f"{outlet.title()} item {number}",
            appears=(appears := after(3 * number) - timedelta(minutes=20)),
            vanishes=appears + listed_hours[number % 4] * HOUR,
            changes=(appears + 4.5 * HOUR, appears + 9.5 * HOUR) if number % 4 == 2 else (),
        )
        for number in range(1, 52)
    ]


class Outlet:
    """An outlet on a server of its own: a feed, its articles, robots.txt, and the trouble it has at times."""

    robots = "User-agent: *\nDisallow: /private/\n"

    def __init__(self, name, host):
        self.name, self.host = name, host
        self.items = {item.path: item for item in items_of(name)}
        host.answers = self.answer

    def answer(self, path):
        at = self.host.clock.now()
        if path == "/robots.txt":
            return Response(self.robots.encode(), content_type="text/plain")
        return self.trouble(path, at) or self.place(path, at)

    def trouble(self, _path, _at):
        return None

    def is_up(self, at):
        """Whether the feed can be read at all."""
        return self.trouble("/feed", at) is None

    def place(self, path, at):
        if path == "/feed":
            listed = [item for item in self.items.values() if item.is_listed(at)]
            return feed([(self.host.url + item.path, item.title, item.appears, item.updated(at)) for item in listed])
        item = self.items.get(path)
        return item.page(at, self.host) if item and item.appears <= at else None


class Failing(Outlet):
    """Answers with 503 for half a day, cuts its connections for another, and asks to be left alone for two hours."""

    def trouble(self, path, at):
        if after(20) <= at < after(32):
            return Response(status=503)
        if after(50) <= at < after(58):
            return Response(status=0)
        if after(80) <= at < after(90) and path != "/feed":
            return Response(status=500)
        if after(100) <= at < after(102):
            return Response(status=429, headers=(("Retry-After", str(int((after(102) - at).total_seconds()))),))
        return None


class Moving(Outlet):
    """Moves its feed for good and its articles for a while; some of its pages are gone for an hour, one redirects
    to itself."""

    def place(self, path, at):
        if path == "/feed" and at >= after(60):
            return Response(status=301, headers=(("Location", "/new/feed"),))
        if path == "/new/feed":
            return super().place("/feed", at)
        if path.endswith("/7"):
            return Response(status=302, headers=(("Location", path),))
        if path.endswith("/10") and at < after(31):
            return Response(status=404)
        if path in self.items and after(90) <= at < after(110):
            return Response(status=302, headers=(("Location", f"/elsewhere{path}"),))
        return super().place(path.removeprefix("/elsewhere"), at)


class Strict(Outlet):
    """Wants ten seconds between requests."""

    robots = Outlet.robots + "Crawl-delay: 10\n"


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """The outlets after the week, and a connection to what was published of it."""
    from warehouse.settings import Settings

    settings = Settings(root=tmp_path_factory.mktemp("week") / "data", workers=1, fetch_threads=1)
    clock = FrozenClock(START)
    with hosts(4, clock) as servers, worker_pool(1) as workers:
        kinds = (Outlet, Failing, Moving, Strict)
        outlets = {name: kind(name, host) for name, kind, host in zip(OUTLETS, kinds, servers, strict=True)}
        sources = [
            Source(name=name, kind=SourceKind.FEED, location=f"{outlet.host.url}/feed", allow_private=True)
            for name, outlet in outlets.items()
        ]
        states = []
        for poll in POLLS:
            clock.advance_to(poll)
            reader = LiveReader(sources, settings, clock=clock)
            is_last = poll == POLLS[-1]
            load_plainly(reader, settings, flow="refresh", source=None, workers=workers, is_published=is_last)
            states.append(reader.shortfalls)
        with engine.published(settings) as connection:
            yield outlets, connection, states


def polls_with(outlet, item, version=None):
    """The polls at which anybody could see an item, or a version of it, in the outlet's feed."""
    seen = [poll for poll in POLLS if item.is_listed(poll) and outlet.is_up(poll)]
    return [poll for poll in seen if version is None or item.version(poll) == version]


def is_for_us(item):
    return not item.path.startswith("/private/")


def is_reachable(item):
    return is_for_us(item) and not (item.path.startswith("/moving/") and item.path.endswith("/7"))


def test_every_item_that_was_visible_at_two_polls_is_a_document_once(week):
    outlets, connection, _ = week
    rows = connection.execute("select requested_url, count(*) from main.documents group by all").fetchall()
    documents = dict(rows)
    for outlet in outlets.values():
        for item in outlet.items.values():
            if is_reachable(item) and len(polls_with(outlet, item)) >= 2:
                assert documents.get(outlet.host.url + item.path) == 1, item


def test_every_version_is_there_once(week):
    outlets, connection, _ = week
    rows = connection.execute(
        "select requested_url, title, count(*) from main.document_versions group by all"
    ).fetchall()
    assert {count for *_, count in rows} == {1}
    titles = {(url, title) for url, title, _ in rows}
    for name in ("steady", "strict"):
        for item in filter(is_for_us, outlets[name].items.values()):
            for version in range(len(item.changes) + 1):
                expected = (outlets[name].host.url + item.path, f"{item.title}, edition {version}")
                assert expected in titles or len(polls_with(outlets[name], item, version)) < 2


def test_what_robots_txt_disallows_was_never_asked_for_and_is_a_reject(week):
    outlets, connection, _ = week
    denied = connection.execute("select distinct url from main.rejects where reason = 'robots_denied'").fetchall()
    for outlet in outlets.values():
        assert not [path for path in outlet.host.paths() if path.startswith("/private/")]
        for item in outlet.items.values():
            if not is_for_us(item) and polls_with(outlet, item):
                assert (outlet.host.url + item.path,) in denied


def test_every_failure_is_a_row(week):
    outlets, connection, _ = week
    logged = Counter(
        dict(
            connection.execute(
                "select host, sum(request_count) from main.fetches where outcome = 'reject' group by all"
            ).fetchall()
        )
    )
    for outlet in outlets.values():
        key = outlet.host.url.removeprefix("http://")
        failures = sum(
            asked.status in (0, 404, 429, 500, 503)
            for asked in outlet.host.log
            if asked.path.startswith(("/feed", "/new", f"/{outlet.name}"))
        )
        assert logged[key] >= failures
    unexplained = connection.execute(
        "select * from main.fetches anti join main.rejects on fetches.requested_url = rejects.url "
        "and fetches.fetched_at = rejects.rejected_at where outcome = 'reject' and kind <> 'robots'"
    ).fetchall()
    assert unexplained == []


def test_requests_to_a_host_keep_their_distance(week):
    outlets, _, _ = week
    for name, seconds in (("steady", 1), ("failing", 1), ("moving", 1), ("strict", 10)):
        asked = [one for one in outlets[name].host.log if name != "strict" or one.path != "/robots.txt"]
        gaps = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(asked)]
        assert min(gaps) >= seconds
        assert outlets[name].host.most_at_once == 1


def test_a_server_that_asked_to_be_left_alone_was(week):
    outlets, _, _ = week
    refused = [asked for asked in outlets["failing"].host.log if asked.status == 429]
    assert len(refused) == 1
    assert not [asked for asked in outlets["failing"].host.log if refused[0].at < asked.at < after(102)]
    assert [asked for asked in outlets["failing"].host.log if asked.at >= after(102)]


def test_robots_txt_is_asked_for_once_a_day(week):
    outlets, _, _ = week
    for outlet in outlets.values():
        asked = [one for one in outlet.host.log if one.path == "/robots.txt" and one.status in (200, 304)]
        assert 7 <= len(asked) <= 8
        assert min(later.at - earlier.at for earlier, later in pairwise(asked)) >= 24 * HOUR


def test_a_poll_without_news_costs_one_conditional_request(week):
    outlets, _, _ = week
    steady = outlets["steady"]
    for poll in POLLS[1:]:
        asked = [
            one
            for one in steady.host.log
            if poll <= one.at < poll + HOUR and "robots" not in one.path and "known" not in one.path
        ]
        before = {path: item.updated(poll - HOUR) for path, item in steady.items.items() if item.is_listed(poll - HOUR)}
        now = {path: item.updated(poll) for path, item in steady.items.items() if item.is_listed(poll)}
        if before == now:
            assert [(one.path, one.is_conditional, one.status) for one in asked] == [("/feed", True, 304)], poll


def test_a_feed_that_moved_for_good_is_asked_for_where_it_is_now(week):
    outlets, _, _ = week
    polls = [asked for asked in outlets["moving"].host.log if asked.path == "/feed" and asked.at >= after(62)]
    assert len(polls) == 0


def test_the_failing_outlet_made_runs_partial_and_harmed_no_other(week):
    _, _, states = week
    partial = [number for number, shortfalls in enumerate(states) if shortfalls]
    assert set(range(20, 32)) <= set(partial)
    assert not [number for number in partial if number < 20 or number > 104]
