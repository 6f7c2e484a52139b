"""The elements of a page in their order with what most steps ask of them: tag, classes, id.

Asking lxml takes longer than deciding what the answer means, so it is asked once. The outline also keeps the elements
alive: lxml makes a Python object of one when it is looked at, and drops it when nobody holds it.
"""

from typing import NamedTuple

from lxml.html import HtmlElement


class Named(NamedTuple):
    """An element, and the names that its markup gives it, empty where there are none."""

    element: HtmlElement
    tag: str
    classes: str
    identity: str


def outline_of(root: HtmlElement) -> list[Named]:
    """All elements of a tree in document order."""
    return [Named(one, one.tag, one.get("class", ""), one.get("id", "")) for one in root.iter("*")]
