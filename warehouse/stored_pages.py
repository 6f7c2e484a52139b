"""The stored pages in passing: file by file, a few bodies at a time, so that a warehouse of any size fits in memory."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa
from pyarrow.parquet import ParquetFile

from warehouse import storage
from warehouse.model import Page, PageKind
from warehouse.schema import PAGES, arrow_schema, from_arrow
from warehouse.settings import Settings

BATCH_BYTES = 8_000_000
MOST_BATCH_ROWS = 256
BUFFER_BYTES = 1_048_576
"""A column is read through a buffer of this size: the bodies of a compacted day may stand in one row group."""


class Label(NamedTuple):
    """What is known of a stored page without its body: by this it is chosen."""

    source: str
    kind: PageKind
    url: str
    captured_at: datetime | None


def stored_pages(settings: Settings, is_wanted: Callable[[Label], bool]) -> Iterator[tuple[Page, datetime]]:
    """Each stored page that is wanted, with the moment of its load; bodies of others are not kept in memory.

    The order is that of the table's files, which says nothing.
    """
    for path in sorted(storage.table_files(settings, PAGES)):
        with ParquetFile(path, buffer_size=BUFFER_BYTES, pre_buffer=False) as file:
            for group in range(file.num_row_groups):
                yield from _of_group(file, group, is_wanted)


def _of_group(file: ParquetFile, group: int, is_wanted: Callable[[Label], bool]) -> Iterator[tuple[Page, datetime]]:
    columns = file.read_row_group(group, columns=list(Label._fields)).select(Label._fields)
    labels = zip(*(column.to_pylist() for column in columns.columns), strict=True)
    wanted = [is_wanted(Label(source, PageKind(kind), url, moment)) for source, kind, url, moment in labels]
    if not any(wanted):
        return
    size = file.metadata.row_group(group).total_byte_size
    count = max(1, min(MOST_BATCH_ROWS, BATCH_BYTES * len(wanted) // max(1, size)))
    seen = 0
    for batch in file.iter_batches(count, row_groups=[group], use_threads=False):
        chosen = pa.array(wanted[seen : seen + batch.num_rows], pa.bool_())
        seen += batch.num_rows
        rows = _whole(pa.Table.from_batches([batch]).filter(chosen))
        yield from zip(from_arrow(rows, Page), rows.column("loaded_at").to_pylist(), strict=True)


def _whole(rows: pa.Table) -> pa.Table:
    """The rows with nulls for the columns that were declared after their file was written."""
    for field in arrow_schema(PAGES):
        if field.name not in rows.schema.names:
            rows = rows.append_column(field, pa.nulls(rows.num_rows, field.type))
    return rows
