"""What DuckDB says of a query that fails: one line, then the place in the query with carets under it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flows.screen import clean, width_of
from warehouse import engine

PLACED = re.compile(
    r"(?P<told>.*?)\n+(?P<line>LINE (?P<number>\d+): )(?P<excerpt>[^\n]*)\n(?P<before> *)(?P<carets>\^+)", re.DOTALL
)


class QueryFailedError(ValueError):
    """A query that DuckDB refuses or cannot finish. Its message is one line, then the place where DuckDB names one."""


@contextmanager
def placed_errors(lines_before: int) -> Iterator[None]:
    """Around a query: DuckDB's errors are told with their place. So many lines stood before the query."""
    try:
        yield
    except engine.Error as error:
        raise QueryFailedError(told(str(error), lines_before)) from error


def told(message: str, lines_before: int) -> str:
    """DuckDB's message with its first part in one line, and the carets under what they mean."""
    found = PLACED.fullmatch(message.rstrip())
    if not found:
        return " ".join(message.split())
    line = f"LINE {int(found['number']) + lines_before}: "
    start = _position(found["excerpt"], len(found["before"]) - len(found["line"]))
    before = width_of(line + clean(found["excerpt"][:start]))
    return f"{' '.join(found['told'].split())}\n{line}{clean(found['excerpt'])}\n{' ' * before}{found['carets']}"


def _position(excerpt: str, width: int) -> int:
    """Which character stands so far to the right. DuckDB gives tabs and other controls no width, a terminal does."""
    taken = 0
    for position, character in enumerate(excerpt):
        if taken >= width and clean(character) == character:
            return position
        taken += width_of(character) if clean(character) == character else 0
    return len(excerpt)
