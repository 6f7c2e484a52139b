"""Fixtures of reading: a small web on loopback, and a warehouse that polls of it fill."""

import pytest

from tests.flows.extract.fetch.frozen_clock import FrozenClock
from tests.flows.extract.fetch.torture import recorded_connections, stand_in_names
from tests.flows.extract.poll.polling import START, Web
from tests.flows.loopback import hosts
from warehouse.settings import Settings


@pytest.fixture
def web(tmp_path):
    """Three hosts, polled with a frozen clock: whoever waits does so in no time."""
    clock = FrozenClock(START)
    with hosts(3, clock) as servers:
        yield Web(Settings(root=tmp_path / "data", workers=1, request_seconds=5), clock, servers)


@pytest.fixture
def guarded(monkeypatch):
    """The addresses that connections were opened to; news.example has a public one, behind which stands loopback."""
    names = stand_in_names(monkeypatch)
    names.answers["news.example"] = [["93.184.215.14"]]
    return recorded_connections(monkeypatch)
