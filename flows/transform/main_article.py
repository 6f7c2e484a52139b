"""Which of the articles that a page describes in JSON-LD is the page's own, and not that of a teaser."""

import re
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any
from urllib.parse import unquote

from flows.transform.json_ld import Node, resolved, strings_in, types_of

# https://schema.org/Article and its subtypes, the older `NewsItem`; postings but for those of jobs. Reports and
# reviews are articles too, where nothing else is: many pages only carry one (of a product, of a claim).
ARTICLE_TYPES = re.compile(r"(?:[a-z]*article|(?!job)[a-z]*posting|newsitem|hentry)", re.IGNORECASE)
LESSER_TYPES = re.compile(r"(?:report|[a-z]*review)", re.IGNORECASE)
PAGE_TYPES = re.compile(r"(?:web|item|about|faq|medicalweb|profile|qa|checkout)?page", re.IGNORECASE)
# A shorter headline is found in other titles by chance.
SHORTEST_SHARED = 12
ADDRESS_START = re.compile(r"(?:https?:)?//(?:www\.)?", re.IGNORECASE)


def main_article(nodes: list[Node], addresses: Iterable[str], titles: Iterable[str]) -> Node:
    """The article that a page is, its gaps filled from its other descriptions; empty where it states none.

    `addresses` and `titles` are what the page says of itself elsewhere. Of several articles none of which it names,
    none is its own: they are teasers.
    """
    kinds = [(node, kind) for node in nodes if (kind := _rank(node))]
    here = {_place(address) for address in addresses if address}
    known = [_dense(title) for title in titles if title]
    weighed = [(_about(node, here, known), "headline" in node, kind, len(node)) for node, kind in kinds]
    if not weighed or (_are_different(kinds) and not any(about for about, *_ in weighed)):
        return {}
    order = sorted(range(len(kinds)), key=lambda index: weighed[index])
    best = order[-1]
    same = [kinds[index][0] for index in order[:-1] if weighed[index][0] and weighed[best][0]]
    return resolved(reduce(lambda filled, node: {**filled, **node}, [*same, kinds[best][0]], {}), nodes)


def page_node(nodes: list[Node]) -> Node:
    """What is said about the page as a page (`WebPage` and its kinds); empty where nothing is."""
    pages = [node for node in nodes if any(PAGE_TYPES.fullmatch(kind) for kind in types_of(node))]
    return resolved(max(pages, key=len), nodes) if pages else {}


def _rank(node: Node) -> int:
    kinds = types_of(node)
    if any(ARTICLE_TYPES.fullmatch(kind) for kind in kinds):
        return 2
    return 1 if any(LESSER_TYPES.fullmatch(kind) for kind in kinds) else 0


def _are_different(kinds: list[tuple[Node, int]]) -> bool:
    return len({headline for node, _ in kinds if isinstance(headline := node.get("headline"), str)}) > 1


def _about(node: Node, here: set[str], known: list[str]) -> int:
    """How many things say that an object is this page: its address, its headline."""
    return int(any(_place(address) in here for address in _addresses(node))) + int(_is_titled(node, known))


def _addresses(node: Node) -> Iterator[str]:
    for key in ("url", "@id", "mainEntityOfPage"):
        value: Any = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            yield value


def _is_titled(node: Node, known: list[str]) -> bool:
    for headline in map(_dense, strings_in([node.get("headline"), node.get("name")])):
        if any(headline == title for title in known):
            return True
        if len(headline) >= SHORTEST_SHARED and any(headline in title or _is_start(title, headline) for title in known):
            return True
    return False


def _is_start(title: str, headline: str) -> bool:
    return len(title) >= SHORTEST_SHARED and headline.startswith(title)


def _place(address: str) -> str:
    """An address as far as it tells pages apart: no scheme, `www`, fragment or final slash."""
    return unquote(ADDRESS_START.sub("", address.strip(), count=1).partition("#")[0]).rstrip("/").casefold()


def _dense(text: str) -> str:
    return "".join(character for character in text[:500].casefold() if character.isalnum())
