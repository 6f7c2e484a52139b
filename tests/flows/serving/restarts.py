"""Ways in which a server ends in mid-run, and what must hold afterwards."""

import os
import signal
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

from flows.extract.fetch.clocks import SystemClock
from tests.flows.loopback import article, feed, hosts
from tests.flows.processes import all_end, processes
from tests.flows.serving.served import FINAL, serving

PUBLISHED = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def by_interruption(served, _):
    os.killpg(served.process.pid, signal.SIGINT)


def by_termination(served, _):
    served.process.terminate()


def by_termination_of_all(served, _):
    os.killpg(served.process.pid, signal.SIGTERM)


def by_a_closed_terminal(served, _):
    os.killpg(served.process.pid, signal.SIGHUP)


def killed(*order):
    """Kills after which nobody can tell anybody anything, one right after the other."""

    def kill(served, run_id):
        who = {
            "server": server_process(served.root),
            "runner": served.process.pid,
            "flow": flow_process(served.root, run_id),
        }
        for name in order:
            os.kill(who[name], signal.SIGKILL)

    kill.__name__ = f"killed_{'_'.join(order)}"
    return kill


SIGNALS = [by_interruption, by_termination, by_termination_of_all, by_a_closed_terminal]
SINGLE_KILLS = [killed("server"), killed("runner")]
KILLS = [killed(*order) for order in permutations(("server", "runner", "flow"))]


def survive(ways, root, port, sources):
    """Ends a server in each of the ways while a refresh runs, and starts it again: the next refresh must go on."""
    old = None
    for end in ways:
        with serving(root, port, **sources) as served:
            if old:
                check_that_it_goes_on(served, old)
            old = served.start_run("refresh", max_pages=1000)
            served.wait(old, "RUNNING")
            assert served.wait_for((root / ".prefect" / "processes" / f"{old}.lock").exists)
            end(served, old)
            served.process.communicate(timeout=180)
            assert all_end(root, seconds=60), (end.__name__, [_told(pid, "cmdline") for pid in processes(root)])
        if end in SIGNALS:
            assert served.process.returncode in {0, -signal.SIGTERM}, end.__name__
            assert not (root / ".prefect" / "api-url").exists(), end.__name__
    with serving(root, port, **sources) as served:
        check_that_it_goes_on(served, old)


def check_that_it_goes_on(served, old):
    state = served.wait(old, *FINAL)
    assert state["type"] in {"CRASHED", "CANCELLED"}, state
    state = served.wait(served.start_run("refresh", max_pages=1), *FINAL)
    assert state["type"] == "COMPLETED", state
    assert served.deployment("refresh")["global_concurrency_limit"]["active_slots"] == 0


@contextmanager
def endless_sources(folder):
    """An environment with a source whose pages take half a second each, and have no end within a test."""
    pages = {f"/{number}": article(f"Article {number}", f"It says {number}.", PUBLISHED) for number in range(1000)}
    listed = feed([(path, f"Article {path}", PUBLISHED, None) for path in pages])

    def answers(path):
        time.sleep(0.5 * (path in pages))
        return listed if path == "/feed" else pages.get(path)

    with hosts(1, SystemClock()) as (host,):
        host.answers = answers
        file = folder / "sources.toml"
        file.write_text(
            f'[[sources]]\nname = "slow"\nkind = "feed"\nlocation = "{host.url}/feed"\n'
            "allow_private = true\ndelay_seconds = 0\n"
        )
        yield {"BROADSHEET_SOURCES": str(file)}


def flow_process(root, run_id):
    """The process of a run: the eldest of those that are told its id."""
    wanted = f"PREFECT__FLOW_RUN_ID={run_id}".encode()
    return min(pid for pid in processes(root) if wanted in _told(pid, "environ"))


def server_process(root):
    (pid,) = (pid for pid in processes(root) if b"flows.serving" in _told(pid, "cmdline"))
    return pid


def _told(pid, what):
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes().split(b"\0")
    except OSError:
        return []
