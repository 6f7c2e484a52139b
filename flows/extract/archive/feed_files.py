"""One feed-archive file: its bytes to a Page or a Reject. Total: any bytes end as exactly one of the two.

    <!--1593481597000-->
    [title](address)
    ------

    <p>the whole item on one line</p>

The number may be missing or broken, a line `日期：` may stand in its place below the dashes, and YAML front matter may
stand before the header or instead of it. Title and address were pasted in without escaping.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from unicodedata import normalize

from flows.extract.archive.feed_dates import instant, instant_of_number
from flows.extract.archive.front_matter import FrontMatterError, front_matter
from flows.web.sites import site_facts
from flows.web.urls import WEB_SCHEMES, site_of, split_url
from warehouse.model import Page, Reason, Reject, Stage, TimeMeaning, hash_of

HEADER_CHARACTERS = 65_536
"""Where a header must have ended. The longest in the real archive has 600 characters; the bound keeps a file of
millions of brackets from being searched to its end again and again."""

BYTE_ORDER_MARK = "\ufeff"
LINE_ENDS = re.compile(r"[\r\n]*")
COMMENT_LINE = re.compile(r"<!--([^\r\n]*?)-->[ \t]*\r?\n")
# The address's closing bracket is taken with the line of dashes: both may also stand in a title.
DASHES = re.compile(r"\)[ \t]*\r?\n------[ \t]*(?:(\r?\n)|\Z)")
DATE_LINE = re.compile(r"日期[：:][ \t]*([^<\r\n]{0,80})\r?\n")
BLANK_LINE = re.compile(r"\r?\n")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
CLOCKS_APART = timedelta(days=2)
"""Zones and wrong clocks put a number a day before the written date; more than that is no capture of that item."""
NEWLINES = re.compile(r"[\r\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFile:
    """What a file says of itself, not yet judged."""

    url: str | None
    title: str | None
    body: str
    number: str | None = None
    date: str | None = None


class FeedFileError(ValueError):
    """A file that is no page; carries the address where the file gave one."""

    def __init__(self, detail: str, *, reason: Reason = Reason.MALFORMED_INPUT, url: str | None = None) -> None:
        super().__init__(detail)
        self.detail, self.reason, self.url = detail, reason, url


def read_feed_file(data: bytes, *, location: str, source: str) -> Page | Reject:
    """The page that a file holds, or why it holds none."""
    try:
        return _page(_parsed(_decoded(data)), location=location, source=source)
    except FeedFileError as error:
        return Reject(
            stage=Stage.READ,
            reason=error.reason,
            detail=error.detail,
            source=source,
            url=error.url,
            location=location,
            digest=hash_of([data]),
        )


def _decoded(data: bytes) -> str:
    if not data.strip():
        raise FeedFileError("an empty file" if not data else f"{len(data):,} bytes of blanks and nothing else")
    try:
        return data.decode("utf-8").removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        readable = data[: error.start].decode("utf-8").removeprefix(BYTE_ORDER_MARK)
        header = _header(readable)
        detail = f"byte {error.start:,} (0x{data[error.start]:02x}) is not UTF-8: {error.reason}"
        raise FeedFileError(detail, reason=Reason.BAD_ENCODING, url=header.url if header else None) from None


def _parsed(text: str) -> FeedFile:
    if text.startswith("---"):
        return _with_front_matter(text)
    header = _header(text)
    if header is None:
        raise FeedFileError("no header: expected `[title](address)` and a line `------` at the start of the file")
    return header


def _with_front_matter(text: str) -> FeedFile:
    """Front matter, and the header that may follow it; what the header says goes before."""
    try:
        fields, end = front_matter(text, limit=HEADER_CHARACTERS)
    except FrontMatterError as error:
        raise FeedFileError(f"front matter: {error}") from None
    url, title, date = fields.get("from"), fields.get("title"), fields.get("date")
    header = _header(text[end:])
    if header is None:
        return FeedFile(url=url, title=title, date=date, body=_body(text, end, "\n"))
    return replace(header, url=header.url or url, title=header.title or title, date=header.date or date)


def _header(text: str) -> FeedFile | None:
    """The header at the start of a text and the body after it; None where there is none."""
    start = _end(LINE_ENDS, text, 0)
    comment = COMMENT_LINE.match(text, start, start + HEADER_CHARACTERS)
    start = comment.end() if comment else start
    if not text.startswith("[", start):
        return None
    for dashes in DASHES.finditer(text, start, start + HEADER_CHARACTERS):
        link = text[start + 1 : dashes.start()]
        # Titles contain `](` too; of several the last that an address follows is the link's.
        cut = max(link.rfind("](http://"), link.rfind("](https://"))
        cut = cut if cut >= 0 else link.rfind("](")
        if cut >= 0:
            date = DATE_LINE.match(text, dashes.end())
            return FeedFile(
                number=comment and comment[1],
                title=link[:cut],
                url=link[cut + 2 :].strip(),
                date=date and date[1],
                body=_body(text, date.end() if date else dashes.end(), dashes[1] or "\n"),
            )
    return None


def _body(text: str, start: int, line_end: str) -> str:
    """What follows, as it was received, without the one blank line before it and the file's last line end.

    Carriage returns inside are the item's own; only a file whose header has them too ends its lines with them.
    """
    return text[_end(BLANK_LINE, text, start) :].removesuffix(line_end)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _page(file: FeedFile, *, location: str, source: str) -> Page:
    url = _checked_address(file.url)
    if not file.body.strip():
        raise FeedFileError("a header with no body after it", url=url)
    number, date = _believed(instant_of_number(file.number), instant(file.date))
    published_at, meaning = _published(number, date, url)
    return Page(
        source=source,
        site=site_of(url),
        requested_url=url,
        url=url,
        body=file.body.encode("utf-8"),
        captured_at=number or date,
        hint_title=_one_line(file.title or "") or None,
        hint_published_at=published_at,
        hint_published_kind=meaning,
        location=location,
    )


def _believed(number: datetime | None, date: datetime | None) -> tuple[datetime | None, datetime | None]:
    """The two times of a file; a number from long before the date that is written under it is none."""
    is_absurd = number is not None and date is not None and date - number > CLOCKS_APART
    return (None if is_absurd else number), date


def _checked_address(url: str | None) -> str:
    if not url:
        raise FeedFileError("no address: a page is the capture of one")
    shown = _one_line(url)[:200]
    if CONTROL.search(url):
        raise FeedFileError(f"the address {shown!r} has a line break or control character in it")
    parts = split_url(url)
    if parts.scheme not in WEB_SCHEMES or not site_of(url):
        raise FeedFileError(f"the address {shown!r} is no web address: expected http:// or https:// and a host")
    return url


def _published(number: datetime | None, date: datetime | None, url: str) -> tuple[datetime | None, TimeMeaning | None]:
    """The published time that came with the file: a written date is just that, a number what the feed's times mean."""
    if date is not None:
        return date, TimeMeaning.PUBLICATION
    return number, None if number is None else site_facts(url).feed_time


def _one_line(text: str) -> str:
    # NFC here, before the page's id is made of it: every text column is, and an id must fit what is stored.
    return normalize("NFC", NEWLINES.sub(" ", text))
