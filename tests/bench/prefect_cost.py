"""What Prefect costs beyond its fixed seconds: the real `ingest` flow, with a server, over tasks that do nothing.

Each task still has its run, its states and events, and the log lines of its shards. What many tasks take of the
processors beyond what few do, in the flow's process and in the server, is set against what the pages of a task take of
them: on the way of real pages all cores are busy, so that is what Prefect adds to the time by the clock.

`python -m tests.bench.prefect_cost TASKS LOCATION` is the flow of so many tasks; prints the seconds that it used.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.processes import family, processor_seconds
from tests.eval.tables import markdown
from warehouse.model import SourceKind

AIM = 0.01
MANY_TASKS, FEW_TASKS = 42, 2
SHARDS_A_TASK = 7
"""1,000 whole pages, which is a task, are seven shards of 24 MB; each writes a line to the log."""
SETTLE_SECONDS = 10
"""The server works at what it was told for some seconds after the flow has ended."""
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class TaskCost:
    """Processor seconds a task: in the flow's process and in Prefect's server."""

    flow: float
    server: float


def cost_of_a_task(location: Path, folder: Path, api_url: str) -> TaskCost:
    """The median of several rounds. The location is a WARC file that is opened and not read."""
    rounds = [_round(location, folder / f"empty-{number}", api_url) for number in range(ROUNDS)]
    return TaskCost(median(one.flow for one in rounds), median(one.server for one in rounds))


def print_cost(cost: TaskCost, task_pages: int, page_seconds: float) -> bool:
    """The cost to what a task of whole pages takes of the processors end to end; whether the aim is met."""
    share = (cost.flow + cost.server) / (task_pages * page_seconds)
    verdict = [f"{share:.2%}", f"≤ {AIM:.0%}", "yes" if share <= AIM else "**no**"]
    rows = [
        ["CPU ms a task, the flow's process", f"{cost.flow * 1000:.0f}", "", ""],
        ["CPU ms a task, the server", f"{cost.server * 1000:.0f}", "", ""],
        [f"both to a task of {task_pages:,} whole pages", *verdict],
    ]
    print(f"## What Prefect costs beyond its fixed seconds: {MANY_TASKS} tasks, the server up\n")
    print(markdown(["what", "measured", "aim", "met"], rows), "\n", flush=True)
    return share <= AIM


def _round(location: Path, root: Path, api_url: str) -> TaskCost:
    few, many = (_run(tasks, location, root / str(tasks), api_url) for tasks in (FEW_TASKS, MANY_TASKS))
    tasks = MANY_TASKS - FEW_TASKS
    return TaskCost((many.flow - few.flow) / tasks, (many.server - few.server) / tasks)


def _run(tasks: int, location: Path, root: Path, api_url: str) -> TaskCost:
    """Processor seconds of a flow of so many empty tasks, and of the server meanwhile."""
    variables = {**os.environ, "BROADSHEET_ROOT": str(root), "PREFECT_API_URL": api_url}
    command = [sys.executable, "-m", "tests.bench.prefect_cost", str(tasks), str(location)]
    before = _server_seconds()
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    time.sleep(SETTLE_SECONDS)
    return TaskCost(float(done.stdout.split()[-1]), _server_seconds() - before)


def _server_seconds() -> float:
    return sum(processor_seconds(pid) for pid in family()[1:])


def _flow_of_empty_tasks(tasks_count: int, location: str) -> None:
    from flows import tasks
    from flows.ingest import ingest
    from flows.steps import ShardLine

    left = iter(range(tasks_count))

    def load_pages(line: ShardLine, settled: Callable[[], None]) -> bool:  # noqa: ARG001 - as the real one
        for _ in range(SHARDS_A_TASK):
            settled()
        return next(left, None) is not None

    tasks.load_pages.fn = load_pages
    started = time.process_time()
    ingest(SourceKind.WARC, location)
    print(time.process_time() - started)


if __name__ == "__main__":
    _flow_of_empty_tasks(int(sys.argv[1]), sys.argv[2])
