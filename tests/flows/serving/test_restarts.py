"""A server that was ended in mid-run and started again: no run stays behind, no slot stays taken."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.flows.serving import restarts
from tests.flows.serving.served import FINAL, serving

PORT = 4713

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked up in /proc"),
    pytest.mark.usefixtures("_heeded_signals"),
]


def test_a_server_that_was_ended_in_mid_run_goes_on_after_a_restart(restarted_root, slow_sources):
    restarts.survive([*restarts.SIGNALS, *restarts.SINGLE_KILLS], restarted_root, PORT, slow_sources)


def test_a_run_whose_process_was_killed_is_crashed_and_the_next_one_goes_on(restarted_root, slow_sources):
    with serving(restarted_root, PORT, **slow_sources) as served:
        old = served.start_run("refresh", max_pages=1000)
        served.wait(old, "RUNNING")
        time.sleep(1)
        os.kill(restarts.flow_process(restarted_root, old), signal.SIGKILL)
        assert served.wait(old, *FINAL)["type"] == "CRASHED"
        assert served.wait(served.start_run("refresh", max_pages=1), *FINAL)["type"] == "COMPLETED"
