"""The characters of all texts of a page, looked at together: how many of a sort each text has, how many words.

A search through each text for each sort costs ten times as much as one look at an array.
"""

import re
from collections.abc import Sequence
from enum import IntFlag
from functools import cache

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float32]
Marks = NDArray[np.bool_]

# Of scripts that write no blanks between words each character counts as one: Thai to Lao, Burmese, Khmer, kana, Han.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
TOKEN = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")
PLAIN_TOKEN = re.compile(r"\w+", re.ASCII)
# Beyond it are emoji, rare ideographs, the letters of mathematics and some living scripts: looked up one by one.
LAST_CODE = 0xFFFF


class Sort(IntFlag):
    """What a character can be; it may be of several sorts."""

    BLANK = 1
    COMMA = 2
    DIGIT = 4
    CAPITAL = 8
    SEPARATOR = 16
    UNSPACED = 32
    OF_WORD = 64
    STOP = 128
    FULL_STOP = 256
    CLOSING = 512


PATTERNS = {
    Sort.BLANK: r"\s",
    Sort.COMMA: "[,，、;；]",
    Sort.DIGIT: r"\d",
    Sort.CAPITAL: "[A-ZÀ-ÖØ-ÞΑ-ΩА-Я]",
    Sort.SEPARATOR: "[|»›·•]",
    Sort.UNSPACED: f"[{UNSPACED}]",
    Sort.OF_WORD: rf"[^\W{UNSPACED}]",
    # The end of a sentence where a blank or the end of a quotation follows.
    Sort.STOP: "[.!?…]",
    # The end of one whatever follows.
    Sort.FULL_STOP: "[。！？]",
    Sort.CLOSING: '["”»’)]',
}


class Characters:
    """The characters of some texts, each with its sorts. All columns have one value for each text."""

    def __init__(self, texts: Sequence[str]) -> None:
        """A line break behind each text keeps its neighbours apart; it is counted as none of its characters."""
        codes = np.frombuffer("\n".join([*texts, ""]).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        self._sorts = _sorts_by_code()[np.minimum(codes, LAST_CODE)]
        far = codes > LAST_CODE
        if far.any():
            self._sorts[far] = [Sort.OF_WORD if chr(code).isalnum() else 0 for code in codes[far]]
        self._lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        self._starts = np.cumsum(self._lengths + 1) - self._lengths - 1

    def count(self, sort: Sort) -> Column:
        """How many characters of a sort there are."""
        return self._counted(self._are(sort))

    def non_blanks(self) -> Column:
        """How many characters are no blanks."""
        # The line break is a blank.
        return (self._lengths + 1 - self.count(Sort.BLANK)).astype(np.float32)

    def words(self) -> Column:
        """How many words there are, each character of a script without blanks being one; `word_count` for all texts."""
        of_word = self._are(Sort.OF_WORD)
        beginnings = of_word.copy()
        beginnings[1:] &= ~of_word[:-1]
        return self._counted(beginnings | self._are(Sort.UNSPACED))

    def sentences(self) -> Column:
        """How many sentences end."""
        are_ends = self._are(Sort.STOP)
        are_ends[:-1] &= self._are(Sort.BLANK | Sort.CLOSING)[1:]
        return self._counted(are_ends | self._are(Sort.FULL_STOP))

    def _are(self, sort: Sort) -> Marks:
        marks: Marks = (self._sorts & np.uint16(sort)) != 0
        return marks

    def _counted(self, marks: Marks) -> Column:
        if not len(self._starts):
            return np.zeros(0, dtype=np.float32)
        return np.add.reduceat(marks, self._starts, dtype=np.int64).astype(np.float32)


def word_count(text: str) -> int:
    """Words, or characters of a script that writes no blanks between them."""
    return len((PLAIN_TOKEN if text.isascii() else TOKEN).findall(text))


@cache
def _sorts_by_code() -> NDArray[np.uint16]:
    """For each character of the basic plane the sorts that it is of."""
    every = "".join(map(chr, range(LAST_CODE + 1)))
    sorts = np.zeros(LAST_CODE + 1, dtype=np.uint16)
    for sort, pattern in PATTERNS.items():
        sorts[[match.start() for match in re.finditer(pattern, every)]] |= np.uint16(sort)
    return sorts
