"""What a page's bytes are, whatever they were served as: markup to decode, or something else and why it is refused."""

import re
import zlib
from dataclasses import dataclass

from flows.transform.limits import FULL, Limits
from flows.web.charsets import wide_charset
from warehouse.model import Cut, Reason

# The first bytes of what servers send in a page's place (mimesniff.spec.whatwg.org, 6 and 7); for people, by a name.
# Where those alone could begin a text (`ID3`, a car), the bytes behind them count too.
SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"%!PS-Adobe-", "PostScript"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "gzip within gzip"),
    *((b"BZh%d1AY&SY" % level, "a bzip2 file") for level in range(1, 10)),
    (b"\xfd7zXZ\0", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"OggS\0", "an Ogg file"),
    *((b"ID3%c" % version, "an MP3 file") for version in (2, 3, 4)),
    *((kind + flavour, "a font") for kind in (b"wOFF", b"wOF2") for flavour in (b"\0\1\0\0", b"OTTO", b"true")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office file"),
)
LATER_SIGNATURES = ((4, b"ftyp", "a film or picture"), (8, b"WEBP", "a WebP picture"), (8, b"WAVE", "a sound"))
GZIP = b"\x1f\x8b\x08"
MOST_MEMBERS = 1000
# "Binary data bytes" of the standard (mimesniff, 3.3); noise has 11 % of them, a page hardly any.
BINARY = bytes(code for code in range(32) if code not in b"\t\n\x0c\r\x1b")
BINARY_SHARE = 0.04
SAMPLE_BYTES = 4096
JSON = re.compile(rb"""\s*+(?:\{\s*+["}]|\[\s*+[\[{"\d])[^<]*+\Z""")
JSON_SAMPLE_BYTES = 2000


@dataclass(frozen=True, slots=True)
class Body:
    """Bytes that may be markup, and whether some were left out."""

    octets: bytes
    cuts: frozenset[Cut] = frozenset()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a body is no page."""

    reason: Reason
    detail: str


def opened(body: bytes, limits: Limits = FULL) -> Body | Unreadable:
    """The bytes to decode, unpacked where the server forgot to say that they are packed; never more than the limit.

    A body whose packed stream breaks off gives what came before that.
    """
    cuts: frozenset[Cut] = frozenset()
    if body.startswith(GZIP):
        unpacked = _inflated(body, limits.body_bytes)
        if isinstance(unpacked, Unreadable):
            return unpacked
        body, cuts = unpacked.octets, unpacked.cuts
    if kind := _other_kind(body):
        return Unreadable(Reason.NOT_HTML, f"the body is {kind}")
    if len(body) > limits.body_bytes:
        return Body(body[: limits.body_bytes], cuts | {Cut.BYTES})
    return Body(body, cuts)


def _inflated(body: bytes, most: int) -> Body | Unreadable:
    """What a gzip body holds, all its members; no more than the limit is ever made of it."""
    pieces: list[bytes] = []
    left, packed, is_whole = most, body, True
    try:
        # What is behind that many is bait: each costs a copy of all that follows.
        while packed.startswith(GZIP) and len(pieces) < MOST_MEMBERS:
            member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            pieces.append(member.decompress(packed, left + 1))
            left -= len(pieces[-1])
            if left < 0:
                return Unreadable(Reason.TOO_LARGE, f"more than {most:,} bytes come out of {len(body):,} of gzip")
            packed, is_whole = member.unused_data, member.eof
        is_whole &= not packed.startswith(GZIP)
    except zlib.error:
        is_whole = False
    if not any(pieces):
        return Unreadable(Reason.NOT_HTML, "the body is gzip with nothing in it that can be read")
    return Body(b"".join(pieces), frozenset() if is_whole else frozenset({Cut.BYTES}))


def _other_kind(body: bytes) -> str | None:
    """What the body is if it is no text, in words; None for what may be markup."""
    for signature, kind in SIGNATURES:
        if body.startswith(signature):
            return kind
    for at, signature, kind in LATER_SIGNATURES:
        if body.startswith(signature, at):
            return kind
    if JSON.match(body[:JSON_SAMPLE_BYTES]) and body.rstrip().endswith((b"}", b"]")):
        return "JSON"
    return "binary data" if _is_binary(body[:SAMPLE_BYTES]) else None


def _is_binary(sample: bytes) -> bool:
    if wide_charset(sample):
        return False
    binary = len(sample) - len(sample.translate(None, BINARY))
    return binary > BINARY_SHARE * len(sample)
