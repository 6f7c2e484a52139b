"""Which files may be read: all that the user may, or only those below some folders, wherever links lead."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flows.extract.sources import SourceError
from warehouse.model import Reason

OUTSIDE = "lies outside of the folders that forms may read; BROADSHEET_INPUTS names them"


@dataclass(frozen=True, slots=True)
class Inputs:
    """The folders below which files may be read; None stands for no limit, as on the command line.

    A form and the API are used by whoever can reach them, and what is read is shown to all who can query. So there a
    path is judged by where it really leads, before anything else is looked at: a refusal does not tell what is there.
    """

    folders: tuple[Path, ...] | None = None

    def check(self, paths: Iterable[Path], location: str) -> None:
        """Raises SourceError, one line with the location, where a path of it leads out of the folders."""
        for path in paths:
            if not self.holds(path):
                which = "" if path == path_of(location) else f"{path.name} "
                raise SourceError(f"{location!r}: {which}{OUTSIDE}", location=location)

    def check_pattern(self, pattern: Path, location: str) -> None:
        """The same for a pattern: behind a part that matches many, `..` leads anywhere."""
        if self.folders is not None and ".." in pattern.parts:
            raise SourceError(f"{location!r}: {OUTSIDE}", location=location)

    def holds(self, path: Path) -> bool:
        """Whether a path may be read."""
        if self.folders is None:
            return True
        try:
            real = path.resolve()
            return any(real.is_relative_to(folder.expanduser().resolve()) for folder in self.folders)
        except (OSError, RuntimeError):
            # Links in a circle are a RuntimeError up to Python 3.12.
            return False


ANYWHERE = Inputs()


def path_of(location: str) -> Path:
    """A location as an absolute path, with the user's home for `~`.

    Raises SourceError, one line with the location, for what no file system has: an empty one, one with a NUL.
    """
    try:
        path = Path(location).expanduser().absolute()
        path.lstat()
    except OSError:
        # Nobody has looked yet whether it is there.
        return path
    except (ValueError, RuntimeError) as error:
        problem = f"no such file or folder, nor can there be one ({error})"
        raise SourceError(f"{location!r}: {problem}", location=location, reason=Reason.NOT_FOUND) from None
    return path
