"""Which files may be read: all that the user may, or only those below some folders, wherever links lead."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flows.extract.sources import SourceError


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
            if not self._holds(path):
                raise SourceError(f"{location!r}: {self._outside(path, location)}", location=location)

    def _holds(self, path: Path) -> bool:
        if self.folders is None:
            return True
        real = path.expanduser().resolve()
        return any(real.is_relative_to(folder.expanduser().resolve()) for folder in self.folders)

    def _outside(self, path: Path, location: str) -> str:
        folders = ", ".join(map(str, self.folders or ()))
        which = "" if str(path) == location else f" ({path.name})"
        return f"lies outside of the folders that forms may read{which}: {folders}; BROADSHEET_INPUTS names them"


ANYWHERE = Inputs()
