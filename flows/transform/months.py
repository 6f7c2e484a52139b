"""Which month a word names, in some fifty languages: whole names, the usual abbreviations, other clear beginnings."""

import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

SOLAR_HIJRI = "solar_hijri"
# "ja" and "m" begin several months or are other words; three letters are what newspapers cut names to.
SHORTEST_BEGINNING = 3


@lru_cache(maxsize=4096)
def month_named(word: str, language: str | None = None) -> int | None:
    """The number of the month that a word names, or None.

    A few words name different months (`listopad` is October in Croatian, November in Polish): they count only where
    the language is known.
    """
    name = _folded(word)
    known = _names().get(name) or _beginnings().get(name) or {}
    if language in known:
        return known[language]
    numbers = set(known.values())
    return numbers.pop() if len(numbers) == 1 else None


@lru_cache(maxsize=256)
def solar_hijri_month(word: str) -> int | None:
    """The number of the month of the Persian calendar that a word names, or None."""
    return _listed(SOLAR_HIJRI).get(_folded(word))


@cache
def _names() -> dict[str, dict[str, int]]:
    """Each name with the month that it stands for in each language."""
    names: dict[str, dict[str, int]] = {}
    for language in _lists():
        if language != SOLAR_HIJRI:
            for name, number in _listed(language).items():
                names.setdefault(name, {})[language] = number
    return names


@cache
def _beginnings() -> dict[str, dict[str, int]]:
    """What names begin with, where no other month of that language begins so (`janv`, `febr`, `sept`)."""
    beginnings: dict[str, dict[str, int]] = {}
    for name, numbers in _names().items():
        for language, number in numbers.items():
            for end in range(SHORTEST_BEGINNING, len(name)):
                known = beginnings.setdefault(name[:end], {})
                known[language] = number if known.get(language, number) == number else 0
    clear = {
        name: {language: number for language, number in known.items() if number} for name, known in beginnings.items()
    }
    return {name: known for name, known in clear.items() if known}


def _listed(language: str) -> dict[str, int]:
    return {_folded(name): number for number, names in enumerate(_lists()[language], 1) for name in names.split()}


@cache
def _lists() -> dict[str, list[str]]:
    return tomllib.loads(files("flows.transform").joinpath("months.toml").read_text(encoding="utf-8"))


def _folded(word: str) -> str:
    """Lower case without accents and without the dots of Turkish: capitals on the web often drop both."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", bare).replace("ı", "i").strip(". ")
