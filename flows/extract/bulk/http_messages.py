"""An HTTP response as a WARC keeps it: status line, headers and body as they came over the wire, or nearly so.

Many writers undo the chunks or the compression of a body and keep the headers that speak of them; so what a header says
is believed where the body agrees.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.extract.fetch.http_bodies import PIECE_BYTES, broken_off, decompressed
from flows.extract.fetch.http_exchange import NoAnswerError
from flows.extract.listing.discovery import is_page
from warehouse.model import Header, Reason

STATUS_LINE = re.compile(rb"\s{0,8}HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?![^\s])[^\r\n]*(?:\r?\n|\Z)")
HEADERS_END = re.compile(rb"\r?\n\r?\n|\Z")
MOST_HEADER_BYTES = 262_144
"""Browsers refuse answers with more than this; those with several cookies and long policies come to 20 KB."""
LINE_END = re.compile(rb"\r?\n(?![ \t])")
FOLDED = re.compile(rb"\r?\n[ \t]+")
CHUNK = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,4096})?\r?\n")
GZIP_START = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Message:
    """A response: its status, its headers in their order, and its body as it stands there.

    A body that was kept without its response has neither status nor headers.
    """

    status: int | None
    headers: tuple[Header, ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of that name, given in lower case."""
        return next((header.value for header in self.headers if header.name.lower() == name), None)


def message_of(block: bytes) -> Message | None:
    """The response that a block holds; None where it holds none.

    Lines among the headers that are none are passed over, as browsers do.
    """
    first = STATUS_LINE.match(block)
    if first is None:
        return None
    # The search begins with the end of the status line: a response may have no headers at all.
    start = max(first.end() - 2, 0)
    end = HEADERS_END.search(block, start, start + MOST_HEADER_BYTES)
    if end is None or (end.end() == start + MOST_HEADER_BYTES and len(block) > end.end()):
        return None
    lines = LINE_END.split(block[first.end() : end.start()]) if end.start() > first.end() else []
    headers = tuple(header for line in lines if (header := _header(line)))
    return Message(int(first[1]), headers, block[end.end() :])


def body_of(message: Message, most_bytes: int, *, is_known_cut: bool) -> bytes:
    """The body with chunks and compression undone. Raises NoAnswerError.

    `too_large` above the cap, `bad_encoding` for what cannot be decompressed, `unreachable` where it breaks off and
    is not known to have been cut.
    """
    body = message.body
    if "chunked" in (message.header("transfer-encoding") or "").lower() and CHUNK.match(body):
        body = b"".join(_chunks(body, is_strict=not is_known_cut))
    encoding = message.header("content-encoding")
    if encoding and "gzip" in encoding.lower() and not body.startswith(GZIP_START):
        encoding = None
    if not encoding and len(body) <= most_bytes:
        return body
    try:
        return decompressed(_pieces(body), encoding, most_bytes, is_known_cut=is_known_cut)
    except NoAnswerError as trouble:
        # Brotli and bare deflate have no mark of their own: what fails to decompress and is a page was one already.
        if trouble.reason is Reason.BAD_ENCODING and len(body) <= most_bytes and is_page(body, None):
            return body
        raise


def _pieces(body: bytes) -> Iterator[bytes]:
    """The body as it came over the wire: a decoder copies what is left of a piece wherever a stream ends in it."""
    return (body[start : start + PIECE_BYTES] for start in range(0, len(body), PIECE_BYTES))


def _header(line: bytes) -> Header | None:
    name, colon, value = FOLDED.sub(b" ", line).partition(b":")
    return Header(_as_text(name.strip()), _as_text(value.strip())) if colon and name.strip() else None


def _as_text(value: bytes) -> str:
    """UTF-8 where it is that, else Latin-1, as what is fetched is read too."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _chunks(body: bytes, *, is_strict: bool) -> Iterator[memoryview]:
    """The content of the chunks up to the last, which is empty. Raises NoAnswerError where one is not whole."""
    view, at = memoryview(body), 0
    while head := CHUNK.match(body, at):
        size = int(head[1], 16)
        if size == 0:
            return
        yield view[head.end() : head.end() + size]
        at = head.end() + size
        at += 2 if body.startswith(b"\r\n", at) else 1
    if is_strict:
        raise broken_off()
