"""Pages a second a core of the full record, with trafilatura beside it: the same pages, the same run, the same core.

The contestants take turns page by page, so that a busy moment of the machine strikes both; processor time is measured.
trafilatura is half the pages behind: what either keeps of a page in its caches is then no gift to the other.
"""

import gc
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import fmean, quantiles
from typing import Any

from flows.transform import warm  # noqa: F401 - its import loads all that the transform loads on first use
from flows.transform.documents import transform
from tests.eval import gold
from tests.eval.contestants import peer
from tests.eval.gold import Case
from tests.eval.tables import markdown
from warehouse.model import Document, Reject

WARM_UP_PAGES = 3
"""Pages of each set that both contestants read before the clock starts: stoplists, patterns and tables load then."""
SPEED_AIM, SURE_AIM = 1.5, 2.5
P99_AIM = 60 / 160
"""The slowest pages to trafilatura's: 60 ms were asked for where trafilatura's took 160, on a machine of its own."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor milliseconds that one page cost a contestant."""

    set_name: str
    milliseconds: float


@dataclass
class Measured:
    """What all pages cost each contestant, and by which way our texts were made."""

    ours: list[Cost] = field(default_factory=list)
    theirs: list[Cost] = field(default_factory=list)
    methods: Counter[str] = field(default_factory=Counter)


def main(sample: int | None = None) -> int:
    """Measures all gold pages, or so many of each set, and prints it as Markdown; 1 where an aim is missed."""
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
    cases = _cases(sample)
    _warm_up(cases)
    found = measure(cases)
    print(f"## The transform: {len(cases):,} whole pages, one core, processor ms a page\n")
    met = print_costs(found)
    print_sets(found)
    print_methods(found.methods)
    return 0 if met else 1


def measure(cases: Sequence[Case]) -> Measured:
    """What each page costs either contestant."""
    found = Measured()
    half = len(cases) // 2
    for ours, theirs in zip(cases, [*cases[half:], *cases[:half]], strict=True):
        milliseconds, made = _timed(lambda case: transform(case.page), ours)
        found.ours.append(Cost(ours.set_name, milliseconds))
        found.methods[_method(made)] += 1
        milliseconds, _ = _timed(peer, theirs)
        found.theirs.append(Cost(theirs.set_name, milliseconds))
    gc.unfreeze()
    return found


def print_costs(found: Measured) -> bool:
    """The costs as a whole, and whether the aims are met."""
    ours, theirs = (_figures(costs) for costs in (found.ours, found.theirs))
    faster, slowest = theirs["mean"] / ours["mean"], ours["p99"] / theirs["p99"]
    rows = [
        [name, *(f"{value:.1f}" for value in one.values())] for name, one in (("ours", ours), ("trafilatura", theirs))
    ]
    rows.append(["trafilatura to ours", *(f"{theirs[name] / ours[name]:.2f}" for name in ours)])
    print(markdown(["", *ours], rows), "\n")
    aims = [
        ("pages/s to trafilatura's", f"{faster:.2f}", f"≥ {SPEED_AIM}", faster >= SPEED_AIM),
        ("the same, sure pages skipping its parts", f"{faster:.2f}", f"≥ {SURE_AIM}", faster >= SURE_AIM),
        ("p99 to trafilatura's", f"{slowest:.2f}", f"≤ {P99_AIM:.3f}", slowest <= P99_AIM),
    ]
    print(
        markdown(["aim", "measured", "asked", "met"], ([*row, "yes" if met else "**no**"] for *row, met in aims)), "\n"
    )
    return faster >= SPEED_AIM and slowest <= P99_AIM


def print_sets(found: Measured) -> None:
    """The costs of each set."""
    names = dict.fromkeys(cost.set_name for cost in found.ours)
    print(markdown(["set", "pages", "ours", "trafilatura", "ratio", "our p99"], map(_set_row(found), names)), "\n")


def print_methods(methods: Counter[str]) -> None:
    """The ways by which texts were made, and how many pages were refused."""
    rows = ([name, count, f"{count / methods.total():.1%}"] for name, count in methods.most_common())
    print(markdown(["text_method", "pages", "share"], rows), flush=True)


def _cases(sample: int | None) -> list[Case]:
    """All cases, or the first so many of each set's sample, which is the same on every machine."""
    return [case for name in gold.SETS for case in gold.cases(name, is_sampled=sample is not None)[:sample]]


def _warm_up(cases: Iterable[Case]) -> None:
    taken: Counter[str] = Counter()
    for case in cases:
        taken[case.set_name] += 1
        if taken[case.set_name] <= WARM_UP_PAGES:
            transform(case.page)
            peer(case)
    # The pages themselves are many objects: without this the collector would walk them on either's time.
    gc.collect()
    gc.freeze()


def _timed(contestant: Callable[[Case], Any], case: Case) -> tuple[float, Any]:
    started = time.process_time()
    made = contestant(case)
    return (time.process_time() - started) * 1000, made


def _method(made: Document | Reject) -> str:
    return made.text_method if isinstance(made, Document) else f"refused: {made.reason.value}"


def _figures(costs: Iterable[Cost]) -> dict[str, float]:
    spent = sorted(cost.milliseconds for cost in costs)
    cuts = quantiles(spent, n=100, method="inclusive")
    return {"mean": fmean(spent), "p50": cuts[49], "p99": cuts[98], "max": spent[-1], "pages/s": 1000 / fmean(spent)}


def _set_row(found: Measured) -> Callable[[str], Iterator[Any]]:
    def row(name: str) -> Iterator[Any]:
        ours, theirs = ([cost for cost in costs if cost.set_name == name] for costs in (found.ours, found.theirs))
        mine, peers = _figures(ours), _figures(theirs)
        yield from (name, len(ours), f"{mine['mean']:.1f}", f"{peers['mean']:.1f}")
        yield from (f"{peers['mean'] / mine['mean']:.2f}", f"{mine['p99']:.0f}")

    return row


if __name__ == "__main__":
    main()
