"""What made a document: name and version of the code that decides the result.

Kept apart from the transform, so that a command can name the extractor without importing it.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

ROOMS = ("flows.transform", "flows.web")
LIBRARIES = ("trafilatura",)
# How the work is spread over processes decides nothing: a new pool must not make every document old.
UNDECIDING = ("channel.py", "fork_server.py", "keeper.py", "pool.py", "warm.py", "worker.py")
DECIDING = (".py", ".toml", ".npz")


@cache
def extractor() -> str:
    """Our version, a digest of the sources that decide the result, and the versions of the libraries that do."""
    libraries = " ".join(f"{name}/{_version(name)}" for name in LIBRARIES)
    return f"broadsheet/{_version('broadsheet')}+{_source_digest()} {libraries}"


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "0"


def _source_digest() -> str:
    digest = hashlib.sha256()
    for room in ROOMS:
        for name, source in sorted(_sources(files(room), "")):
            digest.update(name.encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()[:8]


def _sources(room: Traversable, above: str) -> Iterator[tuple[str, Traversable]]:
    """The files of a room and of the rooms within it, with their names from its door."""
    for source in room.iterdir():
        name = f"{above}{source.name}"
        if source.name.endswith(DECIDING) and name not in UNDECIDING:
            yield name, source
        elif source.is_dir():
            yield from _sources(source, f"{name}/")
