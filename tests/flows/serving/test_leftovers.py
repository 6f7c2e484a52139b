"""Runs whose process is gone are ended and their slots are free; those that live, or are others', are left alone."""

import asyncio
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.states import Cancelling, Pending, Running

from flows.deployments import deployments
from flows.serving import leftovers
from flows.serving.processes import _folder
from warehouse.liveness import living

WHY = "its process is gone"
NAMES = ["ingest", "refresh", "reprocess", "maintain"]

pytestmark = pytest.mark.usefixtures("prefect")


@pytest.fixture
def client(prefect):  # noqa: ARG001 - its server
    with get_client(sync_client=True) as client:
        for held in client.read_deployments():
            client.delete_deployment(held.id)
        for deployment in deployments():
            asyncio.run(deployment.aapply())
        yield client


def deployment(client, name="refresh"):
    return client.read_deployment_by_name(f"{name}/{name}")


def begun(client, *states, name="refresh"):
    """A run of the deployment that went through these states."""
    run = client.create_flow_run_from_deployment(deployment(client, name).id)
    for state in states:
        client.set_flow_run_state(run.id, state)
    return run.id


def state(client, run_id):
    return client.read_flow_run(run_id).state_type.value


def slots(client):
    return deployment(client).global_concurrency_limit.active_slots


@contextmanager
def alive(run_id):
    with living(_folder(), str(run_id)):
        yield


@pytest.mark.parametrize("states", [[Pending()], [Pending(), Running()]], ids=["pending", "running"])
def test_a_run_without_a_process_is_crashed_and_its_slot_is_free(client, states):
    run = begun(client, *states)
    assert slots(client) == 1
    assert leftovers.settle(NAMES, WHY) == [client.read_flow_run(run).name]
    assert (state(client, run), client.read_flow_run(run).state.message) == ("CRASHED", WHY)
    assert slots(client) == 0
    assert leftovers.settle(NAMES, WHY) == []


def test_a_run_that_was_being_cancelled_is_cancelled(client):
    run = begun(client, Pending(), Running(), Cancelling())
    leftovers.settle(NAMES, WHY)
    assert state(client, run) == "CANCELLED"


def test_a_run_with_a_process_goes_on_and_keeps_its_slot(client):
    run = begun(client, Pending(), Running())
    with alive(run):
        assert leftovers.settle(NAMES, WHY) == []
        assert (state(client, run), slots(client)) == ("RUNNING", 1)
    leftovers.settle(NAMES, WHY)
    assert state(client, run) == "CRASHED"


def test_a_run_that_has_not_begun_is_no_leftover(client):
    run = begun(client)
    assert leftovers.settle(NAMES, WHY) == []
    assert state(client, run) == "SCHEDULED"


def test_a_slot_that_no_run_holds_is_free(client):
    """As a server that was killed between the two may leave it."""
    name = deployment(client).global_concurrency_limit.name
    client.update_global_concurrency_limit(name, GlobalConcurrencyLimitUpdate(active_slots=1))
    leftovers.settle(NAMES, WHY)
    assert slots(client) == 0


def test_the_run_of_a_command_has_a_minute_to_show_that_it_lives(client, monkeypatch):
    run = client.create_flow_run(flow(lambda: None, name="ingest"), state=Running()).id
    leftovers.settle(NAMES, WHY)
    assert state(client, run) == "RUNNING"
    monkeypatch.setattr(leftovers, "STARTING", timedelta(0))
    leftovers.settle(NAMES, WHY)
    assert state(client, run) == "CRASHED"


def test_runs_of_other_flows_are_left_alone(client):
    run = client.create_flow_run(flow(lambda: None, name=f"other-{uuid4().hex}"), state=Running()).id
    leftovers.settle(NAMES, WHY)
    assert state(client, run) == "RUNNING"


def test_many_runs_are_all_ended(client, monkeypatch):
    monkeypatch.setattr(leftovers, "PAGE", 2)
    runs = [begun(client, Pending(), Running(), name="ingest") for _ in range(5)]
    assert len(leftovers.settle(NAMES, WHY)) == 5
    assert {state(client, run) for run in runs} == {"CRASHED"}


def test_a_database_that_other_machines_may_use_is_left_alone(client, monkeypatch):
    run = begun(client, Pending(), Running())
    monkeypatch.setenv("PREFECT_API_DATABASE_CONNECTION_URL", "postgresql+asyncpg://news.example/prefect")
    assert leftovers.settle(NAMES, WHY) == []
    assert state(client, run) == "RUNNING"
    monkeypatch.undo()
    leftovers.settle(NAMES, WHY)
