"""What a refresh of the live web costs: pages a second against what politeness allows, processor time, memory.

The web is a site of our own on loopback (`site.py`), in another process; the command is the real one, in a third, with
a Prefect server that is up already. A refresh of a single page tells what is fixed, and is set apart where it says so.
"""

import tempfile
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from flows.serving import prefect_settings
from flows.serving.server import Place, running_server
from tests.bench.processes import Watched, watched
from tests.bench.site import LATENCY_SECONDS, Asked, Site, serving
from warehouse import engine
from warehouse.settings import Settings

HOSTS, PAGES, DELAY_SECONDS = 20, 200, 0.5
SMALL, LARGE, SHORT_DELAY_SECONDS = 100, 400, 0.05
"""Pages of each host where memory is measured, and a delay that lets the workers be what is slow."""
PORT = 4297


@dataclass(frozen=True)
class Refreshed:
    """One refresh, and what the servers saw of it."""

    run: Watched
    asked: list[Asked]
    pages: int

    @property
    def closest(self) -> float:
        """The shortest time between two requests to one host, in seconds."""
        by_host = sorted(self.asked, key=lambda one: (one.port, one.at))
        hosts = (list(asked) for _, asked in groupby(by_host, key=lambda one: one.port))
        return min((later.at - earlier.at for asked in hosts for earlier, later in pairwise(asked)), default=0.0)


def main() -> None:
    """Measures everything about the live web and prints it as Markdown."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        settings = Settings(root=folder / "server")
        prefect_settings.apply(settings)
        with running_server(settings, Place(PORT)) as api_url:
            fixed = measure(1, 1, DELAY_SECONDS, folder / "one", api_url)
            with serving(HOSTS, PAGES) as site:
                sources = write_sources(site, DELAY_SECONDS, folder / "many.toml")
                first, second = (refresh(site, sources, folder / "many", api_url) for _ in range(2))
                print_speed(first, fixed, site)
                print_processors(first, fixed)
                print_second(second)
            small, large = (
                measure(HOSTS, pages, SHORT_DELAY_SECONDS, folder / str(pages), api_url) for pages in (SMALL, LARGE)
            )
            print_memory(small, large)


def print_speed(first: Refreshed, fixed: Refreshed, site: Site) -> None:
    """Pages a second against the bound that delay and hosts set."""
    bound, pages, wall = HOSTS / DELAY_SECONDS, first.pages, first.run.wall
    busy = first.asked[-1].at - first.asked[0].at
    rows = {
        f"`broadsheet refresh`, start to exit, {wall:.1f} s": pages / wall,
        f"without the {fixed.run.wall:.1f} s that one page takes (aim ≥ 0.9)": (pages - 1) / (wall - fixed.run.wall),
        f"between the first and the last request, {busy:.1f} s": pages / busy,
    }
    print(f"## The live web: {HOSTS} hosts of {PAGES} pages of {site.page_bytes / 1000:.0f} KB on average\n")
    print(f"{LATENCY_SECONDS * 1000:.0f} ms latency, {DELAY_SECONDS:g} s delay: at most {bound:.0f} pages/s\n")
    print("| what | pages/s | of the bound |\n| --- | --- | --- |")
    for what, speed in rows.items():
        print(f"| {what} | {speed:.1f} | {speed / bound:.2f} |")
    print(f"\n{len(first.asked):,} requests, two to a host never closer than {first.closest:.3f} s\n", flush=True)


def print_processors(first: Refreshed, fixed: Refreshed) -> None:
    """Processor time of a page. The transform is apart by process: it runs in the workers and nowhere else."""
    pages = first.pages - fixed.pages
    main = (first.run.main_seconds - fixed.run.main_seconds) / pages
    workers = (first.run.children_seconds - fixed.run.children_seconds) / pages
    print("## Processor time of a fetched page, less what a refresh of one page takes\n\n| where | ms |\n| --- | --- |")
    print(f"| the command's own process: all but the transform | {main * 1000:.2f} (aim ≤ 3) |")
    print(f"| its workers: the transform, and handing pages over | {workers * 1000:.1f} |")
    least = f"{fixed.run.main_seconds:.1f} s, its workers {fixed.run.children_seconds:.1f} s"
    print(f"\nOne page: {least}. Prefect's server is in neither.\n", flush=True)


def print_second(second: Refreshed) -> None:
    """What a refresh costs when there is nothing new."""
    conditional = sum(one.is_conditional and one.status == 304 for one in second.asked)
    print("## A second refresh, nothing new\n\n| what | |\n| --- | --- |")
    print(
        f"| requests | {len(second.asked)} (aim: {HOSTS}) |\n| of them conditional and answered 304 | {conditional} |"
    )
    print(f"| pages | {second.pages} |\n| seconds | {second.run.wall:.1f} |\n", flush=True)


def print_memory(small: Refreshed, large: Refreshed) -> None:
    """Peak memory of refreshes of two sizes, as fast as workers go."""
    print(f"## Peak memory, {SHORT_DELAY_SECONDS:g} s delay\n")
    print(
        "| pages | own process, resident MB | with its workers, proportional MB | pages/s |\n| --- | --- | --- | --- |"
    )
    for one in (small, large):
        speed = one.pages / one.run.wall
        print(f"| {one.pages:,} | {one.run.main_peak:,.0f} | {one.run.peak:,.0f} | {speed:.0f} |")
    own, whole = large.run.main_peak / small.run.main_peak, large.run.peak / small.run.peak
    print(f"\nRatio {own:.2f} own process, {whole:.2f} with its workers (aim ≤ 1.10)", flush=True)


def measure(hosts: int, pages: int, delay_seconds: float, root: Path, api_url: str) -> Refreshed:
    """A refresh of such a site into an empty warehouse."""
    with serving(hosts, pages) as site:
        return refresh(site, write_sources(site, delay_seconds, root.with_suffix(".toml")), root, api_url)


def write_sources(site: Site, delay_seconds: float, file: Path) -> Path:
    """A sources file with each of the site's feeds."""
    tables = (
        f'[[sources]]\nname = "outlet-{number}"\nkind = "feed"\nlocation = "{feed}"\n'
        f"delay_seconds = {delay_seconds}\nallow_private = true\n"
        for number, feed in enumerate(site.feeds)
    )
    file.write_text("\n".join(tables), encoding="utf-8")
    return file


def refresh(site: Site, sources: Path, root: Path, api_url: str) -> Refreshed:
    """One run of the real command."""
    variables = {"BROADSHEET_ROOT": str(root), "BROADSHEET_SOURCES": str(sources), "PREFECT_API_URL": api_url}
    run = watched(["refresh"], variables)
    return Refreshed(run, site.asked(), _page_count(Settings(root=root)))


def _page_count(settings: Settings) -> int:
    """Documents' pages that the newest run took in."""
    with engine.published(settings) as connection:
        query = "select page_count, detail from main.runs order by started_at desc limit 1"
        ((count, detail),) = connection.execute(query).fetchall()
    if detail:
        print(f"the run was not whole: {detail}")
    return int(count)


if __name__ == "__main__":
    main()
