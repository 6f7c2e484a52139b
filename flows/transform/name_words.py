"""Words by which a line is known to be no person, read from `name_words.toml`: see there for what each list is."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _lists() -> dict[str, frozenset[str]]:
    text = files("flows.transform").joinpath("name_words.toml").read_text(encoding="utf-8")
    return {name: frozenset(words.split()) for name, words in tomllib.loads(text).items()}


ORGANISATION = _lists()["organisation"]
SECTION = _lists()["section"]
JOB = _lists()["job"]
FURNITURE = _lists()["furniture"]
NOBODY = _lists()["nobody"]
AGENCIES = _lists()["agencies"]
DATELINES = _lists()["datelines"]
GIVEN = _lists()["given"]
