"""The processes of a command: the environment they are given, and which of them still run, wherever they hang."""

import os
import time
from pathlib import Path


def environment_of(root, **more):
    """What a command is told of a warehouse in a test's folder.

    Prefect's database lies beside those folders, for all tests of the process: making one takes longer than most runs.
    """
    given = {**os.environ, "BROADSHEET_ROOT": str(root), "PREFECT_HOME": str(root.parent.parent / "prefect"), **more}
    given.pop("PREFECT_API_URL", None)
    return given


def processes(root):
    """Whatever runs for this root, by its environment."""
    wanted = f"BROADSHEET_ROOT={root}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if wanted in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def all_end(root, seconds=30):
    until = time.monotonic() + seconds
    while processes(root) and time.monotonic() < until:
        time.sleep(0.1)
    return not processes(root)
