"""The `refresh` flow: the configured sources, what in them is new or has changed, and the published views."""

import logging
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from prefect import flow
from prefect.futures import PrefectFuture, wait
from prefect.task_runners import ThreadPoolTaskRunner

from flows.extract.poll.live import LiveReader
from flows.extract.readers import LIVE_KINDS, Reader, ReaderInTurn
from flows.loading import load
from flows.orders import RefreshOrder
from flows.planning import plan
from flows.reports import plan_report
from flows.serving.processes import living_run
from flows.tasks import fetch_host, report_plan
from warehouse.model import Counts
from warehouse.settings import MOST_FETCH_THREADS, Settings

THREADS: Any = ThreadPoolTaskRunner(max_workers=MOST_FETCH_THREADS)
"""A thread for each host that is asked; documents are made in others, for which hosts may wait."""

log = logging.getLogger("broadsheet")


@flow(name="refresh", task_runner=THREADS)
@living_run
def refresh(
    sources: str = "",
    dry_run: bool = False,  # noqa: FBT001, FBT002 - a switch in the form
    since: date | None = None,
    until: date | None = None,
    max_pages: int | None = None,
) -> Counts:
    """Polls the configured sources, loads what is new or has changed, and publishes the views.

    Safe to run again and beside other runs. A source that cannot be had harms no other: the run ends as `partial` and
    says why.

    Args:
        sources: Names of sources, separated by blanks, commas or line ends. Empty: every enabled one.
        dry_run: Only poll the feeds and sitemaps, and report what would be fetched; nothing is stored.
        since: Backfill: of sitemaps only what is of this day or later. Empty: everything.
        until: Backfill: of sitemaps only what is of this day or earlier. Empty: everything.
        max_pages: Stop after this many pages, for a trial. Empty: all of them.

    """
    settings = Settings.load()
    order = RefreshOrder.checked(sources, since, until, max_pages, settings)
    if dry_run:
        report_plan(plan_report(*plan(order, settings)))
        return Counts()
    fetching: list[PrefectFuture[None]] = []
    counts = load(
        _readers(order, settings, lambda host, work: fetching.append(fetch_host.submit(host, work))),
        settings,
        flow="refresh",
        source=order.sources[0].name if len(order.sources) == 1 else None,
        parameters=order.parameters,
        max_pages=order.max_pages,
    )
    wait(fetching)
    return counts


def _readers(order: RefreshOrder, settings: Settings, start: Callable[[str, Callable[[], None]], None]) -> list[Reader]:
    """One reader for all that is on the web, so that a host is asked by one thread; one for each local source."""
    local = [ReaderInTurn(source, settings) for source in order.sources if source.kind not in LIVE_KINDS]
    time_limit = timedelta(minutes=settings.refresh_minutes)
    return [LiveReader(order.live, settings, start=start, window=order.window, time_limit=time_limit), *local]
