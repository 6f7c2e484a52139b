"""The aims, read from `aims.toml`, and how far the outcomes of a run reach them."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.eval.contestants import OURS, THEIRS
from tests.eval.measuring import Figure, Outcome, figures

# Of these metrics 0 is best; of all others 1 is.
LOWER_IS_BETTER = frozenset(
    (
        "authors_ghost_rate",
        "date_missing_rate",
        "empty_rate",
        "leftover_share",
        "must_not_hit_rate",
        "not_contain_violations",
        "text_below_0.8",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """One figure that should be reached; `aims.toml` explains the fields."""

    what: str
    metric: str
    sets: tuple[str, ...]
    at_least: float | None = None
    at_most: float | None = None
    share_of_peer: float | None = None
    language: str | None = None
    best_known: float = 0.0
    best_tool: str | None = None
    slack: float = 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an aim is reached: what we have and what the peer has."""

    aim: Aim
    ours: Figure | None
    theirs: Figure | None

    @property
    def ratio(self) -> float | None:
        """Our loss as a share of the peer's."""
        if self.ours is None or self.theirs is None:
            return None
        wanted = loss(self.aim.metric, self.theirs.value)
        return loss(self.aim.metric, self.ours.value) / wanted if wanted else None

    @property
    def bound(self) -> float | None:
        """The value to be reached, in the metric's own terms; None where the aim is a share."""
        if self.aim.language:
            peer = self.theirs.value if self.theirs else 0.0
            return max(peer, self.aim.best_known) - self.aim.slack
        return self.aim.at_most if self.aim.at_least is None else self.aim.at_least

    @property
    def is_met(self) -> bool | None:
        """Whether the aim is reached; None where it could not be measured."""
        if self.aim.share_of_peer is not None:
            return None if self.ratio is None else self.ratio <= self.aim.share_of_peer
        if self.ours is None or self.bound is None or (self.aim.language and self.theirs is None):
            return None
        better = self.bound - self.ours.value if self.aim.at_most is None else self.ours.value - self.bound
        return better <= 0


def loss(metric: str, value: float) -> float:
    """How much is missing from the best value."""
    return value if metric in LOWER_IS_BETTER else 1 - value


def aims() -> list[Aim]:
    """All aims, one for each set of those that hold for each of several."""
    entries = tomllib.loads((Path(__file__).with_name("aims.toml")).read_text(encoding="utf-8"))["aim"]
    return [aim for entry in entries for aim in _each(entry)]


def standings(outcomes: Iterable[Outcome]) -> list[Standing]:
    """How far each aim is reached by the outcomes; without those of which no page was measured."""
    pages = list(outcomes)
    found = [Standing(aim, _figure(aim, pages, OURS), _figure(aim, pages, THEIRS)) for aim in aims()]
    return [standing for standing in found if standing.ours is not None]


def _each(entry: dict[str, Any]) -> Iterator[Aim]:
    each_of = entry.pop("each_of", None)
    aim = Aim(**{**entry, "sets": tuple(entry.get("sets", ()))})
    yield from [aim] if each_of is None else [replace(aim, sets=(name,)) for name in each_of]


def _figure(aim: Aim, outcomes: list[Outcome], tool: str) -> Figure | None:
    # Where a run measured some of the sets alone, a figure over all of them would be another one.
    if not set(aim.sets) <= {outcome.set_name for outcome in outcomes}:
        return None
    chosen = [one for one in outcomes if one.tool == tool and one.set_name in aim.sets and _speaks(one, aim.language)]
    return figures(chosen).get(aim.metric)


def _speaks(outcome: Outcome, language: str | None) -> bool:
    return language is None or (outcome.known.get("language") or "").split("-")[0] == language
