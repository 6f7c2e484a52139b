"""Trouble with hosts: what is tried again, who is left alone and for how long, and that nobody else is harmed."""

import socket
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from flows.extract.fetch.asking import Asking
from flows.extract.fetch.hosts import Hosts
from flows.extract.fetch.http import Failure, Request
from tests.flows.extract.fetch.frozen_clock import FrozenClock
from tests.flows.extract.fetch.torture import resetting, saying_once, serving, stand_in_names
from tests.flows.extract.poll.polling import HOUR, START, list_of, serve, story
from tests.flows.loopback import Response, http_date
from warehouse.model import Outcome, Reason

STORIES = [f"/{number}" for number in range(6)]


def all_of(host, **wishes):
    return list_of(*(host.url + path for path in STORIES), **wishes)


@pytest.fixture
def places(web):
    return serve(web.host, {path: story(path) for path in STORIES})


def too_many(after=None, status=429):
    return Response(status=status, headers=(("Retry-After", after),) if after else ())


def gap_after(host, status):
    """Seconds between the first answer of that status and the next request."""
    at = next(number for number, asked in enumerate(host.log) if asked.status == status)
    return (host.log[at + 1].at - host.log[at].at).total_seconds()


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_short_retry_after_is_waited_for(web, places, status, form):
    moment = http_date(web.clock.now() + timedelta(seconds=50))
    places["/1"] = too_many("40" if form == "seconds" else moment, status)
    polled = web.poll(all_of(web.host))
    assert gap_after(web.host, status) >= 40
    assert list(polled.documents) == ["/0", *STORIES[2:]]
    assert not polled.shortfalls


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_long_retry_after_leaves_the_rest_of_the_host_to_a_later_run(web, places, status, form):
    wanted = web.clock.now() + 2.5 * HOUR
    places["/1"] = too_many("9000" if form == "seconds" else http_date(wanted), status)
    polled = web.poll(all_of(web.host))
    assert list(polled.documents) == ["/0"]
    assert len(polled.rejects) == 5
    assert {reject.reason for reject in polled.rejects} == {Reason.HTTP_STATUS}
    assert len([reject for reject in polled.rejects if reject.detail.startswith("not asked: ")]) == 4
    assert len(polled.shortfalls) == 1
    places["/1"] = story()
    web.host.log.clear()
    while web.clock.now() < wanted:
        assert len(web.poll(all_of(web.host)).shortfalls) == 1
    assert web.host.log == []
    later = [web.poll(all_of(web.host)) for _ in range(8)]
    assert sorted(path for polled in later for path in polled.documents) == STORIES[1:]
    assert min(asked.at for asked in web.host.log) >= wanted


def test_a_host_that_says_for_ever_is_asked_again_after_a_day(web, places):
    places["/0"] = too_many("99999999999")
    web.poll(all_of(web.host))
    web.host.log.clear()
    web.clock.sleep(24 * 3600)
    places["/0"] = story()
    assert web.poll(all_of(web.host)).documents


@pytest.mark.parametrize("after", ["soon", "-5", "Wed, 99 Nov 2026 00:00:00 GMT", ""])
def test_a_retry_after_that_is_not_understood_is_half_a_minute(web, places, after):
    places["/1"] = too_many(after)
    polled = web.poll(all_of(web.host))
    assert 30 <= gap_after(web.host, 429) <= 35
    assert len(polled.documents) == 5


def test_a_moment_that_has_passed_is_now(web, places):
    places["/1"] = too_many(http_date(web.clock.now() - HOUR))
    web.poll(all_of(web.host))
    assert gap_after(web.host, 429) < 5


def test_a_host_that_is_left_alone_harms_no_other(web, places):
    serve(web.hosts[1], {path: story(path) for path in STORIES})
    places["/0"] = too_many("86400")
    polled = web.poll(all_of(web.host), all_of(web.hosts[1], name="other"))
    assert len(polled.documents) == 6
    assert len(polled.rejects) == 6


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_fault_is_tried_three_times_with_growing_pauses(web, places, status):
    places["/1"] = Response(status=status)
    polled = web.poll(all_of(web.host))
    tries = [asked for asked in web.host.log if asked.path == "/1"]
    assert len(tries) == 3
    assert (tries[2].at - tries[1].at) > (tries[1].at - tries[0].at) >= timedelta(seconds=2)
    assert len(polled.documents) == 5
    (fetch,) = [fetch for fetch in polled.fetches if fetch.requested_url.endswith("/1")]
    assert (fetch.outcome, fetch.request_count) == (Outcome.REJECT, 3)


