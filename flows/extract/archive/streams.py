"""A tar's bytes, decompressed and read forward only, with bounds on what an archive can make us do."""

import bz2
import gzip
import io
import lzma
from collections.abc import Callable

from warehouse.model import Reason

CHUNK_BYTES = 65_536
BOMB_RATIO = 200
"""Decompressed to compressed. News as text comes to 4 to 10; only padding and bombs pass 200."""
BOMB_FLOOR_BYTES = 256_000_000
"""What may come out before the ratio counts: small archives of very repetitive pages are no bombs."""
HEADER_BYTES = 1_000_000
"""What one member's headers may hold: names and attributes, held in memory as a whole by tarfile."""

MAGIC: dict[bytes, Callable[[io.BufferedReader], io.BufferedIOBase]] = {
    b"\xfd7zXZ\x00": lzma.LZMAFile,
    b"\x1f\x8b": lambda raw: gzip.GzipFile(fileobj=raw),
    b"BZh": bz2.BZ2File,
}


class ArchiveError(Exception):
    """An archive that cannot be read from here on: why, as one line."""

    def __init__(self, detail: str, *, reason: Reason = Reason.MALFORMED_INPUT) -> None:
        super().__init__(detail)
        self.detail, self.reason = detail, reason


class BombGuard:
    """Counts what an archive has given and stops one that gives far more than it holds."""

    def __init__(self) -> None:
        self.given_bytes = 0

    def count(self, size: int, *, compressed_bytes: int) -> None:
        """Adds what came out; raises ArchiveError where that is out of all proportion to what went in."""
        self.given_bytes += size
        if self.given_bytes > max(BOMB_FLOOR_BYTES, BOMB_RATIO * compressed_bytes):
            ratio = f"{self.given_bytes:,} bytes came out of {compressed_bytes:,}"
            raise ArchiveError(f"{ratio}, more than {BOMB_RATIO} to 1", reason=Reason.RESOURCE_LIMIT)


class ForwardStream:
    """What tarfile needs of a file, and no more: it goes forward only, so that reading ends.

    tarfile believes sizes that a header declares. Here every step between two members draws on an allowance, so that
    no header makes it hold more than that, nor loop at the end of a file that was cut short.
    """

    def __init__(self, raw: io.BufferedReader) -> None:
        self._raw = raw
        self._source = decompressed(raw)
        self._guard = BombGuard()
        self._ahead = b""
        self._position = 0
        self._allowance = HEADER_BYTES

    def allow(self, size: int) -> None:
        """Permits this many bytes to be read before the next call."""
        self._allowance = size

    def tell(self) -> int:
        """Bytes given so far."""
        return self._position

    def read(self, size: int) -> bytes:
        """So many bytes, or fewer at the end."""
        # A read at the end costs as well: tarfile asks again and again there.
        self._allowance -= max(size, 1)
        if self._allowance < 0:
            raise ArchiveError("a member's headers are larger than any name or attribute")
        parts = []
        while size > 0 and (part := self._next(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def has_content_left(self) -> bool:
        """Whether anything but zeros follows; reads to it, or to the end."""
        while part := self._next(CHUNK_BYTES):
            if part.strip(b"\0"):
                return True
        return False

    def seek(self, position: int) -> int:
        """Goes forward to a position, or to the end where that comes first."""
        if position < self._position:
            raise ArchiveError("a member's size points backward")
        while self._position < position and self._next(position - self._position):
            pass
        return self._position

    def _next(self, limit: int) -> bytes:
        if not self._ahead:
            # One decompression step at a time: what came out before a damaged place is still handed on.
            self._ahead = self._source.read1(CHUNK_BYTES)
            self._guard.count(len(self._ahead), compressed_bytes=self._raw.tell())
        part, self._ahead = self._ahead[:limit], self._ahead[limit:]
        self._position += len(part)
        return part


def decompressed(raw: io.BufferedReader) -> io.BufferedIOBase:
    """The content of a file, recognised by its first bytes: .xz, .gz, .bz2 or as it is."""
    raw.seek(0)
    start = raw.read(8)
    raw.seek(0)
    for magic, opened in MAGIC.items():
        if start.startswith(magic):
            return opened(raw)
    return raw
