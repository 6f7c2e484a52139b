"""The starter list of outlets, as a file of the user's own."""

from pathlib import Path

import tomlkit
from tomlkit.items import AoT

from flows.extract.sources import BUNDLED, SourceError

ABSENT = "sample"
"""Its path is meant from the bundled file, and it is no outlet."""


def write_starter_list(file: Path) -> int:
    """Writes the starter list, with its comments, to a new file; returns how many sources it has.

    Raises SourceError, one line, where the file is there already or cannot be written.
    """
    document = tomlkit.parse(BUNDLED.read_text(encoding="utf-8"))
    tables = document["sources"]
    assert isinstance(tables, AoT)  # noqa: S101 - the file is ours, and a test reads it
    tables.remove(next(table for table in tables if table["name"] == ABSENT))
    try:
        with file.open("x", encoding="utf-8") as target:
            target.write(tomlkit.dumps(document))
    except FileExistsError:
        raise SourceError(f"{str(file)!r}: stands there already; name another file") from None
    except OSError as error:
        raise SourceError(f"{str(file)!r}: cannot be written ({error.strerror or error})") from None
    return len(tables)