def test_a_fault_that_passes_is_no_reject(web):
    counts = Counter()

    def answers(path):
        counts[path] += 1
        return Response(status=500 if counts[path] < 3 else 404) if "robots" in path or counts[path] < 3 else story()

    web.host.answers = answers
    polled = web.poll(list_of(f"{web.host.url}/1"))
    assert list(polled.documents) == ["/1"]
    assert {fetch.request_count for fetch in polled.fetches} == {3}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_what_the_server_is_sure_of_is_asked_once(web, places, status):
    places["/1"] = Response(status=status)
    polled = web.poll(all_of(web.host))
    assert Counter(web.host.paths())["/1"] == 1
    assert polled.reasons == {"/1": Reason.NOT_FOUND if status in (404, 410) else Reason.HTTP_STATUS}


@pytest.mark.parametrize("status", [429, 500, 0])
def test_a_host_is_given_up_after_three_addresses_in_a_row(web, places, status):
    serve(web.hosts[1], {path: story(path) for path in STORIES})
    places |= dict.fromkeys(STORIES[1:], Response(status=status))
    polled = web.poll(all_of(web.host), all_of(web.hosts[1], name="other"))
    assert set(web.host.paths()) & set(STORIES) == set(STORIES[:4])
    assert len(polled.rejects) == 5
    assert [reject.detail.startswith("not asked: ") for reject in polled.rejects] == [False] * 3 + [True] * 2
    assert len([page for page in polled.pages if page.url.startswith(web.hosts[1].url)]) == 6
    (shortfall,) = polled.shortfalls
    assert "failed for 3 addresses in a row" in shortfall


def test_faults_with_an_answer_between_them_do_not_give_a_host_up(web, places):
    places |= {path: Response(status=500) for path in ("/0", "/1", "/3", "/4")}
    assert len(web.poll(all_of(web.host)).documents) == 2


def test_a_host_that_was_given_up_is_asked_in_the_next_run(web, places):
    down = dict.fromkeys(STORIES, Response(status=500))
    up = dict(places)
    places |= down
    web.poll(all_of(web.host))
    places |= up
    assert sorted(web.poll(all_of(web.host)).documents) == STORIES


@pytest.mark.usefixtures("places")
def test_nobody_listening_and_no_such_name_are_unreachable(web, monkeypatch):
    names = stand_in_names(monkeypatch)
    names.answers["gone.example"] = [socket.gaierror(socket.EAI_NONAME, "Name or service not known")]
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    urls = [f"http://{host}/{number}" for host in (f"127.0.0.1:{port}", "gone.example") for number in range(5)]
    polled = web.poll(list_of(*urls, name="dead"), all_of(web.host))
    assert len(polled.documents) == 6
    assert Counter(reject.reason for reject in polled.rejects) == {Reason.UNREACHABLE: 10}
    assert len(names.asked) <= 9


@pytest.mark.parametrize("behaviour", [resetting, saying_once(b"SSH-2.0-OpenSSH_9.6\r\n"), saying_once(b"")])
def test_a_server_that_speaks_no_http_is_a_reject(web, behaviour):
    with serving(behaviour) as server:
        polled = web.poll(list_of(f"{server.url}a"))
    (reject,) = polled.rejects
    assert reject.reason in (Reason.UNREACHABLE, Reason.MALFORMED_INPUT)


def test_a_request_waits_for_the_delay_after_a_failed_one_too(web, places):
    places["/1"] = Response(status=500)
    web.poll(all_of(web.host, delay_seconds=6))
    times = [asked.at for asked in web.host.log if asked.path in STORIES]
    assert min((later - earlier).total_seconds() for earlier, later in pairwise(times)) >= 6


class Down:
    """Stands in for Http: no request gets an answer."""

    def get(self, _request):
        return Failure(reason=Reason.UNREACHABLE, detail="down", is_transient=True, received_bytes=7)


def test_tries_that_were_sent_before_a_host_was_given_up_are_counted(tmp_path):
    class Clock(FrozenClock):
        meanwhile = None

        def sleep(self, seconds):
            meanwhile, self.meanwhile = self.meanwhile, None
            if meanwhile:
                meanwhile()
            super().sleep(seconds)

    clock = Clock(START)
    asking = Asking(Down(), Hosts(tmp_path, clock), clock)
    requests = [Request(url=f"https://news.example.org/{number}") for number in range(5)]
    for request in requests[:2]:
        asking.ask(request, 0)
        clock.sleep(1)
    # While this address waits for its second try, another thread's is the third that fails in a row.
    clock.meanwhile = lambda: asking.ask(requests[2], 0)
    asked = asking.ask(requests[3], 0)
    assert (asked.outcome.detail, asked.request_count, asked.received_bytes) == ("down", 1, 7)
    last = asking.ask(requests[4], 0)
    assert (last.request_count, last.outcome.reason) == (0, Reason.UNREACHABLE)
    assert "the last: down" in last.outcome.detail
