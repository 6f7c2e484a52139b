"""Feed-archive files of our own writing, and archives of them."""

import io
import tarfile
import zipfile
from pathlib import Path

from flows.extract.archive.archives import ArchiveReader
from warehouse.model import Page

URL = "https://harbour.example/local/bridge"
NUMBER = "1593481597000"
LIMIT = 100_000


def feed_file(*, number=NUMBER, title="The bridge is open", url=URL, date=None, body="<p>Ferries stop on Monday.</p>"):
    """A file as the collector writes it."""
    comment = "" if number is None else f"<!--{number}-->\n"
    date_line = "" if date is None else f"日期：{date}\n"
    return f"{comment}[{title}]({url})\n------\n{date_line}\n{body}\n".encode()


FILES = {
    "articles/harbour/1048575_The bridge is open.md": feed_file(),
    "articles/harbour/1048574.md": feed_file(number="1593481598000", title="Ferry sold"),
    "articles/江海/1048573_夜市搬家.md": feed_file(title="夜市搬家", url="https://jianghai.example/1"),
    "articles/江海/empty.md": b"",
    "articles/latin.md": feed_file(title="Caf\u00e9").replace("é".encode(), b"\xe9"),
}


def folder_of(files, place: Path) -> Path:
    for name, data in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return place


def tar_of(files, place: Path, mode="w") -> Path:
    with tarfile.open(place, mode) as tar:
        for name, data in files.items():
            add_to_tar(tar, name, data)
    return place


def add_to_tar(tar, name, data=b"", **attributes):
    member = tarfile.TarInfo(name)
    member.size = len(data)
    for attribute, value in attributes.items():
        setattr(member, attribute, value)
    tar.addfile(member, io.BytesIO(data))


def zip_of(files, place: Path, compression=zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(place, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return place


def reader_of(path: Path, limit=LIMIT) -> ArchiveReader:
    return ArchiveReader(path, source="test", max_page_bytes=limit)


def pages_in(items):
    return [item for item in items if isinstance(item, Page)]


def rejects_in(items):
    return [item for item in items if not isinstance(item, Page)]
