"""Pages back into a WARC 1.1 file, so that any WARC tool can read them, and Broadsheet gets the same pages again."""

import re
from datetime import UTC, datetime
from hashlib import sha1
from http import HTTPStatus
from importlib.metadata import version
from typing import BinaryIO
from uuid import UUID, uuid4, uuid5

from fastwarc import GzipWriter, WarcRecord
from fastwarc.warc import WarcRecordType, metadata, resource, response, warcinfo

from flows.extract.bulk.captures import Capture, Desk
from flows.extract.bulk.http_messages import message_of
from flows.extract.bulk.notes import MEDIA_TYPE, Notes, notes_on
from warehouse.model import Header, Page
from warehouse.settings import Settings

GZIP_LEVEL = 6
"""As Common Crawl writes; level 9 is a hundredth smaller and takes twice as long."""
OF_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
"""Headers that speak of the body as it was sent; the one that is stored, and written, has been unpacked."""
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
LINE_BREAKS = re.compile(r"[\r\n\0]+")


class WarcWriter:
    """Writes pages to an open file, each record compressed on its own."""

    def __init__(self, file: BinaryIO, name: str, settings: Settings, *, is_packed: bool = True) -> None:
        """Takes the name by which the file calls itself, and begins it with the record that describes it."""
        self._file, self._is_packed = file, is_packed
        self._desk = Desk("", settings)
        self._write(_info(name))

    def write(self, page: Page, loaded_at: datetime) -> None:
        """Writes a page: what was answered as a `response`, what came without an answer as a `resource`.

        A page whose capture has no time is dated by its load, and the notes before it say so.
        """
        record_id, dated = UUID(page.page_id), page.captured_at or loaded_at
        block = page.body if page.status is None else _answer(page)
        if notes := notes_on(page, self._read_back(page, block, dated)):
            self._write(_noted(page, notes, dated))
        record = _record(resource if page.status is None else response, record_id, dated, page.url)
        record.headers["Content-Type"] = _media_type(page)
        if cut := _stated_cut(page):
            record.headers["WARC-Truncated"] = cut
        record.set_bytes_content(block)
        self._write(record, payload_digest=sha1(page.body, usedforsecurity=False).digest())

    def _read_back(self, page: Page, block: bytes, dated: datetime) -> Page | None:
        """The page that the record will give without notes; None where it gives none."""
        message = None if page.status is None else message_of(block)
        cut = _stated_cut(page)
        capture = Capture(
            url=page.url,
            location="",
            body=message.body if message else block,
            captured_at=dated,
            status=message.status if message else None,
            headers=(*(message.headers if message else ()), *([Header("WARC-Truncated", cut)] if cut else [])),
            said_type=None if message else _media_type(page),
        )
        read_back = self._desk.page_of(capture)
        return read_back if isinstance(read_back, Page) else None

    def _write(self, record: WarcRecord, payload_digest: bytes | None = None) -> None:
        if not self._is_packed:
            record.write(self._file, checksum_data=True, payload_digest=payload_digest)
            return
        packed = GzipWriter(self._file, compression_level=GZIP_LEVEL)
        record.write(packed, checksum_data=True, payload_digest=payload_digest)
        packed.finish()


def _info(name: str) -> WarcRecord:
    record = _record(warcinfo, uuid4(), datetime.now(UTC))
    record.headers["WARC-Filename"] = name
    record.headers["Content-Type"] = "application/warc-fields"
    fields = f"software: Broadsheet/{version('broadsheet')}\r\nformat: WARC File Format 1.1\r\n"
    record.set_bytes_content(fields.encode())
    return record


def _noted(page: Page, notes: Notes, dated: datetime) -> WarcRecord:
    """The notes on a page, which stand before it: who reads the file forward then has them in time."""
    page_id = UUID(page.page_id)
    record = _record(metadata, uuid5(page_id, "notes"), dated, page.url)
    record.headers["WARC-Refers-To"] = f"<urn:uuid:{page_id}>"
    record.headers["Content-Type"] = MEDIA_TYPE
    record.set_bytes_content(notes.as_json())
    return record


def _record(kind: WarcRecordType, record_id: UUID, dated: datetime, url: str | None = None) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(kind, f"uuid:{record_id}".encode())
    record.headers["WARC-Date"] = dated.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if url is not None:
        record.headers["WARC-Target-URI"] = url
    return record


def _media_type(page: Page) -> str:
    """The type of a record's block: of an answer, or of a page that came without one."""
    if page.status is not None:
        return "application/http; msgtype=response"
    return f"{page.content_type or 'text/html'}" + (f"; charset={page.charset}" if page.charset else "")


def _answer(page: Page) -> bytes:
    """The response with the body as it is stored, and headers that fit it."""
    status = page.status or 0
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{header.name}: {header.value}" for header in _sent_headers(page))]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + page.body


def _sent_headers(page: Page) -> list[Header]:
    """The headers, those of the wire under the names that Common Crawl gives them; what is no header is left out."""
    length = str(len(page.body))
    sent = [
        Header(f"X-Crawl-{header.name}" if _is_of_wire(header, length) else header.name, _one_line(header.value))
        for header in page.headers
        if TOKEN.fullmatch(header.name) and header.name != "WARC-Truncated"
    ]
    has_length = any(header.name.lower() == "content-length" for header in sent)
    return sent if has_length else [*sent, Header("Content-Length", length)]


def _is_of_wire(header: Header, length: str) -> bool:
    name = header.name.lower()
    return name in OF_THE_WIRE and not (name == "content-length" and header.value == length)


def _stated_cut(page: Page) -> str | None:
    """Why the crawler that captured the page had cut it, if it had."""
    return next((_one_line(header.value) for header in page.headers if header.name == "WARC-Truncated"), None)


def _one_line(value: str) -> str:
    return LINE_BREAKS.sub(" ", value)
