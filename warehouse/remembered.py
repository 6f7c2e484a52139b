"""Narrow columns of the tables that the process remembers: each file is read once, and no log where nothing has come.

Only for a table of no more than MOST_ROWS. What was erased from a table goes from here with the next question about
it; no text is among it, but addresses are.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import pyarrow as pa

MOST_ROWS = 100_000
"""Of a table with more rows every question opens all of its files anew, which compaction keeps few. So many rows take
30 MB with the columns of pages that `history.py` asks for, half of that with ids and file names."""


class Columns(NamedTuple):
    """Some columns of the table in a folder."""

    table: Path
    names: tuple[str, ...]


class State(NamedTuple):
    """A table at one version: the paths of its files, which are never written twice."""

    version: int
    paths: frozenset[str]


class _Seen(NamedTuple):
    """A state as far as it was read: its rows, and what tells its commit from another of the same number."""

    state: State
    commit: tuple[int, int] | None
    rows: pa.Table


_SEEN: dict[Columns, _Seen] = {}
_READING = Lock()


def newest(columns: Columns) -> pa.Table | None:
    """The rows, unless a commit has come since they were read, or they never were.

    Commits are numbered, so that the names of two files tell: a hundredth of the time that reading the log takes.
    """
    seen = _SEEN.get(columns)
    if seen is None or seen.commit is None or _commit(columns.table, seen.state.version + 1):
        return None
    return seen.rows if _commit(columns.table, seen.state.version) == seen.commit else None


def at(
    columns: Columns, state: State, count: Callable[[], int], read: Callable[[Collection[str]], pa.Table]
) -> pa.Table | None:
    """The rows at a state, of new files only `read` now; None where by their `count` they are too many to keep."""
    with _READING:
        seen = _SEEN.get(columns)
        if seen and state.version < seen.state.version:
            # A state from before the last commit is for its own commit alone; the next ones know more.
            return None
        known = seen.state.paths if seen else frozenset[str]()
        if (seen is None or known != state.paths) and count() > MOST_ROWS:
            _SEEN.pop(columns, None)
            return None
        if seen is None or not known <= state.paths:
            # Files go when they are compacted, erased or restored: then all are read anew.
            rows = read(state.paths)
        else:
            fresh = state.paths - known
            rows = pa.concat_tables([seen.rows, read(fresh)]).combine_chunks() if fresh else seen.rows
        _SEEN[columns] = _Seen(state, _commit(columns.table, state.version), rows)
    return rows


def _commit(table: Path, version: int) -> tuple[int, int] | None:
    """What tells a commit's file from that of a table made anew in the same place; None where there is none."""
    try:
        found = (table / "_delta_log" / f"{version:020}.json").stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns
