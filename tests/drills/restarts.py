"""Ends `broadsheet serve` in mid-run in every way, by signals and by kills in each order; the next refresh must go on.

    python -m tests.drills.restarts

Four minutes.
"""

import tempfile
from pathlib import Path

from tests.flows.serving import restarts

PORT = 4715


def main():
    with tempfile.TemporaryDirectory() as folder, restarts.endless_sources(Path(folder)) as sources:
        for way in [*restarts.SIGNALS, *restarts.SINGLE_KILLS, *restarts.KILLS]:
            restarts.survive([way], Path(folder) / "data", PORT, sources)
            print(f"{way.__name__}: the next refresh went on", flush=True)


if __name__ == "__main__":
    main()
