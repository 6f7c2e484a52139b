"""Which files a location names: one file, the matches of a glob, or a folder's files by their suffixes."""

import glob
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.extract.archive.members import shown
from flows.extract.inputs import ANYWHERE, Inputs, path_of
from flows.extract.sources import SourceError
from warehouse.model import Reason

MAGIC = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Forms:
    """What a kind of source may consist of: suffixes in a folder, and the words for people."""

    suffixes: tuple[str, ...]
    noun: str

    @property
    def expected(self) -> str:
        """What a location may be, for the end of a message."""
        return f"a {self.noun} file, a pattern such as 2026/*{self.suffixes[-1]}, or a folder of such files"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file of a source: where it is, and the name under which rejects speak of it.

    The name is the path below the folder, or below what of a pattern is fixed; so a file that is named alone and one
    that stands in a folder given as such have the same.
    """

    path: Path
    name: str

    def named_as(self, location: str) -> str:
        """The file in a message: in the words of a location that is this file, else by its path."""
        return location if _path(location) == self.path else str(self.path)


def input_files(location: str, forms: Forms, inputs: Inputs = ANYWHERE) -> list[InputFile]:
    """The files, in the order of their names.

    Raises SourceError, one line with the location, where there are none, or one may not be read.
    """
    path = _path(location)
    if path is not None and _is_pattern(location):
        inputs.check_pattern(path, location)
        inputs.check([_fixed_part(path)], location)
    elif path is not None:
        inputs.check([path], location)
    try:
        # What a pattern finds by way of a link to a folder elsewhere is as if it were not there.
        found = [file for file in _found(location, forms) if inputs.holds(file.path.parent)]
        problem = None if found else _absence(location, forms)
    except OSError as error:
        found, problem = [], f"cannot be read ({error.strerror or error}); check its permissions"
    if problem:
        is_absent = problem.startswith("no such")
        reason = Reason.NOT_FOUND if is_absent else Reason.MALFORMED_INPUT
        raise SourceError(f"{location!r}: {problem}", location=location, reason=reason)
    inputs.check((file.path for file in found), location)
    return found


def _found(location: str, forms: Forms) -> Iterator[InputFile]:
    path = _path(location)
    if path is None:
        return
    if path.is_dir():
        for file in sorted(_below(path, forms), key=os.fsencode):
            yield InputFile(Path(file), shown(os.path.relpath(file, path)))
    elif path.exists():
        if path.is_file():
            yield InputFile(path, shown(path.name))
    elif _is_pattern(location):
        fixed = _fixed_part(path)
        matches = glob.glob(str(path), recursive=True)  # noqa: PTH207 - a path's own glob takes no absolute pattern
        for match in sorted(matches, key=os.fsencode):
            if os.path.isfile(match):  # noqa: PTH113 - as above
                yield InputFile(Path(match), shown(os.path.relpath(match, fixed)))


def _absence(location: str, forms: Forms) -> str:
    """Why there is nothing, in words."""
    path = _path(location)
    if path is not None and path.is_dir():
        is_empty = next(path.iterdir(), None) is None
        what = "an empty folder" if is_empty else f"a folder with no {' or '.join(forms.suffixes)} in it or below it"
    elif path is not None and path.exists():
        what = "no regular file"
    else:
        what = "no such file: nothing matches the pattern" if _is_pattern(location) else "no such file or folder"
    return f"{what}; expected {forms.expected}"


def _path(location: str) -> Path | None:
    """The location as a path; None for what can be none."""
    return path_of(location) if location.strip() else None


def _below(folder: Path, forms: Forms) -> Iterator[str]:
    """The folder's files with one of the suffixes; links to folders, which may lead in circles, are not followed."""

    def refused(error: OSError) -> None:
        raise error

    for place, _, names in os.walk(folder, onerror=refused):
        for name in names:
            file = os.path.join(place, name)  # noqa: PTH118 - a folder may hold a hundred thousand files
            if name.lower().endswith(forms.suffixes) and os.path.isfile(file):  # noqa: PTH113 - as above
                yield file


def _is_pattern(location: str) -> bool:
    return not MAGIC.isdisjoint(location)


def _fixed_part(pattern: Path) -> Path:
    """The folder down to which a pattern says where it is."""
    fixed = Path(pattern.anchor)
    for part in pattern.parts[1:-1]:
        if not MAGIC.isdisjoint(part):
            break
        fixed /= part
    return fixed
