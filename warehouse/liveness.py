"""Who is alive: a lock file that a process holds for as long as it lives.

The operating system lets go of it at any kind of death, so that neither a heartbeat nor a clock is needed.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
    """The names that are alive now, in their order; the lock files of dead ones are swept, where that is allowed."""
    return [path.stem for path in sorted(folder.glob("*.lock")) if _is_held(path)]


def _is_held(path: Path) -> bool:
    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    except PermissionError:
        return is_held(path)
    with suppress(PermissionError):
        path.unlink(missing_ok=True)
    lock.release()
    return False


def is_held(path: Path) -> bool:
    """Whether a lock is held, by a look that may read it alone: so may whoever may read the warehouse."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        # Held; or it cannot even be read, and a run is not to be called dead on no evidence.
        return True
    return False
