"""Feed archives: a folder, tar or zip of feed-archive files to pages and rejects, in one pass and in little memory."""

import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

from flows.extract.archive.feed_files import read_feed_file
from flows.extract.archive.members import DAMAGE, File, Refusal, folder_members, shown, tar_members, zip_members
from flows.extract.archive.streams import ArchiveError, ForwardStream
from warehouse.model import Page, Reason, Reject, Stage

# A zip begins with its first file or, when it is empty, with its directory's end.
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")


class ArchiveReader:
    """Reads an archive from its start each time it is iterated; every file inside comes out as one Page or Reject."""

    def __init__(self, path: Path, *, source: str, max_page_bytes: int) -> None:
        self._path, self._source, self._max_page_bytes = path, source, max_page_bytes
        self.shortfalls: list[str] = []
        """Filled once something made part of the archive unreadable: files were lost that nobody can count.

        The reject that says so has the archive's own name as its location, or that of the folder inside.
        """
        self.progress: float | None = None
        """How much of the archive's bytes is read, 0 to 1; None where that is unknown, as for a folder."""
        self.remarks: list[str] = []
        """Empty: an archive is read whole."""

    def __iter__(self) -> Iterator[Page | Reject]:
        """The files in their order, each read when it is asked for."""
        self.shortfalls, self.progress = [], None
        for member in self._members():
            if isinstance(member, File):
                yield read_feed_file(member.data, location=member.location, source=self._source)
            else:
                if member.hides_more:
                    self.shortfalls.append(f"source {self._source} was not read to its end: {member.detail}")
                yield self._reject(member)

    def _members(self) -> Iterator[File | Refusal]:
        """The members, and at the end the archive's own refusal where the rest of it cannot be read."""
        count, last = 0, None
        try:
            for member in self._opened():
                count, last = count + 1, member.location
                yield member
        except ArchiveError as error:
            yield self._broken(error.reason, error.detail, count, last)
        except DAMAGE as error:
            yield self._broken(Reason.MALFORMED_INPUT, f"damaged or cut short ({error})", count, last)

    def _opened(self) -> Iterator[File | Refusal]:
        if self._path.is_dir():
            yield from folder_members(self._path, self._max_page_bytes)
            return
        with self._path.open("rb") as raw:
            size = os.fstat(raw.fileno()).st_size
            members = zip_members if _is_zip(raw) else tar_members
            self.progress = 0.0
            for member in members(raw, self._max_page_bytes):
                self.progress = max(self.progress, min(1.0, raw.tell() / size))
                yield member
        self.progress = 1.0

    def _broken(self, reason: Reason, problem: str, count: int, last: str | None) -> Refusal:
        after = f"after {count:,} of its files, the last {last!r}" if count else "before any file"
        return Refusal(
            shown(self._path.name), reason, f"the archive cannot be read on: {problem}, {after}", hides_more=True
        )

    def _reject(self, refusal: Refusal) -> Reject:
        return Reject(
            stage=Stage.READ,
            reason=refusal.reason,
            detail=refusal.detail,
            source=self._source,
            location=refusal.location,
        )


def read_archive(path: Path, *, source: str, max_page_bytes: int) -> Iterator[Page | Reject]:
    """Every file of a folder, tar or zip as a Page or a Reject."""
    return iter(ArchiveReader(path, source=source, max_page_bytes=max_page_bytes))


def is_archive(path: Path) -> bool:
    """Whether a file is a tar or zip, by its content; a compressed file too damaged to tell counts as one."""
    with path.open("rb") as raw:
        return _is_zip(raw) or _is_tar(raw)


def _is_zip(raw: io.BufferedReader) -> bool:
    raw.seek(0)
    return raw.read(4) in ZIP_STARTS


def _is_tar(raw: io.BufferedReader) -> bool:
    try:
        first = ForwardStream(raw).read(tarfile.BLOCKSIZE)
        tarfile.TarInfo.frombuf(first, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        # Blocks of zeros are the end mark of a tar with nothing in it.
        return len(first) == tarfile.BLOCKSIZE and not first.strip(b"\0")
    except DAMAGE:
        return True
    return True
