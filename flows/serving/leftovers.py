"""Runs that an earlier server left behind: a run whose process is gone is ended, and the slot that it held is free.

Prefect counts the runs of a deployment in its database. A run that was under way when server, runner and process were
ended together stays `Running` there, and each later one is cancelled: "Deployment concurrency limit reached".
"""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Cancelled, Crashed

from flows.serving.processes import living_flow_run_ids

UNDER_WAY = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)
"""States of runs that hold a slot."""
PAGE = 200
"""Runs that are asked for at once; the API gives no more."""
STARTING = timedelta(minutes=1)
"""A command's run may be seen before it has its lock; nobody's start takes that long."""


def settle(flow_names: list[str], why: str) -> list[str]:
    """Ends the runs of these flows whose process is gone, and frees their slots; returns their names.

    To be called where no runner is at work for this server. A database that other machines share is left alone: their
    processes cannot be seen from here.
    """
    if not os.environ.get("PREFECT_API_DATABASE_CONNECTION_URL", "sqlite").startswith("sqlite"):
        return []
    with get_client(sync_client=True) as client:
        # The list first: a run that ends meanwhile is no harm, its end stays; one that begins would be taken for gone.
        under_way = list(_under_way(client, flow_names))
        living = living_flow_run_ids()
        gone = [run for run in under_way if _is_gone(run, living)]
        for run in gone:
            _end(client, run, why)
        left = Counter(run.deployment_id for run in under_way if run not in gone)
        _free_slots(client, flow_names, left)
    return [run.name for run in gone]


def _under_way(client: SyncPrefectClient, flow_names: list[str]) -> Iterator[FlowRun]:
    states = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(UNDER_WAY))))
    flows = FlowFilter(name=FlowFilterName(any_=flow_names))
    offset = 0
    while runs := client.read_flow_runs(flow_filter=flows, flow_run_filter=states, limit=PAGE, offset=offset):
        yield from runs
        offset += len(runs)


def _is_gone(run: FlowRun, living: set[str]) -> bool:
    if str(run.id) in living or run.work_pool_name:
        # What workers of a pool have started is theirs.
        return False
    if run.deployment_id or not run.state:
        return True
    return run.state.timestamp < datetime.now(UTC) - STARTING


def _end(client: SyncPrefectClient, run: FlowRun, why: str) -> None:
    is_cancelling = bool(run.state and run.state.is_cancelling())
    client.set_flow_run_state(run.id, Cancelled(message=why) if is_cancelling else Crashed(message=why))


def _free_slots(client: SyncPrefectClient, flow_names: list[str], left: "Counter[UUID | None]") -> None:
    """Each deployment's slots are those of its runs that are left, whatever was counted."""
    flows = FlowFilter(name=FlowFilterName(any_=flow_names))
    for deployment in client.read_deployments(flow_filter=flows, limit=PAGE):
        limit = deployment.global_concurrency_limit
        if limit and limit.active_slots != left[deployment.id]:
            client.update_global_concurrency_limit(
                limit.name, GlobalConcurrencyLimitUpdate(active_slots=left[deployment.id])
            )
