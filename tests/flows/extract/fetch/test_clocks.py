"""The machine's clock can be stopped; a frozen one passes no time of its own."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from flows.extract.fetch.clocks import StoppedError, SystemClock

from .frozen_clock import FrozenClock

START = datetime(2024, 3, 1, 12, tzinfo=UTC)


def test_the_machines_clock_tells_aware_time_that_goes_on():
    clock = SystemClock()
    before = clock.now()
    clock.sleep(0.01)
    assert clock.now() - before >= timedelta(seconds=0.01)
    assert before.tzinfo is UTC


def test_a_negative_wait_is_none():
    SystemClock().sleep(-5)


def test_stopping_wakes_a_sleeper_and_ends_all_later_waiting():
    clock = SystemClock()
    woken = []

    def sleep():
        with pytest.raises(StoppedError):
            clock.sleep(600)
        woken.append(True)

    sleeper = Thread(target=sleep)
    sleeper.start()
    clock.stop()
    sleeper.join(timeout=30)
    assert woken == [True]
    with pytest.raises(StoppedError):
        clock.sleep(0)


def test_a_frozen_clock_moves_only_when_somebody_waits():
    clock = FrozenClock(START)
    assert clock.now() == clock.now() == START
    clock.sleep(90)
    assert clock.now() == START + timedelta(seconds=90)
    clock.advance_to(START)
    assert clock.now() == START + timedelta(seconds=90)
    clock.advance_to(START + timedelta(days=7))
    assert clock.now() == START + timedelta(days=7)


def test_every_thread_has_slept_as_long_as_it_wanted_on_a_frozen_clock():
    clock = FrozenClock(START)
    together = Barrier(8)
    too_short = []

    def sleep():
        together.wait()
        for seconds in (1, 2, 3):
            before = clock.now()
            clock.sleep(seconds)
            if clock.now() < before + timedelta(seconds=seconds):
                too_short.append(seconds)

    threads = [Thread(target=sleep) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert too_short == []
    assert START + timedelta(seconds=6) <= clock.now() <= START + timedelta(seconds=48)


def test_a_stopped_frozen_clock_lets_nobody_wait():
    clock = FrozenClock(START)
    clock.stop()
    with pytest.raises(StoppedError):
        clock.sleep(1)
