"""Microdata and RDFa: what a page's markup says about its article, property by property.

https://html.spec.whatwg.org/multipage/microdata.html and https://www.w3.org/TR/rdfa-lite/, as far as news pages use
them: the properties of the first article, not those of the things within it, but for their names.
"""

from itertools import islice
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from flows.transform.json_ld import types_of, unescaped
from flows.transform.main_article import ARTICLE_TYPES
from flows.transform.outline import Outline

# Pages with more mark every comment and every price.
MOST_SCOPES = 200
MOST_PROPERTIES = 400
LONGEST_VALUE = 5000
# The items that may say what they are, by their attributes: to ask each element for two of them takes twice as long.
# Only the first ones: libxml2 compares each that it finds so with all others, and 23,000 of them took four seconds.
MOST_TYPED = 1000
TYPED = etree.XPath(" | ".join(f"(//@{name})[position() <= {MOST_TYPED}]/.." for name in ("itemtype", "typeof")))
PROPERTIES = etree.XPath(".//*[@itemprop or (@property and not(self::meta))]")
# Where an element keeps its value (the standard's list); elsewhere it is the text.
VALUE_ATTRIBUTES = {
    "meta": "content",
    "link": "href",
    "img": "src",
    "time": "datetime",
    "a": "href",
    "data": "value",
    "video": "src",
    "audio": "src",
    "source": "src",
}
# Links are the values of these; of all other properties the value is what the link shows.
OF_ADDRESSES = frozenset(("url", "mainentityofpage", "image", "thumbnailurl", "contenturl", "sameas"))


def marked_properties(outline: Outline) -> dict[str, list[str]]:
    """The properties of the page's article, in lower case and without their vocabulary, each with its values."""
    typed: Any = TYPED(outline.root)
    scope = next((item for item in islice(filter(_is_scope, typed), MOST_SCOPES) if _is_article(item)), None)
    found: dict[str, list[str]] = {}
    if scope is None:
        return found
    properties: Any = PROPERTIES(scope)
    for element in properties[:MOST_PROPERTIES]:
        for name in _names_within(element, scope):
            if value := _value(element, name):
                found.setdefault(name, []).append(value)
    return found


def _names_within(element: HtmlElement, scope: HtmlElement) -> list[str]:
    """The properties of the article that an element gives: its own, or that of the thing which it names."""
    owner, names = _owner(element, scope), _names(element)
    if owner is scope:
        return names
    meant = _names(owner)
    is_direct = _owner(owner, scope) is scope
    return meant if is_direct and ("name" in names or ("url" in names and "image" in meant)) else []


def _is_article(element: HtmlElement) -> bool:
    kinds = (element.get("itemtype") or element.get("typeof") or "").split()
    return any(ARTICLE_TYPES.fullmatch(kind) for kind in types_of({"@type": kinds}))


def _owner(element: HtmlElement, scope: HtmlElement) -> HtmlElement:
    """The innermost item that an element stands in."""
    for ancestor in element.iterancestors():
        if ancestor is scope or _is_scope(ancestor):
            return ancestor
    return scope


def _names(element: HtmlElement) -> list[str]:
    written = (element.get("itemprop") or element.get("property") or "").lower().split()
    return [name.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for name in written]


def _value(element: HtmlElement, name: str) -> str | None:
    if _is_scope(element) and element.tag != "img":
        # An item of its own: its name is read from within it.
        return None
    attribute = VALUE_ATTRIBUTES.get(str(element.tag))
    if element.get("content"):
        return unescaped(element.get("content"))
    if attribute and element.get(attribute) and (element.tag != "a" or name in OF_ADDRESSES):
        return unescaped(element.get(attribute))
    return unescaped("".join(islice(element.itertext(), LONGEST_VALUE))[:LONGEST_VALUE])


def _is_scope(element: HtmlElement) -> bool:
    return element.get("itemscope") is not None or element.get("typeof") is not None
