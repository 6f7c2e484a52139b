"""What every reader is, and the one place where a kind of source gets its reader."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from flows.extract.archive.archives import ArchiveReader, is_archive
from flows.extract.archive.members import folder_members
from flows.extract.bulk.parquet import ParquetReader, parquet_files
from flows.extract.bulk.selection import EVERYTHING, Selection
from flows.extract.bulk.warc import WarcReader, warc_files
from flows.extract.inputs import ANYWHERE, Inputs, path_of
from flows.extract.listing.url_lists import NO_ADDRESS, is_url_list
from flows.extract.poll.live import LiveReader
from flows.extract.sources import Source, SourceError, is_pasted
from flows.web.urls import holds_credentials, request_url
from warehouse.model import Item, Reason, Reject, SourceKind, Stage
from warehouse.settings import Settings

ARCHIVE_FORMS = "a folder or a .tar, .tar.xz, .tar.gz, .tar.bz2 or .zip of feed-archive files"

BULK_KINDS = frozenset({SourceKind.WARC, SourceKind.PARQUET})
"""Kinds of which a selection may be read: those hosts, those days."""
LIVE_KINDS = frozenset({SourceKind.FEED, SourceKind.SITEMAP, SourceKind.URL_LIST})
LIST_FORMS = "a file with one address a line, one address, or pasted lines of them"


class Reader(Protocol):
    """Reads a source: every input comes out as one Page, one Reject or a counted repeat, in the source's own order."""

    def __iter__(self) -> Iterator[Item]:
        """The inputs from the first on, each read when it is asked for."""
        ...

    @property
    def progress(self) -> float | None:
        """How much is read, 0 to 1; None where that is unknown."""
        ...

    @property
    def shortfalls(self) -> Sequence[str]:
        """What could not be read and cannot be counted, in sentences: the run is then partial."""
        ...

    @property
    def remarks(self) -> Sequence[str]:
        """What else a run tells of the reading, in sentences, though nothing is amiss."""
        ...


class ReaderInTurn:
    """A reader that is opened when it is first read: where it cannot be, that is a reject and a shortfall."""

    def __init__(self, source: Source, settings: Settings) -> None:
        self._source, self._settings = source, settings
        self._reader: Reader | None = None
        self._problem: str | None = None

    def __iter__(self) -> Iterator[Item]:
        """The source's inputs, or the one reject that says why there are none."""
        try:
            self._reader = open_reader(self._source, self._settings)
        except SourceError as error:
            self._problem = error.problem
            yield Reject(
                stage=Stage.READ,
                reason=error.reason,
                detail=error.problem,
                source=self._source.name,
                location=self._source.location,
            )
        else:
            yield from self._reader

    @property
    def progress(self) -> float | None:
        """How much is read; None as long as nothing is."""
        return self._reader.progress if self._reader else None

    @property
    def shortfalls(self) -> Sequence[str]:
        """Those of the reader, or why there is none."""
        if self._problem:
            return [f"source {self._source.name} was not read: {self._problem}"]
        return self._reader.shortfalls if self._reader else []

    @property
    def remarks(self) -> Sequence[str]:
        """Those of the reader, once there is one."""
        return self._reader.remarks if self._reader else []


def open_reader(
    source: Source, settings: Settings, selection: Selection = EVERYTHING, inputs: Inputs = ANYWHERE
) -> Reader:
    """The reader for a source. Raises SourceError where its location is of no use (`checked_location`).

    A selection is for the kinds in BULK_KINDS; of others everything is read.
    """
    if source.kind is SourceKind.WARC:
        return WarcReader(warc_files(source.location, inputs), selection, source=source.name, settings=settings)
    if source.kind is SourceKind.PARQUET:
        return ParquetReader(parquet_files(source.location, inputs), selection, source=source.name, settings=settings)
    if source.kind is SourceKind.ARCHIVE:
        path = _checked_archive(source.location, inputs)
        return ArchiveReader(path, source=source.name, max_page_bytes=settings.max_page_bytes)
    checked_location(source.kind, source.location, inputs)
    return LiveReader([source], settings)


def checked_location(kind: SourceKind, location: str, inputs: Inputs = ANYWHERE) -> str:
    """The location in full, as it is kept with a run: a path that was given as a relative one is absolute.

    Raises SourceError, one line with the location and what to do, where no source of this kind can or may be read.
    """
    match kind:
        case SourceKind.ARCHIVE:
            return str(_checked_archive(location, inputs).absolute())
        case SourceKind.WARC:
            warc_files(location, inputs)
            return str(Path(location).expanduser().absolute())
        case SourceKind.PARQUET:
            parquet_files(location, inputs)
            return str(Path(location).expanduser().absolute())
        case SourceKind.URL_LIST:
            return _checked_list(location, inputs)
        case SourceKind.FEED | SourceKind.SITEMAP:
            return checked_address(location)


def checked_address(location: str) -> str:
    """A web address as it is asked for. Raises SourceError for what is none; credentials are not repeated in it."""
    if holds_credentials(location):
        raise SourceError("the address holds a user or a password, and these are never kept; leave them out")
    url = request_url("", location)
    if url is None:
        raise SourceError(f"{location!r}: no web address; expected one such as https://example.org/", location=location)
    return url


def _checked_list(location: str, inputs: Inputs) -> str:
    if is_pasted(location):
        if not is_url_list(location):
            # What was pasted is not repeated: it may be anything.
            raise SourceError(f"{NO_ADDRESS}; expected {LIST_FORMS}")
        return location.strip()
    path = path_of(location)
    inputs.check([path], location)
    try:
        if not location.strip() or not path.is_file():
            raise SourceError(f"{location!r}: no such file; expected {LIST_FORMS}", location=location)
        is_list = is_url_list(path.read_bytes())
    except OSError as error:
        raise SourceError(f"{location!r}: cannot be read ({error.strerror or error})", location=location) from None
    if not is_list:
        raise SourceError(f"{location!r}: {NO_ADDRESS}; expected {LIST_FORMS}", location=location)
    return str(path.absolute())


def _checked_archive(location: str, inputs: Inputs) -> Path:
    path = path_of(location)
    inputs.check([path], location)
    try:
        if not location.strip() or not path.exists():
            absent = f"{location!r}: no such file or folder; expected {ARCHIVE_FORMS}"
            raise SourceError(absent, location=location, reason=Reason.NOT_FOUND)
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
