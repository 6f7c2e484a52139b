"""The workers' pool: whatever a page does to its worker, every page gets its answer, and no process stays behind."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from pickle import PicklingError

import pytest

from flows.transform import keeper
from flows.transform.limits import FULL
from flows.transform.pool import CHUNK_PAGES, worker_pool
from flows.transform.worker import Allowance
from tests.flows.processes import all_end, processes
from tests.flows.transform.deadly import broken, page, work
from warehouse.model import Reason, SiteRules

STRICT = Allowance(cpu_seconds=0.3, clock_seconds=3.0, memory_bytes=100_000_000)
PATIENT = Allowance(cpu_seconds=600, clock_seconds=600, memory_bytes=100_000_000)
LIMIT, FAILED = Reason.RESOURCE_LIMIT, Reason.EXTRACTOR_FAILED


def _worked(done, page):
    return done(page, None, FULL)


@pytest.fixture(scope="module")
def pool():
    with worker_pool(2, STRICT, work) as started:
        yield started


def answered(pool, pages):
    """The pool's answers, after a look at whether they are those of the pages in their order."""
    answers = list(pool.transform(pages, {}))
    assert [answer.page_id for answer in answers] == [one.page_id for one in pages]
    return answers


def live(answers):
    """The answers of pages that no worker died of."""
    return [answer for answer in answers if answer.reason is Reason.NO_TEXT]


@pytest.mark.parametrize(
    ("deed", "reason", "said"),
    [
        ("segfault", FAILED, "crashed (SIGSEGV)"),
        ("kill", LIMIT, "killed from outside (SIGKILL)"),
        ("leave", FAILED, "ended with status 3"),
        ("exit_politely", FAILED, "ended with status 4"),
        ("loop", LIMIT, "over 0.3 s of processor time"),
        ("backtrack", LIMIT, "over 0.3 s of processor time"),
        ("eat", LIMIT, "over 100 MB of memory"),
        ("eat_at_once", LIMIT, "over 100 MB of memory"),
        ("unpicklable", FAILED, "ended with status 1"),
    ],
)
def test_a_page_that_ends_its_worker_twice_is_a_reject_that_says_how(pool, deed, reason, said):
    answers = answered(pool, [page(0), page(1, deed), page(2)])
    assert answers[1].reason is reason
    assert answers[1].detail == f"its worker died: {said}; and again by the cheap way: {said}"
    assert len(live(answers)) == 2


def test_a_page_that_waits_for_something_ends_by_the_clock():
    with worker_pool(1, replace(STRICT, clock_seconds=0.3), work) as impatient:
        answers = answered(impatient, [page(0, "sleep"), page(1)])
    assert answers[0].reason is LIMIT
    assert answers[0].detail.startswith("its worker died: over 0.3 s by the clock;")
    assert len(live(answers)) == 1


def test_a_page_that_dies_of_the_usual_way_is_read_the_cheap_way(pool):
    answers = answered(pool, [page(0), page(1, "loop-unless-cheap"), page(2)])
    assert [answer.detail.split()[1] for answer in answers] == ["full", "cheap", "full"]


def test_pages_that_die_harm_none_of_their_neighbours(pool):
    chance = random.Random(7)
    deeds = ["segfault", "loop", "eat", "kill", "leave", "segfault-unless-cheap"] * 2
    places = dict(zip(chance.sample(range(200), len(deeds)), deeds, strict=True))
    pages = [page(number, places.get(number, "live")) for number in range(200)]
    answers = answered(pool, pages)
    dead = {number for number, answer in enumerate(answers) if answer.reason is not Reason.NO_TEXT}
    assert dead == {number for number, deed in places.items() if not deed.endswith("cheap")}


