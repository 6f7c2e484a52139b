"""The headings of a page: what they show, in which parts, and which of them the markup calls the headline or a logo."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from flows.transform.outline import Outline
from flows.transform.text import squeeze

LEVELS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}
# A page with more is a list; a heading with more pieces is a template gone wrong.
MOST_HEADINGS = 120
MOST_PIECES = 60
MOST_LEVELS = 12
LONGEST_HEADING = 600
# What WordPress, Blogger, hAtom, Drupal, Ghost and most news systems call the headline of an article.
HEADLINE_NAME = re.compile(
    r"(?:^|[\s_-])(?:(?:entry|post|article|story|news|content|page|blog|single|node|detail|record)[_-]*(?:page[_-]*)?"
    r"(?:main[_-]*)?(?:title|headline|heading|header|hed)|headline|p-name)(?:$|[\s_-])",
    re.IGNORECASE,
)
# What they call the name of the site over every page.
LOGO_NAME = re.compile(
    r"(?:^|[\s_-])(?:logo|brand|branding|site[_-]?(?:title|name|header|logo)|blog[_-]?name|navbar)",
    re.IGNORECASE,
)
UNSHOWN = frozenset(("script", "style", "noscript", "template", "svg"))
APART = frozenset(("br", "div", "p", "h1", "h2", "h3", "h4", "li", "hr", "small", "time"))


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its level (1 is the highest), its text, the texts of its elements where it has several."""

    level: int
    text: str
    parts: tuple[str, ...] = ()
    is_headline: bool = False
    is_logo: bool = False


def headings_of(outline: Outline) -> tuple[Heading, ...]:
    """The headings of a page with a text, in their order."""
    return tuple(heading for element in outline.of(*LEVELS)[:MOST_HEADINGS] if (heading := _heading(element)).text)


def _heading(element: HtmlElement) -> Heading:
    pieces = list(islice(_pieces(element), MOST_PIECES))
    parts = tuple(part for piece in pieces if (part := squeeze(piece[:LONGEST_HEADING])))
    level = LEVELS[str(element.tag)]
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return Heading(
        level=level,
        text=_joined(pieces),
        parts=parts if len(parts) > 1 else (),
        is_headline="headline" in (element.get("itemprop") or "").lower() or bool(HEADLINE_NAME.search(names)),
        is_logo=bool(LOGO_NAME.search(names)) or _is_in_logo(element) or _leads_home(element),
    )


def _pieces(element: HtmlElement, depth: int = 0) -> Iterator[str]:
    """The texts of an element, in order, a blank around those that its markup sets apart."""
    yield element.text or ""
    for child in element if depth < MOST_LEVELS else ():
        if child.tag not in UNSHOWN:
            blank = " " if child.tag in APART else ""
            yield blank
            yield from _pieces(child, depth + 1)
            yield blank
        yield child.tail or ""


def _joined(pieces: list[str]) -> str:
    """The pieces in one line; two with nothing between them that both begin like words are two lines of a headline.

    A single letter before a word is its initial.
    """
    text = ""
    for piece in pieces:
        if text[-2:-1].isalnum() and text[-1:].isalnum() and piece[:2].isalnum() and not piece[:1].islower():
            text += " "
        text += piece
    return squeeze(text[:LONGEST_HEADING])


def _is_in_logo(element: HtmlElement) -> bool:
    names = (
        f"{ancestor.get('class', '')} {ancestor.get('id', '')}"
        for ancestor in islice(element.iterancestors("div", "a", "header", "span"), 2)
    )
    return any(LOGO_NAME.search(name) for name in names)


def _leads_home(element: HtmlElement) -> bool:
    """Whether the heading links to the start page, as a site's name does on all of its pages."""
    # A link that holds paragraphs was never closed.
    around = (link for link in islice(element.iterancestors("a"), 1) if next(link.iter("p"), None) is None)
    links = [*islice(element.iter("a"), 2), *around]
    return any(re.fullmatch(r"(?:https?://[^/?#]+)?/?(?:index\.\w+)?", link.get("href", "#").strip()) for link in links)
