"""The steps as Prefect tasks: names and run names, no logic.

No retries here: a step is retried by running the flow again, which the warehouse makes safe, and the one failure worth
waiting out, a rival's commit, is waited out in the storage.
"""

from collections.abc import Callable

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows import reprocessing, site_learning, steps
from flows.changes import Changes
from flows.reports import change_report, run_report
from warehouse.runs import OpenRun

load_pages = task(name="load pages", cache_policy=NO_CACHE)(steps.load_pages)
resume_pages = task(name="resume pages", cache_policy=NO_CACHE)(steps.resume_pages)
reprocess_shards = task(name="reprocess pages", cache_policy=NO_CACHE)(reprocessing.reprocess_shards)
learn_site_rules = task(name="learn site rules", cache_policy=NO_CACHE)(site_learning.learn_site_rules)


@task(name="report run", cache_policy=NO_CACHE)
def report_run(run: OpenRun) -> None:
    """The run's report as an artifact; under one key, so that the UI shows the reports of a flow as a timeline."""
    create_markdown_artifact(run_report(run), key=f"{run.row.flow}-report", description=f"Run {run.run_id}")


@task(name="fetch host", task_run_name="fetch {host}", cache_policy=NO_CACHE)
def fetch_host(host: str, work: Callable[[], None]) -> None:  # noqa: ARG001 - the host names the task run
    """What is wanted of one host, one request at a time."""
    work()


@task(name="report plan", cache_policy=NO_CACHE)
def report_plan(report: str) -> None:
    """The report of a dry run as an artifact."""
    create_markdown_artifact(report, key="refresh-plan", description="What a refresh would fetch")


@task(name="report changes", cache_policy=NO_CACHE)
def report_changes(changes: Changes, *, is_trial: bool) -> str:
    """What reprocessing changes as an artifact, made before any view shows it; returns it."""
    key, description = (
        ("reprocess-trial", "What reprocess would change") if is_trial else ("reprocess-changes", "What it changed")
    )
    report = change_report(changes, is_trial=is_trial)
    create_markdown_artifact(report, key=key, description=description)
    return report