@pytest.mark.parametrize("place", [0, CHUNK_PAGES - 1, CHUNK_PAGES, 2 * CHUNK_PAGES])
def test_it_does_not_matter_where_in_a_chunk_a_page_dies(pool, place):
    pages = [page(number, "leave" if number == place else "live") for number in range(2 * CHUNK_PAGES + 1)]
    answers = answered(pool, pages)
    assert [number for number, answer in enumerate(answers) if answer.reason is FAILED] == [place]


def test_a_page_that_was_answered_before_a_neighbour_died_is_not_done_again(pool):
    answers = answered(pool, [*map(page, range(5)), page(5, "leave"), *map(page, range(6, 10))])
    processes = [answer.detail.split()[0] for answer in live(answers)]
    before, after = processes[:5], processes[5:]
    assert len(set(before)) == len(set(after)) == 1
    assert before[0] != after[0]


def test_all_workers_may_die_at_once_and_each_death_is_told_rightly(monkeypatch):
    monkeypatch.setattr("flows.transform.pool.CHUNK_PAGES", 1)
    with worker_pool(4, STRICT, work) as pool:
        answers = answered(pool, [page(number, "segfault") for number in range(12)])
    assert [answer.detail.count("SIGSEGV") for answer in answers] == [2] * 12


def test_a_worker_that_dies_between_pages_is_no_page_s_fault(pool):
    process = int(live(answered(pool, [page(0)]))[0].detail.split()[0])
    os.kill(process, signal.SIGKILL)
    while Path(f"/proc/{process}").exists():
        time.sleep(0.01)
    answers = answered(pool, [page(number) for number in range(3 * CHUNK_PAGES)])
    assert {answer.detail.split()[1] for answer in answers} == {"full"}


def test_answers_larger_than_a_pipe_and_pages_larger_than_a_pipe_pass(pool):
    pages = [replace(page(number, "large"), body=f"{number} large ".encode() + bytes(3_000_000)) for number in range(5)]
    assert [len(answer) for answer in pool.transform(pages, {})] == [5_000_000] * 5


def test_the_memory_of_a_page_is_its_own_and_not_that_of_those_before_it():
    with worker_pool(1, replace(STRICT, memory_bytes=60_000_000), work) as pool:
        pages = [replace(page(number), body=f"{number} live ".encode() + bytes(20_000_000)) for number in range(10)]
        assert len(live(answered(pool, pages))) == 10


def test_rules_reach_the_pages_of_their_site(pool):
    rules = {
        "example.org": SiteRules(site="example.org", rules_version=3),
        "example.net": SiteRules(site="example.net", rules_version=1),
    }
    other = replace(page(1), site="example.com")
    answers = list(pool.transform([page(0), other, page(2, "leave-unless-cheap"), page(3)], rules))
    assert [answer.detail.split()[2] for answer in answers] == ["3", "0", "3", "3"]


def test_workers_are_replaced_after_some_pages_and_nothing_is_lost(monkeypatch):
    monkeypatch.setattr(keeper, "PAGES_OF_A_WORKER", 2 * CHUNK_PAGES)
    with worker_pool(1, STRICT, work) as pool:
        answers = answered(pool, [page(number) for number in range(6 * CHUNK_PAGES)])
    assert len({answer.detail.split()[0] for answer in answers}) == 3


def test_a_worker_that_is_let_go_goes_though_another_process_holds_its_connection_too(monkeypatch):
    made, copies = socket.socketpair, []

    def copied():
        ours, theirs = made()
        # As in a process that was forked from this one meanwhile.
        copies.append(ours.dup())
        return ours, theirs

    monkeypatch.setattr(socket, "socketpair", copied)
    worker = keeper.Keeper(PATIENT).start()
    assert worker.exit_code() == 0
    copies[0].close()


def test_two_threads_may_use_one_pool(pool):
    def shard(first):
        pages = [page(number, "leave" if number % 50 == 49 else "live") for number in range(first, first + 150)]
        return [answer.reason for answer in answered(pool, pages)].count(FAILED)

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(shard, (0, 150))) == [3, 3]


