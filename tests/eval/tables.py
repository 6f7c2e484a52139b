"""What a run prints: all metrics of all sets, the aims, the worst pages, the errors of a field."""

from collections.abc import Iterable, Iterator
from typing import Any

from tests.eval.aims import LOWER_IS_BETTER, Standing
from tests.eval.contestants import OURS, THEIRS
from tests.eval.measuring import Figure, Outcome, by_set, cost, figures, page_figures

LONGEST_SHOWN = 160
MOST_LISTED = 20
# A field's name in the records, and the metric that says whether it is right.
METRIC_OF = {
    "text": "text_f1",
    "title": "title_exact",
    "authors": "authors_exact",
    "published_at": "instant_60s",
    "published_date": "day_utc",
    "language": "language",
    "tags": "tags_f1",
    "section": "section_exact",
    "image_url": "image_basename",
    "lead": "lead_exact",
    "must_contain": "contain_recall",
    "must_not_contain": "not_contain_violations",
}


def markdown(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A table in Markdown."""
    lines = [list(heads), *([str(cell) for cell in row] for row in rows)]
    body = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join([body[0], "| " + " | ".join("---" for _ in lines[0]) + " |", *body[1:]])


def all_metrics(outcomes: Iterable[Outcome]) -> str:
    """One row for each metric, one column for each set: ours, then the peer's."""
    grouped = {key: figures(pages) for key, pages in by_set(outcomes).items()}
    sets = list(dict.fromkeys(name for name, _ in grouped))
    metrics = sorted({metric for found in grouped.values() for metric in found})
    rows = [[metric, *(_pair(grouped, name, metric) for name in sets)] for metric in metrics]
    return markdown([f"{OURS} {THEIRS}", *sets], rows)


def costs(outcomes: Iterable[Outcome]) -> str:
    """CPU milliseconds a page of each tool, on all pages of the run."""
    pages = list(outcomes)
    tools = dict.fromkeys(outcome.tool for outcome in pages)
    spent = {tool: cost(one for one in pages if one.tool == tool) for tool in tools}
    rows = [[tool, *(f"{value:.1f}" for value in found.values())] for tool, found in spent.items()]
    return markdown(["CPU ms a page", *next(iter(spent.values()))], rows)


def summary(standings: Iterable[Standing]) -> str:
    """The aims, one row each, as the README shows them."""
    heads = ("what", "pages", "trafilatura", "Broadsheet", "aim", "met")
    return markdown(heads, map(_summary_row, standings))


def refusals(outcomes: Iterable[Outcome]) -> str:
    """The pages that were refused although something is known of their text, and how many others were."""
    refused = [one for one in outcomes if one.tool == OURS and "refused" in one.record]
    listed = [f"  {one.case_id}: {one.record['refused']} ({one.record['detail'][:80]})" for one in refused]
    wrong = sum(1 for one in refused if one.known.get("text") or one.known.get("must_contain"))
    head = f"refused: {len(refused)} pages, {wrong} of them with text in the gold"
    return "\n".join([head, *listed[:MOST_LISTED], *["  …"][: len(listed) > MOST_LISTED]])


def worst(outcomes: Iterable[Outcome], count: int) -> Iterator[str]:
    """The worst pages of each set by each metric that is a share of a page, by their case_id."""
    for (name, tool), pages in by_set(outcomes).items():
        if tool != OURS:
            continue
        for metric in ("text_f1", "contain_recall", "not_contain_violations", "paragraph_recall", "tags_f1"):
            ranked = sorted(_with(metric, pages), reverse=metric in LOWER_IS_BETTER)[:count]
            if ranked:
                yield f"{name} {metric}: " + ", ".join(f"{case_id} {value:.2f}" for value, case_id in ranked)


def errors(outcomes: Iterable[Outcome], field: str) -> Iterator[str]:
    """What the gold has and what we made of it, for each page whose field is wrong."""
    metric = METRIC_OF[field]
    for outcome in outcomes:
        value = outcome.tool == OURS and page_figures(outcome).get(metric)
        if value is False or value is None or value == (0.0 if metric in LOWER_IS_BETTER else 1.0):
            continue
        yield f"{outcome.case_id} {value:.2f}"
        yield f"  gold {_shown(_gold(outcome, field))}"
        yield f"  ours {_shown(_made(outcome, field))}"


def _pair(grouped: dict[tuple[str, str], dict[str, Figure]], name: str, metric: str) -> str:
    found = [grouped.get((name, tool), {}).get(metric) for tool in (OURS, THEIRS)]
    return " ".join(_number(figure) for figure in found) if any(found) else ""


def _number(figure: Figure | None) -> str:
    return "-" if figure is None else f"{figure.value:.3f}"


def _summary_row(standing: Standing) -> list[str]:
    aim, ours = standing.aim, standing.ours
    assert ours is not None
    place = aim.language or (", ".join(aim.sets) if len(aim.sets) == 1 else f"{len(aim.sets)} sets")
    met = {True: "yes", False: "**no**", None: "?"}[standing.is_met]
    return [aim.what, f"{place} ({ours.page_count})", _theirs(standing), _ours(standing), _bound(standing), met]


def _theirs(standing: Standing) -> str:
    if standing.aim.share_of_peer is not None and standing.theirs is not None:
        return _lost(standing, standing.theirs)
    return _number(standing.theirs)


def _ours(standing: Standing) -> str:
    assert standing.ours is not None
    if standing.aim.share_of_peer is None:
        return _number(standing.ours)
    ratio = "" if standing.ratio is None else f" ({standing.ratio:.2f} of its)"
    return _lost(standing, standing.ours) + ratio


def _lost(standing: Standing, figure: Figure) -> str:
    """A loss; pages where it is a share of pages."""
    if standing.aim.metric in LOWER_IS_BETTER:
        return f"{round(figure.value * figure.page_count)} pages"
    return f"{1 - figure.value:.4f}"


def _bound(standing: Standing) -> str:
    aim = standing.aim
    if aim.share_of_peer is not None:
        return f"≤ {aim.share_of_peer:.2f} of its"
    best = f" ({aim.best_tool})" if aim.best_tool and standing.bound == aim.best_known - aim.slack else ""
    return f"{'≤' if aim.at_most is not None else '≥'} {standing.bound:.3f}{best}"


def _with(metric: str, pages: Iterable[Outcome]) -> Iterator[tuple[float, str]]:
    for outcome in pages:
        value = page_figures(outcome).get(metric)
        if value is not None:
            yield value, outcome.case_id


def _gold(outcome: Outcome, field: str) -> Any:
    if field.startswith("must_"):
        return outcome.known.get(field)
    return outcome.known.get(field) or outcome.known.get("published_date" if field.startswith("published") else field)


def _made(outcome: Outcome, field: str) -> Any:
    names = {"published_date": "published_at", "must_contain": "text", "must_not_contain": "text"}
    return outcome.record.get("refused") or outcome.record.get(names.get(field, field))


def _shown(value: Any) -> str:
    text = " ¶ ".join(map(str, value)) if isinstance(value, list | tuple) else str(value).replace("\n", " ¶ ")
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}… ({len(text)} characters)"
