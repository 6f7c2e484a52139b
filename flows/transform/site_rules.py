"""What was learnt about a site, applied to a page of it: which blocks of text are the site's own and no article's."""

from functools import lru_cache

from flows.transform.text import dense
from warehouse.model import SiteRules

LONGEST_NOISE = 300
"""Characters that a block may have to be judged: longer ones are prose, and if it is the site's, they are few."""

CELLS = "|"
"""What stands between the cells of a table that was written as one line."""

SITES_REMEMBERED = 64


def is_site_noise(text: str, rules: SiteRules) -> bool:
    """Whether a block is nothing but lines that the site repeats on its pages, compared without their blanks.

    A block may be several of the lines in a row: one reading of a page joins what another one breaks.
    """
    if not rules.noise_lines:
        return False
    passage = dense(text).replace(CELLS, "")
    return len(passage) <= LONGEST_NOISE and _is_made_of(passage, *_known(rules.noise_lines))


@lru_cache(maxsize=SITES_REMEMBERED)
def _known(lines: tuple[str, ...]) -> tuple[frozenset[str], tuple[int, ...]]:
    """The lines without blanks, and the lengths that they have."""
    known = frozenset(compact for line in lines if (compact := dense(line).replace(CELLS, "")))
    return known, tuple(sorted({len(line) for line in known}))


def _is_made_of(passage: str, known: frozenset[str], lengths: tuple[int, ...]) -> bool:
    """Whether the passage is a row of known lines; each place is looked at once, so no passage is dear."""
    if passage in known:
        return True
    reached = {0}
    for place in range(len(passage)):
        if place in reached:
            reached.update(place + length for length in lengths if passage[place : place + length] in known)
    return len(passage) in reached and bool(passage)
