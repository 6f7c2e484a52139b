"""What reading in bulk costs: processor time a page, bytes a second, and memory at two sizes of file.

Each reading is a process of its own, so that its peak of memory is its own. The bare loops beside it read the same
records with fastwarc, or the same rows with pyarrow, and do nothing with them.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fastwarc import ArchiveIterator
from pyarrow.parquet import ParquetFile, ParquetWriter

from flows.extract.readers import open_reader
from flows.extract.sources import Source
from tests.bench.processes import resident_peak_mb
from tests.bench.warcs import write_warc
from warehouse.model import Page, SourceKind
from warehouse.settings import Settings

SIZES = (50_000_000, 500_000_000)


def main(files: list[Path]) -> None:
    """Measures WARC and Parquet made of these Parquet pages, and prints a table."""
    print("| file | size | pages | CPU ms a page | of it the bare loop | MB/s of pages | peak memory |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as place:
        for name in ("a.warc.gz", "a.warc", "a.parquet"):
            for size in SIZES:
                path = Path(place) / name
                _write(files, path, size)
                print(_measured(path), flush=True)


def _write(files: list[Path], path: Path, size: int) -> None:
    if path.suffix != ".parquet":
        write_warc(files, path, copies=1000, most_bytes=size)
        return
    schema = ParquetFile(files[0]).schema_arrow
    with ParquetWriter(path, schema, compression="zstd") as writer:
        while path.stat().st_size < size:
            for file in files:
                for batch in ParquetFile(file).iter_batches(500):
                    writer.write_batch(batch.cast(schema))


def _measured(path: Path) -> str:
    numbers = [
        subprocess.run(
            [sys.executable, "-m", "tests.bench.bulk", how, str(path)], capture_output=True, text=True, check=True
        ).stdout.split()
        for how in ("bare", "read")
    ]
    (bare, _, _, _), (seconds, pages, size, peak) = ([float(number) for number in line] for line in numbers)
    megabytes = path.stat().st_size / 1e6
    each = f"{seconds / pages * 1e3:.2f} | {bare / pages * 1e3:.2f}"
    return (
        f"| {path.name} | {megabytes:,.0f} MB | {pages:,.0f} | {each} | {size / 1e6 / seconds:,.0f} | {peak:,.0f} MB |"
    )


def _read(path: Path) -> tuple[int, int]:
    kind = SourceKind.PARQUET if path.suffix == ".parquet" else SourceKind.WARC
    reader = open_reader(Source(name="bench", kind=kind, location=str(path)), Settings(root=path.parent / "data"))
    pages = size = 0
    for item in reader:
        if isinstance(item, Page):
            pages, size = pages + 1, size + item.body_bytes
    return pages, size


def _bare(path: Path) -> tuple[int, int]:
    if path.suffix == ".parquet":
        file = ParquetFile(path, pre_buffer=False, buffer_size=1_048_576)
        for batch in file.iter_batches(32, columns=["url", "html"], use_threads=False):
            batch["html"].to_pylist()
    else:
        for record in ArchiveIterator(str(path), parse_http=False):
            record.reader.read()
    return 0, 0


HOW: dict[str, Callable[[Path], tuple[int, int]]] = {"bare": _bare, "read": _read}

if __name__ == "__main__":
    if sys.argv[1] in HOW:
        began = time.process_time()
        result = HOW[sys.argv[1]](Path(sys.argv[2]))
        print(time.process_time() - began, *result, resident_peak_mb(os.getpid()))
    else:
        main([Path(name) for name in sys.argv[1:]])
