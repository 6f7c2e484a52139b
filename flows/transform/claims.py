"""What speaks for a field's value: every piece of evidence that was weighed, the one that won, why others lost.

A field is decided *from* its claims, so that `broadsheet extract --explain` shows the decision itself and no
retelling of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement about a field.

    `value` is what the field would be; `evidence` is where it was found, in the words of the page (`og:title`,
    `json_ld datePublished`); `raw` is the string that it was read from; `score` orders claims where they are
    scored and not ranked; `refused` says why it cannot be the answer, None where it could be.
    """

    value: Any
    evidence: str
    raw: str | None = None
    score: float | None = None
    refused: str | None = None
    is_chosen: bool = False

    def shown(self) -> dict[str, Any]:
        """The claim as the command prints it: without what is empty, long strings cut."""
        named = {
            "value": _shortened(self.value),
            "evidence": self.evidence,
            "raw": _shortened(self.raw),
            "score": None if self.score is None else round(self.score, 3),
            "refused": self.refused,
            "is_chosen": self.is_chosen or None,
        }
        return {name: value for name, value in named.items() if value is not None}


def first_possible(claims: Iterable[Claim]) -> Claim | None:
    """The first claim that is not refused: the answer, where claims come in the order of their rank."""
    return next((claim for claim in claims if claim.refused is None), None)


def chosen_value(claims: Iterable[Claim]) -> Any:
    """The value of the chosen claim; None where nothing was chosen."""
    return next((claim.value for claim in claims if claim.is_chosen), None)


def with_choice(claims: Sequence[Claim], chosen: Claim | None) -> list[Claim]:
    """The claims with the chosen one marked."""
    return [replace(claim, is_chosen=True) if claim is chosen else claim for claim in claims]


def _shortened(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST_SHOWN:
        return value[:LONGEST_SHOWN] + "…"
    if isinstance(value, tuple | list):
        return [_shortened(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
