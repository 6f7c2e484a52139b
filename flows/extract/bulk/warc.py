"""WARC files to pages, rejects and repeats: what was fetched by somebody else, read as if it had been fetched here."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import BinaryIO

from flows.extract.bulk.captures import Desk
from flows.extract.bulk.files import Forms, InputFile, input_files
from flows.extract.bulk.selection import Selection
from flows.extract.bulk.warc_items import WarcItems
from flows.extract.bulk.warc_packing import NotWarcError
from flows.extract.bulk.warc_records import Damage, WarcFile
from flows.extract.inputs import ANYWHERE, Inputs
from flows.extract.sources import SourceError
from warehouse.model import Item, Reason
from warehouse.settings import Settings

FORMS = Forms((".warc", ".warc.gz", ".warc.zst"), "WARC")


class WarcReader:
    """Reads WARC files from the first on each time it is iterated; every capture comes out as one item."""

    def __init__(self, files: Sequence[InputFile], selection: Selection, *, source: str, settings: Settings) -> None:
        self._files, self._selection, self._desk = files, selection, Desk(source, settings)
        self._start()

    def _start(self) -> None:
        self.shortfalls: list[str] = []
        """Filled once part of a file was unreadable: records were lost that nobody can count."""
        self.progress: float | None = None
        """How much of the files' bytes is read, 0 to 1."""
        self._passed_over = 0

    @property
    def remarks(self) -> Sequence[str]:
        """How many captures the selection left out."""
        return self._selection.remarks(self._passed_over)

    def __iter__(self) -> Iterator[Item]:
        """The captures in their order, each read when it is asked for."""
        self._start()
        sizes = [_size(file) for file in self._files]
        read, whole = 0, max(1, sum(sizes))
        for file, size in zip(self._files, sizes, strict=True):
            for item, read_of_file in self._file(file):
                self.progress = min(1.0, (read + read_of_file) / whole)
                yield item
            read += size
        self.progress = 1.0

    def _file(self, file: InputFile) -> Iterator[tuple[Item, int]]:
        try:
            with file.path.open("rb") as raw, file.path.open("rb") as again:
                yield from self._records(raw, again, file)
        except NotWarcError:
            yield self._unread(file, Reason.MALFORMED_INPUT, _no_warc(file)), 0
        except OSError as error:
            yield self._unread(file, Reason.UNREACHABLE, f"cannot be read ({error.strerror or error})"), 0

    def _records(self, raw: BinaryIO, again: BinaryIO, file: InputFile) -> Iterator[tuple[Item, int]]:
        """The items of a file. Each is held until the walk has found its record in order."""
        warc = WarcFile(raw)
        items = WarcItems(self._desk, self._selection, file.name, WarcFile(again), has_checksums=warc.has_checksums)
        before = self._passed_over
        held: Item | None = None
        for found in warc.walk():
            if held and not (isinstance(found, Damage) and found.is_of_last):
                yield held, warc.read_bytes
            if isinstance(found, Damage):
                held = self._damaged(found, file)
            else:
                held = items.item_of(found)
                self._passed_over = before + items.passed_over
        if held:
            yield held, warc.read_bytes

    def _damaged(self, damage: Damage, file: InputFile) -> Item:
        if damage.hides_more:
            place = f"{file.name}@{damage.place}"
            self.shortfalls.append(f"source {self._desk.source}: {place}: {damage.detail}; what follows was not read")
        return self._desk.refused(f"{file.name}@{damage.place}", Reason.MALFORMED_INPUT, damage.detail)

    def _unread(self, file: InputFile, reason: Reason, detail: str) -> Item:
        self.shortfalls.append(f"source {self._desk.source}: {file.name} was not read: {detail}")
        return self._desk.refused(file.name, reason, detail)


def warc_files(location: str, inputs: Inputs = ANYWHERE) -> list[InputFile]:
    """The files of a location. Raises SourceError, one line with the location or a file, where none can be read there.

    Where one can, each is judged in its turn.
    """
    files = input_files(location, FORMS, inputs)
    problems = list(takewhile(bool, map(_problem, files)))
    if len(problems) < len(files):
        return files
    others = f"; nor can the others there be read, {len(files):,} in all" if len(files) > 1 else ""
    raise SourceError(f"{files[0].named_as(location)!r}: {problems[0]}{others}", location=location)


def _problem(file: InputFile) -> str | None:
    """Why a file cannot be read, in words; None where it begins as a WARC does."""
    try:
        with file.path.open("rb") as raw:
            WarcFile(raw)
    except NotWarcError:
        return f"{_no_warc(file)}; expected {FORMS.expected}"
    except OSError as error:
        return f"cannot be read ({error.strerror or error}); check its permissions"
    return None


def _no_warc(file: InputFile) -> str:
    """What a file is instead of a WARC."""
    return "no WARC that can be recognised by its content" if _size(file) else "an empty file"


def _size(file: InputFile) -> int:
    try:
        return file.path.stat().st_size
    except OSError:
        return 0
