"""A warehouse and a slow source for the servers of one file of tests."""

import pytest

from tests.flows.serving import restarts


@pytest.fixture(scope="module")
def restarted_root(tmp_path_factory):
    return tmp_path_factory.mktemp("restarts") / "data"


@pytest.fixture(scope="module")
def slow_sources(tmp_path_factory):
    with restarts.endless_sources(tmp_path_factory.mktemp("sources")) as environment:
        yield environment
