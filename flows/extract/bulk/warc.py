"""WARC files to pages, rejects and repeats: what was fetched by somebody else, read as if it had been fetched here."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from flows.extract.bulk.captures import Desk
from flows.extract.bulk.files import Forms, InputFile, input_files
from flows.extract.bulk.selection import Selection
from flows.extract.bulk.warc_items import WarcItems
from flows.extract.bulk.warc_packing import NotWarcError
from flows.extract.bulk.warc_records import Damage, WarcFile
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
            what = "no WARC that can be recognised by its content" if _size(file) else "an empty file"
            yield self._unread(file, Reason.MALFORMED_INPUT, what), 0
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


def warc_files(location: str) -> list[InputFile]:
    """The files of a location. Raises SourceError, one line with the location, where nothing can be read there."""
    files = input_files(location, FORMS)
    if len(files) == 1:
        _check(files[0], location)
    return files


def _check(file: InputFile, location: str) -> None:
    """Of several files each is judged in its turn; a single one that is no WARC is refused before any work."""
    try:
        with file.path.open("rb") as raw:
            WarcFile(raw)
    except NotWarcError:
        what = "no WARC that can be recognised by its content" if _size(file) else "an empty file"
        raise SourceError(f"{location!r}: {what}; expected {FORMS.expected}", location=location) from None
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error}); check its permissions"
        raise SourceError(f"{location!r}: {problem}", location=location) from None


def _size(file: InputFile) -> int:
    try:
        return file.path.stat().st_size
    except OSError:
        return 0
