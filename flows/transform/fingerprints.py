"""The near-duplicate fingerprint of a text: a MinHash over its runs of five words, and how alike two of them are."""

import operator
import re
import struct

from rensa import RMinHash

from flows.transform.text import MARKS

PERMUTATIONS = 128
"""The estimate is off by 1 / sqrt(128), nine hundredths, at the very most: at a likeness of .5, by .044 (one standard
deviation). The price is 512 bytes a document, which do not compress."""

SEED = 1
"""Any number; another one makes every stored fingerprint worthless."""

SHINGLE = 5
"""Tokens in a run. With fewer, common phrases make strangers alike; with more, an edited word costs more."""

LAYOUT = struct.Struct(f"<{PERMUTATIONS}I")
MOST_CHARACTERS = 200_000
"""A text of this length is a book; what follows tells no more, and hostile pages are long."""

# Thai, Lao, Burmese, Khmer, kana and Han have no blanks between words, so there each character is a token: a segmenter
# would cut the same words differently in different sentences, and its dictionary changes between versions.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
TOKEN = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+(?:[{MARKS}]+[^\W_{UNSPACED}]*)*")
# Most texts have none of these, and their tokens are found in half the time.
SPECIAL = re.compile(f"[_{MARKS}{UNSPACED}]")
PLAIN_TOKEN = re.compile(r"\w+")


def minhash(text: str) -> bytes | None:
    """The text's fingerprint: PERMUTATIONS numbers of 32 bits, little-endian; None where it has no word.

    The same for texts that differ in punctuation, case and line breaks alone, in any process and on any machine.
    """
    folded = text[:MOST_CHARACTERS].casefold()
    tokens = (TOKEN if SPECIAL.search(folded) else PLAIN_TOKEN).findall(folded)
    if not tokens:
        return None
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(_shingles(tokens))
    return LAYOUT.pack(*sketch.digest())


def similarity(one: bytes, other: bytes) -> float:
    """How alike two texts are by their fingerprints: the share of their runs that both have (Jaccard), estimated.

    It is the share of equal numbers at equal places. Raises ValueError for what `minhash` cannot have made.
    """
    if len(one) != LAYOUT.size or len(other) != LAYOUT.size:
        raise ValueError(f"a fingerprint has {LAYOUT.size} bytes, and these have {len(one)} and {len(other)}")
    equal: int = sum(map(operator.eq, LAYOUT.unpack(one), LAYOUT.unpack(other)))
    return equal / PERMUTATIONS


def _shingles(tokens: list[str]) -> list[str]:
    """Every run of five tokens; a shorter text is one run."""
    runs = zip(*(tokens[start:] for start in range(SHINGLE)), strict=False)
    return list(map(" ".join, runs)) or [" ".join(tokens)]
