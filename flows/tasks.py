"""The steps as Prefect tasks: names and run names, no logic.

No retries here: a step is retried by running the flow again, which the warehouse makes safe, and the one failure worth
waiting out, a rival's commit, is waited out in the storage.
"""

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows import steps
from flows.reports import run_report
from warehouse.runs import OpenRun

take_shard = task(name="take shard", cache_policy=NO_CACHE)(steps.take_shard)
make_documents = task(name="make documents", cache_policy=NO_CACHE)(steps.make_documents)
resume_pages = task(name="resume pages", cache_policy=NO_CACHE)(steps.resume_pages)


@task(name="report run", cache_policy=NO_CACHE)
def report_run(run: OpenRun) -> None:
    """The run's report as an artifact; under one key, so that the UI shows the reports of a flow as a timeline."""
    create_markdown_artifact(run_report(run), key=f"{run.row.flow}-report", description=f"Run {run.run_id}")
