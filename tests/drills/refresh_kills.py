"""The drill of the live web: refreshes that are killed twice, then left to finish; ten times, each on a warehouse of
its own.

Every kill is a SIGKILL at a random moment of the street, which reads two feeds and a sitemap that are served here.
Every eleventh page is missing when it is first asked for. At the end every page that is listed must be in the
warehouse once and be a document once, no link forgotten; publishing has run the checks after every refresh.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flows.extract.fetch.clocks import SystemClock
from flows.extract.poll.live import LiveReader
from flows.extract.sources import Source
from tests.flows.loopback import Host, Response, article, feed, hosts
from tests.flows.plain import load_plainly
from warehouse import engine
from warehouse.model import SourceKind
from warehouse.settings import Settings

ROUNDS = 10
KILLS = 2
PAGES = 60
LATENCY_SECONDS = 0.02
LISTED_AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)

ROWS = """
select
    (select count(*) from main.pages where kind = 'document'),
    (select count(distinct requested_url) from main.pages where kind = 'document'),
    (select count(*) from main.documents),
    (select count(*) from main.document_versions)
"""
LISTINGS = "select count(*), count(distinct requested_url) from main.pages where kind in ('feed', 'sitemap')"


@dataclass
class Outlet:
    """A host with its pages, of which every eleventh is missing at first, and one listing of them all."""

    host: Host
    kind: SourceKind
    asked: Counter[str] = field(default_factory=Counter)

    @property
    def urls(self) -> list[str]:
        return [f"{self.host.url}/{number}" for number in range(PAGES)]

    @property
    def source(self) -> str:
        return f"{self.kind}={self.host.url}/listing"

    def answer(self, path: str) -> Response | None:
        time.sleep(LATENCY_SECONDS)
        self.asked[path] += 1
        number = path.removeprefix("/")
        if path == "/listing":
            return self._listing()
        if not number.isdigit() or int(number) >= PAGES or (int(number) % 11 == 0 and self.asked[path] == 1):
            return None
        return article(f"Story {number}", f"What story {number} says.", LISTED_AT, f"{self.host.url}{path}")

    def _listing(self) -> Response:
        if self.kind is SourceKind.FEED:
            return feed([(url, f"Story {url}", LISTED_AT, None) for url in self.urls])
        listed = "".join(f"<url><loc>{url}</loc></url>" for url in self.urls)
        return Response(f"<urlset>{listed}</urlset>".encode(), content_type="application/xml")


def main() -> None:
    """Runs the drill and prints a line for each round; ends with a non-zero status at the first loss."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(2**32)
    chance = random.Random(seed)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as place:
        with outlets() as served:
            seconds = _finish(Path(place) / "whole", served)
        print(f"an undisturbed refresh: {3 * PAGES} pages in {seconds:.1f} s", flush=True)
        for number in range(1, ROUNDS + 1):
            with outlets() as served:
                _round(Path(place) / str(number), number, served, lambda: chance.uniform(0, seconds))
    print(f"{ROUNDS * KILLS} kills: nothing forgotten, nothing doubled")


@contextmanager
def outlets() -> Iterator[list[Outlet]]:
    """Two feeds and a sitemap, each on a host of its own."""
    with hosts(3, SystemClock()) as servers:
        kinds = (SourceKind.FEED, SourceKind.FEED, SourceKind.SITEMAP)
        served = [Outlet(host, kind) for host, kind in zip(servers, kinds, strict=True)]
        for outlet in served:
            outlet.host.answers = outlet.answer
        yield served


def _round(root: Path, number: int, served: list[Outlet], moment: Callable[[], float]) -> None:
    ends = [_kill(root, served, moment()) for _ in range(KILLS)]
    # Once for what was left, once more for what was missing when it was first asked for.
    for _ in range(2):
        _finish(root, served)
    expected = 3 * PAGES
    found, listings = _query(root, ROWS), _query(root, LISTINGS)
    if found != (expected,) * 4 or listings != (3, 3):
        sys.exit(f"round {number}, {', '.join(ends)}: expected {expected} of each, found {found}; {listings} listings")
    before = sum(len(outlet.host.log) for outlet in served)
    _finish(root, served)
    request_count = sum(len(outlet.host.log) for outlet in served) - before
    if request_count != len(served):
        sys.exit(f"round {number}: a refresh with nothing new took {request_count} requests")
    print(f"round {number:2d}, {', '.join(ends)}: exact", flush=True)


def _start(root: Path, served: list[Outlet]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.drills.refresh_kills", "street", str(root), *(one.source for one in served)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)


def _finish(root: Path, served: list[Outlet]) -> float:
    """Refreshes to the end; returns the seconds that it took."""
    started = time.monotonic()
    process = _start(root, served)
    output, _ = process.communicate()
    if process.returncode:
        sys.exit(f"a plain refresh failed:\n{output.decode()[-2000:]}")
    return time.monotonic() - started


def _kill(root: Path, served: list[Outlet], after: float) -> str:
    """Starts a refresh, kills it after so many seconds, and says what it met."""
    process = _start(root, served)
    time.sleep(after)
    has_ended = process.poll() is not None
    if not has_ended:
        os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    return f"{'ended' if has_ended else 'killed'} after {after:.1f} s"


def _query(root: Path, query: str) -> tuple[object, ...]:
    with engine.published(Settings(root=root)) as connection:
        return tuple(connection.execute(query).fetchall()[0])


def street(root: str, *sources: str) -> None:
    """The street without Prefect, as the process that is killed: small shards, so that there is much to interrupt."""
    settings = Settings(root=Path(root), shard_pages=20, workers=1, delay_seconds=0)
    live = [
        Source(name=f"outlet{number}", kind=SourceKind(kind), location=location, allow_private=True)
        for number, (kind, location) in enumerate(source.split("=", 1) for source in sources)
    ]
    load_plainly(LiveReader(live, settings), settings, flow="refresh", source=None)


if __name__ == "__main__":
    if sys.argv[1:2] == ["street"]:
        street(*sys.argv[2:])
    else:
        main()
