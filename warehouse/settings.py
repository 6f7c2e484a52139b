"""Settings: where the warehouse lives and what a run may use. Read once, at the edge, from `BROADSHEET_*`."""

import os
import re
from dataclasses import dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

PREFIX = "BROADSHEET_"
MEMORY = re.compile(r"\d+(?:\.\d+)?\s*[KMGT]i?B", re.IGNORECASE)
MOST_FETCH_THREADS = 256
SECONDS = re.compile(r"\d+(?:\.\d+)?")
MISREAD = "%?*[]{}\\"
"""deltalake decodes percent signs in a table's path and refuses brackets; DuckDB takes the others for patterns."""
OTHERS = {"BROADSHEET_GOLD_DATA"}
"""Variables of the same prefix that are not settings: where the tests find real pages."""


class SettingsError(ValueError):
    """A setting has a value that cannot be used; says which variable, the value, and what was expected."""

    def __init__(self, variable: str, value: str, expected: str) -> None:
        super().__init__(f"{variable}={value!r}: expected {expected}")
        self.variable, self.value, self.expected = variable, value, expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set from outside.

    A plain dataclass and not pydantic-settings: importing that takes 0.3 s of CPU, and `broadsheet sql`
    answers in under 0.5 s altogether.
    """

    root: Path = Path("data")
    """The warehouse's folder: tables, catalog, locks. A local folder; made absolute when read."""
    sources: Path | None = None
    """The sources file; none means the one that comes with the package."""
    inputs: tuple[Path, ...] = ()
    """Folders below which forms and the API may read files, separated as in PATH; none means the working folder. The
    command line may read what its user may."""
    shard_pages: int = 1000
    """Pages a task takes at once. Task runs and commits cost a tenth of the CPU beside the transform at 500 pages and
    half of that at 1,000; a larger shard is more memory, and more to do again after a kill."""
    workers: int = os.cpu_count() or 1
    """Worker processes for the transform."""
    memory_limit: str = "2GB"
    """DuckDB's memory limit; what does not fit spills to disk."""
    max_page_bytes: int = 20_000_000
    """A page larger than this is refused as `too_large` without being held in memory."""
    page_cpu_seconds: float = 5.0
    """Processor time that a page may take before its worker is ended; of 2,400 real ones two took over 1 s on a crowded
    machine. It is read once more by a cheaper way, and is a reject, `resource_limit`, where that takes as long."""
    page_memory_bytes: int = 1_000_000_000
    """Memory that a page may take in its worker, beyond what the worker holds."""

    user_agent: str = f"Broadsheet/{version('broadsheet')} (+https://pypi.org/project/broadsheet/)"
    """How requests introduce themselves; its first word, up to the slash, is the name that robots.txt may address."""
    delay_seconds: float = 1.0
    """Seconds between two requests to a host, where neither its robots.txt nor the source asks for more."""
    request_seconds: float = 60.0
    """A request that has not been answered in full by then is given up, however its bytes drip."""
    refresh_minutes: int = 50
    """A refresh begins with no further address after that long, so that an hourly one is over before the next: a large
    sitemap must not keep the other sources from being polled. What is left is for the next."""
    fetch_threads: int = 32
    """Hosts that are asked at once; each of them gets one request at a time."""
    proxy: str | None = None
    """An egress proxy for all requests; the proxies of the environment are not used."""

    @classmethod
    def load(cls) -> "Settings":
        """The settings of this process: environment first, then a `.env` file in the working folder.

        Raises SettingsError where a number is not a positive one or a variable is not known.
        """
        given = {**dotenv_values(".env"), **os.environ}
        known = {PREFIX + field.name.upper(): field for field in fields(cls)}
        values: dict[str, Any] = {}
        for variable, value in given.items():
            if variable in known:
                values[known[variable].name] = _parse(variable, value or "", known[variable].type)
            elif variable.startswith(PREFIX) and variable not in OTHERS:
                raise SettingsError(variable, value or "", f"a setting's name, one of {', '.join(sorted(known))}")
        return cls(**values)

    def __post_init__(self) -> None:
        # Links and `..` are followed here, because deltalake names its files by where they really are.
        object.__setattr__(self, "root", self.root.expanduser().resolve())
        if any(character in str(self.root) for character in MISREAD):
            raise SettingsError(PREFIX + "ROOT", str(self.root), f"a folder with none of {MISREAD} in its path")
        if self.root.exists() and not self.root.is_dir():
            raise SettingsError(PREFIX + "ROOT", str(self.root), "a folder, and this is a file")
        for name in ("request_seconds", "page_cpu_seconds"):
            if getattr(self, name) <= 0:
                raise SettingsError(PREFIX + name.upper(), str(getattr(self, name)), "a positive number of seconds")
        if self.fetch_threads > MOST_FETCH_THREADS:
            limit = f"a number up to {MOST_FETCH_THREADS}"
            raise SettingsError(PREFIX + "FETCH_THREADS", str(self.fetch_threads), limit)
        if not MEMORY.fullmatch(self.memory_limit):
            raise SettingsError(PREFIX + "MEMORY_LIMIT", self.memory_limit, "a size such as 2GB, 500MB or 1.5GiB")

    @property
    def tables(self) -> Path:
        """The folder of the Delta tables."""
        return self.root / "tables"

    @property
    def catalog(self) -> Path:
        """The published DuckDB file of views."""
        return self.root / "warehouse.duckdb"


def _parse(variable: str, value: str, kind: object) -> Any:
    if not value.strip():
        raise SettingsError(variable, value, "a value; leave the variable out for the default")
    if kind is float:
        return _seconds(variable, value)
    if kind is not int:
        return value if kind in (str, str | None) else _paths(variable, value, kind)
    if not (value.isascii() and value.isdigit()) or int(value) < 1:
        raise SettingsError(variable, value, "a positive whole number")
    return int(value)


def _paths(variable: str, value: str, kind: object) -> Path | tuple[Path, ...]:
    """One path, or several folders that are separated as in PATH."""
    if kind != tuple[Path, ...]:
        return Path(value)
    folders = tuple(Path(folder).expanduser().absolute() for folder in value.split(os.pathsep) if folder.strip())
    if not folders:
        raise SettingsError(variable, value, f"folders, separated by {os.pathsep!r}")
    return folders


def _seconds(variable: str, value: str) -> float:
    if not SECONDS.fullmatch(value.strip()):
        raise SettingsError(variable, value, "seconds, such as 1 or 0.5")
    return float(value)
