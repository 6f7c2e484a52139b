"""Text in a terminal: what it may hold, how many places it takes, and how it is folded and filled up to a width."""

import re
from functools import lru_cache
from unicodedata import category, east_asian_width

CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What would move a terminal's cursor, colour it or turn its text around, but for line breaks."""


def clean(text: str) -> str:
    """The text without what a terminal would obey: a title from the web must not."""
    return CONTROLS.sub(lambda found: " " if found[0] in "\t\r" else f"\\x{ord(found[0]):02x}", text)


def folded(text: str, width: int) -> list[str]:
    """The text in lines of that width, broken between words where that leaves no more than half of one empty."""
    lines: list[str] = []
    for given in text.split("\n"):
        line = given
        while width_of(line) > width:
            fitting = _fitting(line, width)
            space = line.rfind(" ", fitting // 2, fitting + 1)
            end = space if space > 0 else fitting
            lines.append(line[:end])
            line = line[end:].lstrip(" ")
        lines.append(line)
    return lines


def _fitting(text: str, width: int) -> int:
    """How many characters of the text go into that width; at least one."""
    taken = 0
    for position, character in enumerate(text):
        taken += _character_width(character)
        if taken > width:
            return max(position, 1)
    return len(text)


def padded(text: str, width: int, *, is_right: bool = False) -> str:
    """The text filled up with blanks, those before it where it is to stand on the right."""
    space = " " * (width - width_of(text))
    return space + text if is_right else text + space


def widest(cell: str) -> int:
    """The places that the widest of a text's lines takes."""
    return max(map(width_of, cell.split("\n")))


def width_of(text: str) -> int:
    """The places that a text takes in a terminal: Chinese characters two each, marks above a letter none."""
    return len(text) if text.isascii() else sum(map(_character_width, text))


@lru_cache(maxsize=20_000)
def _character_width(character: str) -> int:
    if category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(character) in {"W", "F"} else 1
