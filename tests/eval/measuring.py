"""Every page through every tool once, in worker processes, and the scores of any selection of pages."""

import logging
import time
import warnings
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import groupby
from multiprocessing import get_context
from operator import attrgetter
from os import cpu_count
from statistics import mean, quantiles
from typing import Any

from flows.transform.learning import learn, observe
from tests.eval import gold
from tests.eval.contestants import COLUMNS, OURS, THEIRS, TOOLS, Record
from tests.eval.gold import ARCHIVE, Case, Row
from warehouse.model import Page, SiteRules

WARM_URL = "https://example.org/warm"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one tool made of one page and how it scored.

    `values` are the metrics that are averaged over pages, `counts` the true, found and wanted items of those that
    are summed over pages first.
    """

    case_id: str
    set_name: str
    tool: str
    known: Row
    record: Record
    values: dict[str, float]
    counts: dict[str, tuple[int, int, int]]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's value, and over how many pages it was taken."""

    value: float
    page_count: int


def measure(
    sets: Iterable[str], tools: Iterable[str], *, is_sampled: bool = False, is_learning: bool = False
) -> list[Outcome]:
    """The outcomes of all pages of the sets with each tool, with rules learnt from a set's own pages if so wished."""
    # Spawned, not forked: a parent with threads, as pytest may have, must not be copied.
    workers = min(cpu_count() or 1, 8)
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_warm) as pool:
        for name in sets:
            cases = gold.cases(name, is_sampled=is_sampled)
            rules = _learnt(pool, cases) if is_learning else {}
            run = partial(_outcomes, tools=tuple(tools))
            for found in pool.map(run, cases, [rules.get(case.page.site) for case in cases], chunksize=8):
                outcomes += found
    return outcomes


def figures(outcomes: Iterable[Outcome]) -> dict[str, Figure]:
    """The metrics over these outcomes, as the scorer names them."""
    tally = gold.scorer().Tally()
    for outcome in outcomes:
        for name, value in outcome.values.items():
            tally.add(name, value)
        for name, counted in outcome.counts.items():
            tally.count(name, *counted)
    return {name: Figure(entry["value"], entry["n"]) for name, entry in tally.result().items()}


def by_set(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], list[Outcome]]:
    """The outcomes under (set, tool)."""
    grouped: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        grouped[outcome.set_name, outcome.tool].append(outcome)
    return dict(grouped)


def cost(outcomes: Iterable[Outcome]) -> dict[str, float]:
    """CPU milliseconds a page: mean, median, 99th percentile."""
    spent = [outcome.milliseconds for outcome in outcomes]
    if len(spent) < 2:
        return {"mean": spent[0] if spent else 0.0}
    steps = quantiles(spent, n=100)
    return {"mean": round(mean(spent), 2), "p50": round(steps[49], 2), "p99": round(steps[98], 2)}


def page_figures(outcome: Outcome) -> dict[str, float]:
    """The metrics of one page alone."""
    return {name: figure.value for name, figure in figures([outcome]).items()}


def _learnt(pool: ProcessPoolExecutor, cases: list[Case]) -> dict[str, SiteRules]:
    """Site to rules, learnt from the cases' own pages as `maintain` learns from the stored ones."""
    seen = sorted(pool.map(observe, [case.page for case in cases], chunksize=8), key=attrgetter("site"))
    return {site: learn(site, list(pages)) for site, pages in groupby(seen, key=attrgetter("site"))}


def _warm() -> None:
    """What the tools load on first use is loaded, so that no page is charged for it."""
    # dateutil, under trafilatura, warns of each zone that it does not know: thousands of lines about others' pages.
    warnings.simplefilter("ignore")
    # A page that breaks a step counts as refused, and is listed as such with its trouble.
    logging.disable()
    import_module("flows.transform.warm")
    body = b"<html><head><title>Warm</title></head><body><p>Published on 3 May 2021. A page.</p></body></html>"
    TOOLS[THEIRS](Case("warm", Page(source="eval", site="", requested_url=WARM_URL, url=WARM_URL, body=body), {}), None)


def _outcomes(case: Case, rules: SiteRules | None, *, tools: tuple[str, ...]) -> list[Outcome]:
    return [_outcome(case, rules, tool) for tool in tools]


def _outcome(case: Case, rules: SiteRules | None, tool: str) -> Outcome:
    began = time.process_time()
    record = TOOLS[tool](case, rules if tool == OURS else None)
    spent = (time.process_time() - began) * 1000
    values, counts = _scored(case, record, COLUMNS[tool])
    return Outcome(case.case_id, case.set_name, tool, case.gold, record, values, counts, spent)


def _scored(case: Case, record: Record, columns: set[str]) -> tuple[dict[str, float], dict[str, Any]]:
    tally = gold.scorer().Tally()
    score = gold.scorer().score_archive if case.set_name == ARCHIVE else gold.scorer().score_page
    score(tally, case.gold, record, columns)
    return {name: one for name, (one,) in tally.values.items()}, {
        name: tuple(three) for name, three in tally.counts.items()
    }
