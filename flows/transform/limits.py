"""How much work a page may cost: the usual way, and the cheap one for a page that broke the usual one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What of a page is read, and how.

    `has_fallbacks` allows the readings of the text by other extractors, which are dear and not ours to bound.
    """

    has_fallbacks: bool


FULL = Limits(has_fallbacks=True)
CHEAP = Limits(has_fallbacks=False)
