"""From WARC files to published views, against the transform's own speed on the same pages and the same two cores.

The command is the real one, with a Prefect server that is up already; a WARC of one page tells what is fixed. What
Prefect itself costs is measured apart: the flow over tasks in which nothing is done (`prefect_cost.py`).
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from flows.serving import prefect_settings
from flows.serving.server import Place, running_server
from flows.transform.pool import worker_pool
from tests.bench.prefect_cost import cost_of_a_task, print_cost
from tests.bench.processes import Watched, watched
from tests.bench.warcs import write_warc
from tests.bench.workers import WARM_UP_PAGES, Passed, idle_note
from tests.eval import gold
from tests.eval.tables import markdown
from warehouse import engine
from warehouse.settings import Settings

STREET_AIM = 0.85
WORKERS = 2
PORT = 4296


@dataclass(frozen=True)
class Ingested:
    """One run of the command: what it used, and the pages that it took in."""

    run: Watched
    pages: int


@dataclass(frozen=True)
class Street:
    """The transform alone and the whole way, less what one page takes; processor times in seconds a page."""

    alone: Passed
    alone_pages: int
    whole: Ingested
    fixed: Ingested

    @property
    def alone_speed(self) -> float:
        """Pages a second through the pool alone."""
        return self.alone_pages / self.alone.wall

    @property
    def pages(self) -> int:
        """Pages beyond the one that tells what is fixed."""
        return self.whole.pages - self.fixed.pages

    @property
    def wall(self) -> float:
        """Seconds of these pages by the clock."""
        return self.whole.run.wall - self.fixed.run.wall

    @property
    def speed(self) -> float:
        """Pages a second, end to end."""
        return self.pages / self.wall

    @property
    def main(self) -> float:
        """What a page costs in the command's own process."""
        return (self.whole.run.main_seconds - self.fixed.run.main_seconds) / self.pages

    @property
    def workers(self) -> float:
        """What a page costs in the workers."""
        return (self.whole.run.children_seconds - self.fixed.run.children_seconds) / self.pages

    @property
    def processors(self) -> float:
        """How many processors the run had."""
        return (self.main + self.workers) * self.pages / self.wall


def main(page_count: int | None = None) -> int:
    """Measures the street from WARC files of all gold pages, and of copies of them where more are asked for.

    Prints what it finds; 1 where the aim is missed.

    The transform alone has half of the pages before it and half behind it: machines are fast and slow by the minute.
    """
    alone = Passed()
    alone_pages = transform_alone(alone, first=0)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        settings = Settings(root=folder / "server")
        prefect_settings.apply(settings)
        warcs = _warcs(folder / "warcs", page_count)
        single = folder / "one.warc.gz"
        write_warc([gold.folder() / "pages" / f"{gold.SETS[0]}.parquet"], single, most_bytes=1)
        with running_server(settings, Place(PORT)) as api_url:
            fixed = ingest(single, folder / "fixed", api_url)
            whole = ingest(warcs, folder / "whole", api_url)
            prefect = cost_of_a_task(single, folder, api_url)
    alone_pages += transform_alone(alone, first=1)
    street = Street(alone, alone_pages, whole, fixed)
    met = print_street(street)
    return 0 if print_cost(prefect, settings.shard_pages, street.main + street.workers) and met else 1


def transform_alone(passed: Passed, *, first: int) -> int:
    """Every second gold page through the pool and nowhere else; adds what that took, and tells how many they were."""
    pages = [case.page for name in gold.SETS for case in gold.cases(name)][first::2]
    with worker_pool(WORKERS) as pool:
        Passed().through(pool, pages[:WARM_UP_PAGES])
        passed.through(pool, pages)
    return len(pages)


def ingest(location: Path, root: Path, api_url: str) -> Ingested:
    """One run of the real command on an empty warehouse."""
    variables = {"BROADSHEET_ROOT": str(root), "PREFECT_API_URL": api_url, "BROADSHEET_WORKERS": str(WORKERS)}
    run = watched(["ingest", "warc", str(location)], variables, has_memory=False)
    with engine.published(Settings(root=root)) as connection:
        ((pages,),) = connection.execute("select page_count from main.runs").fetchall()
    return Ingested(run, pages)


def print_street(street: Street) -> bool:
    """Speed and processor time end to end to those of the transform alone; whether the aim is met."""
    alone, whole, one_page = street.alone, street.whole, street.fixed.run.wall
    print(f"## From WARC to views: {whole.pages:,} whole pages, {WORKERS} workers, {os.cpu_count()} cores\n")
    spent_alone = (seconds * 1000 / street.alone_pages for seconds in (alone.workers, alone.main))
    rows = [
        ["our transform alone", f"{street.alone_speed:.1f}", *(f"{spent:.2f}" for spent in spent_alone)],
        [
            f"end to end without the {one_page:.1f} s of one page",
            f"{street.speed:.1f}",
            f"{street.workers * 1000:.2f}",
            f"{street.main * 1000:.2f}",
        ],
    ]
    print(markdown(["what", "pages/s", "CPU ms a page, workers", "CPU ms a page, main process"], rows), "\n")
    by_clock = street.speed / street.alone_speed
    # Within the one run, where a busy machine slows both: what of its processor time the workers had.
    by_processor = street.workers / (street.main + street.workers)
    verdicts = [
        ["end to end to the transform alone", f"{by_clock:.2f}", f"≥ {STREET_AIM}", by_clock >= STREET_AIM],
        [
            "the workers' share of its processor time",
            f"{by_processor:.2f}",
            f"≥ {STREET_AIM}",
            by_processor >= STREET_AIM,
        ],
    ]
    print(markdown(["what", "measured", "aim", "met"], ([*row, "yes" if met else "**no**"] for *row, met in verdicts)))
    print(f"\nAlone: {idle_note(alone)}. End to end: {street.processors:.2f} of 2.")
    print(f"Peak memory of the main process: {whole.run.main_peak:,.0f} MB\n", flush=True)
    return by_clock >= STREET_AIM


def _warcs(folder: Path, page_count: int | None) -> Path:
    """A file for each set; with copies of its pages, their addresses their own, until there are enough."""
    folder.mkdir()
    copies, written = 1, 0
    for name in gold.SETS:
        file = gold.folder() / "pages" / f"{name}.parquet"
        written += write_warc([file], folder / f"{name}.warc.gz")
    if page_count and page_count > written:
        copies = -(-page_count // written)
        for name in gold.SETS:
            write_warc([gold.folder() / "pages" / f"{name}.parquet"], folder / f"{name}.warc.gz", copies=copies)
    return folder
