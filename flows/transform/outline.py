"""The elements of a page in their order with what most steps ask of them: tag, classes, id.

Asking lxml takes longer than deciding what the answer means, so it is asked once. The outline also keeps the elements
alive: lxml makes a Python object of one when it is looked at, and drops it when nobody holds it.
"""

from lxml.html import HtmlElement

Named = tuple[HtmlElement, str, str, str]
"""An element, its tag, its classes and its id, empty where it has none. A plain tuple: a page has thousands."""


def outline_of(root: HtmlElement) -> list[Named]:
    """All elements of a tree in document order."""
    return [(one, one.tag, one.get("class", ""), one.get("id", "")) for one in root.iter("*")]
