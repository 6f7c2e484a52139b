"""Selectors of elements, as the facts about sites give them: `tag`, `.class`, `#id`, `[attribute]`, `tag.class`.

The name of a class or id may end in `*`. A set is compiled once and costs a few look-ups per element, which full
CSS would not.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from lxml.html import HtmlElement

from flows.transform.outline import Named

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
        self._meant_by_classes = lru_cache(maxsize=4096)(self._tags_meant)
        # Most sets name no ids and no attributes, and each look at an element counts: a page has thousands.
        self._is_plain = not (self.attributes or self.named["#"] or self.begun["#"])

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
        return self._means((element, element.tag, element.get("class", ""), element.get("id", "")))

    def among(self, outline: Iterable[Named]) -> list[HtmlElement]:
        """The matching elements of an outline, in its order."""
        if not self._is_plain:
            return [named[0] for named in outline if self._means(named)]
        tags, meant_by = self.tags, self._meant_by_classes
        return [
            element
            for element, tag, classes, _ in outline
            if tag in tags
            or (classes and (meant := meant_by(classes[:LONGEST_NAMES])) and (tag in meant or ANY_TAG in meant))
        ]

    def _means(self, named: Named) -> bool:
        element, tag, classes, identity = named
        meant = self._meant_by_classes(classes[:LONGEST_NAMES]) | self._tags_meant(identity, "#")
        if tag in self.tags or tag in meant or ANY_TAG in meant:
            return True
        return any(element.get(attribute) is not None for attribute in self.attributes)

    def _tags_meant(self, names: str, mark: str = ".") -> frozenset[str]:
        """The tags whose elements are meant if they bear these names."""
        borne, named, begun = names.split(), self.named[mark], self.begun[mark]
        meant = NO_TAGS if named.keys().isdisjoint(borne) else NO_TAGS.union(*(named.get(name, ()) for name in borne))
        return meant | {ANY_TAG} if begun and any(name.startswith(begun) for name in borne) else meant


@cache
def compiled(selectors: tuple[str, ...]) -> Selectors:
    """The compiled set; facts about sites are few, so each set is compiled once."""
    return Selectors(selectors)
