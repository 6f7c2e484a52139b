"""One WARC file record by record, in little memory; a damaged place costs the record that stands there and no more.

fastwarc reads; what it cannot do is to go on after damage, and to notice a length that lies. Both are done here: a
record is believed once the next one begins where it should, and after damage the file is searched for the next
beginning.
"""

import os
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from fastwarc import ArchiveIterator, WarcRecord

from flows.extract.bulk.warc_packing import Packing, Place, packing_of

HEADER_BYTES = 262_144
"""What a record's own headers may have; real ones have some hundred bytes, those with addresses in data: URIs more."""
REREAD_FLOOR_BYTES = 64_000_000
REREAD_RATIO = 4
"""What may be read again after damage, to the size of the file. A length that lies makes us read to the end for
nothing; a file of such records would be read as often as it has records."""
HEADERS_END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Damage:
    """A place where no record could be read: where and why.

    `is_of_last` says that it is the record given last, whose length or content is not to be trusted; `hides_more` that
    records nobody can count stand behind it.
    """

    place: Place
    detail: str
    is_of_last: bool = False
    hides_more: bool = False


class Record:
    """A record whose headers are read; its block comes when it is asked for, and only until the next one is."""

    def __init__(self, record: WarcRecord, place: Place) -> None:
        self._record, self.place = record, place
        self.kind = str(record.record_type)
        self.length: int = record.content_length
        self.taken = 0
        # At the end of a file that was cut fastwarc takes half a header for a record of no length.
        self.problem = None if self.header("Content-Length") else "cut short, or without a length, in its headers"

    def header(self, name: str) -> str | None:
        """The first header of that name, without blanks around it; None where it is absent or empty."""
        return (self._record.headers.get(name) or "").strip() or None

    def block(self) -> bytes | None:
        """All that stands in the record; None where that is damaged or cut short, which the walk then tells."""
        return self.head(self.length)

    def head(self, size: int) -> bytes | None:
        """The first bytes of the block, so many or all; None where that is damaged or cut short."""
        if self.problem:
            return None
        try:
            block = self._record.reader.read(size)
        except OSError as error:
            self.problem = f"damaged ({error})"
            return None
        self.taken = len(block)
        return block if self.taken >= min(size, self.length) else None

    def pass_over(self) -> None:
        """Reads what is left of the record, for what is wrong with it."""
        if self.problem:
            return
        try:
            self.taken += self._record.consume(self.length - self.taken)
        except OSError as error:
            self.problem = f"damaged ({error})"
        else:
            if self.taken < self.length:
                self.problem = f"cut short: {self.taken:,} of {self.length:,} bytes"


class WarcFile:
    """A WARC file, plain or compressed; each walk reads it from its start."""

    def __init__(self, raw: BinaryIO) -> None:
        """Takes an open file that can be positioned. Raises NotWarcError where its first bytes are those of no WARC."""
        self._raw = raw
        self._size = os.fstat(raw.fileno()).st_size
        self._packing: Packing = packing_of(raw)
        self._reread = 0

    @property
    def has_checksums(self) -> bool:
        """Whether damage inside a record is noticed without looking at its digest."""
        return self._packing.has_checksums

    @property
    def read_bytes(self) -> int:
        """How far the file is read."""
        return self._raw.tell()

    def walk(self) -> Iterator[Record | Damage]:
        """The records in their order, and in between the damaged places."""
        start: int | None = 0
        self._reread = 0
        while start is not None:
            damage = yield from self._stretch(start)
            if damage is None:
                return
            start = self._resumed_at(damage)
            hides_more = start is None or damage.place.ordinal > 0
            yield Damage(damage.place, damage.detail, damage.is_of_last, hides_more)

    def record_at(self, place: Place) -> Record | None:
        """The record that stands at a place, for as long as nothing else is read; None where it cannot be had."""
        if place.ordinal:
            return None
        try:
            found = next(self._records(self._packing.opened(self._raw, place.offset)), None)
        except OSError:
            return None
        return Record(found, place) if found else None

    def _records(self, stream: Any) -> Iterator[WarcRecord]:
        return iter(ArchiveIterator(stream, parse_http=False, max_header_len=HEADER_BYTES))

    def _resumed_at(self, damage: Damage) -> int | None:
        """Where the next record begins; None where none does, or where too much was read in vain."""
        reached = self._raw.tell()
        start = self._packing.next_start(self._raw, damage.place.offset + 1)
        if start is not None:
            self._reread += max(0, reached - start)
        return None if self._reread > max(REREAD_FLOOR_BYTES, REREAD_RATIO * self._size) else start

    def _stretch(self, start: int) -> Generator[Record, None, Damage | None]:
        """The records from a place on to the end, or to the next damage, which is returned."""
        stream = self._packing.opened(self._raw, start)
        records = self._records(stream)
        last: Record | None = None
        while True:
            try:
                found = next(records, None)
            except OSError as error:
                return self._unreadable(error, stream, last, start)
            if found is None:
                return self._cut_off(stream, last)
            last = Record(found, self._place(stream, found, last))
            yield last
            last.pass_over()
            if last.problem:
                return Damage(last.place, last.problem, is_of_last=True)
            if self._packing.offset_of(stream, found) != last.place.offset:
                return Damage(last.place, "its length reaches into the record behind it", is_of_last=True)

    def _place(self, stream: Any, found: WarcRecord, last: Record | None) -> Place:
        offset = self._packing.offset_of(stream, found) or 0
        is_beside = last is not None and last.place.offset == offset
        return Place(offset, last.place.ordinal + 1 if last and is_beside else 0)

    def _unreadable(self, error: OSError, stream: Any, last: Record | None, start: int) -> Damage:
        """The damage that keeps the next record from being read: in that one, or in the one before."""
        if last is None:
            return Damage(Place(start), f"no record can be read here ({error})")
        at = self._packing.offset_of(stream, None)
        at = self._end(last) if at is None else at
        if at is None or at <= last.place.offset:
            return Damage(last.place, f"damaged, or its length is wrong ({error})", is_of_last=True)
        return Damage(Place(at), f"no record can be read here ({error})")

    def _cut_off(self, stream: Any, last: Record | None) -> Damage | None:
        """A last member of which so little is there that nothing of it comes out, which fastwarc takes for the end."""
        at = self._packing.offset_of(stream, None)
        if at is None or (last and at <= last.place.offset) or self._packing.is_blank(self._raw, at):
            return None
        return Damage(Place(at), "cut short: nothing of the last record comes out")

    def _end(self, record: Record) -> int | None:
        """Where a record of a plain file ends; None where its length cannot be right, as no blank line follows it."""
        self._raw.seek(record.place.offset)
        headers = HEADERS_END.search(self._raw.read(HEADER_BYTES))
        if headers is None:
            return None
        end = record.place.offset + headers.end() + record.length
        self._raw.seek(end)
        behind = self._raw.read(4)
        blank = len(behind) - len(behind.lstrip(b"\r\n"))
        return end + blank if blank > 1 or not behind else None
