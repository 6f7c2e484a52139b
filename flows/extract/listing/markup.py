"""Markup of listings before it is parsed: its root, and the text without what misleads or attacks parsers."""

import re

PROLOG_CHARACTERS = 65_536
"""How far a root element is looked for: real prologs, with a warning of a script before them, take a few hundred."""

COMMENT_OR_PROLOG = re.compile(r"<!--(?:.*?-->|.*)|<\?(?:.*?\?>|.*)", re.DOTALL)
NAMES = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z]\w{0,20})(?=[\s/>])")
FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
SITEMAP_ROOTS = frozenset({"urlset", "sitemapindex"})
OPML_ROOTS = frozenset({"opml"})
HTML_ROOTS = frozenset({"html", "head", "body"})
ROOTS = FEED_ROOTS | SITEMAP_ROOTS | OPML_ROOTS | HTML_ROOTS

# What XML 1.0 forbids (section 2.2): one of these ends a strict parser's work.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# An ampersand that begins none of XML's own entities: it is meant as itself, or as one of HTML's.
BARE_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
CDATA = "<![CDATA["


def root_of(text: str) -> tuple[str, int] | None:
    """The first element that begins a feed, a sitemap, an OPML file or a page, in lower case, and where it stands."""
    head = COMMENT_OR_PROLOG.sub(_blanks, text[:PROLOG_CHARACTERS])
    names = ((match[1].lower(), match.start()) for match in NAMES.finditer(head))
    return next(((name, start) for name, start in names if name in ROOTS), None)


def document_from(text: str, start: int) -> bytes:
    """The document from its root on, in UTF-8, for a parser.

    All before the root is left out: statements of a charset (the text is decoded already) and document types, so
    that no entity can be declared. An ampersand that begins no entity of XML is escaped: `?a=1&b=2` is common.
    """
    first, *parts = FORBIDDEN.sub("", text[start:]).split(CDATA)
    mended = BARE_AMPERSAND.sub("&amp;", first) + "".join(map(_cdata, parts))
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + mended.encode()


def tag_count(document: bytes) -> int:
    """How many tags a parser will meet; those in CDATA sections are text to it."""
    first, *parts = document.split(CDATA.encode())
    return first.count(b"<") + sum(part.partition(b"]]>")[2].count(b"<") for part in parts)


def is_cut_off(text: str, root: str) -> bool:
    """Whether the root element is never closed: what stood after the cut is lost."""
    return re.search(rf"</(?:[\w.-]{{1,40}}:)?{root}\s*>|/>\s*\Z", text[-PROLOG_CHARACTERS:], re.IGNORECASE) is None


def _blanks(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _cdata(part: str) -> str:
    """A part after the beginning of a CDATA section, whose ampersands are no markup."""
    inside, end, rest = part.partition("]]>")
    return CDATA + inside + end + BARE_AMPERSAND.sub("&amp;", rest)
