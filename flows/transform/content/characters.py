"""How many commas, digits and capitals each text has, counted for all texts of a page at once."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

KINDS = ("[,，、;；]", r"\d", "[A-ZÀ-ÖØ-ÞΑ-ΩА-Я]")
# Beyond it are emoji, rare ideographs, and digits of mathematics.
LAST_CODE = 0xFFFF


def character_counts(texts: Sequence[str]) -> tuple[NDArray[np.float32], ...]:
    """Commas, digits and capitals of each text, as three columns; no text may be empty."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    starts = np.cumsum([0, *map(len, texts[:-1])])
    kinds = _kinds_by_code()[np.minimum(codes, LAST_CODE)]
    return tuple(np.add.reduceat(kinds >> kind & 1, starts, dtype=np.int64).astype(np.float32) for kind in range(3))


@cache
def _kinds_by_code() -> NDArray[np.uint8]:
    """For each character of the basic plane the kinds that it is of, as bits."""
    every = "".join(map(chr, range(LAST_CODE + 1)))
    kinds = np.zeros(LAST_CODE + 1, dtype=np.uint8)
    for kind, pattern in enumerate(KINDS):
        kinds[[match.start() for match in re.finditer(pattern, every)]] |= 1 << kind
    return kinds
