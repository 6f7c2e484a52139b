"""The ledger of runs: a row when one starts, a row when it ends, and a lock that says whether it is alive.

"interrupted" needs no heartbeat and no clock: it is a run without an end that is not alive (`liveness.py`).
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from warehouse import site_rules, storage
from warehouse.liveness import living, living_names
from warehouse.model import Counts, Page, Run, SiteRules, State
from warehouse.schema import RUNS
from warehouse.settings import Settings

SHOWN_REASONS = 20
"""Reasons for being partial that a run's row tells in full; the rejects have the rest."""

INTERRUPTIONS = {
    "KeyboardInterrupt": "interrupted from the terminal or by a signal",
    "TerminationSignal": "cancelled, or ended from outside",
}
"""In people's words; the second is Prefect's."""

log = logging.getLogger("broadsheet")


class OpenRun:
    """A run that is under way: its row in the ledger, what it has counted so far, how it will end.

    No dataclass: Prefect walks through those when they are a task's argument, and this one changes meanwhile.
    """

    def __init__(self, settings: Settings, row: Run) -> None:
        self.settings, self.row = settings, row
        self.counts = Counts()
        self.shard_count = 0
        self.state = State.COMPLETED
        self.detail: str | None = None
        self._shortfalls: list[str] = []
        self.rules: Mapping[str, SiteRules] = site_rules.newest_rules(settings)
        """What was learnt about each site before the run began; what is learnt meanwhile is for the next."""
        self.at_hand: dict[str, Page] = {}
        """Pages that were stored a moment ago and are about to be transformed: they need not be read back."""

    @property
    def run_id(self) -> str:
        """The id that this run's rows carry."""
        return self.row.run_id

    def add(self, counts: Counts) -> None:
        """Adds what a finished shard did."""
        self.counts += counts

    def pages(self, page_ids: Sequence[str]) -> list[Page]:
        """The pages with these ids, those at hand for the last time."""
        here = [page for page_id in page_ids if (page := self.at_hand.pop(page_id, None))]
        found = {page.page_id for page in here}
        return here + storage.read_pages(self.settings, [page_id for page_id in page_ids if page_id not in found])

    def note_partial(self, why: str) -> None:
        """Something could not be read: the run will end as `partial`, with the reasons, of which there may be many."""
        self.state = State.PARTIAL
        self._shortfalls.append(why)
        shown = "; ".join(self._shortfalls[:SHOWN_REASONS])
        rest = len(self._shortfalls) - SHOWN_REASONS
        self.detail = f"{shown}; and {rest:,} more" if rest > 0 else shown

    def remark(self, what: str) -> None:
        """Something that a reader of the ledger should know, though it makes the run no less complete."""
        self.detail = "; ".join(filter(None, [self.detail, what]))

    def end(self, state: State, detail: str | None = None) -> None:
        """Writes the end, with the counts; called again after a failed publication, when the newest row counts."""
        self.state, self.detail = state, detail
        ended = replace(self.row, state=state, detail=detail, finished_at=datetime.now(UTC), **asdict(self.counts))
        storage.append_new(self.settings, RUNS, [ended], self.run_id)

    def try_to_end(self, state: State, detail: str) -> None:
        """Writes the end where that is possible; on a full disk it is not, and the first error is the one to tell."""
        try:
            self.end(state, detail)
        except Exception as error:  # noqa: BLE001 - whatever it is, it comes second
            log.warning("the end of run %s could not be written (%s)", self.run_id, error)


@contextmanager
def recorded(
    settings: Settings,
    *,
    flow: str,
    source: str | None,
    parameters: Mapping[str, object],
    versions: tuple[str, str],
) -> Iterator[OpenRun]:
    """A run in the ledger around a block: `running` before it, its end and its counts after it.

    An exception ends it as `failed`, an interruption (Ctrl-C, a cancelled flow) as `cancelled`, and goes on up.
    `versions` are Broadsheet's and the extractor's.
    """
    broadsheet_version, extractor = versions
    start = Run(
        run_id=uuid4().hex,
        flow=flow,
        source=source,
        state=State.RUNNING,
        started_at=datetime.now(UTC),
        broadsheet_version=broadsheet_version,
        extractor=extractor,
        parameters=json.dumps(parameters, ensure_ascii=False, sort_keys=True),
    )
    run = OpenRun(settings, start)
    with living(_folder(settings), start.run_id):
        storage.append_new(settings, RUNS, [start], start.run_id)
        try:
            yield run
        except Exception as error:
            run.try_to_end(State.FAILED, f"{type(error).__name__}: {error}")
            raise
        except BaseException as interruption:
            name = type(interruption).__name__
            run.try_to_end(State.CANCELLED, INTERRUPTIONS.get(name, name))
            raise
        run.end(run.state, run.detail)


def live_run_ids(settings: Settings) -> list[str]:
    """Runs whose process is alive now; the lock files of dead ones are swept, where that is allowed."""
    return living_names(_folder(settings))


def unfinished_page_ids(settings: Settings) -> list[str]:
    """Pages that a run took in and never brought to an end, and whose run is dead: the next run finishes them."""
    # Who is alive is asked after the pages are listed: a run that began in between owns none of them.
    waiting = storage.pages_without_end(settings)
    live = set(live_run_ids(settings))
    return [page_id for page_id, run_id in waiting if run_id not in live]


def _folder(settings: Settings) -> Path:
    return settings.root / ".runs"
