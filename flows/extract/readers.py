"""What every reader is, and the one place where a kind of source gets its reader."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from flows.extract.archive_members import folder_members
from flows.extract.archives import ArchiveReader, is_archive
from flows.extract.sources import SourceError
from warehouse.model import Page, Reject, SourceKind
from warehouse.settings import Settings

ARCHIVE_FORMS = "a folder or a .tar, .tar.xz, .tar.gz, .tar.bz2 or .zip of feed-archive files"


class Reader(Protocol):
    """Reads a source: every input comes out as one Page or one Reject, in an order that is the source's own."""

    def __iter__(self) -> Iterator[Page | Reject]:
        """The inputs from the first on, each read when it is asked for."""
        ...

    @property
    def progress(self) -> float | None:
        """How much is read, 0 to 1; None where that is unknown."""
        ...

    @property
    def is_complete(self) -> bool:
        """False once inputs were lost that nobody can count: the run is then partial."""
        ...


def open_reader(kind: SourceKind, location: str, *, source: str, settings: Settings) -> Reader:
    """The reader for a source. Raises SourceError where its location is of no use (`checked_location`)."""
    match kind:
        case SourceKind.ARCHIVE:
            path = _checked_archive(location)
            return ArchiveReader(path, source=source, max_page_bytes=settings.max_page_bytes)


def checked_location(kind: SourceKind, location: str) -> str:
    """The location in full, as it is kept with a run: a path that was given as a relative one is absolute.

    Raises SourceError, one line with the location and what to do, where no source of this kind can be read.
    """
    match kind:
        case SourceKind.ARCHIVE:
            return str(_checked_archive(location).absolute())


def _checked_archive(location: str) -> Path:
    path = Path(location).expanduser()
    try:
        if not location.strip() or not path.exists():
            raise SourceError(f"{location!r}: no such file or folder; expected {ARCHIVE_FORMS}", location=location)
        problem = _folder_problem(path) if path.is_dir() else _file_problem(path)
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error}); check its permissions"
    if problem:
        raise SourceError(f"{location!r}: {problem}", location=location)
    return path


def _folder_problem(path: Path) -> str | None:
    # One byte is enough to learn that there is a file.
    has_files = next(folder_members(path, max_page_bytes=0), None)
    return None if has_files else f"an empty folder, with no file in it or below it; expected {ARCHIVE_FORMS}"


def _file_problem(path: Path) -> str | None:
    if not path.is_file():
        return f"no regular file; expected {ARCHIVE_FORMS}"
    if path.stat().st_size == 0:
        return f"an empty file; expected {ARCHIVE_FORMS}"
    return None if is_archive(path) else f"no archive that can be recognised by its content; expected {ARCHIVE_FORMS}"
