"""Server, runner and flow are killed, in each order; in a file of its own, so that it runs beside the restarts."""

from pathlib import Path

import pytest

from tests.flows.serving import restarts

PORT = 4719


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked up in /proc")
def test_after_kills_in_any_order_the_next_refresh_goes_on(restarted_root, slow_sources):
    restarts.survive(restarts.KILLS, restarted_root, PORT, slow_sources)
