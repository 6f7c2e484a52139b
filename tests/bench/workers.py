"""The worker processes: two against one on whole pages, and what they hold in memory over many thousand pages."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice
from statistics import fmean

from flows.transform.pool import WorkerPool, worker_pool
from tests.bench.processes import descendants_seconds, family, processor_seconds, proportional_mb, resident_mb
from tests.eval import gold
from tests.eval.tables import markdown
from warehouse.model import Page

SPEED_AIM = 1.9
SLICES = 3
"""Parts of the pages that go through one worker and through two in turn: a busy moment of the machine strikes both."""
WARM_UP_PAGES = 40

MEMORY_AIM_MB, FLAT_AIM = 150, 1.05
PAGES = 50_000
WINDOW_PAGES = 2_000
SAMPLE_PAGES = 200
BUSY_SECONDS = 0.05
"""A process that used more than this of the processors between two samples is a worker, and not its keeper."""
OPENING = re.compile(rb"<(?:p|title|h1|h2|li)\b[^>]*>", re.IGNORECASE)


@dataclass
class Passed:
    """What it took to get pages through a pool: seconds by the clock, and of the processors."""

    wall: float = 0.0
    workers: float = 0.0
    main: float = 0.0

    def through(self, pool: WorkerPool, pages: Sequence[Page]) -> None:
        """Sends pages through the pool and adds what that took."""
        wall, main, workers = time.monotonic(), time.process_time(), descendants_seconds()
        for _ in pool.transform(pages, {}):
            pass
        self.wall += time.monotonic() - wall
        self.main += time.process_time() - main
        self.workers += descendants_seconds() - workers


def speed(sample: int | None = None) -> int:
    """Two workers against one, and what the process that feeds them pays; 1 where the aim is missed."""
    pages = [page for name in gold.SETS for page in _pages(name, sample)]
    one, two = Passed(), Passed()
    with worker_pool(1) as single, worker_pool(2) as double:
        for pool in (single, double):
            Passed().through(pool, pages[:WARM_UP_PAGES])
        for number in range(SLICES):
            one.through(single, pages[number::SLICES])
            two.through(double, pages[number::SLICES])
    print(f"## Two workers against one: {len(pages):,} whole pages\n")
    heads = ["workers", "pages/s", "CPU ms a page, workers", "CPU ms a page, the process that feeds them"]
    print(markdown(heads, (_speed_row(number, passed, len(pages)) for number, passed in ((1, one), (2, two)))), "\n")
    by_clock = one.wall / two.wall
    # Two processors that are never idle: what one worker takes, to the half of all that two and their feeder take.
    by_processor = one.workers / ((two.workers + two.main) / 2)
    rows = [("by the clock", by_clock), ("by processor time", by_processor)]
    verdicts = ([f"two workers to one, {name}", f"{ratio:.2f}", f"≥ {SPEED_AIM}", _met(ratio)] for name, ratio in rows)
    print(markdown(["what", "measured", "aim", "met"], verdicts), "\n")
    print(f"{idle_note(two)}\n", flush=True)
    return 0 if by_clock >= SPEED_AIM else 1


def _met(ratio: float) -> str:
    return "yes" if ratio >= SPEED_AIM else "**no**"


def idle_note(passed: Passed) -> str:
    """How much of two processors the pages had: on a busy machine that, and not the pool, bounds the ratio."""
    share = (passed.workers + passed.main) / passed.wall
    return f"The two workers and their feeder had {share:.2f} of 2 processors; with less than 1.9 the machine was busy"


def _speed_row(workers: int, passed: Passed, pages: int) -> list[str]:
    spent = (f"{seconds * 1000 / pages:.2f}" for seconds in (passed.workers, passed.main))
    return [str(workers), f"{pages / passed.wall:.1f}", *spent]


@dataclass
class Window:
    """What the workers held while so many pages went by: the largest of them, in MB."""

    pages: int
    resident: float = 0.0
    proportional: float = 0.0
    worker_ids: set[int] = field(default_factory=set)


def memory(page_count: int = PAGES, workers: int = 2) -> int:
    """Memory of the workers over so many different pages; 1 where it passes the aim or grows."""
    print(f"## Memory of a worker: {page_count:,} whole pages, no two the same, {workers} workers\n")
    print("| pages | resident MB, the largest | proportional MB, the largest | processes so far |")
    print("| --- | --- | --- | --- |", flush=True)
    windows: list[Window] = []
    seen: set[int] = set()
    for window in _windows(page_count, workers):
        seen |= window.worker_ids
        windows.append(window)
        print(f"| {window.pages:,} | {window.resident:.0f} | {window.proportional:.0f} | {len(seen)} |", flush=True)
    peak = max(window.resident for window in windows)
    growth = _growth([window.resident for window in windows])
    rows = [
        ["largest worker, resident MB", f"{peak:.0f}", f"≤ {MEMORY_AIM_MB}", peak <= MEMORY_AIM_MB],
        ["last third of the pages to the middle one", f"{growth:.2f}", f"≤ {FLAT_AIM}", growth <= FLAT_AIM],
    ]
    print(
        "\n" + markdown(["what", "measured", "aim", "met"], ([*row, "yes" if met else "**no**"] for *row, met in rows))
    )
    return 0 if all(met for *_, met in rows) else 1


def _windows(page_count: int, workers: int) -> Iterator[Window]:
    pages = islice(_different_pages(), page_count)
    with worker_pool(workers) as pool:
        watch = _Watch()
        for start in range(0, page_count, WINDOW_PAGES):
            window = Window(min(start + WINDOW_PAGES, page_count))
            for _ in range(0, window.pages - start, SAMPLE_PAGES):
                for _ in pool.transform(list(islice(pages, SAMPLE_PAGES)), {}):
                    pass
                watch.look(window)
            yield window


class _Watch:
    """Knows which processes worked since it last looked."""

    def __init__(self) -> None:
        self._used = self._seconds()

    def look(self, window: Window) -> None:
        used = self._seconds()
        for pid, seconds in used.items():
            if seconds - self._used.get(pid, 0.0) > BUSY_SECONDS:
                window.worker_ids.add(pid)
                window.resident = max(window.resident, resident_mb(pid))
                window.proportional = max(window.proportional, proportional_mb(pid))
        self._used = used

    def _seconds(self) -> dict[int, float]:
        return {pid: processor_seconds(pid) for pid in family()[1:]}


def _growth(values: Sequence[float]) -> float:
    third = max(1, len(values) // 3)
    return fmean(values[-third:]) / fmean(values[-2 * third : -third] or values[-third:])


def _different_pages() -> Iterator[Page]:
    """The gold pages over and over; of each copy every paragraph begins with its number, so that no cache knows it."""
    for copy in count():
        for name in gold.SETS:
            for page in _pages(name, None):
                yield page if not copy else replace(page, body=OPENING.sub(rb"\g<0>%d " % copy, page.body))


def _pages(set_name: str, sample: int | None) -> list[Page]:
    return [case.page for case in gold.cases(set_name, is_sampled=sample is not None)[:sample]]
