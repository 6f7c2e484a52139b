"""Selectors of elements, as the facts about sites give them: `tag`, `.class`, `#id`, `[attribute]`, `tag.class`.

The name of a class or id may end in `*`. A set is compiled once and costs a few look-ups per element, which full
CSS would not.
"""

import re
from functools import cache, lru_cache

from lxml.html import HtmlElement

from flows.transform.outline import Outline

SELECTOR = re.compile(r"(?P<tag>[\w-]+)?(?:(?P<mark>[.#])(?P<name>[\w-]+)(?P<open>\*)?)?(?:\[(?P<attribute>[\w-]+)\])?")
ANY_TAG = "*"
NO_TAGS = frozenset[str]()
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
        self._meant_by_classes = lru_cache(maxsize=4096)(self._tags_meant_by_classes)
        # Most sets name no ids and no attributes, and each look at an element counts: a page has thousands.
        self._asks_each = bool(self.attributes or self.named["#"] or self.begun["#"])

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
        return self._means_sort(element.tag, element.get("class", "")) or (self._asks_each and self._means_one(element))

    def among(self, outline: Outline) -> list[HtmlElement]:
        """The matching elements of an outline, in its order."""
        named = outline.named
        meant = [place for sort, places in outline.alike.items() if self._means_sort(*sort) for place in places]
        if self._asks_each:
            meant += [place for place, (element, *_) in enumerate(named) if self._means_one(element)]
        return [named[place][0] for place in sorted(set(meant))]

    def _means_sort(self, tag: str, classes: str) -> bool:
        if tag in self.tags:
            return True
        meant = self._meant_by_classes(classes[:LONGEST_NAMES]) if classes else NO_TAGS
        return bool(meant) and (tag in meant or ANY_TAG in meant)

    def _means_one(self, element: HtmlElement) -> bool:
        # An id is one name, blanks and all.
        meant = self._tags_meant([element.get("id", "")], "#")
        if meant and (element.tag in meant or ANY_TAG in meant):
            return True
        return any(element.get(attribute) is not None for attribute in self.attributes)

    def _tags_meant_by_classes(self, classes: str) -> frozenset[str]:
        return self._tags_meant(classes.split(), ".")

    def _tags_meant(self, borne: list[str], mark: str) -> frozenset[str]:
        """The tags whose elements are meant if they bear these names."""
        named, begun = self.named[mark], self.begun[mark]
        meant = NO_TAGS if named.keys().isdisjoint(borne) else NO_TAGS.union(*(named.get(name, ()) for name in borne))
        return meant | {ANY_TAG} if begun and any(name.startswith(begun) for name in borne) else meant


@cache
def compiled(selectors: tuple[str, ...]) -> Selectors:
    """The compiled set; facts about sites are few, so each set is compiled once."""
    return Selectors(selectors)
