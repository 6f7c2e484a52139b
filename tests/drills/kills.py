"""The drill: thirty kills through the command, each followed by a plain re-run, each on a warehouse of its own.

Every kill is a SIGKILL at a random moment between the start and the end of an undisturbed run. After it no worker may
be left; after the re-run the warehouse must hold exactly what the undisturbed run left, page for page and document
for document, and every catalog that was ever published must be consistent.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from flows.serving import prefect_settings
from flows.serving.server import Place, running_server
from warehouse import engine
from warehouse.settings import Settings

KILLS = 30
PORT = 4299
COMMAND = Path(sys.executable).with_name("broadsheet")

CONTENT = """
select documents.page_id, documents.content_hash, pages.body_hash
from main.document_versions as documents
full join main.pages as pages on documents.page_id = pages.page_id
order by all
"""
ROWS = """
select
    (select count(*) from raw.pages), (select count(distinct page_id) from raw.pages),
    (select count(*) from raw.documents), (select count(distinct page_id) from raw.documents)
"""


@dataclass(frozen=True)
class Drill:
    """Where the drill takes place: the archive, the folder for its warehouses, the Prefect server."""

    archive: Path
    folder: Path
    api_url: str

    def start(self, root: Path) -> subprocess.Popen[bytes]:
        """The command, in a session of its own, so that its processes can be counted."""
        environment = {**os.environ, "BROADSHEET_ROOT": str(root), "PREFECT_API_URL": self.api_url}
        environment["BROADSHEET_SHARD_PAGES"] = "500"
        command = [str(COMMAND), "ingest", "archive", str(self.archive), "--source", "drill"]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )

    def finish(self, root: Path) -> float:
        """Runs the command to its end; returns the seconds that it took."""
        started = time.monotonic()
        process = self.start(root)
        output, _ = process.communicate()
        if process.returncode:
            sys.exit(f"a plain run failed:\n{output.decode()}")
        return time.monotonic() - started

    def kill(self, root: Path, after: float) -> str:
        """Starts the command, kills it after so many seconds, and says what it met."""
        process = self.start(root)
        time.sleep(after)
        if process.poll() is not None:
            return "had ended"
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        return "killed"


def main() -> None:
    """Runs the drill and prints a line for each kill; ends with a non-zero status at the first loss."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(2**32)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        settings = Settings(root=folder / "server")
        prefect_settings.apply(settings)
        with running_server(settings, Place(PORT)) as api_url:
            drill = Drill(_archive(), folder, api_url)
            print(f"seed {seed}, archive {drill.archive.name}", flush=True)
            seconds = drill.finish(folder / "whole")
            expected = _content(folder / "whole")
            print(f"an undisturbed run: {len(expected):,} pages in {seconds:.1f} s", flush=True)
            for number in range(1, KILLS + 1):
                _round(drill, folder / f"kill-{number}", number, chance.uniform(0, seconds), expected)
    print(f"{KILLS} kills: nothing lost, nothing doubled")


def _round(drill: Drill, root: Path, number: int, after: float, expected: list[tuple[object, ...]]) -> None:
    end = drill.kill(root, after)
    left_pages = _published_pages(root)
    _wait_for_no_workers(root)
    drill.finish(root)
    rows = _query(root, ROWS)[0]
    if _content(root) != expected or rows != (len(expected),) * 4:
        sys.exit(f"kill {number} after {after:.2f} s: expected {len(expected):,} of each, found {rows}")
    resumed, interrupted = _query(
        root, "select sum(resumed_page_count), count_if(state = 'interrupted') from main.runs"
    )[0]
    print(
        f"kill {number:2d} after {after:5.2f} s: {end}, catalog {left_pages}, "
        f"{interrupted} interrupted, {resumed} pages resumed: exact",
        flush=True,
    )


def _archive() -> Path:
    data = os.environ.get("BROADSHEET_GOLD_DATA")
    if data:
        return Path(data) / "archive" / "archive_2020_dev.tar.xz"
    return Path(__file__).parents[2] / "flows" / "sample" / "articles"


def _content(root: Path) -> list[tuple[object, ...]]:
    return _query(root, CONTENT)


def _published_pages(root: Path) -> str:
    """What the catalog says right after the kill; there is none before the first publication."""
    if not (root / "warehouse.duckdb").exists():
        return "none"
    return f"of {_query(root, 'select count(*) from main.pages')[0][0]:,} pages"


def _query(root: Path, query: str) -> list[tuple[object, ...]]:
    with engine.published(Settings(root=root)) as connection:
        return connection.execute(query).fetchall()


def _wait_for_no_workers(root: Path) -> None:
    """Workers carry the root in their environment; they leave when their parent does."""
    wanted = f"BROADSHEET_ROOT={root}".encode()
    until = time.monotonic() + 30
    while left := [path.parent.name for path in Path("/proc").glob("[0-9]*/environ") if wanted in _environment(path)]:
        if time.monotonic() > until:
            sys.exit(f"processes left behind: {', '.join(left)}")
        time.sleep(0.1)


def _environment(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\0")
    except OSError:
        return []


if __name__ == "__main__":
    main()
