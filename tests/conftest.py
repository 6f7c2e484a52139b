"""Fixtures that every part of the tests needs: a warehouse of one's own, and where the real pages are."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from warehouse.settings import Settings

# A slow moment of the machine is no fault; in CI the examples are the same every time, elsewhere they are new.
hypothesis_settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
hypothesis_settings.load_profile("house")


def pytest_make_parametrize_id(val, argname):
    """Bytes that nobody can read name no test: gzip writes the time into them, and every process has its own names."""
    is_readable = isinstance(val, bytes) and val.isascii() and val.decode("ascii").isprintable()
    return argname if isinstance(val, bytes) and not is_readable else None


@pytest.fixture
def settings(tmp_path):
    return Settings(root=tmp_path / "data", shard_pages=50, workers=2)


@pytest.fixture
def _heeded_signals():
    """Both signals end what is done: what a script starts in the background ignores SIGINT, with all below it."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def gold_data():
    """The folder of real pages, which belong to their publishers and so are not in the repository."""
    place = os.environ.get("BROADSHEET_GOLD_DATA")
    if not place or not Path(place).is_dir():
        pytest.skip("BROADSHEET_GOLD_DATA names no folder: the real pages are not here")
    return Path(place)
