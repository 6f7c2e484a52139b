"""Results of the catalog for people and programs: a table, CSV, JSON, JSON Lines or Parquet."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from io import TextIOWrapper
from typing import IO, Any, BinaryIO, TextIO, cast

from flows.outputs import Output
from flows.result_columns import ask, ask_for_parquet, distinct, names_of
from flows.result_tables import write_table
from flows.result_values import flat, to_json
from warehouse.engine import Connection

Rows = Iterator[tuple[Any, ...]]

FETCHED_ROWS = 10_000
SPECIAL = re.compile(r'[",\r\n]')
"""What puts a field of CSV into quotes. Python's writer leaves a lone carriage return out of them, which most readers
take for the end of a row."""


class Format(StrEnum):
    """How a result is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    PARQUET = "parquet"


def write_result(
    connection: Connection, query: str, output_format: Format, output: Output | None, most: int | None = None
) -> None:
    """Runs the query and writes its rows, to standard output where no output is given.

    The output is opened first, so that one that cannot be written shows before a long query. `most` is of a table's
    rows, as `write_table` takes it. Raises ValueError where Parquet is asked for without an output.
    """
    if output is None:
        if output_format is Format.PARQUET:
            raise ValueError("--format parquet needs --output FILE: Parquet is not for a terminal")
        _write_text(connection, query, output_format, sys.stdout, most)
        return
    with output.opened() as file:
        if output_format is Format.PARQUET:
            _write_parquet(connection, query, file)
            return
        stream = TextIOWrapper(cast(IO[bytes], file), encoding="utf-8", newline="")
        _write_text(connection, query, output_format, stream, most)
        # The file is the output's: a wrapper that is let go of closes it.
        stream.detach()


def _write_text(connection: Connection, query: str, output_format: Format, stream: TextIO, most: int | None) -> None:
    if output_format is Format.TABLE:
        write_table(stream, connection, query, most)
        return
    result = ask(connection, query)
    WRITERS[output_format](stream, names_of(result), _rows(result))


def _rows(result: Connection) -> Rows:
    """Batches, so that a large result is not held in memory."""
    while batch := result.fetchmany(FETCHED_ROWS):
        yield from batch


def _write_csv(stream: TextIO, names: Sequence[str], rows: Rows) -> None:
    stream.write(_csv_line(names))
    stream.writelines(_csv_line([flat(value) for value in row]) for row in rows)


def _csv_line(values: Sequence[Any]) -> str:
    fields = ["" if value is None else str(value) for value in values]
    # A line with nothing in it would be none.
    return ",".join(map(_csv_field, fields)) + "\n" if fields != [""] else '""\n'


def _csv_field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if SPECIAL.search(text) else text


def _write_json(stream: TextIO, names: Sequence[str], rows: Rows) -> None:
    stream.write("[")
    stream.writelines((",\n " if number else "\n ") + item for number, item in enumerate(_objects(names, rows)))
    stream.write("\n]\n")


def _write_jsonl(stream: TextIO, names: Sequence[str], rows: Rows) -> None:
    stream.writelines(f"{item}\n" for item in _objects(names, rows))


def _objects(names: Sequence[str], rows: Rows) -> Iterator[str]:
    keys = distinct(names)
    return (to_json(dict(zip(keys, row, strict=True))) for row in rows)


def _write_parquet(connection: Connection, query: str, file: BinaryIO) -> None:
    from pyarrow import parquet

    relation = ask_for_parquet(connection, query)
    with relation.to_arrow_reader() as reader, parquet.ParquetWriter(file, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)


WRITERS: dict[Format, Callable[[TextIO, Sequence[str], Rows], None]] = {
    Format.CSV: _write_csv,
    Format.JSON: _write_json,
    Format.JSONL: _write_jsonl,
}
