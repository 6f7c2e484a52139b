"""Stored pages back into files: what may be asked for, and the file, which is there as a whole or not at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from flows.extract.bulk.selection import Selection, checked_hosts
from flows.extract.bulk.warc_writing import WarcWriter
from flows.extract.sources import SourceError
from flows.orders import checked_days
from flows.outputs import Output
from warehouse.model import Page, PageKind
from warehouse.settings import Settings
from warehouse.stored_pages import Label, stored_pages

GROUP_BYTES = 32_000_000
"""Bodies in a row group of Parquet: they are held in memory until it is written."""


class ExportFormat(StrEnum):
    """What pages are written as."""

    WARC = "warc"
    PARQUET = "parquet"


SUFFIXES = {ExportFormat.WARC: (".warc.gz", ".warc"), ExportFormat.PARQUET: (".parquet",)}


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """Which stored pages are written, as what, and where to."""

    format: ExportFormat
    output: Path
    selection: Selection
    sources: frozenset[str]
    has_every_kind: bool
    can_replace: bool = False

    @classmethod
    def checked(  # noqa: PLR0913 - the options of the command
        cls,
        export_format: str,
        output: Path,
        *,
        hosts: Sequence[str] = (),
        sources: Sequence[str] = (),
        since: date | str | None = None,
        until: date | str | None = None,
        has_every_kind: bool = False,
        can_replace: bool = False,
    ) -> "ExportOrder":
        """The order. Raises SourceError, one line with the value at fault and what was expected, before any work."""
        form = ExportFormat(export_format)
        if not output.name.endswith(SUFFIXES[form]):
            raise SourceError(f"{str(output)!r}: expected a file whose name ends in {' or '.join(SUFFIXES[form])}")
        selection = Selection(checked_hosts(hosts), *checked_days(since, until))
        return cls(form, output, selection, frozenset(sources), has_every_kind, can_replace)

    def is_wanted(self, label: Label) -> bool:
        """Whether a stored page is to be written."""
        return (
            (not self.sources or label.source in self.sources)
            and (self.has_every_kind or label.kind == PageKind.DOCUMENT)
            and self.selection.is_wanted(label.url, label.captured_at)
        )


def export(order: ExportOrder, settings: Settings) -> int:
    """Writes the pages; returns how many there are. The file is there, or replaces another, once it is whole.

    Raises SourceError, and leaves what is there alone, where no stored page is wanted: a name may be mistyped. Raises
    OutputRefusedError where the file may not be written.
    """
    if not settings.tables.is_dir():
        raise SourceError(f"no warehouse at {str(settings.root)!r}: load something first (broadsheet ingest)")
    output = Output.checked(order.output, settings, can_replace=order.can_replace)
    pages = stored_pages(settings, order.is_wanted)
    with output.opened() as file:
        count = _write(order, file, pages, settings)
        if not count:
            raise SourceError(f"no stored page is wanted, so {str(order.output)!r} was not written")
    return count


def _write(order: ExportOrder, file: BinaryIO, pages: Iterator[tuple[Page, datetime]], settings: Settings) -> int:
    if order.format is ExportFormat.PARQUET:
        return _write_parquet(file, pages)
    writer = WarcWriter(file, order.output.name, settings, is_packed=order.output.suffix == ".gz")
    count = 0
    for page, loaded_at in pages:
        writer.write(page, loaded_at)
        count += 1
    return count


HEADERS = pa.list_(pa.struct([("name", pa.string()), ("value", pa.string())]))
COLUMNS = pa.schema(
    [
        ("url", pa.string()),
        ("html", pa.large_binary()),
        ("captured_at", pa.timestamp("us", "UTC")),
        ("status", pa.int32()),
        ("headers", HEADERS),
    ]
)
"""The columns that `parquet` as a source has; hints of a feed, and what else a page may have, have no place here."""


def _write_parquet(file: BinaryIO, pages: Iterator[tuple[Page, datetime]]) -> int:
    count = 0
    with ParquetWriter(file, COLUMNS, compression="zstd") as writer:
        for group in _groups(pages):
            writer.write_table(pa.Table.from_pylist([_row(page) for page in group], schema=COLUMNS))
            count += len(group)
    return count


def _groups(pages: Iterator[tuple[Page, datetime]]) -> Iterator[list[Page]]:
    group: list[Page] = []
    size = 0
    for page, _ in pages:
        group.append(page)
        size += page.body_bytes
        if size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _row(page: Page) -> dict[str, object]:
    headers = [{"name": header.name, "value": header.value} for header in page.headers]
    return {
        "url": page.requested_url,
        "html": page.body,
        "captured_at": page.captured_at,
        "status": page.status,
        "headers": headers,
    }
