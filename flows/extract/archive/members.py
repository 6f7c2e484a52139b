"""Walks folders, tars and zips: every file inside comes out as a File or a Refusal, one at a time, never unpacked.

Names inside are text for people: nothing is ever opened or written under one that an archive gave.
"""

import io
import lzma
import os
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tarfile import HeaderError
from typing import IO, Any, Self, cast

from flows.extract.archive.streams import HEADER_BYTES, ArchiveError, BombGuard, ForwardStream
from warehouse.model import Reason

DAMAGE = (
    *(OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    # What the standard library lets through on damaged headers: names that are no text, sizes that are no numbers,
    # versions it does not know, headers nested without end, a directory that claims to be larger than the memory.
    *(ValueError, ArithmeticError, LookupError, RuntimeError, MemoryError),
)
"""What reading a damaged archive raises."""

# Raised for the blocks of zeros that end a tar; tarfile has it and its published types do not.
EndMark: type[HeaderError] = vars(tarfile)["EOFHeaderError"]

SEPARATORS = re.compile(r"[/\\]")


@dataclass(frozen=True, slots=True)
class File:
    """A file in a source: where it stands and what it holds."""

    location: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not read, and why. `hides_more`: files that nobody can count stand behind it."""

    location: str
    reason: Reason
    detail: str
    hides_more: bool = False


def folder_members(root: Path, max_page_bytes: int) -> Iterator[File | Refusal]:
    """The files below a folder, in the order of their names; links are not followed, pipes and devices not opened."""
    waiting = [iter(_entries(root))]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
            continue
        location = shown(Path(entry.path).relative_to(root).as_posix())
        is_folder = False
        try:
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_folder:
                waiting.append(iter(_entries(entry.path)))
            else:
                yield _folder_file(entry, location, max_page_bytes)
        except OSError as error:
            yield Refusal(location, Reason.UNREACHABLE, f"cannot be read: {error.strerror or error}", is_folder)


def tar_members(raw: io.BufferedReader, max_page_bytes: int) -> Iterator[File | Refusal]:
    """The files in a tar, compressed or not, in its order.

    Raises ArchiveError, or one of DAMAGE, where nothing after this place can be read.
    """
    stream = ForwardStream(raw)
    tar = tarfile.TarFile(
        fileobj=cast(IO[bytes], stream), tarinfo=_StrictMember, encoding="utf-8", errors="surrogateescape"
    )
    while (member := _next_member(tar, stream)) is not None:
        if not member.isdir():
            stream.allow(max_page_bytes + HEADER_BYTES)
            yield _tar_file(tar, member, max_page_bytes)
    if stream.has_content_left():
        raise ArchiveError("more follows after the mark that ends it; several tars joined to one are read as the first")


def zip_members(raw: io.BufferedReader, max_page_bytes: int) -> Iterator[File | Refusal]:
    """The files in a zip, in the order of its directory; a damaged one does not stop the rest.

    Raises ArchiveError, or one of DAMAGE, where the directory cannot be read.
    """
    guard, size = BombGuard(), os.fstat(raw.fileno()).st_size
    try:
        archive = zipfile.ZipFile(raw)
    except zipfile.BadZipFile as error:
        raise ArchiveError(f"its directory, at the end of the file, cannot be read ({error})") from None
    with archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            file = _zip_file(archive, member, max_page_bytes)
            guard.count(len(file.data) if isinstance(file, File) else 0, compressed_bytes=size)
            yield file


def shown(name: str) -> str:
    r"""A name as text: bytes that are no UTF-8 stand as `\xNN`."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def too_large(location: str, size: int, max_page_bytes: int) -> Refusal:
    """The refusal of a file that is larger than a page may be."""
    return Refusal(location, Reason.TOO_LARGE, f"{size:,} bytes; a page may have {max_page_bytes:,}")


def _malformed(location: str, detail: str) -> Refusal:
    return Refusal(location, Reason.MALFORMED_INPUT, detail)


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: os.fsencode(entry.name))


def _folder_file(entry: os.DirEntry[str], location: str, max_page_bytes: int) -> File | Refusal:
    if entry.is_symlink():
        return _malformed(location, "a link, which is not followed")
    if not entry.is_file(follow_symlinks=False):
        return _malformed(location, "no regular file but a pipe, socket or device")
    size = entry.stat(follow_symlinks=False).st_size
    if size > max_page_bytes:
        return too_large(location, size, max_page_bytes)
    with Path(entry.path).open("rb") as file:
        # A file may grow between the two looks at it.
        data = file.read(max_page_bytes + 1)
    return File(location, data) if len(data) <= max_page_bytes else too_large(location, len(data), max_page_bytes)


class _StrictMember(tarfile.TarInfo):
    """A member whose header is whole. tarfile takes a broken or missing header after the first for the end."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile)
        except EndMark:
            raise
        except HeaderError as error:
            raise ArchiveError(f"no whole header where the next member should begin ({error})") from None


def _next_member(tar: tarfile.TarFile, stream: ForwardStream) -> tarfile.TarInfo | None:
    stream.allow(HEADER_BYTES)
    member = tar.next()
    # tarfile keeps every member it has seen; over a long archive that is all the memory there is.
    cast(Any, tar).members.clear()
    return member


def _tar_file(tar: tarfile.TarFile, member: tarfile.TarInfo, max_page_bytes: int) -> File | Refusal:
    location, problem = _place(member.name)
    if problem:
        return _malformed(location, problem)
    if member.issym() or member.islnk():
        return _malformed(location, f"a link to {shown(member.linkname)!r}, which is not followed")
    content = tar.extractfile(member) if member.isreg() else None
    if content is None:
        return _malformed(location, "no regular file but a pipe, device or unknown kind of member")
    if member.size > max_page_bytes:
        return too_large(location, member.size, max_page_bytes)
    return File(location, content.read())


def _zip_file(archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_page_bytes: int) -> File | Refusal:
    location, problem = _place(_zip_name(member))
    kind = stat.S_IFMT(member.external_attr >> 16)
    if problem:
        return _malformed(location, problem)
    if kind not in (0, stat.S_IFREG):
        return _malformed(location, "a link, which is not followed" if kind == stat.S_IFLNK else "no regular file")
    if member.flag_bits & 1:
        return _malformed(location, "encrypted")
    if member.file_size > max_page_bytes:
        return too_large(location, member.file_size, max_page_bytes)
    try:
        with archive.open(member) as content:
            # zipfile gives no more than the size that the directory declares, which was just checked.
            return File(location, content.read())
    except DAMAGE as error:
        return _malformed(location, f"damaged: {error}")


def _zip_name(member: zipfile.ZipInfo) -> str:
    """The name; one without the UTF-8 flag is UTF-8 all the same where it can be (zip on Linux), else code page 437."""
    utf8_flag = 0x800
    if member.flag_bits & utf8_flag:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _place(name: str) -> tuple[str, str | None]:
    """Where a member stands, the same in a tar, a zip and a folder, and what is wrong with its name."""
    written = shown(name)
    if written.startswith("/"):
        return written, "an absolute name: a member's place must be inside the archive"
    if ".." in SEPARATORS.split(written):
        return written, "a name with `..` in it: a member's place must be inside the archive"
    parts = [part for part in written.split("/") if part not in ("", ".")]
    return "/".join(parts), None if parts else "a member without a name"