def test_results_that_nobody_wants_any_more_do_not_keep_the_pool_from_work(pool):
    abandoned = pool.transform([page(number) for number in range(100)], {})
    next(abandoned)
    del abandoned
    assert len(live(answered(pool, [page(0)]))) == 1


def test_work_that_cannot_be_sent_raises_and_does_not_wait():
    with worker_pool(1, STRICT, lambda page, rules, limits: None) as pool:  # noqa: ARG005 - the signature of work
        answers = pool.transform([page(0)], {})
        with pytest.raises((AttributeError, PicklingError), match="lambda"):
            next(answers)


def test_a_worker_that_cannot_start_stops_the_run_and_is_no_page_s_fault(monkeypatch):
    monkeypatch.setattr(keeper, "serve", os.abort)
    with pytest.raises(RuntimeError, match="a worker process could not start: "), worker_pool(1, STRICT, work):
        pass


def test_work_that_always_raises_ends_every_page_and_not_the_run():
    with worker_pool(1, STRICT, broken) as pool:
        assert {answer.reason for answer in answered(pool, [page(0), page(1)])} == {FAILED}


def test_a_pool_that_is_closed_ends_workers_that_are_stuck():
    ended = threading.Event()

    def cancelled():
        with suppress(KeyboardInterrupt), worker_pool(2, PATIENT, work) as pool:
            pool.transform([page(0, "backtrack"), page(1), *(page(number, "sleep") for number in range(2, 100))], {})
            time.sleep(0.5)
            raise KeyboardInterrupt
        ended.set()

    threading.Thread(target=cancelled, daemon=True).start()
    assert ended.wait(30)


def test_a_page_whose_worker_is_killed_by_the_closing_of_the_pool_has_no_end_from_it():
    held = keeper.Keeper(PATIENT)
    held.start()
    threading.Timer(0.5, held.kill).start()
    with pytest.raises(keeper.PoolClosedError):
        held.answers(partial(_worked, work), [page(0, "sleep")])


# Its fork server settles signals as the real one does, and loads no extractor: that would be most of the time.
PROGRAM = """
import sys
from flows.transform import keeper
from flows.transform.pool import worker_pool
from flows.transform.worker import Allowance
from tests.flows.transform.deadly import page, work

keeper.PRELOADED = ["flows.transform.fork_server"]
entered = worker_pool(2, Allowance(cpu_seconds=600, clock_seconds=600), work)
pool = entered.__enter__()
answers = pool.transform([page(number, sys.argv[1]) for number in range(40)], {})
if sys.argv[1] == "live":
    print([answer.detail for answer in answers][-1], flush=True)
else:
    print("begun", flush=True)
    next(answers)
"""


def started(mark, deed):
    """A program with a pool of two workers, known by a variable of its environment; it has said something."""
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, deed],
        env={**os.environ, "BROADSHEET_ROOT": str(mark)},
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert program.stdout.readline()
    return program


@pytest.mark.parametrize("deed", ["backtrack", "sleep", "loop"])
def test_a_killed_program_leaves_no_process_even_where_its_workers_are_stuck(tmp_path, deed):
    program = started(tmp_path, deed)
    assert len(processes(tmp_path)) >= 4
    program.kill()
    program.communicate()
    assert all_end(tmp_path)


def test_a_signal_to_all_its_processes_is_the_program_s_to_handle(tmp_path):
    program = started(tmp_path, "sleep")
    others = set(processes(tmp_path)) - {program.pid}
    for signum in (signal.SIGINT, signal.SIGTERM):
        for process in others:
            os.kill(process, signum)
    time.sleep(0.3)
    assert others <= set(processes(tmp_path))
    program.kill()
    program.communicate()
    assert all_end(tmp_path)


def test_a_program_that_forgets_its_pool_ends_all_the_same(tmp_path):
    program = started(tmp_path, "live")
    program.communicate(timeout=30)
    assert program.returncode == 0
    assert all_end(tmp_path)
