"""The quality of documents on the gold sets, with trafilatura beside us in the same run: `make eval`."""

import argparse
import json
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flows.transform.versions import extractor
from tests.eval import floors, tables
from tests.eval.aims import standings
from tests.eval.contestants import OURS, THEIRS
from tests.eval.gold import ARCHIVE, SETS, folder
from tests.eval.measuring import Outcome, by_set, cost, figures, measure


def main(arguments: list[str]) -> None:
    """Scores the wanted sets, or all of them and the archive's articles, and prints what was asked for."""
    options = _options(arguments)
    folder()
    if options.floors:
        print(floors.written(floors.found_in(floors.sample())))
        return
    began = time.monotonic()
    tools = [OURS] if options.without_peer else [OURS, THEIRS]
    outcomes = measure(options.sets or (*SETS, ARCHIVE), tools, is_learning=options.learn)
    seconds = time.monotonic() - began
    if options.errors or options.worst:
        _print_pages(outcomes, options)
    else:
        _print_tables(outcomes, seconds, is_summary=options.summary)
    if options.json:
        report = json.dumps(_report(outcomes, seconds), ensure_ascii=False, indent=1)
        options.json.write_text(report + "\n", encoding="utf-8")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.eval", description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join((*SETS, ARCHIVE))}; all if none")
    parser.add_argument("--without-peer", action="store_true", help="Broadsheet alone, in half the time")
    parser.add_argument("--learn", action="store_true", help="learn the sites' rules from each set's own pages first")
    parser.add_argument("--summary", action="store_true", help="the aims alone, as the README shows them")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="the N worst pages of each set and metric")
    parser.add_argument(
        "--errors", choices=tables.METRIC_OF, metavar="FIELD", help="gold and ours where FIELD is wrong"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep all figures there")
    parser.add_argument("--floors", action="store_true", help="the table for tests/eval/floors.toml")
    options = parser.parse_args(arguments)
    if unknown := set(options.sets) - {*SETS, ARCHIVE}:
        parser.error(f"no such set: {', '.join(sorted(unknown))}; there are {', '.join((*SETS, ARCHIVE))}")
    return options


def _print_pages(outcomes: list[Outcome], options: argparse.Namespace) -> None:
    lines: Iterable[str] = tables.errors(outcomes, options.errors) if options.errors else ()
    for line in (*lines, *tables.worst(outcomes, options.worst)):
        print(line)


def _print_tables(outcomes: list[Outcome], seconds: float, *, is_summary: bool) -> None:
    if not is_summary:
        print(tables.all_metrics(outcomes), end="\n\n")
        print(tables.costs(outcomes), end="\n\n")
        print(tables.refusals(outcomes), end="\n\n")
    print(tables.summary(standings(outcomes)))
    met = [standing.is_met for standing in standings(outcomes)]
    day = datetime.now(UTC).date()
    print(f"\n{met.count(True)} of {len(met)} aims met; {day}, {extractor()}, {seconds:.0f} s of wall time")


def _report(outcomes: list[Outcome], seconds: float) -> dict[str, Any]:
    """All figures, without a word of the pages."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "extractor": extractor(),
        "peer": f"{THEIRS} {version(THEIRS)}",
        "wall_seconds": round(seconds, 1),
        "sets": [
            {
                "set": name,
                "tool": tool,
                "cpu_ms": cost(pages),
                "metrics": {metric: asdict(figure) for metric, figure in figures(pages).items()},
            }
            for (name, tool), pages in by_set(outcomes).items()
        ],
        "aims": [asdict(standing) | {"is_met": standing.is_met} for standing in standings(outcomes)],
    }


if __name__ == "__main__":
    main(sys.argv[1:])
