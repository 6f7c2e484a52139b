"""Results for people: a table where its columns fit, else each row as a block of lines; no more rows than are read."""

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from time import monotonic
from typing import Any, TextIO

from flows.result_columns import ask, names_of
from flows.result_values import flat
from flows.screen import clean, folded, padded, widest, width_of
from warehouse.engine import Connection

TABLE_ROWS = 1_000
BLOCK_ROWS = 100
"""Rows that are shown unless more are asked for: some screens full to scroll through or search. All of them are for
programs, and a program takes another format."""

CELL_CHARACTERS = 500
"""A cell shows no more of a text than this; the other formats give all of it."""

FILE_WIDTH = 160
"""Characters in a line where there is no terminal to say it."""

LEAST_WIDTH = 12
"""A text column is folded to no less: a date or a word still stands in one line."""

MORE_CHARACTERS = 4
"""So much more, and half as much again, a text column gets where later rows may need it."""

COUNTING_SECONDS = 0.5
"""Rows that are not shown are fetched for at least so long, and for as long as the query has taken, to count them."""

GAP = "  "
NUMBERS = re.compile(r"U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DECIMAL\b.*|BIGNUM")
Row = tuple[Any, ...]


def write_table(stream: TextIO, connection: Connection, query: str, most: int | None = None) -> None:
    """Runs the query and writes its rows, no more than `most`: None for as many as people read, 0 for all.

    Blocks of rows are laid out one after another, in the widths that the first of them needs.
    """
    began = monotonic()
    result = ask(connection, query)
    names = names_of(result)
    if names == ["explain_key", "explain_value"]:
        # A plan is a drawing already.
        stream.writelines(f"{plan.rstrip()}\n" for _, plan in result.fetchall())
        return
    first = result.fetchmany(TABLE_ROWS if most is None else min(most or TABLE_ROWS, TABLE_ROWS))
    width = shutil.get_terminal_size().columns if stream.isatty() else FILE_WIDTH
    layout: Table | Blocks = Table.fitting(names, _are_numbers(result), first, width) or Blocks(names, width)
    if isinstance(layout, Table) and most is not None and len(first) == TABLE_ROWS:
        layout = layout.with_room_for_more(width)
    most = layout.usual_rows if most is None else most
    shown = 0
    for rows in _blocks(result, first, most):
        stream.writelines(f"{line.rstrip()}\n" for line in layout.lines(rows, shown))
        shown += len(rows)
    stream.write(_ending(shown, shown if shown < most or not most else _count(connection, query, first, began, shown)))


