"""Turns at a host: never two at once, never too soon, and a server that wants to be left alone is."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.fetch.clocks import StoppedError, SystemClock
from flows.extract.fetch.hosts import LONGEST_ABSENCE, MARGIN, ComeBackLaterError, Hosts, host_key, retry_after

from .frozen_clock import FrozenClock

START = datetime(2024, 3, 1, 12, tzinfo=UTC)
HOST = "news.example.org"

RIVAL = """
import sys, time
from datetime import timedelta
from pathlib import Path
from flows.extract.fetch.clocks import SystemClock
from flows.extract.fetch.hosts import Hosts

folder, log, delay = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
hosts = Hosts(folder, SystemClock())
for _ in range(4):
    with hosts.turn("news.example.org", delay):
        began = time.time()
        time.sleep(0.02)
        with log.open("a") as file:
            file.write(f"{began!r} {time.time()!r}\\n")
"""


@pytest.fixture
def clock():
    return FrozenClock(START)


@pytest.fixture
def hosts(tmp_path, clock):
    return Hosts(tmp_path / ".hosts", clock)


def take(hosts, clock, delay=1.0, host=HOST):
    """A request that takes no time: when it was sent."""
    with hosts.turn(host, delay):
        return clock.now()


def spend(hosts, clock, seconds, *, is_answered=True):
    """A request that takes so long: when it was sent."""
    with hosts.turn(HOST, 1) as turn:
        sent_at = clock.now()
        clock.sleep(seconds)
        turn.is_answered = is_answered
    return sent_at


def records(tmp_path):
    return sorted((tmp_path / ".hosts").glob("*.json"))


class TestDelay:
    def test_the_first_request_waits_for_nothing(self, hosts, clock):
        assert take(hosts, clock) == START

    def test_the_second_is_sent_a_delay_and_the_margin_after_the_first(self, hosts, clock):
        take(hosts, clock, 2.5)
        assert take(hosts, clock, 2.5) == START + timedelta(seconds=2.5) + MARGIN

    def test_the_delay_runs_from_start_to_start_whatever_the_request_took(self, hosts, clock):
        with hosts.turn(HOST, 1):
            clock.sleep(0.75)
        assert take(hosts, clock) == START + timedelta(seconds=1) + MARGIN

    def test_connecting_is_no_part_of_the_delay(self, hosts, clock):
        with hosts.turn(HOST, 1) as turn:
            clock.sleep(0.5)
            turn.sent_after = 0.5
        assert take(hosts, clock) == START + timedelta(seconds=1.5) + MARGIN

    def test_a_request_that_took_longer_than_others_counts_from_when_it_may_have_been_there(self, hosts, clock):
        spend(hosts, clock, 0.25)
        slow = spend(hosts, clock, 0.875)
        usual = spend(hosts, clock, 0.25)
        assert usual == slow + timedelta(seconds=1 + 0.875 - 0.25) + MARGIN
        assert take(hosts, clock) == usual + timedelta(seconds=1) + MARGIN

    def test_one_without_an_answer_tells_nothing_of_how_fast_a_server_is(self, hosts, clock):
        spend(hosts, clock, 0, is_answered=False)
        first = spend(hosts, clock, 0.25)
        assert take(hosts, clock) == first + timedelta(seconds=1) + MARGIN

    def test_how_fast_a_server_is_says_nothing_of_another(self, hosts, clock):
        take(hosts, clock, host="other.example.org")
        first = spend(hosts, clock, 0.25)
        assert take(hosts, clock) == first + timedelta(seconds=1) + MARGIN

    def test_whoever_comes_late_waits_for_nothing(self, hosts, clock):
        take(hosts, clock)
        clock.sleep(5)
        assert take(hosts, clock) == START + timedelta(seconds=5)

    def test_hosts_do_not_wait_for_each_other(self, hosts, clock):
        take(hosts, clock, 30)
        assert take(hosts, clock, 30, "other.example.org") == START

    def test_a_new_run_keeps_the_delay_of_the_last(self, hosts, clock, tmp_path):
        take(hosts, clock, 3)
        later = Hosts(tmp_path / ".hosts", clock)
        assert take(later, clock, 3) == START + timedelta(seconds=3) + MARGIN

    def test_a_long_delay_is_waited_for_whatever_the_patience(self, clock, tmp_path):
        hosts = Hosts(tmp_path, clock, patience_seconds=1)
        take(hosts, clock, 600)
        assert take(hosts, clock, 600) == START + timedelta(seconds=600) + MARGIN

    def test_a_request_that_broke_counts_as_one(self, hosts, clock):
        with pytest.raises(ZeroDivisionError), hosts.turn(HOST, 1):
            raise ZeroDivisionError
        assert take(hosts, clock) == START + timedelta(seconds=1) + MARGIN

    def test_a_turn_that_never_ended_counts_as_one(self, hosts, clock, tmp_path):
        with hosts.turn(HOST, 1):
            # What a process killed here leaves behind.
            left = records(tmp_path)[0].read_bytes()
        records(tmp_path)[0].write_bytes(left)
        assert take(hosts, clock) == START + timedelta(seconds=1) + MARGIN

    def test_a_negative_delay_is_none(self, hosts, clock):
        take(hosts, clock, -5)
        assert take(hosts, clock, -5) == START + MARGIN

    def test_a_clock_that_was_set_back_costs_one_delay(self, hosts, clock, tmp_path):
        clock.sleep(3600)
        take(hosts, clock, 2)
        earlier = FrozenClock(START)
        assert take(Hosts(tmp_path / ".hosts", earlier), earlier, 2) == START + timedelta(seconds=2) + MARGIN


class TestComeBack:
    def test_no_request_before_the_moment_the_server_named(self, hosts, clock):
        with hosts.turn(HOST, 1) as turn:
            turn.come_back_at(START + timedelta(seconds=45))
        assert take(hosts, clock) == START + timedelta(seconds=45)

    def test_a_new_run_keeps_to_it_too(self, hosts, clock, tmp_path):
        with hosts.turn(HOST, 1) as turn:
            turn.come_back_at(START + timedelta(minutes=30))
        later = Hosts(tmp_path / ".hosts", clock)
        with pytest.raises(ComeBackLaterError) as raised:
            take(later, clock)
        assert (raised.value.host, raised.value.at) == (HOST, START + timedelta(minutes=30))
        assert raised.value.why in str(raised.value)
        assert "news.example.org is not to be asked before 2024-03-01T12:30:00+00:00" in str(raised.value)
        assert clock.now() == START
        clock.sleep(1800)
        assert take(later, clock) == START + timedelta(minutes=30)

    def test_it_is_forgotten_after_the_next_request(self, hosts, clock):
        with hosts.turn(HOST, 1) as turn:
            turn.come_back_at(START + timedelta(seconds=45))
        take(hosts, clock)
        assert take(hosts, clock) == START + timedelta(seconds=46) + MARGIN

    def test_patience_is_what_a_run_waits(self, clock, tmp_path):
        hosts = Hosts(tmp_path, clock, patience_seconds=10)
        with hosts.turn(HOST, 1) as turn:
            turn.come_back_at(START + timedelta(seconds=10))
        assert take(hosts, clock) == START + timedelta(seconds=10)
        with hosts.turn(HOST, 1) as turn:
            turn.come_back_at(clock.now() + timedelta(seconds=10.5))
        with pytest.raises(ComeBackLaterError):
            take(hosts, clock)

    def test_nobody_is_kept_away_for_more_than_a_day(self, hosts, clock):
        with hosts.turn(HOST, 1) as turn:
            turn.come_back_at(START + timedelta(days=400))
        with pytest.raises(ComeBackLaterError) as raised:
            take(hosts, clock)
        assert raised.value.at == START + LONGEST_ABSENCE


class TestRecord:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"\xff\xfe\x00",
            b'{"sent_at": 12, "not_before": null}',
            b'{"sent_at": "yesterday", "not_before": null}',
            b'{"sent_at": "0001-01-01T00:00:00+14:00", "not_before": null}',
            b"[" * 100_000,
        ],
    )
    def test_a_broken_record_is_taken_as_none_and_mended(self, hosts, clock, tmp_path, content):
        take(hosts, clock)
        records(tmp_path)[0].write_bytes(content)
        assert take(hosts, clock) == START
        records(tmp_path)[0].write_bytes(records(tmp_path)[0].read_bytes()[:256])
        assert take(hosts, clock) == START + timedelta(seconds=1) + MARGIN

    def test_an_absurd_record_keeps_us_away_for_a_day_at_most(self, hosts, clock, tmp_path):
        take(hosts, clock)
        absurd = b'{"sent_at": "9999-12-31T23:59:59+00:00", "not_before": "9999-12-31T23:59:59+00:00"}'
        records(tmp_path)[0].write_bytes(absurd)
        with pytest.raises(ComeBackLaterError) as raised:
            take(hosts, clock)
        assert raised.value.at == START + LONGEST_ABSENCE

    @pytest.mark.parametrize(
        "host", ["[2001:db8::1]:8080", "../../etc", "", "x" * 5000, "köln.example", "a/b\\c:d", "\ud800", ".", "CON"]
    )
    def test_every_host_has_a_file_of_its_own_in_the_folder(self, hosts, clock, tmp_path, host):
        take(hosts, clock, host=host)
        assert take(hosts, clock, host=host) == START + timedelta(seconds=1) + MARGIN
        assert len(records(tmp_path)) == 1
        assert {path.parent for path in tmp_path.rglob("*") if path.is_file()} == {tmp_path / ".hosts"}

    def test_hosts_that_look_alike_have_files_of_their_own(self, hosts, clock, tmp_path):
        for host in ("a:1", "a_1", "x" * 100 + "1", "x" * 100 + "2"):
            assert take(hosts, clock, host=host) == START
        assert len(records(tmp_path)) == 4


class TestRivals:
    def test_threads_never_overlap_and_keep_the_delay(self, tmp_path):
        clock = FrozenClock(START)
        hosts = [Hosts(tmp_path, clock), Hosts(tmp_path, clock)]
        inside, overlaps, sent = [], [], []

        def work(mine):
            for _ in range(10):
                with mine.turn(HOST, 2):
                    overlaps.extend(inside)
                    inside.append(1)
                    # The moment that the turn counts from: rivals who wait move the clock on meanwhile.
                    (record,) = tmp_path.glob("*.json")
                    sent.append(datetime.fromisoformat(json.loads(record.read_bytes())["sent_at"]))
                    clock.sleep(0.25)
                    inside.pop()

        # Two with one object, two with another: the file between them is as it is between processes.
        threads = [Thread(target=work, args=(hosts[number % 2],)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert overlaps == []
        assert len(sent) == 40
        assert min(b - a for a, b in pairwise(sent)) >= timedelta(seconds=2) + MARGIN

    def test_processes_never_overlap_and_keep_the_delay(self, tmp_path):
        log = tmp_path / "log"
        arguments = [sys.executable, "-c", RIVAL, str(tmp_path / "hosts"), str(log), "0.25"]
        rivals = [subprocess.Popen(arguments) for _ in range(2)]
        assert [rival.wait(timeout=120) for rival in rivals] == [0, 0]
        spans = sorted(tuple(map(float, line.split())) for line in log.read_text().splitlines())
        assert len(spans) == 8
        # What is logged is a little later than the moment a turn counts from, more so on a busy machine.
        for (began, ended), (next_began, _) in pairwise(spans):
            assert next_began >= ended
            assert next_began - began >= 0.15

    def test_whoever_waits_for_a_moment_holds_no_lock(self, tmp_path):
        waiting = Event()

        class Waiter(FrozenClock):
            def sleep(self, seconds):
                if seconds and not waiting.is_set():
                    assert take(Hosts(tmp_path, later), later) == START + timedelta(minutes=1)
                    waiting.set()
                super().sleep(seconds)

        # The rival's clock is a minute ahead, so that it need not wait for the same moment.
        clock, later = Waiter(START), FrozenClock(START + timedelta(minutes=1))
        hosts = Hosts(tmp_path, clock)
        take(hosts, clock)
        take(hosts, clock)
        assert waiting.is_set()

    @pytest.mark.parametrize("is_same_object", [True, False], ids=["thread", "process"])
    def test_whoever_waits_for_anothers_request_can_be_stopped(self, tmp_path, is_same_object):
        clock = SystemClock()
        hosts = Hosts(tmp_path, clock)
        rival = hosts if is_same_object else Hosts(tmp_path, clock)
        stopped = []

        def wait():
            with pytest.raises(StoppedError), rival.turn(HOST, 0):
                pass
            stopped.append(True)

        with hosts.turn(HOST, 0):
            waiter = Thread(target=wait)
            waiter.start()
            clock.stop()
            waiter.join(timeout=30)
            assert stopped == [True]

    def test_whoever_waits_for_the_delay_can_be_stopped_and_leaves_the_host_free(self, tmp_path):
        clock = SystemClock()
        hosts = Hosts(tmp_path, clock)
        take(hosts, clock, 0)
        clock.stop()
        with pytest.raises(StoppedError):
            take(hosts, clock, 600)
        assert take(Hosts(tmp_path, SystemClock()), SystemClock(), 0)


class TestHostKey:
    @pytest.mark.parametrize(
        ("url", "host"),
        [
            ("https://News.Example.org/a", "news.example.org"),
            ("http://news.example.org:80/a", "news.example.org"),
            ("https://news.example.org:443/a", "news.example.org"),
            ("http://user:secret@news.example.org./a", "news.example.org"),
            ("http://127.0.0.1:8080/", "127.0.0.1:8080"),
            ("http://[2001:DB8::1]:8080/", "[2001:db8::1]:8080"),
            ("https://köln.example/", "xn--kln-sna.example"),
            ("/a/b", ""),
            ("mailto:a@example.org", ""),
            ("", ""),
        ],
    )
    def test_one_key_for_a_server(self, url, host):
        assert host_key(url) == host

    @given(st.text() | st.text().map("http://{}".format))
    def test_it_is_total(self, url):
        assert isinstance(host_key(url), str)


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("value", "seconds"),
        [
            ("0", 0),
            ("120", 120),
            (" 120 ", 120),
            ("1.5", 1.5),
            ("99999999", 86400),
            ("9" * 5000, 86400),
            ("Fri, 01 Mar 2024 12:02:00 GMT", 120),
            ("Friday, 01-Mar-24 12:02:00 GMT", 120),
            ("Fri Mar  1 12:02:00 2024", 120),
            ("Fri, 01 Mar 2024 14:02:00 +0200", 120),
            ("Fri, 01 Mar 2024 11:00:00 GMT", 0),
            ("Sat, 01 Mar 2025 11:00:00 GMT", 86400),
        ],
    )
    def test_both_forms_are_understood(self, value, seconds):
        assert retry_after(value, START) == START + timedelta(seconds=seconds)

    @pytest.mark.parametrize(
        "value", [None, "", "soon", "-5", "1e3", "nan", "٣", "Fri, 99 Mar 2024 12:02:00 GMT", "12 s"]
    )
    def test_garbage_is_none(self, value):
        assert retry_after(value, START) is None

    @given(st.text())
    def test_it_is_total_and_within_a_day(self, value):
        at = retry_after(value, START)
        assert at is None or START <= at <= START + LONGEST_ABSENCE
