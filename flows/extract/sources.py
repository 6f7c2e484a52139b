"""The configured sources: data in one TOML file, checked by name before anything is read."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flows.web.urls import has_credentials, holds_credentials, request_url
from warehouse.model import Policy, Reason, SourceKind

BUNDLED = Path(__file__).parents[1] / "sources.toml"
SAMPLE = Path(__file__).parents[1] / "sample"

LOCAL_KINDS = frozenset({SourceKind.ARCHIVE, SourceKind.WARC, SourceKind.PARQUET})
"""Kinds whose location is a path: a relative one is meant from the sources file, wherever a run is started."""


class SourceError(ValueError):
    """A source that cannot be read or is wrongly described: one line naming the thing and what was expected."""

    def __init__(
        self,
        problem: str,
        *,
        location: str | None = None,
        file: Path | None = None,
        key: str | None = None,
        reason: Reason = Reason.MALFORMED_INPUT,
    ) -> None:
        super().__init__(problem)
        self.problem, self.location, self.file, self.key, self.reason = problem, location, file, key, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A configured place to read; a disabled one says why. `language` and `time_zone` are what its publisher uses.

    `policy` is what is done about robots rules and opt-outs, `delay_seconds` the least time between two requests to a
    host (the setting's where it is null), `allow_private` whether addresses of private networks may be asked.
    """

    name: str
    kind: SourceKind
    location: str
    is_enabled: bool = True
    disabled_reason: str | None = None
    language: str | None = None
    time_zone: str | None = None
    licence: str | None = None
    policy: Policy = Policy.RESPECT
    delay_seconds: float | None = None
    allow_private: bool = False


KEYS = tuple(field.name for field in fields(Source))
REQUIRED_KEYS = tuple(field.name for field in fields(Source) if field.default is MISSING)


SWITCHES = frozenset({"is_enabled", "allow_private"})
LONGEST_DELAY = 3600


class Rule(NamedTuple):
    """What the text of a key must be."""

    is_right: Callable[[str], object]
    expected: str


def _is_time_zone(value: str) -> bool:
    try:
        ZoneInfo(value)
    except (ValueError, LookupError, OSError):
        # A folder of zones is an OSError, a name outside them a ValueError, any other a LookupError.
        return False
    return True


RULES = {
    "name": Rule(re.compile(r"\w[\w.-]{0,63}").fullmatch, "up to 64 letters, digits, '_', '.' or '-'"),
    "kind": Rule(set(SourceKind).__contains__, f"one of {', '.join(SourceKind)}"),
    "language": Rule(re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*").fullmatch, "a BCP 47 tag such as zh-Hans"),
    "time_zone": Rule(_is_time_zone, "a zone such as Europe/Paris"),
    "policy": Rule(set(Policy).__contains__, f"one of {', '.join(Policy)}"),
}


def load_sources(path: Path | None) -> tuple[Source, ...]:
    """The sources of a file, in its order; of the bundled one for None.

    Raises SourceError naming the file, the key and what was expected, at the first thing that is wrong.
    """
    file = path or BUNDLED
    sources: list[Source] = []
    for number, table in enumerate(_tables(file), start=1):
        source = _source(table, file, f"sources[{number}]")
        if any(source.name == other.name for other in sources):
            raise _wrong(file, f"sources[{number}].name", f"{source.name!r} stands there twice", "a name of its own")
        sources.append(source)
    return tuple(sources)


def _tables(file: Path) -> list[Any]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"{file}: the sources file cannot be read ({error.strerror or error})", file=file) from None
    except ValueError as error:
        raise SourceError(f"{file}: no TOML: {error}", file=file) from None
    if unknown := sorted(content.keys() - {"sources"}):
        raise _wrong(file, unknown[0], "is not known", "only tables [[sources]]")
    tables = content.get("sources", [])
    if not isinstance(tables, list):
        raise _wrong(file, "sources", "is one table", "a list of them, each headed [[sources]]")
    return tables


def _source(table: Any, file: Path, place: str) -> Source:
    if not isinstance(table, Mapping):
        raise _wrong(file, place, "is no table", "one headed [[sources]]")
    if unknown := sorted(table.keys() - set(KEYS)):
        raise _wrong(file, f"{place}.{unknown[0]}", "is not known", f"one of {', '.join(KEYS)}")
    if missing := [key for key in REQUIRED_KEYS if key not in table]:
        raise _wrong(file, f"{place}.{missing[0]}", "is missing", "every source to have it")
    for key, value in table.items():
        if problem := _problem(key, value):
            raise _wrong(file, f"{place}.{key}", f"is {value!r}", problem)
    if (not table.get("is_enabled", True)) != ("disabled_reason" in table):
        raise _wrong(
            file, f"{place}.disabled_reason", "does not fit is_enabled", "a reason where it is false, only there"
        )
    typed = {"kind": SourceKind(table["kind"]), "policy": Policy(table.get("policy", Policy.RESPECT))}
    return Source(**{**table, **typed, "location": _location(table, file, place)})


def _problem(key: str, value: Any) -> str | None:
    """What was expected of a key, where the value is something else."""
    if key in SWITCHES:
        return None if isinstance(value, bool) else "true or false"
    if key == "delay_seconds":
        is_right = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_DELAY
        return None if is_right else f"seconds, from 0 to {LONGEST_DELAY}"
    if not isinstance(value, str) or not value.strip():
        return "a text that is not empty"
    rule = RULES.get(key)
    return None if rule is None or rule.is_right(value) else rule.expected


def _location(table: Mapping[str, Any], file: Path, place: str) -> str:
    """The location in full: a path from the sources file, an address as it is asked for."""
    location, kind = str(table["location"]), table["kind"]
    is_path = kind in LOCAL_KINDS or (kind == SourceKind.URL_LIST and not is_pasted(location))
    if has_credentials(location) if is_path else holds_credentials(location):
        raise _wrong(file, f"{place}.location", "holds a user or a password, which are never kept", "it without them")
    if is_path:
        return str(file.absolute().parent / Path(location).expanduser())
    if kind == SourceKind.URL_LIST:
        return location.strip()
    if url := request_url("", location):
        return url
    raise _wrong(file, f"{place}.location", f"is {location!r}", "a web address such as https://example.org/feed")


def is_pasted(location: str) -> bool:
    """Whether a location is the list itself: several lines, or a web address; else it is a path, or `-`."""
    stripped = location.strip()
    return "\n" in stripped or "\r" in stripped or stripped.lower().startswith(("http://", "https://"))


def _wrong(file: Path, key: str, problem: str, expected: str) -> SourceError:
    return SourceError(f"{file}: {key} {problem}; expected {expected}", file=file, key=key)
