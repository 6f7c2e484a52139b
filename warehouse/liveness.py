"""Who is alive: a lock file that a process holds for as long as it lives.

The operating system lets go of it at any kind of death, so that neither a heartbeat nor a clock is needed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def living(folder: Path, name: str) -> Iterator[None]:
    """The name counts as alive for the length of the block, or until this process dies."""
    path = folder / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path):
        yield
    path.unlink(missing_ok=True)


def living_names(folder: Path) -> list[str]:
    """The names that are alive now, in their order; the lock files of dead ones are swept."""
    return [path.stem for path in sorted(folder.glob("*.lock")) if _is_held(path)]


def _is_held(path: Path) -> bool:
    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    path.unlink(missing_ok=True)
    lock.release()
    return False
