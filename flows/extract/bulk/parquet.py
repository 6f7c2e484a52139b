"""Parquet files of pages to pages and rejects: one row a page, with `url` and `html`, and what else is known of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import pyarrow as pa
from pyarrow.parquet import ParquetFile

from flows.extract.bulk.captures import Capture, Desk
from flows.extract.bulk.files import Forms, InputFile, input_files
from flows.extract.bulk.parquet_columns import (
    as_bytes,
    column_problem,
    headers,
    is_text,
    moments,
    readable,
    statuses,
    wanted_columns,
)
from flows.extract.bulk.selection import Selection
from flows.extract.inputs import ANYWHERE, Inputs
from flows.extract.sources import SourceError
from warehouse.model import Item, Reason, Reject
from warehouse.settings import Settings

FORMS = Forms((".parquet",), "Parquet")
BATCH_BYTES = 4_000_000
MOST_BATCH_ROWS = 256
"""Rows that are unpacked at once: so many that they hold some megabytes by the file's own average."""
BUFFER_BYTES = 1_048_576
"""A column is read through a buffer of this size; a row group, which may have a gigabyte, is never read as a whole."""
DAMAGE = (pa.ArrowException, OSError, ValueError)
"""What a damaged file raises."""


class Row(NamedTuple):
    """A row of a file; `html` is still Arrow's, so that one that is not wanted or too large is never copied."""

    url: str | None
    html: Any
    captured_at: datetime | None
    status: int | None
    headers: Any
    said_type: str


class ParquetReader:
    """Reads Parquet files from the first on each time it is iterated; every row comes out as one Page or Reject."""

    def __init__(self, files: Sequence[InputFile], selection: Selection, *, source: str, settings: Settings) -> None:
        self._files, self._selection, self._desk = files, selection, Desk(source, settings)
        self._start()

    def _start(self) -> None:
        self.shortfalls: list[str] = []
        """Filled once part of a file was unreadable: rows were lost that nobody can count."""
        self.progress: float | None = None
        """How much of the files is read, 0 to 1, each file counted as one."""
        self._passed_over = 0

    @property
    def remarks(self) -> Sequence[str]:
        """How many captures the selection left out."""
        return self._selection.remarks(self._passed_over)

    def __iter__(self) -> Iterator[Item]:
        """The rows in their order, each read when it is asked for."""
        self._start()
        for number, file in enumerate(self._files):
            for item, share in self._file(file):
                self.progress = (number + share) / len(self._files)
                yield item
        self.progress = 1.0

    def _file(self, file: InputFile) -> Iterator[tuple[Item, float]]:
        """The items of a file, each with how much of it is read then."""
        try:
            with _opened(file) as parquet:
                if problem := column_problem(parquet.schema_arrow):
                    raise ValueError(problem)
                first = 1
                for group in range(parquet.num_row_groups):
                    for item in self._group(file, parquet, group, first):
                        yield item, (group + 1) / parquet.num_row_groups
                    first += parquet.metadata.row_group(group).num_rows
        except DAMAGE as error:
            yield self._unread(file.name, "the file cannot be read", error), 1.0

    def _group(self, file: InputFile, parquet: ParquetFile, group: int, first: int) -> Iterator[Item]:
        """The items of a row group; one that is damaged costs its own rows."""
        number = first
        try:
            for row in _rows(parquet, group):
                if item := self._item(row, f"{file.name}#{number}"):
                    yield item
                number += 1
        except DAMAGE as error:
            last = first + parquet.metadata.row_group(group).num_rows - 1
            yield self._unread(f"{file.name}#{number}", f"rows {number:,} to {last:,} cannot be read", error)

    def _unread(self, location: str, what: str, error: Exception) -> Reject:
        detail = f"{what}: {_told(error)}"
        self.shortfalls.append(f"source {self._desk.source}: {location}: {detail}")
        is_of_disk = isinstance(error, OSError) and error.errno is not None
        return self._desk.refused(location, Reason.UNREACHABLE if is_of_disk else Reason.MALFORMED_INPUT, detail)

    def _item(self, row: Row, location: str) -> Item | None:
        if not self._selection.is_wanted(row.url or "", row.captured_at):
            self._passed_over += 1
            return None
        if row.url is None or not row.html.is_valid:
            absent = "url" if row.url is None else "html"
            return self._desk.refused(location, Reason.MALFORMED_INPUT, f"{absent} is null", url=row.url)
        size = row.html.as_buffer().size
        if size > self._desk.most_bytes:
            detail = f"{size:,} bytes; a page may have {self._desk.most_bytes:,}"
            return self._desk.refused(location, Reason.TOO_LARGE, detail, url=row.url)
        capture = Capture(
            url=row.url,
            location=location,
            body=row.html.as_py(),
            captured_at=row.captured_at,
            status=row.status,
            headers=headers(row.headers),
            said_type=row.said_type,
        )
        return self._desk.page_of(capture)


def parquet_files(location: str, inputs: Inputs = ANYWHERE) -> list[InputFile]:
    """The files of a location, each with the columns of pages.

    Raises SourceError, one line with the location or the file, where nothing can be read there or a file has no such
    columns: to find that out costs a look at its end.
    """
    files = input_files(location, FORMS, inputs)
    for file in files:
        try:
            with _opened(file) as parquet:
                problem = column_problem(parquet.schema_arrow)
        except DAMAGE as error:
            problem = f"cannot be read: {_told(error)}"
        if problem:
            raise SourceError(f"{file.named_as(location)!r}: {problem}", location=location)
    return files


def _opened(file: InputFile) -> ParquetFile:
    if file.path.stat().st_size == 0:
        raise ValueError("an empty file")
    return ParquetFile(file.path, buffer_size=BUFFER_BYTES, pre_buffer=False, page_checksum_verification=True)


def _rows(parquet: ParquetFile, group: int) -> Iterator[Row]:
    schema, metadata = parquet.schema_arrow, parquet.metadata.row_group(group)
    said_type = "text/html; charset=utf-8" if is_text(schema.field("html").type) else "text/html"
    count = max(1, min(MOST_BATCH_ROWS, BATCH_BYTES * metadata.num_rows // max(1, metadata.total_byte_size)))
    columns = wanted_columns(schema)
    for batch in parquet.iter_batches(count, row_groups=[group], columns=columns, use_threads=False):
        yield from _rows_of(batch, said_type)


def _rows_of(batch: pa.RecordBatch, said_type: str) -> Iterator[Row]:
    nothing = [None] * batch.num_rows
    given = {name: batch.column(name) for name in batch.schema.names}
    urls = [None if url is None else url.decode("utf-8", "replace") for url in as_bytes(given["url"]).to_pylist()]
    html = as_bytes(given["html"])
    captured = moments(given["captured_at"]) if "captured_at" in given else nothing
    stated = statuses(given["status"]) if "status" in given else nothing
    said = readable(given["headers"]) if "headers" in given else nothing
    for number, url in enumerate(urls):
        yield Row(url, html[number], captured[number], stated[number], said[number], said_type)


def _told(error: Exception) -> str:
    """The error in one line, without the addresses of memory and the advice that Arrow adds."""
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(words.split())[:300]
