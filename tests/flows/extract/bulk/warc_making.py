"""WARC files of our own writing: records byte by byte, so that each can be as wrong as a test needs it."""

import gzip
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from flows.extract.bulk.selection import EVERYTHING
from flows.extract.bulk.warc import WarcReader, warc_files
from warehouse.settings import Settings

DATE = "2026-10-05T12:30:00Z"
URL = "https://harbour.example/bridge"
HTML = b"<!doctype html><html><head><title>The bridge is open</title></head><body><p>Ferries stop.</p></body></html>"
PACKINGS = (".warc", ".warc.gz", ".warc.zst")


def record(kind="response", block=b"", *, version="1.1", length=None, **fields) -> bytes:
    """A record; a field that is None is left out, `length` lies about the block's."""
    given = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{len(block):08}-0000-4000-8000-000000000000>",
        "WARC-Date": DATE,
        "WARC-Target-URI": URL,
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block) if length is None else length),
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    lines = [f"WARC/{version}", *(f"{name}: {value}" for name, value in given.items() if value is not None)]
    return "\r\n".join([*lines, "", ""]).encode() + block + b"\r\n\r\n"


def http(body=HTML, *, status="200 OK", **headers) -> bytes:
    """A response; a header that is None is left out."""
    given = {"Content-Type": "text/html; charset=utf-8", **{n.replace("_", "-"): v for n, v in headers.items()}}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in given.items() if value is not None)]
    return "\r\n".join([*lines, "", ""]).encode() + body


def story(number: int, size: int = 3000) -> bytes:
    """A response record with an address and a body of its own, which gzip cannot make much smaller."""
    noise = "".join(f"{(number * 7919 + step) * 2654435761 % 2**32:08x}" for step in range(size // 8))
    body = f"<html><body><p>Story {number}: {noise}</p></body></html>".encode()
    return record(block=http(body), WARC_Target_URI=f"https://harbour.example/{number}")


def packed(data: bytes, suffix: str) -> bytes:
    """A record as a file of that suffix has it."""
    if suffix.endswith(".gz"):
        return gzip.compress(data, mtime=0)
    return pa.compress(data, codec="zstd", asbytes=True) if suffix.endswith(".zst") else data


def warc_of(records: Iterable[bytes], place: Path) -> Path:
    """A file of these records, packed as its suffix says."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"".join(packed(one, place.suffix) for one in records))
    return place


def reader_of(place, *, selection=EVERYTHING, **settings) -> WarcReader:
    return WarcReader(warc_files(str(place)), selection, source="test", settings=Settings(root=Path("x"), **settings))


def only(records, tmp_path, **settings):
    """The one item that a file of these records comes to."""
    (item,) = reader_of(warc_of(records, tmp_path / "a.warc"), **settings)
    return item


def urls(items) -> list[str]:
    return [item.url for item in items]
