"""Files that commands write for people: none of the warehouse's own, whole or not there, over another only if asked."""

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flows.endings import ended_by_signals
from warehouse.settings import Settings

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""Of what may go wrong while a result is made and written, what is surely the file's fault."""

NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EACCES}
"""What file systems without hard links say when one is asked for."""


class OutputRefusedError(ValueError):
    """A file that will not be written, and why; `path` is as it was given."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{str(path)!r}: {why}")
        self.path = path


@dataclass(frozen=True, slots=True)
class Output:
    """A file that may be written: as it was given, where it really is, and how it is to be written."""

    path: Path
    place: Path
    """Links followed: what a link points at is written, and the link stays."""
    is_stream: bool = False
    """A pipe or a device: written as it stands, because there is nothing to replace."""
    can_replace: bool = False

    @classmethod
    def checked(cls, path: Path, settings: Settings, *, can_replace: bool = False) -> "Output":
        """The output. Raises OutputRefusedError, one line with the path and the reason, before any work."""
        place = _followed(path)
        _refuse_own_files(path, place, settings)
        try:
            kind = path.stat().st_mode
        except FileNotFoundError:
            if not place.parent.is_dir():
                raise OutputRefusedError(path, f"there is no folder {str(place.parent)!r}") from None
            return cls(path, place, can_replace=can_replace)
        except OSError as error:
            raise OutputRefusedError(path, _reason(error)) from error
        if stat.S_ISFIFO(kind) or stat.S_ISCHR(kind) or _is_standard_output(path):
            return cls(path, place, is_stream=True)
        if not stat.S_ISREG(kind):
            raise OutputRefusedError(path, "stands there already and is no regular file")
        if not can_replace:
            raise OutputRefusedError(path, "is there already; --force replaces it")
        return cls(path, place, can_replace=True)

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The file around a block. It is in its place once the block has ended well; else all is as it was before.

        Raises OutputRefusedError where it cannot be written: at once where that shows at once.
        """
        with ended_by_signals() as ending:
            if self.is_stream:
                with self._stream() as stream:
                    yield stream
                return
            with _told_of(self.path):
                file = self._draft()
            if ending:
                ending.draft = Path(file.name)
            try:
                with file, _told_of(self.path, FULL):
                    yield file
                    file.flush()
                    os.fsync(file.fileno())
                with _told_of(self.path):
                    self._put(Path(file.name))
            finally:
                Path(file.name).unlink(missing_ok=True)

    def _draft(self) -> BinaryIO:
        """A new file in the same folder. Of a long name only the beginning: with what is around it, it has a limit."""
        start = f".{self.place.name[:50]}."
        handle, name = tempfile.mkstemp(dir=self.place.parent, prefix=start, suffix=".part")
        os.close(handle)
        return Path(name).open("wb")

    def _stream(self) -> BinaryIO:
        if _is_standard_output(self.path):
            # Opened by its name, a file that the shell has put there would be written from its beginning.
            sys.stdout.flush()
            return os.fdopen(os.dup(1), "wb")
        return os.fdopen(os.open(self.path, os.O_WRONLY), "wb")

    def _mode(self) -> int:
        """Of a file that is replaced its own: it may be for its owner alone."""
        try:
            return stat.S_IMODE(self.place.stat().st_mode)
        except FileNotFoundError:
            return _usual_mode()

    def _put(self, draft: Path) -> None:
        """Gives the draft its name; a file that came there meanwhile stays, unless it may be replaced."""
        draft.chmod(self._mode())
        if not self.can_replace:
            try:
                self.place.hardlink_to(draft)
            except FileExistsError:
                raise OutputRefusedError(self.path, "came there meanwhile; --force replaces it") from None
            except OSError as error:
                if error.errno not in NO_LINKS:
                    raise
            else:
                return
        draft.replace(self.place)


def _followed(path: Path) -> Path:
    """Where a path really leads, though nothing may be there yet."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        # Links in a circle: a RuntimeError up to Python 3.12.
        raise OutputRefusedError(path, "cannot be followed to its end: its links lead in a circle") from error


def _refuse_own_files(path: Path, place: Path, settings: Settings) -> None:
    """Raises where the path, or what it leads to, is in the warehouse's folder or where parts of it have been put.

    Folders are compared by what they are, not by their names: a path may have more than one spelling.
    """
    own = [settings.root, settings.tables, settings.catalog]
    if settings.tables.is_dir():
        own.extend(settings.tables.iterdir())
    # Where it stands itself, too: a link in the warehouse's folder to a file elsewhere.
    for spelling in (place, path.parent.resolve() / path.name):
        if spelling.is_relative_to(settings.root) or any(_is_at_or_below(spelling, folder) for folder in own):
            raise OutputRefusedError(
                path, f"lies in the warehouse's own folder {str(settings.root)!r}; write elsewhere"
            )


def _is_at_or_below(place: Path, folder: Path) -> bool:
    with suppress(OSError):
        sought = folder.stat()
        for candidate in (place, *place.parents):
            with suppress(OSError):
                if os.path.samestat(candidate.stat(), sought):
                    return True
    return False


def _is_standard_output(path: Path) -> bool:
    """Whether a path such as /dev/stdout or /dev/fd/1 is what standard output goes to."""
    try:
        return path.parts[:2] in {("/", "dev"), ("/", "proc")} and os.path.samestat(path.stat(), os.fstat(1))
    except OSError:
        return False


@contextmanager
def _told_of(path: Path, numbers: Collection[int] | None = None) -> Iterator[None]:
    """Trouble of the system's in writing, all of it or what has these numbers, is told of the path that was given."""
    try:
        yield
    except OutputRefusedError:
        raise
    except OSError as error:
        if numbers is not None and error.errno not in numbers:
            raise
        raise OutputRefusedError(path, _reason(error)) from error


def _reason(error: OSError) -> str:
    if error.errno in FULL:
        return "there is no room left on its disk; free some and run again"
    return f"cannot be written ({error.strerror or error})"


def _usual_mode() -> int:
    """What a file is made with: temporary ones are for their owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
