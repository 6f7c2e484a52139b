"""The quality of documents on the gold sets, with trafilatura beside us in the same run: `make eval`.

The sets and their scorer are named by BROADSHEET_GOLD_DATA: pages lie in `pages/`, the scorer in `../tools/score.py`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import trafilatura
from pyarrow import parquet

from flows.transform.documents import transform
from flows.web.urls import site_of
from warehouse.model import Document, Page

SETS = ("aeb", "trafilatura", "fundus_dev", "fundus_eval_dev", "wcxb_dev", "daniel_dev", "newspaper4k", "mcmetadata")
Row = dict[str, Any]


def ours(case: Row) -> Row:
    """The record that Broadsheet makes of a page; an empty one where it refuses the page."""
    url = case["url"]
    page = Page(source="eval", site=site_of(url), requested_url=url, url=url, body=case["html"])
    made = transform(page)
    if not isinstance(made, Document):
        return {"url": url}
    names = ("title", "authors", "published_precision", "language", "text", "tags", "section", "image_url", "lead")
    record = {name: getattr(made, name) for name in names}
    published_at = made.published_at.isoformat() if made.published_at else None
    return {**record, "url": url, "published_at": published_at, "image_urls": [image.url for image in made.images]}


def theirs(case: Row) -> Row:
    """The record that trafilatura makes of a page with its defaults and metadata."""
    url = case["url"]
    try:
        made = trafilatura.bare_extraction(case["html"], url=url, with_metadata=True, include_comments=False)
    except Exception:  # noqa: BLE001 - its failures count as empty pages
        made = None
    if made is None:
        return {"url": url}
    authors = [name.strip() for name in (made.author or "").split(";") if name.strip()]
    tags = [tag.strip() for tag in ";".join(made.tags or []).split(";") if tag.strip()]
    record = {"title": made.title, "text": made.text, "image_url": made.image, "lead": made.description}
    return {**record, "url": url, "authors": authors, "published_at": made.date, "tags": tags}


TOOLS: dict[str, Callable[[Row], Row]] = {"broadsheet": ours, "trafilatura": theirs}


def main(wanted: Iterable[str]) -> None:
    """Scores the wanted sets, or all of them, and prints a table for each."""
    if "BROADSHEET_GOLD_DATA" not in os.environ:
        sys.exit("eval: BROADSHEET_GOLD_DATA is not set; expected the folder of the gold data")
    gold = Path(os.environ["BROADSHEET_GOLD_DATA"])
    with ProcessPoolExecutor() as workers, TemporaryDirectory() as folder:
        for name in wanted or SETS:
            cases = gold / "pages" / f"{name}.parquet"
            rows = parquet.read_table(cases, columns=["url", "html"]).to_pylist()
            scores = {}
            for tool, extract in TOOLS.items():
                records = workers.map(extract, rows, chunksize=8)
                documents = Path(folder) / f"{tool}.jsonl"
                documents.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
                scores[tool] = scored(gold.parent / "tools" / "score.py", cases, documents)
            print_table(name, len(rows), scores)


def scored(scorer: Path, cases: Path, documents: Path) -> dict[str, float]:
    """The scorer's metrics for the documents of one tool."""
    command = [sys.executable, scorer, cases, documents, "--json"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return flat(json.loads(printed))


def flat(result: dict[str, Any]) -> dict[str, float]:
    """Metric to value, whatever stands around it."""
    metrics = result.get("metrics", result)
    return {name: value["value"] if isinstance(value, dict) else value for name, value in metrics.items()}


def print_table(name: str, page_count: int, scores: dict[str, dict[str, float]]) -> None:
    """One row for each metric, one column for each tool."""
    print(f"\n## {name} ({page_count} pages)\n\n| metric | {' | '.join(scores)} |\n| --- |{' --- |' * len(scores)}")
    for metric in dict.fromkeys(metric for values in scores.values() for metric in values):
        cells = (f"{values[metric]:.3f}" if metric in values else "-" for values in scores.values())
        print(f"| {metric} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main(sys.argv[1:])
