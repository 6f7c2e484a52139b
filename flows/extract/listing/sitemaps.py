"""Sitemaps, indexes and news sitemaps (https://www.sitemaps.org/protocol.html): from bytes to links with hints."""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from lxml import etree

from flows.extract.listing.feeds import read_feed
from flows.extract.listing.hints import plain_title, w3c_time
from flows.extract.listing.links import Item, Link, Listing, More, Problem, listing, usable_url
from flows.extract.listing.markup import FEED_ROOTS, SITEMAP_ROOTS, document_from, is_cut_off, root_of
from flows.web.charsets import decode
from warehouse.model import Reason

MOST_BYTES = 50_000_000
"""Of an unpacked sitemap: the protocol allows 50 MB, packed or not."""
MOST_LINKS = 50_000
"""In one sitemap, by the protocol."""
MOST_SITEMAPS = 50_000
"""In one index, by the protocol. How many are read is for whoever polls to say: in many the newest stand last."""

GZIP_MAGIC = b"\x1f\x8b"
WEB_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
NOT_A_SITEMAP = "no sitemap: neither a urlset, a sitemapindex nor a list of addresses"


def read_sitemap(body: bytes, *, url: str, charset: str | None) -> Listing | Problem:
    """What a sitemap lists: links, or further sitemaps in `more`; a feed that stands for a sitemap is read as one.

    `published_at` is a news sitemap's publication_date, `modified_at` is lastmod. `charset` is the header's.
    """
    unpacked = _unpacked(body)
    if isinstance(unpacked, Problem):
        return unpacked
    text, _ = decode(unpacked.body, charset)
    root = root_of(text)
    if root is None:
        return _plain_list(text, url, unpacked)
    if root[0] in FEED_ROOTS:
        return read_feed(unpacked.body, url=url, charset=charset)
    if root[0] not in SITEMAP_ROOTS:
        return Problem(Reason.MALFORMED_INPUT, NOT_A_SITEMAP)
    is_cut = unpacked.is_cut_off or is_cut_off(text, root[0])
    items = _items(document_from(text, root[1]), url, is_cut=is_cut)
    return listing(items, limit=MOST_LINKS if root[0] == "urlset" else MOST_SITEMAPS)


class Unpacked(NamedTuple):
    """A body out of its gzip, if it was in one, and whether its end was missing."""

    body: bytes
    is_cut_off: bool = False


def _unpacked(body: bytes) -> Unpacked | Problem:
    if not body.startswith(GZIP_MAGIC):
        return Unpacked(body)
    pieces: list[bytes] = []
    room = MOST_BYTES + 1
    while body.startswith(GZIP_MAGIC) and room > 0:
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            pieces.append(member.decompress(body, room))
        except zlib.error as error:
            if not any(pieces):
                return Problem(Reason.MALFORMED_INPUT, f"broken gzip: {error}")
            return Unpacked(b"".join(pieces), is_cut_off=True)
        room -= len(pieces[-1])
        body = member.unused_data
    if room <= 0:
        return Problem(Reason.TOO_LARGE, f"a sitemap of more than {MOST_BYTES:,} bytes unpacked")
    return Unpacked(b"".join(pieces), is_cut_off=not member.eof)


def _items(document: bytes, url: str, *, is_cut: bool) -> Iterator[Item]:
    try:
        for element in _elements(document):
            yield _item(element, url)
    except etree.LxmlError as error:
        yield Problem(Reason.MALFORMED_INPUT, f"broken XML, read no further: {str(error)[:200]}")
        return
    if is_cut:
        yield Problem(Reason.MALFORMED_INPUT, "the sitemap breaks off: what stood after the cut is lost")


def _elements(document: bytes) -> Iterator[etree._Element]:
    """The entries as they are read, each emptied afterwards, so that memory does not grow with their number."""
    events = etree.iterparse(
        BytesIO(document),
        events=("end",),
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    for _, element in events:
        if _local_name(element) in ("url", "sitemap"):
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _item(element: etree._Element, url: str) -> Item:
    # Direct children: the `loc` of a picture or a film stands deeper.
    said = {_local_name(child): (child.text or "").strip() for child in reversed(element)}
    if not said.get("loc"):
        return Problem(Reason.MALFORMED_INPUT, "an entry without a loc", url)
    usable = usable_url(url, said["loc"])
    if isinstance(usable, Problem):
        return usable
    modified_at = w3c_time(said.get("lastmod"), is_zone_needed=False)
    if _local_name(element) == "sitemap":
        return More(usable, modified_at)
    news = _news(element)
    published_at = w3c_time(news.get("publication_date"), is_zone_needed=True)
    return Link(url=usable, title=plain_title(news.get("title")), published_at=published_at, modified_at=modified_at)


def _news(element: etree._Element) -> dict[str, str]:
    """What a news sitemap says of an article (https://www.google.com/schemas/sitemap-news/0.9)."""
    for child in element:
        if _local_name(child) == "news":
            return {_local_name(part): (part.text or "").strip() for part in reversed(child)}
    return {}


def _local_name(element: etree._Element) -> str:
    """The name without its namespace, which real sitemaps spell in many ways; '' for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _plain_list(text: str, url: str, unpacked: Unpacked) -> Listing | Problem:
    """A sitemap of one address a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return Problem(Reason.MALFORMED_INPUT, "an empty body, no sitemap")
    if not WEB_ADDRESS.fullmatch(lines[0]):
        return Problem(Reason.MALFORMED_INPUT, NOT_A_SITEMAP)
    # The last address of a list that breaks off may be half of one.
    complete = lines[:-1] if unpacked.is_cut_off else lines
    return listing(_plain_items(complete, url, is_cut=unpacked.is_cut_off), limit=MOST_LINKS)


def _plain_items(lines: list[str], url: str, *, is_cut: bool) -> Iterator[Item]:
    for line in lines:
        usable = usable_url(url, line) if WEB_ADDRESS.fullmatch(line) else None
        if isinstance(usable, str):
            yield Link(url=usable)
        else:
            yield usable or Problem(Reason.MALFORMED_INPUT, "a line that is no web address", line)
    if is_cut:
        yield Problem(Reason.MALFORMED_INPUT, "the sitemap breaks off: what stood after the cut is lost")
