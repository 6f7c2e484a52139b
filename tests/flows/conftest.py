"""Fixtures of the flows: a Prefect server of the tests' own, and a warehouse that flows find by their settings."""

import pytest
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.testing.utilities import prefect_test_harness


@pytest.fixture(scope="session")
def prefect():
    """A Prefect server of the tests' own, on loopback; without heartbeats, each of which ends a run a second late."""
    with (
        prefect_test_harness(server_startup_timeout=120),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        yield


@pytest.fixture
def root(monkeypatch, settings):
    monkeypatch.setenv("BROADSHEET_ROOT", str(settings.root))
    monkeypatch.setenv("BROADSHEET_SHARD_PAGES", "20")
    return settings
