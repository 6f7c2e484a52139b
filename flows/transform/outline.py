"""The elements of a page in their order with what most steps ask of them: tag and classes.

Asking lxml takes longer than deciding what the answer means, so it is asked once. The outline also keeps the elements
alive: lxml makes a Python object of one when it is looked at, and drops it when nobody holds it.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from lxml.html import HtmlElement

Named = tuple[HtmlElement, str, str]
"""An element, its tag, its classes, empty where it has none. A plain tuple: a page has thousands."""


class Outline:
    """All elements of a tree in document order, as they were when this was made."""

    def __init__(self, root: HtmlElement) -> None:
        self.named: list[Named] = [(one, one.tag, one.get("class", "")) for one in root.iter("*")]

    @cached_property
    def alike(self) -> Mapping[tuple[str, str], list[int]]:
        """Where the elements of one tag and the same classes stand in `named`: a page has few sorts of elements."""
        places = defaultdict[tuple[str, str], list[int]](list)
        for place, (_, tag, classes) in enumerate(self.named):
            places[tag, classes].append(place)
        return places
