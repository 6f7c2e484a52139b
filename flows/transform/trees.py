"""From the page's text to one tree that every step reads, whatever the markup."""

import re
from functools import cache

from lxml.etree import ElementDefaultClassLookup, ParserError, XPath
from lxml.html import HtmlElement, HTMLParser, document_fromstring

# References to control characters make trafilatura refuse the whole page, and lxml stop at some of them.
CONTROL_REFERENCES = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|127)(?![0-9])|[xX]0*(?:[0-8bcBCeEfF]|1[0-9a-fA-F]|7[fF])(?![0-9a-fA-F]));?"
)
# Control characters become blanks; in UTF-8 no byte of another character is among them.
WITHOUT_CONTROLS = bytes(0x20 if code in {*range(9), 11, 12, *range(14, 32), 127} else code for code in range(256))
LONE_SURROGATES = re.compile("[\ud800-\udfff]")
# lxml.html asks Python for the class of each element that is looked at, to tell forms from others: a tenth of our time.
ONE_CLASS = ElementDefaultClassLookup(element=HtmlElement)
# What stands behind these belongs to the body still (html.spec.whatwg.org, 13.2.6.4.19), and libxml2 drops it. The name
# is written letter by letter: a search that ignores case tries every character of the page.
PAGE_END = re.compile(r"</(?:[hH][tT][mM][lL]|[bB][oO][dD][yY])\s*+>")
# Where nothing else stands there, as on most pages, the page is cut and need not be put together anew.
NOTHING_BEHIND = re.compile(rf"(?:{PAGE_END.pattern}|\s)++")
WHOLE_PAGE = re.compile(r"<(?:!doctype|html|head|body)[\s>]", re.IGNORECASE)


def is_fragment(text: str) -> bool:
    """Whether the markup is a piece of a page, as feeds carry it, and not a page."""
    return not WHOLE_PAGE.search(text)


def is_deeper(root: HtmlElement, levels: int) -> bool:
    """Whether a tree has more levels than that."""
    return bool(_level_below(levels)(root))


@cache
def _level_below(levels: int) -> XPath:
    # Level by level: linear in the page, where asking each element for its ancestors is not.
    return XPath(f"boolean({'/*' * (levels + 1)})")


def last_element(root: HtmlElement) -> HtmlElement:
    """The element that the page ends in: an empty body was not in the markup."""
    last = root if len(root[-1]) or root[-1].text else root[0]
    while len(last):
        last = last[-1]
    return last


def parse(text: str) -> HtmlElement:
    """The tree of a page, or of a fragment wrapped into one; an empty page gives an empty body."""
    clean = CONTROL_REFERENCES.sub(" ", text)
    markup = f"<html><body>{clean}" if is_fragment(clean) else clean
    if end := PAGE_END.search(markup):
        is_last = NOTHING_BEHIND.fullmatch(markup, end.start())
        markup = markup[: end.start()] + ("" if is_last else PAGE_END.sub(" ", markup[end.start() :]))
    try:
        return _parsed(_encoded(markup).translate(WITHOUT_CONTROLS))
    except ParserError:
        # A doctype that never ends is all that there is.
        return _parsed(b"<html></html>")


def _parsed(octets: bytes) -> HtmlElement:
    # Without huge_tree everything nested deeper than 256 levels is lost without an error; with it libxml2 still gives
    # up below some two thousand, which is for the guards to keep away. Nobody asks
    # the table of ids, which takes a twentieth of the time.
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(ONE_CLASS)
    return document_fromstring(octets, parser=parser, ensure_head_body=True)


def _encoded(markup: str) -> bytes:
    """The markup in UTF-8; half a character, which has no encoding, becomes a blank."""
    try:
        return markup.encode()
    except UnicodeEncodeError:
        return LONE_SURROGATES.sub(" ", markup).encode()
