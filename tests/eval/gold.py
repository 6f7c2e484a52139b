"""The gold pages and their scorer, read where they are: in the folder that BROADSHEET_GOLD_DATA names.

Pages lie in `pages/`, the archive's articles in `archive/gold/`, the scorer in `../tools/score.py`.
"""

import importlib.util
import json
import os
import sys
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from pyarrow import parquet

from flows.extract.archive.feed_files import read_feed_file
from flows.web.urls import site_of
from warehouse.model import Page

SETS = ("aeb", "trafilatura", "fundus_dev", "fundus_eval_dev", "wcxb_dev", "daniel_dev", "newspaper4k", "mcmetadata")
ARCHIVE = "archive"
# Of each set: enough that two lost pages show, and all of them together done in half a minute.
SAMPLE_PAGES = 100

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A page with what is known of it. `gold` is the row of the set, without the page's bytes."""

    set_name: str
    page: Page
    gold: Row

    @property
    def case_id(self) -> str:
        """What names the case in lists; no text of the page."""
        return str(self.gold.get("case_id") or f"{ARCHIVE}/{self.gold['n']}")


def folder() -> Path:
    """The folder of the gold data; leaves the program with one clear line where there is none."""
    place = os.environ.get("BROADSHEET_GOLD_DATA", "")
    if not Path(place, "pages").is_dir():
        sys.exit("eval: BROADSHEET_GOLD_DATA does not name the folder of the gold data (the one with `pages/` in it)")
    return Path(place)


@cache
def scorer() -> ModuleType:
    """The module that compares a record with its gold."""
    name = "gold_scorer"
    spec = importlib.util.spec_from_file_location(name, folder().parent / "tools" / "score.py")
    if spec is None or spec.loader is None:
        sys.exit("eval: no score.py in the folder `tools` beside the gold data")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def cases(set_name: str, *, is_sampled: bool = False) -> list[Case]:
    """All cases of a set, or its sample, in the set's order."""
    found = _archive_cases() if set_name == ARCHIVE else _page_cases(set_name)
    return sample(found) if is_sampled else found


def sample(found: list[Case]) -> list[Case]:
    """The fixed part on which the floors stand: drawn by the cases' names, so that it is the same everywhere."""
    return sorted(found, key=lambda case: zlib.crc32(case.case_id.encode()))[:SAMPLE_PAGES]


def _page_cases(set_name: str) -> list[Case]:
    rows = parquet.read_table(folder() / "pages" / f"{set_name}.parquet").to_pylist()
    return [Case(set_name, _page(row["url"], row.pop("html")), row) for row in rows]


def _page(url: str, body: bytes) -> Page:
    return Page(source="eval", site=site_of(url), requested_url=url, url=url, body=body)


def _archive_cases() -> list[Case]:
    return [_archive_case(answers) for answers in sorted((folder() / "archive" / "gold").glob("*.json"))]


def _archive_case(answers: Path) -> Case:
    (file,) = answers.parent.glob(f"{answers.stem}__*.md")
    page = read_feed_file(file.read_bytes(), location=file.name, source="gold")
    assert isinstance(page, Page)
    return Case(ARCHIVE, page, json.loads(answers.read_text(encoding="utf-8")))
