"""Selectors of elements, as the facts about sites give them: `tag`, `.class`, `#id`, `[attribute]`, `tag.class`.

The name of a class or id may end in `*`. A set is compiled once and costs a few look-ups per element, which full
CSS would not.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from lxml.html import HtmlElement

from flows.transform.outline import Named

SELECTOR = re.compile(r"(?P<tag>[\w-]+)?(?:(?P<mark>[.#])(?P<name>[\w-]+)(?P<open>\*)?)?(?:\[(?P<attribute>[\w-]+)\])?")
ANY_TAG = "*"
# Names are a few words; a class attribute of a megabyte is bait.
LONGEST_NAMES = 500


class Selectors:
    """A compiled set of selectors."""

    def __init__(self, selectors: tuple[str, ...]) -> None:
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.named: dict[str, dict[str, set[str]]] = {".": {}, "#": {}}
        self.begun: dict[str, tuple[str, ...]] = {".": (), "#": ()}
        for selector in selectors:
            self._add(selector)
        # A page, and a site, writes the same classes on element after element.
        self._means_one = lru_cache(maxsize=4096)(self._means_any)

    def _add(self, selector: str) -> None:
        match = SELECTOR.fullmatch(selector)
        if match is None or not selector or (match["open"] and match["tag"]):
            raise ValueError(f"sites.toml: {selector!r} is no selector; use tag, .class, #id, [attribute] or tag.class")
        tag, mark, name, is_open, attribute = match.group("tag", "mark", "name", "open", "attribute")
        if attribute:
            self.attributes.add(attribute)
        elif not mark:
            self.tags.add(tag)
        elif is_open:
            self.begun[mark] += (name,)
        else:
            self.named[mark].setdefault(name, set()).add(tag or ANY_TAG)

    def matches(self, element: HtmlElement) -> bool:
        """Whether one of the selectors means this element."""
        alone = (element, element.tag, element.get("class", ""), element.get("id", ""))
        return next(self.among([alone]), None) is not None

    def among(self, outline: Iterable[Named]) -> Iterator[HtmlElement]:
        """The matching elements of an outline, in its order."""
        # Most sets name no ids and no attributes, and each look at an element counts: a page has thousands.
        has_ids = any((self.named["#"], self.begun["#"]))
        for element, tag, classes, identity in outline:
            if (
                tag in self.tags
                or (classes and self._means_one(tag, ".", classes[:LONGEST_NAMES]))
                or (has_ids and identity and self._means(tag, "#", identity))
                or (self.attributes and any(element.get(attribute) is not None for attribute in self.attributes))
            ):
                yield element

    def _means_any(self, tag: str, mark: str, names: str) -> bool:
        return any(self._means(tag, mark, name) for name in names.split())

    def _means(self, tag: str, mark: str, name: str) -> bool:
        tags = self.named[mark].get(name)
        if tags is not None and (ANY_TAG in tags or tag in tags):
            return True
        return name.startswith(self.begun[mark])


@cache
def compiled(selectors: tuple[str, ...]) -> Selectors:
    """The compiled set; facts about sites are few, so each set is compiled once."""
    return Selectors(selectors)
