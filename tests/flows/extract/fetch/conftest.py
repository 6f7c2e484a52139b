"""The door to HTTP, opened for a test; names that resolve as a test says, and the connections that were made."""

import pytest

from flows.extract.fetch.http import Http
from tests.flows.extract.fetch import torture
from warehouse.settings import Settings


@pytest.fixture
def limits(tmp_path):
    return Settings(root=tmp_path / "data", request_seconds=5)


@pytest.fixture
def http(limits):
    with Http(limits) as opened:
        yield opened


@pytest.fixture
def names(monkeypatch):
    return torture.stand_in_names(monkeypatch)


@pytest.fixture
def connections(monkeypatch):
    return torture.recorded_connections(monkeypatch)
