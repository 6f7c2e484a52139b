"""Selectors of elements, as the facts about sites give them: `tag`, `.class`, `#id`, `[attribute]`, `tag.class`.

A name may end in `*`. A set of them is compiled once and costs a few look-ups per element, which full CSS would not.
"""

import re
from collections.abc import Iterator
from functools import cache

from lxml.html import HtmlElement

SELECTOR = re.compile(r"(?P<tag>[\w-]+)?(?:(?P<mark>[.#])(?P<name>[\w-]+)(?P<open>\*)?)?(?:\[(?P<attribute>[\w-]+)\])?")


class Selectors:
    """A compiled set of selectors."""

    def __init__(self, selectors: tuple[str, ...]) -> None:
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.exact: dict[tuple[str, str], set[str]] = {}
        self.open: list[tuple[str, str, str]] = []
        for selector in selectors:
            self._add(selector)

    def _add(self, selector: str) -> None:
        match = SELECTOR.fullmatch(selector)
        if match is None or not selector:
            raise ValueError(
                f"sites.toml: {selector!r} is not a selector; use tag, .class, #id, [attribute] or tag.class"
            )
        tag, mark, name, is_open, attribute = match.group("tag", "mark", "name", "open", "attribute")
        if attribute:
            self.attributes.add(attribute)
        elif not mark:
            self.tags.add(tag)
        elif is_open:
            self.open.append((mark, name, tag or ""))
        else:
            self.exact.setdefault((mark, name), set()).add(tag or "")

    def matches(self, element: HtmlElement) -> bool:
        """Whether one of the selectors means this element."""
        if element.tag in self.tags:
            return True
        attributes = element.attrib
        if not attributes:
            return False
        if self.attributes and not self.attributes.isdisjoint(attributes):
            return True
        return any(self._names(element.tag, mark, name) for mark, name in _marks(element))

    def _names(self, tag: str, mark: str, name: str) -> bool:
        tags = self.exact.get((mark, name))
        if tags is not None and ("" in tags or tag in tags):
            return True
        return any(mark == m and name.startswith(start) and t in ("", tag) for m, start, t in self.open)

    def first_elements(self, root: HtmlElement) -> Iterator[HtmlElement]:
        """The matching elements in document order."""
        return (element for element in root.iter("*") if self.matches(element))


def _marks(element: HtmlElement) -> Iterator[tuple[str, str]]:
    """The names by which an element can be selected."""
    identity = element.get("id")
    if identity:
        yield "#", identity
    for name in (element.get("class") or "").split():
        yield ".", name


@cache
def compiled(selectors: tuple[str, ...]) -> Selectors:
    """The compiled set; facts about sites are few, so each set is compiled once."""
    return Selectors(selectors)
