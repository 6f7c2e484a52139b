"""Where a site keeps its feeds and sitemaps: what its home page names, and the usual places."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from lxml import etree

from flows.extract.listing.markup import HTML_ROOTS, PROLOG_CHARACTERS, root_of
from flows.web.charsets import decode
from flows.web.urls import link_url
from warehouse.model import PageKind

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
HTML_TYPES = ("text/html", "application/xhtml+xml")
PLAIN_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,200}(?:<!doctype\s+html[^>]{0,300}>\s{0,200})?<html[\s>]", re.IGNORECASE
)
"""How nine pages of ten begin; what begins so need not be decoded to be known for one."""
BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"PK\x03\x04", b"\x1f\x8b", b"\x00\x00\x01\x00")
"""PDF, pictures and packed files say so in their first bytes; some servers call them pages."""

# The last part of an address that is a feed's by its name.
FEED_NAME = re.compile(
    r"/(?:feeds?|rss|atom|(?:index|feed|feeds|rss|atom|news|all)\.(?:xml|rss|rdf|atom|json)|[\w-]+\.(?:rss|rdf|atom))/?$"
    r"|[?&](?:feed=(?:rss2?|atom|rdf)|format=(?:rss|atom))(?:&|$)|^https?://(?:feeds\.|feeds2\.|rss\.)",
    re.IGNORECASE,
)
OF_COMMENTS = re.compile(r"comments?\b|kommentar|commentaires|comentarios|评论|評論|留言", re.IGNORECASE)

USUAL_PLACES = {
    PageKind.SITEMAP: ("/sitemap.xml", "/sitemap_index.xml", "/sitemap-index.xml", "/news-sitemap.xml"),
    PageKind.FEED: ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml"),
}


def feeds_of(body: bytes, *, url: str, charset: str | None) -> tuple[str, ...]:
    """The feeds that a page names in `<link>`, else in plain links, each once; those of comments are left out."""
    root = _tree(body, charset)
    if root is None:
        return ()
    base = _base(root, url)
    return _addresses(base, _named(root)) or _addresses(base, _linked(root, base))


def usual_places(kind: PageKind, url: str) -> tuple[str, ...]:
    """Where sites keep their feeds or sitemaps, on the site of an address; nothing for other kinds."""
    return _addresses(url, USUAL_PLACES.get(kind, ()))


def is_page(body: bytes, content_type: str | None) -> bool:
    """Whether a body is a web page by what it begins with, whatever its type says."""
    return not body.startswith(BINARY) and is_html(body, content_type)


def described(body: bytes, content_type: str | None) -> str:
    """What a body is, for people, where it is no page."""
    return f"{content_type or 'no content type'}, {len(body):,} bytes, beginning with {body[:16]!r}"


def is_html(body: bytes, content_type: str | None) -> bool:
    """Whether a body is a web page: by its first element, and by its type only where it has none that we know.

    Feeds are often sent as text/html, and pages as application/xml.
    """
    if PLAIN_START.match(body):
        return True
    text, _ = decode(body[:PROLOG_CHARACTERS])
    root = root_of(text)
    if root is not None:
        return root[0] in HTML_ROOTS
    is_said = (content_type or "").partition(";")[0].strip().lower() in HTML_TYPES
    return text.lstrip()[:14].lower() == "<!doctype html" or (is_said and "<" in text)


def _tree(body: bytes, charset: str | None) -> etree._Element | None:
    text, _ = decode(body, charset)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        root: etree._Element | None = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return None
    return root


def _base(root: etree._Element, url: str) -> str:
    for element in root.iter("base"):
        if href := element.get("href"):
            return link_url(url, href) or url
    return url


def _named(root: etree._Element) -> Iterator[str]:
    for link in root.iter("link"):
        relations = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" in relations and kind in FEED_TYPES and not _is_of_comments(link):
            yield link.get("href") or ""


def _linked(root: etree._Element, base: str) -> Iterator[str]:
    for anchor in root.iter("a"):
        href = (anchor.get("href") or "").strip()
        # A fragment is a place on this page; other schemes are no feeds.
        if href and not href.startswith("#") and FEED_NAME.search(_joined(base, href)) and not _is_of_comments(anchor):
            yield href


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return ""


def _is_of_comments(element: etree._Element) -> bool:
    said = (element.get("href") or "", element.get("title") or "", element.text or "")
    return OF_COMMENTS.search(" ".join(said)) is not None


def _addresses(base: str, written: Iterable[str]) -> tuple[str, ...]:
    usable = (link_url(base, each) for each in written if each.strip())
    return tuple(dict.fromkeys(each for each in usable if each))
