"""WARC files made of Parquet pages (columns `url` and `html`), for the bench and for trials by hand.

`python -m tests.bench.warcs TARGET FILE.parquet …` writes one; its suffix says how it is compressed.
"""

import io
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

FIRST_CAPTURE = datetime(2026, 10, 1, tzinfo=UTC)
"""The first page's capture; each further one comes a second later, so that the same files give the same pages."""
BATCH_PAGES = 50


def write_warc(parquet_files: Iterable[Path], target: Path, *, copies: int = 1, most_bytes: int | None = None) -> int:
    """Writes the pages as response records to `.warc`, `.warc.gz` or `.warc.zst`; returns how many there are.

    Each copy has addresses of its own; the file ends with the first record that brings it to `most_bytes`.
    """
    count = 0
    pages = _pages(list(parquet_files), copies)
    with target.open("wb") as file:
        file.write(packed(warcinfo(target.name), target))
        for url, html in pages:
            file.write(packed(response(url, html, FIRST_CAPTURE + timedelta(seconds=count)), target))
            count += 1
            if most_bytes and file.tell() >= most_bytes:
                break
    return count


def response(
    url: str, body: bytes, captured_at: datetime, *, headers: Mapping[str, str] | None = None, status: str = "200 OK"
) -> bytes:
    """A response record as warcio writes it, not compressed."""
    given = {"Content-Type": "text/html", "Content-Length": str(len(body)), "ETag": '"1"', **(headers or {})}
    http = StatusAndHeaders(status, list(given.items()), protocol="HTTP/1.1")
    moment = captured_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _record(url, "response", payload=body, http_headers=http, warc_headers_dict={"WARC-Date": moment})


def warcinfo(name: str) -> bytes:
    """The record that a file begins with."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)
    writer.write_record(writer.create_warcinfo_record(name, {"software": "broadsheet bench", "format": "WARC/1.0"}))
    return out.getvalue()


def packed(record: bytes, target: Path) -> bytes:
    """A record compressed on its own, as the target's suffix asks."""
    codec = {".gz": "gzip", ".zst": "zstd"}.get(target.suffix)
    return record if codec is None else pa.compress(record, codec=codec, asbytes=True)


def _record(url: str, kind: str, *, payload: bytes, **parts: object) -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)
    record = writer.create_warc_record(url, kind, payload=io.BytesIO(payload), length=len(payload), **parts)
    writer.write_record(record)
    return out.getvalue()


def _pages(files: list[Path], copies: int) -> Iterator[tuple[str, bytes]]:
    for copy in range(copies):
        for file in files:
            for batch in parquet.ParquetFile(file).iter_batches(BATCH_PAGES, columns=["url", "html"]):
                for url, html in zip(batch["url"].to_pylist(), batch["html"].to_pylist(), strict=True):
                    yield (f"{url}{'&' if '?' in url else '?'}copy={copy}" if copy else url), html


if __name__ == "__main__":
    written = write_warc([Path(name) for name in sys.argv[2:]], Path(sys.argv[1]))
    print(f"{sys.argv[1]}: {written:,} response records")
