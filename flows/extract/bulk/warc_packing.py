"""How a WARC file is packed: plain, or a gzip member or zstd frame for each record; and where in it a record begins."""

import io
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple, Protocol

from fastwarc import GzipReader, WarcRecord, ZstdReader

FIRST_LINE = re.compile(rb"WARC/[01]\.\d{1,2}\r?\n(?=[A-Za-z][\w-]*[ \t]*:)")
GZIP_MAGIC = b"\x1f\x8b\x08"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
"""A skippable frame in front, in which some archives keep the dictionary that their frames need (IIPC's WARC zstd
draft)."""
MOST_DICTIONARY_BYTES = 10_000_000
"""Real dictionaries have some hundred kilobytes."""
SEARCHED_BYTES = 1_048_576
LOOKED_AT_BYTES = 262_144
"""How much of a member or frame may be needed for its first line: a zstd frame comes out in blocks of 128 KiB."""


class NotWarcError(ValueError):
    """A file that is no WARC by its first bytes."""


class Place(NamedTuple):
    """Where a record begins: the offset in the file, and which one it is where several share a member or frame."""

    offset: int
    ordinal: int = 0

    def __str__(self) -> str:
        return f"{self.offset}+{self.ordinal}" if self.ordinal else str(self.offset)


class Packing(Protocol):
    """A way of packing. `has_checksums`: damage inside a record does not pass unnoticed."""

    has_checksums: bool

    def opened(self, raw: BinaryIO, offset: int) -> Any:
        """What fastwarc reads the records from, beginning at an offset."""
        ...

    def offset_of(self, stream: Any, record: WarcRecord | None) -> int | None:
        """Where in the file the record begins; without one, where that begins which is being read, if that is known."""
        ...

    def next_start(self, raw: BinaryIO, after: int) -> int | None:
        """Where the next record begins, looked for from an offset on; None where none does."""
        ...

    def is_blank(self, raw: BinaryIO, offset: int) -> bool:
        """Whether from an offset on there is nothing, or a whole member or frame with nothing in it."""
        ...


class Plain:
    """Records one after the other."""

    has_checksums = False

    def opened(self, raw: BinaryIO, offset: int) -> Any:
        """The file itself."""
        raw.seek(offset)
        return raw

    def offset_of(self, stream: Any, record: WarcRecord | None) -> int | None:  # noqa: ARG002 - it is in the record
        """Fastwarc counts; between two records it does not tell."""
        return record.stream_pos if record else None

    def next_start(self, raw: BinaryIO, after: int) -> int | None:
        """The next first line of a record."""
        return next(_found(raw, after, FIRST_LINE), None)

    def is_blank(self, raw: BinaryIO, offset: int) -> bool:
        """Whether only blank lines follow."""
        raw.seek(offset)
        return not raw.read(LOOKED_AT_BYTES).strip()


class Packed:
    """Every record compressed on its own; several in one member or frame are told apart by their number in it."""

    def __init__(self, magic: bytes, reader: Callable[[BinaryIO], Any], begins: Callable[[bytes], bytes]) -> None:
        """Takes the magic number, what unpacks a stream, and what unpacks the first bytes of a member or frame."""
        self.has_checksums = magic == GZIP_MAGIC
        self._magic, self._reader, self._begins = re.compile(re.escape(magic)), reader, begins

    def opened(self, raw: BinaryIO, offset: int) -> Any:
        """Fastwarc's reader of the compressed file."""
        raw.seek(offset)
        return self._reader(raw)

    def offset_of(self, stream: Any, record: WarcRecord | None) -> int | None:  # noqa: ARG002 - it is in the stream
        """The member or frame that is being read."""
        offset: int | None = stream.frame_start_position()
        return offset

    def next_start(self, raw: BinaryIO, after: int) -> int | None:
        """The next member or frame that begins with a record; the magic number alone also occurs by chance."""
        for offset in _found(raw, after, self._magic):
            raw.seek(offset)
            if self._begins(raw.read(LOOKED_AT_BYTES)).lstrip().startswith(b"WARC/"):
                return offset
        return None

    def is_blank(self, raw: BinaryIO, offset: int) -> bool:
        """Some writers end a file with an empty gzip member; a zstd frame that is cut has been noticed before."""
        raw.seek(offset)
        rest = raw.read(LOOKED_AT_BYTES)
        return not rest or not self.has_checksums or _is_empty_member(rest)


def packing_of(raw: BinaryIO) -> Packing:
    """How a file is packed, by its first bytes. Raises NotWarcError for what is no WARC."""
    raw.seek(0)
    start = raw.read(LOOKED_AT_BYTES)
    if start.startswith(GZIP_MAGIC):
        packing: Packing = Packed(GZIP_MAGIC, GzipReader, _gunzipped_start)
        head = _gunzipped_start(start)
    elif start.startswith((ZSTD_MAGIC, DICTIONARY_MAGIC)):
        dictionary = _dictionary(raw)
        packing = _zstd(dictionary)
        head = b"" if dictionary else _unzstd_start(start, None)
    else:
        packing, head = Plain(), start
    # Of a damaged beginning nothing may come out: what is compressed like a WARC is then left to the walk.
    if head.lstrip()[:5] != b"WARC/" and (head or isinstance(packing, Plain)):
        raise NotWarcError
    return packing


def _zstd(dictionary: bytes | None) -> Packed:
    return Packed(
        ZSTD_MAGIC,
        lambda raw: ZstdReader(raw, dictionary=dictionary),
        lambda start: _unzstd_start(start, dictionary),
    )


def _dictionary(raw: BinaryIO) -> bytes | None:
    """The dictionary in front of the frames, which may itself be compressed; None where there is none."""
    raw.seek(0)
    head = raw.read(8)
    size = int.from_bytes(head[4:], "little")
    if not head.startswith(DICTIONARY_MAGIC) or size > MOST_DICTIONARY_BYTES:
        return None
    content = raw.read(size)
    if not content.startswith(ZSTD_MAGIC):
        return content
    try:
        return ZstdReader(io.BytesIO(content)).read(MOST_DICTIONARY_BYTES)
    except OSError:
        return None


def _gunzipped_start(data: bytes) -> bytes:
    # All that was looked at, since some damage shows only further on: until then anything may come out.
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, LOOKED_AT_BYTES)[:64]
    except zlib.error:
        return b""


def _is_empty_member(data: bytes) -> bool:
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        content = unpacking.decompress(data, LOOKED_AT_BYTES)
    except zlib.error:
        return False
    return unpacking.eof and not content.strip()


def _unzstd_start(data: bytes, dictionary: bytes | None) -> bytes:
    try:
        return ZstdReader(io.BytesIO(data), dictionary=dictionary).read(64)
    except OSError:
        return b""


def _found(raw: BinaryIO, after: int, wanted: re.Pattern[bytes]) -> Iterator[int]:
    """The offsets, from one on, at which a pattern matches; pieces are read that overlap by the length of a match."""
    overlap = 64
    offset, carried = after, b""
    while True:
        raw.seek(offset)
        piece = raw.read(SEARCHED_BYTES)
        if not piece:
            return
        offset += len(piece)
        window = carried + piece
        base = offset - len(window)
        is_last = len(piece) < SEARCHED_BYTES
        for match in wanted.finditer(window):
            # What begins in the overlap is found whole in the next window.
            if is_last or match.start() < len(window) - overlap:
                yield base + match.start()
        carried = b"" if is_last else window[-overlap:]
