"""Narrow columns of the tables that the process remembers: each file is read once, and no log where nothing has come.

Only of tables of no more than MOST_ROWS. What was erased from a table goes from here with the next question about the
same columns of it; no text of a page is among them, but addresses and titles are.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import pyarrow as pa

MOST_ROWS = 100_000
"""Of a table with more rows every question opens all of its files anew, which compaction keeps few. So many rows take
30 MB with the columns of pages that `history.py` asks for, half of that with ids and file names."""

Stamp = tuple[int, int]
"""What tells a commit from another of the same number: that of a table made anew in the same place."""


class Columns(NamedTuple):
    """Some columns of the table in a folder."""

    table: Path
    names: tuple[str, ...]


class State(NamedTuple):
    """A table at one version: its commit's stamp, None where it has none, and the paths of its files.

    A file is never written twice.
    """

    version: int
    stamp: Stamp | None
    paths: frozenset[str]


class _Seen(NamedTuple):
    """The rows of a state that was read."""

    state: State
    rows: pa.Table


_SEEN: dict[Columns, _Seen] = {}
_READING = Lock()


def newest(columns: Columns, stamp: Callable[[int], Stamp | None]) -> pa.Table | None:
    """The rows as they are now, None where they are not remembered or a commit has come since.

    Commits are numbered: where the next one has no `stamp`, and that of the last is what it was, nothing has come. That
    takes a hundredth of the time that reading the log does.
    """
    seen = _SEEN.get(columns)
    if seen is None or seen.state.stamp is None or stamp(seen.state.version + 1):
        return None
    return seen.rows if stamp(seen.state.version) == seen.state.stamp else None


def at(
    columns: Columns, state: State, count: Callable[[], int], read: Callable[[Collection[str]], pa.Table]
) -> pa.Table | None:
    """The rows at a state, of new files only `read` now.

    None where by their `count` they are too many to keep, and for a state older than what is remembered: its commit
    was refused or will be, and the next question knows more.
    """
    with _READING:
        seen = _SEEN.get(columns)
        if seen and state.version < seen.state.version:
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
        _SEEN[columns] = _Seen(state, rows)
    return rows