@dataclass(frozen=True, slots=True)
class Table:
    """Columns side by side, each with its width."""

    names: Sequence[str]
    are_numbers: Sequence[bool]
    widths: Sequence[int]
    usual_rows = TABLE_ROWS

    @classmethod
    def fitting(
        cls, names: Sequence[str], are_numbers: Sequence[bool], rows: Sequence[Row], width: int
    ) -> "Table | None":
        """The layout that these rows need; None where the columns do not fit, however their texts are folded."""
        names = [clean(name) for name in names]
        cells = [names, *([_cell(value) for value in row] for row in rows)]
        natural = [max(map(widest, column)) for column in zip(*cells, strict=True)]
        room = width - len(GAP) * len(names)
        least = [
            whole if is_number else min(whole, LEAST_WIDTH)
            for whole, is_number in zip(natural, are_numbers, strict=True)
        ]
        if sum(least) > room:
            return None
        # What is wider than all may be gives way first.
        cap = max(natural)
        while sum(widths := [max(low, min(whole, cap)) for low, whole in zip(least, natural, strict=True)]) > room:
            cap -= 1
        return cls(names, are_numbers, widths)

    def with_room_for_more(self, width: int) -> "Table":
        """The layout with text columns half as wide again where there is room: later rows may have longer texts."""
        share = (width - sum(self.widths) - len(GAP) * len(self.widths)) // len(self.widths)
        widths = [
            own if is_number else own + min(share, own // 2 + MORE_CHARACTERS)
            for own, is_number in zip(self.widths, self.are_numbers, strict=True)
        ]
        return replace(self, widths=widths)

    def lines(self, rows: Sequence[Row], before: int) -> Iterator[str]:
        """The rows' lines; the first block's with the names above them."""
        if not before:
            yield ""
            yield from self._row(self.names)
            yield " " + "─" * (sum(self.widths) + len(GAP) * (len(self.widths) - 1))
        for row in rows:
            yield from self._row([_cell(value) for value in row])

    def _row(self, cells: Sequence[str]) -> Iterator[str]:
        # A number stays whole: one that is longer than those of the first block stands out.
        lines = [
            [cell] if is_number and cells is not self.names else folded(cell, width)
            for cell, width, is_number in zip(cells, self.widths, self.are_numbers, strict=True)
        ]
        for parts in zip_longest(*lines, fillvalue=""):
            placed = zip(parts, self.widths, self.are_numbers, strict=True)
            yield " " + GAP.join(padded(part, width, is_right=is_number) for part, width, is_number in placed)


@dataclass(frozen=True, slots=True)
class Blocks:
    """Rows one below another, each as lines of a name and its value."""

    names: Sequence[str]
    width: int
    usual_rows = BLOCK_ROWS

    def lines(self, rows: Sequence[Row], before: int) -> Iterator[str]:
        """The rows' lines, each row under its number."""
        indent = min(max(map(width_of, self.names)) + 2, self.width // 3)
        for number, row in enumerate(rows, start=before + 1):
            yield ""
            yield f"── row {number:,} ".ljust(min(self.width, 60), "─")
            for name, value in zip(self.names, row, strict=True):
                yield from self._value(name, _cell(value), indent)

    def _value(self, name: str, cell: str, indent: int) -> Iterator[str]:
        name = clean(f"{name}: ").replace("\n", " ")
        parts = folded(cell, max(self.width - indent, LEAST_WIDTH))
        if width_of(name) > indent:
            yield name
        else:
            yield padded(name, indent) + parts.pop(0)
        yield from (" " * indent + part for part in parts)


def _blocks(result: Connection, first: list[Row], most: int) -> Iterator[list[Row]]:
    """The rows, a block at a time, no more than `most`; all of them where that is 0. There is always a first block."""
    rows, given = first[: most or None], 0
    while rows or not given:
        yield rows
        given += len(rows)
        if not rows or given == most:
            return
        rows = result.fetchmany(min(TABLE_ROWS, most - given) if most else TABLE_ROWS)


def _count(connection: Connection, query: str, first: Sequence[Row], began: float, shown: int) -> int:
    """How many rows there are. The rest is fetched for as long as the query has taken so far, then it is asked anew.

    To fetch a million texts takes long, and to count them hardly any time; but a query that has worked for a minute is
    not to begin again where few rows are left.
    """
    count = max(shown, len(first))
    until = monotonic() + max(COUNTING_SECONDS, monotonic() - began)
    while monotonic() < until:
        rows = connection.fetchmany(TABLE_ROWS)
        count += len(rows)
        if not rows:
            return count
    connection.abort()
    # In this order, so that the lines of the query keep their numbers in what may be said of it.
    (asked,) = connection.execute(f"from ({query}\n) select count(*)").fetchone() or (0,)
    return max(count, int(asked))


def _ending(shown: int, count: int) -> str:
    if shown < count:
        return f"{shown:,} of {count:,} rows shown; --rows all shows all, and so does --format csv\n"
    return f"{count:,} row{'' if count == 1 else 's'}\n"


def _are_numbers(result: Connection) -> list[bool]:
    return [bool(NUMBERS.fullmatch(str(column[1]))) for column in result.description or ()]


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        # To the second and with a short zone: a table is for reading, the other formats give all digits.
        return value.isoformat(sep=" ", timespec="seconds").replace("+00:00", "Z")
    text = "" if value is None else str(flat(value))
    return clean(text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…")
