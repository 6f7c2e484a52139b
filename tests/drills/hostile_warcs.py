"""All gold pages with the whole hostile corpus strewn in, as WARC files, through the command to the published views.

Run with `python -m tests.drills.hostile_warcs`; BROADSHEET_GOLD_DATA names the folder of real pages.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pyarrow import parquet

from tests.hostile.strewn import misfits, strew
from warehouse import engine
from warehouse.settings import Settings

EVERYTHING = 1_000_000_000
FILES = 8
COUNTS = (
    "select input_count, page_count, unchanged_count, read_reject_count, document_count, transform_reject_count "
    "from main.runs"
)


def main() -> int:
    """Prints what became of every record; 1 where a hostile page has not come to its end or a record is missing."""
    data = os.environ.get("BROADSHEET_GOLD_DATA")
    if not data:
        sys.exit("set BROADSHEET_GOLD_DATA to the folder of real pages (it holds pages/*.parquet)")
    with tempfile.TemporaryDirectory() as folder:
        warcs, settings = Path(folder) / "warcs", Settings(root=Path(folder) / "data")
        gold = list(_gold_pages(Path(data) / "pages"))
        expected = strew(warcs, gold, FILES, most_bytes=EVERYTHING)
        command = [Path(sys.executable).with_name("broadsheet"), "ingest", "warc", str(warcs)]
        subprocess.run(command, env={**os.environ, "BROADSHEET_ROOT": str(settings.root)}, check=True)
        with engine.published(settings) as connection:
            ((read, pages, unchanged, refused, documents, rejects),) = connection.execute(COUNTS).fetchall()
        wrong = misfits(settings, expected)
    print(f"{len(gold):,} gold pages and {len(expected)} hostile ones in {FILES} files")
    print(f"{read:,} records read: {pages:,} pages, {unchanged:,} unchanged, {refused} refused while reading")
    print(f"{documents:,} documents, {rejects} refused by the transform")
    for line in wrong:
        print(f"another end than expected: {line}")
    is_whole = read == len(gold) + len(expected) == pages + unchanged + refused and pages == documents + rejects
    return int(not is_whole or bool(wrong))


def _gold_pages(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.glob("*.parquet")):
        table = parquet.read_table(file, columns=["url", "html"])
        yield from zip(table["url"].to_pylist(), table["html"].to_pylist(), strict=True)


if __name__ == "__main__":
    sys.exit(main())
