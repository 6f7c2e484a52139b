"""Results of the catalog for people and programs: a table, CSV, JSON, JSON Lines or Parquet; and the status page."""

import csv
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from io import TextIOWrapper
from typing import IO, Any, BinaryIO, TextIO, cast

from flows.outputs import Output
from warehouse import engine
from warehouse.engine import Connection
from warehouse.settings import Settings

CELL_CHARACTERS = 500
"""A table's cell shows no more of a text than this; the other formats give all of it."""


class Format(StrEnum):
    """How a result is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    PARQUET = "parquet"


STATUS = {
    "sources": "select source, kind, is_enabled, location from main.sources order by all",
    "source health": (
        "select source, last_polled_at, last_new_document_at, document_count as documents, "
        "round(100 * error_share, 1) as \"errors %\", coalesce(problem, '') as problem "
        "from main.source_health as health where last_polled_at is not null or problem is not null "
        "order by health.problem is null, source"
    ),
    "fetches of the last day": (
        "select kind, outcome, reason, count(*) as fetches, sum(request_count) as requests, "
        "sum(received_bytes) as bytes from main.fetches "
        "where fetched_at > (select max(fetched_at) - interval 1 day from main.fetches) "
        "group by all order by fetches desc, kind, outcome, reason"
    ),
    "tables": "select * from main.freshness order by all",
    "last runs": (
        "select started_at, flow, source, state, input_count as inputs, page_count as pages, "
        "unchanged_count as unchanged, document_count as documents, "
        "read_reject_count + transform_reject_count as rejects "
        "from main.runs order by started_at desc limit 5"
    ),
    "refused": "select stage, reason, count(*) as inputs from main.rejects group by all order by inputs desc",
}


def write_result(connection: Connection, query: str, output_format: Format, output: Output | None) -> None:
    """Runs the query and writes its rows, to standard output where no output is given.

    The output is opened first, so that one that cannot be written shows before a long query. Raises ValueError where
    Parquet is asked for without one.
    """
    if output is None:
        if output_format is Format.PARQUET:
            raise ValueError("--format parquet needs --output FILE: Parquet is not for a terminal")
        _write_text(connection, query, output_format, sys.stdout)
        return
    with output.opened() as file:
        if output_format is Format.PARQUET:
            _write_parquet(connection, query, file)
            return
        stream = TextIOWrapper(cast(IO[bytes], file), encoding="utf-8", newline="")
        _write_text(connection, query, output_format, stream)
        # The file is the output's: a wrapper that is let go of closes it.
        stream.detach()


def print_status(settings: Settings) -> None:
    """What is in the warehouse, how fresh it is, how the last runs ended, what was refused."""
    print(f"root {settings.root}")  # noqa: T201 - the command's output
    with engine.published(settings) as connection:
        for title, query in STATUS.items():
            print(f"\n{title}")  # noqa: T201 - as above
            write_result(connection, query, Format.TABLE, None)


def _rows(result: Connection) -> Iterator[tuple[Any, ...]]:
    """Batches, so that a large result is not held in memory."""
    while batch := result.fetchmany(10_000):
        yield from batch


def _write_text(connection: Connection, query: str, output_format: Format, stream: TextIO) -> None:
    result = connection.execute(query)
    names = [column[0] for column in result.description or ()]
    WRITERS[output_format](stream, names, _rows(result))


def _write_table(stream: TextIO, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = list(rows)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for position, name in enumerate(names):
        is_number = any(isinstance(row[position], int | float) for row in shown)
        table.add_column(name, justify="right" if is_number else "left", overflow="fold")
    for row in shown:
        table.add_row(*(Text(_cell(value)) for value in row))
    Console(file=stream, width=None if stream.isatty() else 160).print(table)
    print(f"{len(shown):,} row{'' if len(shown) == 1 else 's'}", file=stream)


def _write_csv(stream: TextIO, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_flat(value) for value in row] for row in rows)


def _write_json(stream: TextIO, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    stream.write("[")
    stream.writelines(
        (",\n " if number else "\n ") + _json(dict(zip(names, row, strict=True))) for number, row in enumerate(rows)
    )
    stream.write("\n]\n")


def _write_jsonl(stream: TextIO, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    stream.writelines(_json(dict(zip(names, row, strict=True))) + "\n" for row in rows)


def _write_parquet(connection: Connection, query: str, file: BinaryIO) -> None:
    from pyarrow import parquet

    with connection.sql(query).to_arrow_reader() as reader, parquet.ParquetWriter(file, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)


WRITERS: dict[Format, Callable[[TextIO, Sequence[str], Iterator[tuple[Any, ...]]], None]] = {
    Format.TABLE: _write_table,
    Format.CSV: _write_csv,
    Format.JSON: _write_json,
    Format.JSONL: _write_jsonl,
}


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        # To the second and with a short zone: a table is for reading, the other formats give all digits.
        return value.isoformat(sep=" ", timespec="seconds").replace("+00:00", "Z")
    text = "" if value is None else str(_flat(value))
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"


def _flat(value: object) -> object:
    """Lists and structs as JSON, bytes as hexadecimal digits; everything else as it is."""
    if isinstance(value, list | dict):
        return _json(value)
    return value.hex() if isinstance(value, bytes) else value


def _json(value: object) -> str:
    return json.dumps(
        value, ensure_ascii=False, default=lambda item: item.hex() if isinstance(item, bytes) else str(item)
    )
