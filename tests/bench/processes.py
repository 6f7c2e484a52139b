"""The command under watch: how long it took, what its processes held in memory and used of the processors."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from select import select

COMMAND = Path(sys.executable).with_name("broadsheet")
SAMPLE_SECONDS = 0.5
"""Ten times a second, looking alone took one part in a hundred of the two processors from what was looked at."""
MEMORY_SECONDS = 2.0
"""To add up what processes share the kernel walks all of their memory and holds it meanwhile: ten times a second, that
took a third of a processor from those that were measured."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Watched:
    """One run of the command. Memory in MB; processor time in seconds, user and system together.

    `peak` is that of all its processes as sampled, what they share divided among them; `main_peak` the resident memory
    of the first process alone, the command's own; the children are the fork server and its workers, in which pages
    become documents. A Prefect server that was up before belongs to neither.
    """

    wall: float = 0.0
    peak: float = 0.0
    main_peak: float = 0.0
    main_seconds: float = 0.0
    children_seconds: float = 0.0
    _memory_seen: float = 0.0

    def sample(self, pid: int, *, has_memory: bool) -> None:
        """Looks at the process and all that descend from it; at their memory, where asked for, every MEMORY_SECONDS."""
        if has_memory and time.monotonic() - self._memory_seen >= MEMORY_SECONDS:
            self._memory_seen = time.monotonic()
            self.peak = max(self.peak, sum(map(proportional_mb, family(pid))))
        self.main_peak = max(self.main_peak, resident_peak_mb(pid))
        self.children_seconds = max(self.children_seconds, descendants_seconds(pid))


def watched(arguments: list[str], variables: Mapping[str, str], *, has_memory: bool = True) -> Watched:
    """Runs the command to its end; leaves with what it said where it fails.

    Without `has_memory` no `peak` is taken, for runs of which the speed is to be told.
    """
    run = Watched()
    started = time.monotonic()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [COMMAND, *arguments], env={**os.environ, **variables}, stdout=subprocess.DEVNULL, stderr=errors
        )
        handle = os.pidfd_open(process.pid)
        while not select([handle], [], [], SAMPLE_SECONDS)[0]:
            run.sample(process.pid, has_memory=has_memory)
        run.wall = time.monotonic() - started
        # What is dead and not yet waited for still tells what it used in all.
        run.main_seconds = processor_seconds(process.pid)
        os.close(handle)
        if process.wait():
            errors.seek(0)
            sys.exit(errors.read().decode())
    return run


def family(pid: int | None = None) -> list[int]:
    """The process (this one where none is named) and all that descend from it."""
    pid = pid or os.getpid()
    children: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children += map(int, path.read_text().split())
        except OSError:
            continue
    return [pid, *(found for child in children for found in family(child))]


def proportional_mb(pid: int) -> float:
    """Memory of a process with what it shares divided among its sharers (`Pss` of smaps_rollup), in MB."""
    return _kilobytes(pid, "smaps_rollup", "Pss:") / 1000


def resident_mb(pid: int) -> float:
    """Resident memory of a process, what it shares counted in full (`VmRSS`), in MB."""
    return _kilobytes(pid, "status", "VmRSS:") / 1000


def resident_peak_mb(pid: int) -> float:
    """The most that was ever resident of a process (`VmHWM`, kept by the kernel: no sample misses it), in MB."""
    return _kilobytes(pid, "status", "VmHWM:") / 1000


def _kilobytes(pid: int, file: str, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(name))


def descendants_seconds(pid: int | None = None) -> float:
    """User and system time of all that descend from the process (this one where none is named).

    Workers that were replaced meanwhile are among them: they count with their parent, the fork server.
    """
    return sum(processor_seconds(child, has_ended_children=True) for child in family(pid)[1:])


def processor_seconds(pid: int, *, has_ended_children: bool = False) -> float:
    """User and system time of a process, without its children, or with those that have ended; 0 where it is gone."""
    try:
        # The name of the command may hold blanks: the fields are counted from its closing bracket (proc_pid_stat(5)).
        values = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, values[11 : 15 if has_ended_children else 13])) / TICKS
