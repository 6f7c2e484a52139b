"""Files a second on the way from an archive to published views, against a bare trafilatura loop on the same cores.

The loop wraps each fragment into a page and calls trafilatura with metadata, which is what a script without
Broadsheet would do. Rounds alternate between the contestants, and medians are compared: the machine is noisy.
"""

import io
import multiprocessing
import os
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from flows.extract.archive.archives import read_archive
from flows.publication import publish
from flows.serving import prefect_settings
from flows.serving.server import Place, running_server
from flows.transform.pool import CHUNK_PAGES, worker_pool
from tests.bench.processes import watched
from warehouse import engine
from warehouse.model import Page
from warehouse.settings import Settings

ROUNDS = 3
COPIES = 10
PORT = 4298


@dataclass(frozen=True)
class Ingested:
    """One run of the command: seconds in all, seconds from the first file to the last commit, peak memory in MB."""

    wall: float
    street: float
    peak: float


def main(archive: Path) -> None:
    """Measures everything about an archive and prints it as Markdown."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        settings = Settings(root=folder / "server")
        prefect_settings.apply(settings)
        started = time.monotonic()
        with running_server(settings, Place(PORT)) as api_url:
            server_seconds = time.monotonic() - started
            pages = [item for item in _read(archive) if isinstance(item, Page)]
            bare, transform, runs = _alternate(pages, archive, folder, api_url)
            smallest = _first_file(archive, folder / "one")
            single = [ingest(smallest, folder / f"one-{number}", api_url).street for number in range(ROUNDS)]
            print_speed(len(pages), bare, transform, runs, median(single))
            print_fixed(server_seconds, runs, median(single), Settings(root=folder / "ingest-0"))
            print_disk(archive, pages, Settings(root=folder / "ingest-0"))
            large = _multiplied(archive, folder / "large.tar.gz")
            print_memory(len(pages), runs, ingest(large, folder / "ingest-large", api_url))


def print_speed(
    files: int, bare: Sequence[float], transform: Sequence[float], runs: Sequence[Ingested], single: float
) -> None:
    """Files a second of each contestant, and the two ratios that the project promises.

    `single` is what an archive of one file takes on the way: the fixed seconds, which the second ratio sets apart.
    """
    seconds = median(run.street for run in runs)
    loop, ours, street = files / median(bare), files / median(transform), files / seconds
    print(f"## Speed: {files:,} files, {os.cpu_count()} cores, median of {ROUNDS} rounds\n")
    print("| what | files/s | to the bare loop |\n| --- | --- | --- |")
    print(f"| bare trafilatura loop with metadata | {loop:,.0f} | 1.00 |")
    print(f"| our transform alone | {ours:,.0f} | {ours / loop:.2f} |")
    print(f"| end to end, first file read to last commit | {street:,.0f} | {street / loop:.2f} (aim ≥ 0.5) |")
    net = (files - 1) / (seconds - single)
    print(f"| the same without the {single:.1f} s that one file takes | {net:,.0f} | {net / loop:.2f} |")
    print(
        f"\nEnd to end to our transform: {street / ours:.2f}, without the fixed seconds {net / ours:.2f} (aim ≥ 0.85)\n"
    )


def print_fixed(server_seconds: float, runs: Sequence[Ingested], single: float, settings: Settings) -> None:
    """What a run costs however small it is."""
    publish_seconds = median(_seconds(lambda: publish(settings)) for _ in range(5))
    flow_seconds = median(run.wall - run.street for run in runs) - publish_seconds
    print("## Fixed seconds\n\n| what | s |\n| --- | --- |")
    print(f"| Prefect server, first start | {server_seconds:.1f} |")
    print(f"| command, flow and workers, server up | {flow_seconds:.1f} |")
    print(f"| street of one file | {single:.1f} |\n| publish | {publish_seconds:.2f} |\n", flush=True)


def print_disk(archive: Path, pages: Sequence[Page], settings: Settings) -> None:
    """Bytes of the tables against the archive and the raw files."""
    raw = sum(page.body_bytes for page in pages)
    print("## On disk\n\n| what | MB |\n| --- | --- |")
    print(f"| raw bodies | {raw / 1e6:.1f} |\n| the archive | {archive.stat().st_size / 1e6:.1f} |")
    for table in ("pages", "documents"):
        size = sum(path.stat().st_size for path in (settings.tables / table).rglob("*.parquet"))
        print(f"| table {table} | {size / 1e6:.1f} |")
    print(f"| catalog | {settings.catalog.stat().st_size / 1e6:.1f} |\n", flush=True)


def print_memory(files: int, runs: Sequence[Ingested], large: Ingested) -> None:
    """Peak memory of the command and its workers at both sizes."""
    small = median(run.peak for run in runs)
    print("## Peak memory (proportional set size of the command and its workers)\n\n| files | MB |\n| --- | --- |")
    print(f"| {files:,} | {small:,.0f} |\n| {files * COPIES:,} | {large.peak:,.0f} |")
    rate = files * COPIES / large.street
    print(f"\nRatio {large.peak / small:.2f} (aim ≤ 1.10); {rate:,.0f} files/s at the larger size")


def ingest(archive: Path, root: Path, api_url: str) -> Ingested:
    """One run of the real command on an empty warehouse."""
    run = watched(["ingest", "archive", str(archive)], {"BROADSHEET_ROOT": str(root), "PREFECT_API_URL": api_url})
    with engine.published(Settings(root=root)) as connection:
        query = "select epoch(finished_at - started_at) from main.runs"
        ((street,),) = connection.execute(query).fetchall()
    return Ingested(run.wall, street, run.peak)


def _alternate(
    pages: Sequence[Page], archive: Path, folder: Path, api_url: str
) -> tuple[list[float], list[float], list[Ingested]]:
    fragments = [page.body.decode() for page in pages]
    workers = os.cpu_count() or 1
    context = multiprocessing.get_context("spawn")
    bare: list[float] = []
    transform: list[float] = []
    runs: list[Ingested] = []
    for number in range(ROUNDS):
        with ProcessPoolExecutor(workers, mp_context=context) as loop:
            list(loop.map(_bare, fragments[:200], chunksize=CHUNK_PAGES))
            bare.append(_seconds(lambda: list(loop.map(_bare, fragments, chunksize=CHUNK_PAGES))))
        with worker_pool(workers) as pool:
            transform.append(_seconds(lambda: list(pool.transform(pages, {}))))
        runs.append(ingest(archive, folder / f"ingest-{number}", api_url))
    return bare, transform, runs


def _bare(fragment: str) -> tuple[str | None, str | None]:
    import trafilatura

    page = f"<html><body><article>{fragment}</article></body></html>"
    document = trafilatura.bare_extraction(page, with_metadata=True)
    return (document.text, document.date) if document else (None, None)


def _seconds(action: Callable[[], object]) -> float:
    started = time.monotonic()
    action()
    return time.monotonic() - started


def _read(archive: Path) -> list[object]:
    return list(read_archive(archive, source="bench", max_page_bytes=20_000_000))


def _multiplied(archive: Path, larger: Path) -> Path:
    """The archive several times over, each copy's addresses its own."""
    with tarfile.open(archive) as tar, tarfile.open(larger, "w:gz", compresslevel=1) as out:
        for member in tar:
            data = (extracted.read() if (extracted := tar.extractfile(member)) else b"").split(b"](", 1)
            for copy in range(COPIES if len(data) > 1 else 0):
                body = data[0] + b"](" + data[1].replace(b")\n", b"?copy=%d)\n" % copy, 1)
                info = tarfile.TarInfo(f"{copy}/{member.name}")
                info.size = len(body)
                out.addfile(info, io.BytesIO(body))
    return larger


def _first_file(archive: Path, folder: Path) -> Path:
    """A folder that holds the archive's first file alone."""
    folder.mkdir()
    with tarfile.open(archive) as tar:
        first = next(member for member in tar if member.isfile())
        data = extracted.read() if (extracted := tar.extractfile(first)) else b""
    (folder / "first.md").write_bytes(data)
    return folder
