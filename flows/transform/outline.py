"""The elements of a page in their order with what most steps ask of them: tag and classes.

Asking lxml takes longer than deciding what the answer means, so it is asked once, in one pass for all fields. The
outline also keeps the elements alive: lxml makes a Python object of one when it is looked at, and drops it when nobody
holds it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import chain

from lxml.html import HtmlElement

Named = tuple[HtmlElement, str, str]
"""An element, its tag, its classes, empty where it has none. A plain tuple: a page has thousands."""


class Outline:
    """All elements of a tree in document order, as they were when this was made."""

    def __init__(self, root: HtmlElement) -> None:
        self.root = root
        self.named: list[Named] = [(one, one.tag, one.get("class", "")) for one in root.iter("*")]

    @cached_property
    def alike(self) -> Mapping[tuple[str, str], list[int]]:
        """Where the elements of one tag and the same classes stand in `named`: a page has few sorts of elements."""
        places = defaultdict[tuple[str, str], list[int]](list)
        for place, (_, tag, classes) in enumerate(self.named):
            places[tag, classes].append(place)
        return places

    def of(self, *tags: str) -> list[HtmlElement]:
        """The elements of these tags."""
        return [self.named[place][0] for place in self.places_of(tags)]

    def places_of(self, tags: Iterable[str]) -> list[int]:
        """Where the elements of these tags stand in `named`."""
        return sorted(chain.from_iterable(self._by_tag[tag] for tag in tags if tag in self._by_tag))

    @cached_property
    def _by_tag(self) -> Mapping[str, list[int]]:
        places = defaultdict[str, list[int]](list)
        for (tag, _), alike in self.alike.items():
            places[tag] += alike
        return places
