"""Bytes that raw pages take in their table, against the same pages as .warc.gz; what writing and reading them costs.

The pages come in the order of their set and are stored shard by shard, as an ingest stores them. The .warc.gz has one
gzip member of level 6 a response record, HTTP headers included.
"""

import gzip
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

from flows.steps import next_shard
from tests.bench.warcs import FIRST_CAPTURE, response
from tests.eval import gold
from tests.eval.tables import markdown
from warehouse import storage
from warehouse.model import Page
from warehouse.schema import PAGES
from warehouse.settings import Settings

GZIP_LEVEL = 6
ALL_AIM, SITE_AIM = 0.8, 0.4
MANY_PAGES_A_SITE = ("daniel_dev", "fundus_eval_dev")
SCATTERED_PAGES = 20

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Stored:
    """Some pages both ways: bytes, and processor milliseconds a page."""

    name: str
    pages: int
    raw_bytes: int
    warc_bytes: int
    warc_milliseconds: float
    table_bytes: int
    table_milliseconds: float

    @property
    def ratio(self) -> float:
        """The table's bytes to those of the .warc.gz."""
        return self.table_bytes / self.warc_bytes


def main() -> int:
    """Stores all gold pages, and sets with many pages a site alone; prints it; 1 where an aim is missed."""
    every = {name: list(_captures(name)) for name in gold.SETS}
    pages = [page for found in every.values() for page in found]
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(root=Path(place) / "all")
        whole = stored("all sets", pages, settings)
        sites = [stored(name, every[name], Settings(root=Path(place) / name)) for name in MANY_PAGES_A_SITE]
        met = print_bytes([whole, *sites])
        print_reading(settings, pages)
    return 0 if met else 1


def stored(name: str, pages: Sequence[Page], settings: Settings) -> Stored:
    """The pages in an empty warehouse, and as a .warc.gz."""
    records = [_record(page) for page in pages]
    warc_bytes, warc_seconds = _timed(lambda: sum(len(gzip.compress(record, GZIP_LEVEL)) for record in records))
    _, table_seconds = _timed(lambda: _store(pages, settings))
    return Stored(
        name,
        len(pages),
        sum(page.body_bytes for page in pages),
        warc_bytes,
        warc_seconds * 1000 / len(pages),
        sum(Path(path).stat().st_size for path in storage.table_files(settings, PAGES)),
        table_seconds * 1000 / len(pages),
    )


def print_bytes(found: Sequence[Stored]) -> bool:
    """Both sizes and both times; whether the aims are met."""
    levels = f"{PAGES.layout.level}, {PAGES.layout.level_of_alike} where pages of a site abound"
    print(f"## Raw pages on disk: ZSTD level {levels}; against .warc.gz of level {GZIP_LEVEL}\n")
    rows, every = [], True
    for one in found:
        aim = SITE_AIM if one.name in MANY_PAGES_A_SITE else ALL_AIM
        met = one.ratio <= aim
        every = every and met
        sizes = (f"{size / 1e6:.1f}" for size in (one.raw_bytes, one.warc_bytes, one.table_bytes))
        times = (f"{one.warc_milliseconds:.2f}", f"{one.table_milliseconds:.2f}")
        verdict = (f"{one.ratio:.3f}", f"≤ {aim}", "yes" if met else "**no**")
        rows.append([one.name, f"{one.pages:,}", *sizes, *verdict, *times])
    heads = ["pages of", "pages", "raw MB", ".warc.gz MB", "table MB", "ratio", "aim", "met"]
    print(markdown([*heads, "gzip, CPU ms a page", "append, CPU ms a page"], rows), "\n", flush=True)
    return every


def print_reading(settings: Settings, pages: Sequence[Page]) -> None:
    """What readers pay, the best of several."""
    wanted = [page.page_id for page in random.Random(1).sample(list(pages), SCATTERED_PAGES)]
    readings: dict[str, Callable[[], object]] = {
        "one page by its id": lambda: storage.read_pages(settings, wanted[:1]),
        f"{SCATTERED_PAGES} scattered pages": lambda: storage.read_pages(settings, wanted),
        "`count(*)`": lambda: _query(settings, "select count(*) from pages"),
        "pages by site": lambda: _query(settings, "select site, count(*) from pages group by all"),
    }
    rows = ([name, f"{min(_timed(read)[1] for _ in range(5)) * 1000:.0f}"] for name, read in readings.items())
    print(markdown(["reading from all sets", "CPU ms"], rows), flush=True)


def _query(settings: Settings, query: str) -> object:
    with storage.tables_as_they_are(settings, PAGES) as connection:
        return connection.execute(query).fetchall()


def _store(pages: Sequence[Page], settings: Settings) -> None:
    inputs = iter(pages)
    for number in count():
        if not (shard := next_shard(inputs, settings, number)):
            return
        storage.append_new(settings, PAGES, shard, "bench")


def _captures(set_name: str) -> Iterator[Page]:
    """The pages of a set as captures, a second apart."""
    for number, case in enumerate(gold.cases(set_name)):
        moment = FIRST_CAPTURE + timedelta(seconds=number)
        yield replace(case.page, status=200, captured_at=moment, content_type="text/html")


def _record(page: Page) -> bytes:
    return response(page.url, page.body, page.captured_at or FIRST_CAPTURE)


def _timed(action: Callable[[], Value]) -> tuple[Value, float]:
    started = time.process_time()
    result = action()
    return result, time.process_time() - started
