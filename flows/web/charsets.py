"""From bytes to text: byte order mark, then the header's charset, then the page's own statement, then a guess."""

import codecs
import re

from charset_normalizer import from_bytes

# UTF-32 before UTF-16: its little-endian mark begins with that of UTF-16.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Without a mark: the first two letters of a page are Latin ones or signs of markup (as in XML 1.0, appendix F.1).
LATIN = rb"[\t\n\r -~]"
WIDE_BEGINNINGS = (
    (re.compile(rb"(?:%b\0\0\0){2}" % LATIN), "utf-32-le"),
    (re.compile(rb"(?:\0\0\0%b){2}" % LATIN), "utf-32-be"),
    (re.compile(rb"(?:%b\0){2}" % LATIN), "utf-16-le"),
    (re.compile(rb"(?:\0%b){2}" % LATIN), "utf-16-be"),
)
STATED = re.compile(
    rb"""<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,100}?encoding)\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE
)
# The standard reads these labels as their supersets, because pages do (encoding.spec.whatwg.org, names and labels).
SUPERSETS = {
    "ascii": "windows-1252",
    "us-ascii": "windows-1252",
    "iso-8859-1": "windows-1252",
    "latin-1": "windows-1252",
    "latin1": "windows-1252",
    "iso-8859-9": "windows-1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
}
PYTHONS_OWN = ("idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined")
# A statement stands within the first kilobyte by the standard; real pages put scripts before it.
STATEMENT_BYTES = 8192
GUESS_BYTES = 65536
# A page that breaks its own charset in more than one character of fifty was not written in it.
BROKEN_SHARE = 0.02


def decode(body: bytes, header_charset: str | None = None) -> tuple[str, str]:
    """The page as text, and the charset it was read in. Total: what cannot be read becomes U+FFFD."""
    for mark, charset in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.decode(charset, "replace").removeprefix("\ufeff"), charset
    if wide := wide_charset(body):
        return body.decode(wide, "replace"), wide
    if (text := _as_utf_8(body)) is not None:
        return text, "utf-8"
    for charset in _stated(body, header_charset):
        text = body.decode(charset, "replace")
        if text.count("\ufffd") <= BROKEN_SHARE * len(text) + 3:
            return text, charset
    return _guessed(body)


def wide_charset(body: bytes) -> str | None:
    """UTF-16 or UTF-32 by their byte order mark, or by where the first NULs stand; None for what has neither."""
    for mark, charset in BYTE_ORDER_MARKS[1:]:
        if body.startswith(mark):
            return charset
    return next((charset for beginning, charset in WIDE_BEGINNINGS if beginning.match(body)), None)


def _stated(body: bytes, header_charset: str | None) -> list[str]:
    """Charsets to try, best evidence first."""
    match = STATED.search(body[:STATEMENT_BYTES])
    names = [header_charset, match[1].decode("ascii") if match else None]
    return [known for name in names if name and (known := _known(name))]


def _as_utf_8(body: bytes) -> str | None:
    """The text where the body is valid UTF-8: with more than ASCII in it, it can be nothing else."""
    # ISO-2022 switches charsets by escape sequences and is valid ASCII: it must not pass for UTF-8.
    # One byte is looked for a hundred times as fast as two.
    if b"\x1b" in body and b"\x1b$" in body:
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _known(name: str) -> str | None:
    """The codec that a page means by a name; None for what names no charset of pages."""
    lowered = name.strip().lower()
    if lowered == "unicode-1-1-utf-7":
        return "utf-8"
    try:
        codec = codecs.lookup(SUPERSETS.get(lowered, lowered)).name
        # Of no bytes at all every codec makes an empty text, those included that make none.
        b"<".decode(codec, "replace")
    except (LookupError, ValueError):
        # Unknown, no name at all, or one of Python's codecs that do not make text (base64, zlib).
        return None
    # A statement that could be read at all was not written in UTF-16; UTF-7 hides markup and is never used.
    if codec.startswith(("utf-16", "utf-32", "utf-7")):
        return "utf-8"
    return None if codec in PYTHONS_OWN else codec


def _guessed(body: bytes) -> tuple[str, str]:
    best = from_bytes(body[:GUESS_BYTES]).best()
    charset = best.encoding if best else "utf-8"
    return body.decode(charset, "replace"), charset
