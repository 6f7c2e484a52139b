"""The `reprocess` flow: stored pages through the current transform, the report of what that changes, the views."""

import logging
from collections import deque
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from prefect import flow
from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner

from flows.changes import Changes, TooManyLossesError
from flows.loading import finish_what_was_left, published_idle_run, published_run
from flows.orders import ReprocessOrder
from flows.reports import progress_line
from flows.reprocessing import batches, changes_to_come, due_pages
from flows.serving.processes import living_run
from flows.steps import SHARDS_UNDER_WAY
from flows.tasks import report_changes, reprocess_shards
from flows.transform.pool import WorkerPool
from warehouse import runs
from warehouse.extractions import Outdated
from warehouse.model import Counts
from warehouse.runs import OpenRun
from warehouse.settings import Settings

THREADS: Any = ThreadPoolTaskRunner(max_workers=SHARDS_UNDER_WAY)

log = logging.getLogger("broadsheet")


@dataclass(frozen=True, slots=True)
class Reprocessed:
    """What a reprocessing did: the line that sums it up, and the report of what changed."""

    summary: str
    report: str

    def __str__(self) -> str:
        return self.summary


@flow(name="reprocess", task_runner=THREADS)
@living_run
def reprocess(
    source: str | None = None,
    since: date | None = None,
    dry_run: bool = False,  # noqa: FBT001, FBT002 - a switch in the form
    allow_losses: bool = False,  # noqa: FBT001, FBT002 - as above
) -> Reprocessed:
    """Transforms stored pages again that another extractor, or older rules of their site, transformed last.

    Nothing is fetched. What changes is compared field by field and reported before the views show it. Safe to run
    again and beside other runs: a killed run is taken up where it was.

    Args:
        source: Only pages of this source. Empty: of every one.
        since: Only pages captured on this day (UTC) or later; those whose capture has no time go by when they were
            stored. Empty: all.
        dry_run: Only transform, compare and report; nothing is stored.
        allow_losses: Go on also where more than a tenth of the documents would be lost, or lose their title, their time
            or most of their text. Otherwise the run stops there, with what it had stored before.

    """
    settings = Settings.load()
    order = ReprocessOrder.checked(source, since, settings)
    if dry_run:
        changes = changes_to_come(order, settings)
        return Reprocessed(changes.summary, report_changes(changes, is_trial=True))
    changes = Changes(are_losses_allowed=allow_losses)
    due = due_pages(order, settings)
    told = published_run if len(due) or runs.unfinished_page_ids(settings) else published_idle_run
    with told(settings, flow="reprocess", source=order.choice.source, parameters=order.parameters) as (run, workers):
        try:
            if workers:
                finish_what_was_left(run, workers)
                _reprocess_shards(due, run, workers, changes)
        except TooManyLossesError:
            report_changes(changes, is_trial=False)
            raise
        report = report_changes(changes, is_trial=False)
        run.detail = changes.summary
        log.info("%s", changes.summary)
    done = [progress_line(run.counts)] if any(asdict(run.counts).values()) else []
    return Reprocessed("; ".join([*done, changes.summary]), report)


def _reprocess_shards(due: Outdated, run: OpenRun, workers: WorkerPool, changes: Changes) -> None:
    """Batch by batch: while documents are made of one's shard, those of another's are compared and stored."""
    under_way: deque[PrefectFuture[Counts]] = deque()
    for batch in batches(due, run.settings):
        under_way.append(reprocess_shards.submit(batch, run, workers, changes))
        if len(under_way) >= SHARDS_UNDER_WAY:
            _settle(under_way.popleft(), run, len(due))
    while under_way:
        _settle(under_way.popleft(), run, len(due))


def _settle(shard: PrefectFuture[Counts], run: OpenRun, due_count: int) -> None:
    run.add(shard.result())
    share = run.counts.reprocessed_page_count / due_count
    log.info("%s", progress_line(run.counts), extra={"share": share})
