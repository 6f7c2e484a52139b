"""What an operator set in the UI stays through every later start; what the code decides is the present code's."""

import asyncio

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.schedules import CronSchedule

from flows.deployments import HOURLY, deployments

pytestmark = pytest.mark.usefixtures("prefect")


@pytest.fixture(autouse=True)
def _fresh(prefect):  # noqa: ARG001 - its server
    """A server that has never seen a deployment of ours."""
    with get_client(sync_client=True) as client:
        for held in client.read_deployments():
            client.delete_deployment(held.id)


def start(*, is_chosen=True):
    """What `serve` does first."""
    for deployment in deployments(is_chosen=is_chosen):
        asyncio.run(deployment.aapply())


def held(name):
    with get_client(sync_client=True) as client:
        return client.read_deployment_by_name(f"{name}/{name}")


def schedules(name):
    return [(schedule.schedule.cron, schedule.active) for schedule in held(name).schedules]


def switch(name, *, active):
    with get_client(sync_client=True) as client:
        deployment = held(name)
        for schedule in deployment.schedules:
            client.update_deployment_schedule(deployment.id, schedule.id, active=active)


def test_a_schedule_that_was_paused_stays_paused():
    start()
    switch("maintain", active=False)
    start()
    start(is_chosen=False)
    start()
    assert schedules("maintain") == [("37 3 * * *", False)]


def test_a_schedule_that_was_added_stays_and_one_that_was_deleted_stays_away():
    start()
    with get_client(sync_client=True) as client:
        refresh, maintain = held("refresh"), held("maintain")
        client.create_deployment_schedules(refresh.id, [(CronSchedule(cron="0 6 * * *"), True)])
        client.delete_deployment_schedule(maintain.id, maintain.schedules[0].id)
    start()
    assert sorted(schedules("refresh")) == [("0 6 * * *", True), (HOURLY, True)]
    assert schedules("maintain") == []


def test_what_else_was_set_stays():
    start()
    with get_client(sync_client=True) as client:
        mine = DeploymentUpdate(description="Mine.", tags=["desk"], parameters={"max_pages": 5}, paused=True)
        client.update_deployment(held("refresh").id, mine)
        client.update_global_concurrency_limit(held("refresh").global_concurrency_limit.name, limit_of(3))
    start()
    kept = held("refresh")
    assert (kept.description, kept.tags, kept.parameters, kept.paused) == ("Mine.", ["desk"], {"max_pages": 5}, True)
    assert kept.global_concurrency_limit.limit == 3


def limit_of(number):
    from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate

    return GlobalConcurrencyLimitUpdate(limit=number)


def test_the_code_is_that_of_the_present_release():
    start()
    with get_client(sync_client=True) as client:
        old = DeploymentUpdate(
            entrypoint="flows.gone.refresh",
            pull_steps=[{"prefect.deployments.steps.run_shell_script": {"script": "true"}}],
            parameter_openapi_schema={"type": "object", "properties": {}},
        )
        client.update_deployment(held("refresh").id, old)
    start()
    present = held("refresh")
    assert (present.entrypoint, present.pull_steps) == ("flows.refresh.refresh", [])
    assert "dry_run" in present.parameter_openapi_schema["properties"]


def test_the_hourly_schedule_waits_for_sources_that_somebody_chose():
    start(is_chosen=False)
    assert schedules("refresh") == [(HOURLY, False)]
    start(is_chosen=False)
    assert schedules("refresh") == [(HOURLY, False)]
    start(is_chosen=True)
    assert schedules("refresh") == [(HOURLY, True)]
    start(is_chosen=False)
    assert schedules("refresh") == [(HOURLY, False)]


def test_an_operator_may_switch_on_what_waits():
    start(is_chosen=False)
    switch("refresh", active=True)
    start(is_chosen=False)
    assert schedules("refresh") == [(HOURLY, True)]


def test_what_an_operator_switched_on_and_later_paused_stays_paused():
    start(is_chosen=False)
    switch("refresh", active=True)
    start(is_chosen=True)
    switch("refresh", active=False)
    start(is_chosen=True)
    assert schedules("refresh") == [(HOURLY, False)]


def test_a_paused_schedule_is_not_switched_on_because_sources_are_chosen():
    start(is_chosen=True)
    switch("refresh", active=False)
    start(is_chosen=False)
    start(is_chosen=True)
    assert schedules("refresh") == [(HOURLY, False)]


def test_the_schedule_of_an_earlier_release_counts_as_ours():
    start()
    with get_client(sync_client=True) as client:
        refresh = held("refresh")
        client.delete_deployment_schedule(refresh.id, refresh.schedules[0].id)
        client.create_deployment_schedules(refresh.id, [(CronSchedule(cron=HOURLY), True)])
    start(is_chosen=False)
    assert schedules("refresh") == [(HOURLY, False)]
    start(is_chosen=True)
    assert schedules("refresh") == [(HOURLY, True)]


def test_the_schedules_own_parameters_stay_when_it_is_switched():
    start(is_chosen=False)
    with get_client(sync_client=True) as client:
        refresh = held("refresh")
        client.update_deployment_schedule(refresh.id, refresh.schedules[0].id, parameters={"max_pages": 7})
    start(is_chosen=True)
    (schedule,) = held("refresh").schedules
    assert (schedule.active, schedule.parameters) == (True, {"max_pages": 7})
