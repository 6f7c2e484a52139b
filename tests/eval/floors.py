"""The floors under the quality: what the sample reaches, less what one page may cost, as `floors.toml` keeps it."""

import sys
import tomllib
from collections.abc import Iterable, Iterator
from math import ceil, floor
from pathlib import Path

from tests.eval.aims import LOWER_IS_BETTER
from tests.eval.contestants import OURS
from tests.eval.gold import SETS
from tests.eval.measuring import Figure, Outcome, by_set, figures, measure
from warehouse.model import Reason

# Set to metric to what was measured; to what must be reached.
Found = dict[str, dict[str, Figure]]
Floors = dict[str, dict[str, float]]

PLACE = Path(__file__).with_name("floors.toml")
# Text scores of single pages move by a little with every change; a set of a hundred pages that moves by more is worse.
MARGIN = 0.003
GUARDED = (
    "text_f1",
    "text_below_0.8",
    "paragraph_recall",
    "contain_recall",
    "not_contain_violations",
    "title_exact",
    "authors_exact",
    "instant_60s",
    "day_utc",
    "language",
    "tags_f1",
    "section_exact",
    "image_basename",
    "lead_exact",
)
HEAD = """\
# What a fixed hundred pages of each gold set must reach: at least; text_below_0.8 and not_contain_violations at most.
# Written by `python -m tests.eval --floors > tests/eval/floors.toml`: raise them when quality has risen, with a reason
# in the commit when one falls.
"""


def sample() -> list[Outcome]:
    """What we make of the fixed part of all sets."""
    return measure(SETS, [OURS], is_sampled=True)


def found_in(outcomes: Iterable[Outcome]) -> Found:
    """The figures of each set; leaves the program where a step broke: what it left is no measure of quality."""
    pages = list(outcomes)
    broken = [one.record["detail"] for one in pages if one.record.get("refused") == Reason.EXTRACTOR_FAILED]
    if broken:
        sys.exit(f"eval: {len(broken)} pages broke a step, the first with {broken[0]}")
    return {name: figures(pages) for (name, _), pages in by_set(pages).items()}


def floors() -> Floors:
    """Set to metric to floor."""
    return tomllib.loads(PLACE.read_text(encoding="utf-8"))


def written(found: Found) -> str:
    """The floors that these figures give, in the format of the file."""
    return "\n".join([HEAD, *_lines(found)])


def below(found: Found, wanted: Floors) -> list[str]:
    """Each figure that is worse than its floor, or was not measured, in words."""
    return [
        f"{name} {metric}: {figure.value if figure else 'not measured'}, floor {limit}"
        for name, limits in wanted.items()
        for metric, limit in limits.items()
        if (figure := found.get(name, {}).get(metric)) is None or _is_worse(metric, figure.value, limit)
    ]


def _is_worse(metric: str, value: float, limit: float) -> bool:
    return value > limit if metric in LOWER_IS_BETTER else value < limit


def _lines(found: Found) -> Iterator[str]:
    for name, metrics in found.items():
        yield f"[{name}]"
        yield from (f'"{metric}" = {_limit(metric, metrics[metric])}' for metric in GUARDED if metric in metrics)
        yield ""


def _limit(metric: str, figure: Figure) -> float:
    """The figure less one page of those that it was taken over, or the margin where that is more; three digits."""
    margin = MARGIN if metric.startswith("text_f1") else max(MARGIN, 1 / figure.page_count)
    if metric in LOWER_IS_BETTER:
        return ceil(round(min(1.0, figure.value + margin) * 1000, 6)) / 1000
    return floor(round(max(0.0, figure.value - margin) * 1000, 6)) / 1000
