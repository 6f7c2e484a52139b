"""What Prefect costs beyond its fixed seconds: the real `ingest` flow, with a server, over shards that do nothing.

Each shard still makes its two task runs, their states, events and log lines. What many shards take of the processors
beyond what few do, in the flow's process and in the server, is set against what a shard of whole pages takes of them:
on the way of real pages both cores are busy, so that is what Prefect adds to the time by the clock.

`python -m tests.bench.prefect_cost SHARDS LOCATION` is the flow of so many shards; prints the seconds that it used.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.processes import family, processor_seconds
from tests.eval.tables import markdown
from warehouse.model import Counts, Item, SourceKind
from warehouse.runs import OpenRun

AIM = 0.01
MANY_SHARDS, FEW_SHARDS = 70, 2
"""70 shards of 24 MB are 10,000 whole pages."""
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class ShardCost:
    """Processor seconds a shard: in the flow's process and in Prefect's server."""

    flow: float
    server: float


def cost_of_a_shard(location: Path, folder: Path, api_url: str) -> ShardCost:
    """The median of several rounds. The location is a WARC file that is opened and not read."""
    rounds = [_round(location, folder / f"empty-{number}", api_url) for number in range(ROUNDS)]
    return ShardCost(median(one.flow for one in rounds), median(one.server for one in rounds))


def print_cost(cost: ShardCost, shard_pages: float, page_seconds: float) -> bool:
    """The cost to what a shard of whole pages takes of the processors end to end; whether the aim is met."""
    share = (cost.flow + cost.server) / (shard_pages * page_seconds)
    verdict = [f"{share:.2%}", f"≤ {AIM:.0%}", "yes" if share <= AIM else "**no**"]
    rows = [
        ["CPU ms a shard, the flow's process", f"{cost.flow * 1000:.0f}", "", ""],
        ["CPU ms a shard, the server", f"{cost.server * 1000:.0f}", "", ""],
        [f"both to a shard of {shard_pages:.0f} whole pages", *verdict],
    ]
    print(f"## What Prefect costs beyond its fixed seconds: {MANY_SHARDS} shards, the server up\n")
    print(markdown(["what", "measured", "aim", "met"], rows), "\n", flush=True)
    return share <= AIM


def _round(location: Path, root: Path, api_url: str) -> ShardCost:
    few, many = (_run(shards, location, root / str(shards), api_url) for shards in (FEW_SHARDS, MANY_SHARDS))
    shards = MANY_SHARDS - FEW_SHARDS
    return ShardCost((many.flow - few.flow) / shards, (many.server - few.server) / shards)


def _run(shards: int, location: Path, root: Path, api_url: str) -> ShardCost:
    """Processor seconds of a flow of so many empty shards, and of the server meanwhile."""
    variables = {**os.environ, "BROADSHEET_ROOT": str(root), "PREFECT_API_URL": api_url}
    command = [sys.executable, "-m", "tests.bench.prefect_cost", str(shards), str(location)]
    before = _server_seconds()
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return ShardCost(float(done.stdout.split()[-1]), _server_seconds() - before)


def _server_seconds() -> float:
    return sum(processor_seconds(pid) for pid in family()[1:])


def _flow_of_empty_shards(shards: int, location: str) -> None:
    from flows import tasks
    from flows.ingest import ingest
    from flows.steps import TakenShard
    from flows.transform.pool import WorkerPool

    left = iter(range(shards))

    def take_shard(inputs: Iterator[Item], run: OpenRun) -> TakenShard | None:  # noqa: ARG001 - as the real one
        return None if next(left, None) is None else TakenShard((), Counts(), 0)

    def make_documents(page_ids: Sequence[str], run: OpenRun, workers: WorkerPool) -> Counts:  # noqa: ARG001
        return Counts()

    tasks.take_shard.fn, tasks.make_documents.fn = take_shard, make_documents
    started = time.process_time()
    ingest(SourceKind.WARC, location)
    print(time.process_time() - started)


if __name__ == "__main__":
    _flow_of_empty_shards(int(sys.argv[1]), sys.argv[2])
