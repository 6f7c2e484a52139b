"""What may be taken out of a page: never the headline, and never most of its words in a few large elements.

Whatever a step takes out of the tree goes through here. A `button`, `nav`, `figcaption` or hidden box that was never
closed holds all that stands behind it, and so does, in libxml2, one whose end tag stands in a `div` that was not; to
take it out with all that is in it would leave an empty page. It ends where the first paragraph in it begins.
"""

from collections.abc import Callable
from functools import cached_property
from itertools import takewhile
from typing import cast

from lxml.etree import XPath
from lxml.html import HtmlElement

from flows.transform.outline import Outline

# What no menu, caption or button needs and nearly every article has; the headline's element counts as well.
OF_ARTICLES = ("p", "h1", "article", "main")
# These hold no elements, whatever was left open, and none of the page's words: they are no matter for this module.
RAW = frozenset(("script", "style", "iframe"))
# More than this share of the words is most of them, in one element or in several that each hold more than the other: a
# gallery may have many captions, each a line of its own.
MOST = 0.5
MUCH = 0.1
# Fewer characters are a message, such as that the page needs scripts: on a page that only plays something most words.
FEWEST = 200
# Pages have one or two elements that were left open.
MOST_OPENED = 10

_length = cast("Callable[[HtmlElement], float]", XPath("string-length(normalize-space(.))"))
_texts_aside = cast(
    "Callable[[HtmlElement], list[str]]", XPath("(.//a|.//option|.//textarea)//text()", smart_strings=False)
)


class Removals:
    """Takes elements out of one page, which `outline` has from before the first of them went.

    The words of a page are those outside of links and fields: a menu may well be longer than a short article. They are
    counted in characters, which for half of them comes to the same, and only where an element is large.
    """

    def __init__(self, outline: Outline, heading: HtmlElement | None) -> None:
        """`heading` is the element that shows the headline, where one does."""
        self._root = outline.root
        self._body = outline.root.find("body")
        self._heading = heading
        self._around_headline = set() if heading is None else {heading, *heading.iterancestors()}
        self._taken, self._opened = 0.0, 0

    def take_out(self, element: HtmlElement) -> None:
        """Takes an element out with all that is in it; text behind it stays, and what it has swallowed."""
        if element.getparent() is None or element.tag in ("html", "body") or element is self._heading:
            return
        if self.has_swallowed(element) and not self.let_out(element):
            return
        share = self._share(element)
        if share > MUCH or self.is_of_article(element):
            self._taken += share
        element.drop_tree()

    def has_swallowed(self, element: HtmlElement) -> bool:
        """Whether an element holds the headline, or with what went before it most of the page's words."""
        return element in self._around_headline or self._is_most(self._share(element))

    def let_out(self, element: HtmlElement) -> bool:
        """Puts what an element has swallowed behind it; whether anything but that is left, and the element with it."""
        self._opened += 1
        first = next((place for place, child in enumerate(element) if self.is_of_article(child)), None)
        swallowed = [] if first is None else element[first:]
        if swallowed:
            _put_behind(element, swallowed)
        if swallowed and not self._is_most(self._share(element)):
            return True
        element.drop_tag()
        return False

    def open_links(self, outline: Outline) -> None:
        """Ends a link that was never closed before the first paragraph in it: words within a link count for less."""
        paragraphs = outline.of("p")
        if not paragraphs:
            return
        # A link with most paragraphs in it has the one in the middle.
        for link in [*paragraphs[len(paragraphs) // 2].iterancestors("a")]:
            if sum(1 for _ in link.iter("p")) > MOST * len(paragraphs) and _length(link) > FEWEST:
                self.let_out(link)

    def is_of_article(self, element: HtmlElement) -> bool:
        """Whether an element is, or holds, what menus and captions do not need."""
        return element in self._around_headline or next(element.iter(*OF_ARTICLES), None) is not None

    def _is_most(self, share: float) -> bool:
        return share > MOST or (share > MUCH and self._taken + share > MOST)

    def _share(self, element: HtmlElement) -> float:
        """The share of the article's words that may stand in an element, once the code is gone; 0 where it is not much.

        What ends before the headline is no article: of menus with teasers in them some are longer than the text.
        """
        size = _length(element) if len(element) else len(element.text or "")
        if size <= FEWEST or element in self._before_headline or not self._is_in_page(element):
            return 0
        # A page of a hundred elements within each other that hold thousands of links would take seconds.
        own = _unlinked(element) if self._opened < MOST_OPENED else size
        return own / self._words if own > FEWEST else 0

    def _is_in_page(self, element: HtmlElement) -> bool:
        """Whether an element has not gone yet with one around it, whose words are counted."""
        return any(around is self._root for around in element.iterancestors())

    @cached_property
    def _words(self) -> float:
        return max(_unlinked(self._body), 1)

    @cached_property
    def _before_headline(self) -> set[HtmlElement]:
        """What ends before the headline."""
        if self._heading is None:
            return set()
        before = takewhile(lambda one: one is not self._heading, self._body.iter("*"))
        return {*before} - self._around_headline


def _put_behind(element: HtmlElement, children: list[HtmlElement]) -> None:
    """Moves the last children of an element out of it, right behind it."""
    children[-1].tail = (children[-1].tail or "") + (element.tail or "")
    element.tail = None
    # The last one first: each comes right behind the element.
    for child in reversed(children):
        element.addnext(child)


def _unlinked(element: HtmlElement) -> float:
    """The characters of an element outside of its links and fields."""
    return _length(element) - sum(len(text.strip()) for text in _texts_aside(element))
