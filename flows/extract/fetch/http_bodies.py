"""Bodies as they come over the wire, decompressed piece by piece, so that a bomb ends at the cap and not in memory.

Our own rather than urllib3's: that one passes a gzip body that breaks off, and undoes five codings without a cap
on what lies between them.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO

import brotli

from flows.extract.fetch.http_exchange import NoAnswerError, too_large
from warehouse.model import Reason

ACCEPTED = "gzip, deflate, br"
PIECE_BYTES = 65536
MOST_CODINGS = 3
"""Codings in one another. One is usual, two are seen where a proxy compresses again."""
MOST_MEMBERS = 1000
"""Members of one gzip body. Servers that pack piece by piece send some dozens; each costs far more than its bytes."""
GZIP = 16 + zlib.MAX_WBITS
BARE_DEFLATE = -zlib.MAX_WBITS

Decoder = Callable[[Iterable[bytes]], Iterator[bytes]]


def decompressed(
    pieces: Iterable[bytes], content_encoding: str | None, most_bytes: int, *, is_known_cut: bool = False
) -> bytes:
    """The body of which these are the pieces on the wire. Raises NoAnswerError.

    `too_large` above the cap, `bad_encoding` for what cannot be decompressed or was not asked for, and `unreachable`,
    which asking again may mend, where it breaks off; of one that is known to have been cut, what there is is given.
    """
    for coding in reversed(_codings(content_encoding)):
        pieces = _capped(coding(pieces), most_bytes)
    body = BytesIO()
    try:
        for piece in _capped(pieces, most_bytes):
            body.write(piece)
    except NoAnswerError as trouble:
        if not (is_known_cut and trouble.reason is Reason.UNREACHABLE):
            raise
    return body.getvalue()


def broken_off() -> NoAnswerError:
    """What to raise for a body that ends before its end."""
    return NoAnswerError(Reason.UNREACHABLE, "the connection ended in the middle of the body", is_transient=True)


def _codings(content_encoding: str | None) -> list[Decoder]:
    names = [name for name in re.split(r"[\s,]+", (content_encoding or "").lower()) if name not in ("", "identity")]
    if len(names) > MOST_CODINGS:
        raise _undecodable(f"{len(names)} content encodings in one another")
    if unknown := [name for name in names if name not in DECODERS]:
        raise _undecodable(f"the content encoding {unknown[0][:40]!r} was not asked for")
    return [DECODERS[name] for name in names]


def _undecodable(detail: str) -> NoAnswerError:
    return NoAnswerError(Reason.BAD_ENCODING, detail, is_transient=False)


def _capped(pieces: Iterable[bytes], most_bytes: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most_bytes:
            raise too_large(most_bytes, f"{size:,} bytes and more when decompressed")
        yield piece


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    return _inflated(pieces, GZIP, "gzip")


def _deflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Deflate in zlib's wrapping, as RFC 9110 means it, or bare, as some servers send it."""
    rest = iter(pieces)
    head = b""
    for piece in rest:
        head += piece
        if len(head) > 1:
            break
    # RFC 1950, 2.2: the method is 8, and the first two bytes are a multiple of 31.
    is_wrapped = len(head) > 1 and head[0] & 15 == zlib.DEFLATED and int.from_bytes(head[:2], "big") % 31 == 0
    return _inflated(_chained(head, rest), zlib.MAX_WBITS if is_wrapped else BARE_DEFLATE, "deflate")


def _chained(head: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from rest


def _inflated(pieces: Iterable[bytes], window: int, name: str) -> Iterator[bytes]:
    """What zlib makes of the pieces: one member after the other; rubbish behind the last one is passed over."""
    decoder = zlib.decompressobj(window)
    is_begun, members = False, 1
    for piece in pieces:
        data, is_begun = piece, True
        while data:
            if decoder.eof and not _is_member(data, window):
                break
            if decoder.eof:
                members += 1
                decoder = zlib.decompressobj(window)
            if members > MOST_MEMBERS:
                detail = f"more than {MOST_MEMBERS:,} {name} streams, one behind the other"
                raise NoAnswerError(Reason.TOO_LARGE, detail, is_transient=False)
            yield from _fed(decoder, data, name)
            data = decoder.unused_data
    if is_begun and not decoder.eof:
        raise broken_off()


def _is_member(data: bytes, window: int) -> bool:
    """Whether another gzip member begins here (RFC 1952, 2.2)."""
    return window == GZIP and data.startswith(b"\x1f")


def _fed(decoder: "zlib._Decompress", data: bytes, name: str) -> Iterator[bytes]:
    while True:
        try:
            piece = decoder.decompress(data, PIECE_BYTES)
        except zlib.error:
            raise _undecodable(f"the body is not valid {name}") from None
        if piece:
            yield piece
        data = decoder.unconsumed_tail
        # A full piece without a tail may still have output waiting inside the decoder.
        if not data and len(piece) < PIECE_BYTES:
            return


def _unbrotlied(pieces: Iterable[bytes]) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    is_begun = False
    for piece in pieces:
        data, is_begun = piece, True
        while not decoder.is_finished():
            try:
                decoded = decoder.process(data, output_buffer_limit=PIECE_BYTES)
            except brotli.error:
                raise _undecodable("the body is not valid brotli") from None
            if decoded:
                yield decoded
            data = b""
            # It says that it would accept more data while output still waits inside: only its silence counts.
            if not decoded:
                break
    if is_begun and not decoder.is_finished():
        raise broken_off()


DECODERS: dict[str, Decoder] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _deflated,
    "br": _unbrotlied,
}
