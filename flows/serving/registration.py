"""Deployments that stay as their operator left them: what is there already is given new code, and nothing else.

Prefect registers a deployment anew at each start: a paused schedule was active again, an added one gone. Here a later
start changes what the code decides (entry point, form, and that no pull step runs before it). A schedule of ours that
waits for something (sources that somebody chose) says so by its name, `slug`, and is switched on once it is there.
"""

from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.objects import DeploymentSchedule
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.schedules import Cron, Schedule

READY, WAITING = "broadsheet", "broadsheet-waits"
"""Names of our schedules: of those we switched on, and of those we did not."""


async def is_scheduled(name: str) -> bool:
    """Whether the deployment of that flow has a schedule that is on."""
    async with get_client() as client:
        held = await client.read_deployment_by_name(f"{name}/{name}")
        return any(schedule.active for schedule in held.schedules)


def our_schedule(cron: str, *, is_ready: bool = True) -> Schedule:
    """A schedule of ours, for a deployment's first registration; one that is not ready is not active."""
    return Cron(cron, active=is_ready, slug=READY if is_ready else WAITING)


class KeptDeployment(RunnerDeployment):
    """A deployment that is registered once, and afterwards belongs to its operator."""

    async def aapply(self, *arguments: Any, **named: Any) -> UUID:
        """Registers the deployment, or gives the one that is there the present code; returns its id."""
        async with get_client() as client:
            try:
                held = await client.read_deployment_by_name(self.full_name)
            except ObjectNotFound:
                return await super().aapply(*arguments, **named)
            await client.update_deployment(held.id, self._present_code())
            await self._switch_schedules(client, held)
            return held.id

    def _present_code(self) -> DeploymentUpdate:
        return DeploymentUpdate(
            version=self.version,
            path=self._path,
            entrypoint=self.entrypoint,
            parameter_openapi_schema=self._parameter_openapi_schema.model_dump(exclude_unset=True),
            pull_steps=[],
        )

    async def _switch_schedules(self, client: PrefectClient, held: DeploymentResponse) -> None:
        """Switches our schedules on or off where what they wait for has come or gone; the operator's stay."""
        for wanted in self.schedules or []:
            is_ready = bool(wanted.active)
            for schedule in held.schedules:
                if _is_ours(schedule, wanted.schedule) and _is_to_be_switched(schedule, is_ready=is_ready):
                    await client.update_deployment_schedule(
                        held.id,
                        schedule.id,
                        active=is_ready,
                        parameters=schedule.parameters,
                        slug=READY if is_ready else WAITING,
                    )


def _is_ours(schedule: DeploymentSchedule, wanted: object) -> bool:
    if schedule.slug in {READY, WAITING}:
        return True
    # From before schedules had names.
    return (
        schedule.slug is None
        and isinstance(schedule.schedule, CronSchedule)
        and isinstance(wanted, CronSchedule)
        and schedule.schedule.cron == wanted.cron
    )


def _is_to_be_switched(schedule: DeploymentSchedule, *, is_ready: bool) -> bool:
    """One that waits is switched on, one that we switched on is switched off; to do so gives it its name.

    All else is the operator's doing: one that is off though it does not wait, one that is on though it does.
    """
    is_waiting = schedule.slug == WAITING
    return is_waiting if is_ready else schedule.active and not is_waiting
