"""The phrases of pages that hold no article, from `refusals.toml`, and the plain form in which they are looked for."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from unicodedata import category, normalize

# Letters of the scripts that are written without blanks: two of them make about one word.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[^\W{UNSPACED}]+")
UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")
APOSTROPHES = "'’‘ʼ´`"
# Signs that phrases need: per cent, number, plus, slash.
KEPT = "%#+/"
# What casefolding leaves of the Turkish capital İ.
DOT_ABOVE = "\u0307"
LONGEST_LOOKED_AT = 4000


@dataclass(frozen=True, slots=True)
class Phrases:
    """One kind of phrases in all languages, as one pattern."""

    pattern: re.Pattern[str]

    def matches(self, text: str) -> bool:
        """Whether a plain text is one of the phrases, and nothing else."""
        return self.pattern.fullmatch(text) is not None

    def found_in(self, text: str) -> str | None:
        """The first of the phrases in a plain text."""
        found = self.pattern.search(text)
        return found[0] if found else None

    def all_in(self, text: str) -> set[str]:
        """All of the phrases in a plain text."""
        return set(self.pattern.findall(text))


class _Plain(dict[int, str]):
    """How each character is written in the plain form; asked once, then known."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in APOSTROPHES:
            written = "'"
        elif character == DOT_ABOVE:
            written = ""
        else:
            # Letters, digits and the combining marks that spell Thai and Hindi stay.
            written = character if category(character)[0] in "LNM" or character in KEPT else " "
        self[code] = written
        return written


PLAIN = _Plain()


def plain(text: str) -> str:
    """The text in lower case with its punctuation as blanks; total and idempotent, cut where nobody looks any more."""
    folded = normalize("NFKC", normalize("NFKC", text[:LONGEST_LOOKED_AT]).casefold())
    return " ".join(folded.translate(PLAIN).split())[:LONGEST_LOOKED_AT].strip(" ")


def weight(text: str) -> int:
    """About how many words a text has: every two letters count as one in scripts without blanks."""
    return len(WORD.findall(text)) + len(UNSPACED_LETTER.findall(text)) // 2


@cache
def phrases(name: str) -> Phrases:
    """The phrases of one kind. They begin and end with words, but in scripts that do not separate them."""
    # Folded as the text is: the final sigma is then a sigma in both.
    spoken = (pattern.casefold() for patterns in _all()[name].values() for pattern in patterns)
    return Phrases(re.compile(rf"(?:(?<!\w)|(?<=[{UNSPACED}])|(?=[{UNSPACED}]))(?:{'|'.join(spoken)})"))


@cache
def _all() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("flows.transform").joinpath("refusals.toml").read_text(encoding="utf-8"))
