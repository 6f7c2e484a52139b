"""The blocks of text in a tree, in reading order: what a reader sees as paragraphs, headings, list items.

Extractors merge, drop or repeat paragraphs; the tree knows how they are broken. So others decide which
text counts, and the blocks say how it reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from flows.transform.text import squeeze

# fmt: off
INLINE = frozenset((
    "a", "abbr", "acronym", "amp-img", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "img", "ins", "kbd", "label", "mark", "nobr", "picture", "q", "rp", "rt", "ruby", "s", "samp", "small",
    "source", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
))
# fmt: on
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
SILENT = ("script", "style", "noscript", "template", "head", "svg", "iframe", "object", "textarea", "select")
# What a run of text can stand in that says something of it: how deep it stands in each is kept in a list.
LINK, STRONG, SMALL, ITEM, UNSHOWN = range(5)
MARKED = {"a": LINK, "b": STRONG, "strong": STRONG, "small": SMALL, "li": ITEM, **dict.fromkeys(SILENT, UNSHOWN)}


@dataclass(slots=True)
class Block:
    """A run of text between two breaks: what it says, where it stands, its links, how much of it is link or bold."""

    text: str
    container: HtmlElement
    tag: str
    link_share: float
    strong_share: float
    small_share: float
    is_in_list: bool
    anchors: list[HtmlElement]


def blocks_of(root: HtmlElement) -> list[Block]:
    """All blocks under an element; text in scripts, styles and frames is none."""
    return list(_blocks(root))


def _blocks(root: HtmlElement) -> Iterator[Block]:  # noqa: C901 - a call costs as much as a step of the walk
    run, depth, containers = _Run(), [0] * 5, [root]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        is_break = tag not in INLINE
        if is_break and run.parts and (block := run.ended(containers[-1], is_in_list=depth[ITEM] > 0)):
            yield block
        if tag in MARKED:
            depth[MARKED[tag]] += 1 if event == "start" else -1
        if event == "start":
            if is_break:
                containers.append(element)
            elif tag == "a":
                run.anchors.append(element)
            text = element.text
        elif element is root:
            break
        else:
            if is_break:
                containers.pop()
            text = element.tail
        if text and not depth[UNSHOWN]:
            run.add(text, depth)
    if block := run.ended(containers[-1], is_in_list=depth[ITEM] > 0):
        yield block


class _Run:
    """The run of text that a walk through the tree is in."""

    __slots__ = ("anchors", "length", "linked", "parts", "small", "strong")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.anchors: list[HtmlElement] = []
        self.length = self.linked = self.strong = self.small = 0

    def add(self, text: str, depth: list[int]) -> None:
        """A piece of text, and how deep it stands in what is MARKED."""
        self.parts.append(text)
        if text.isspace():
            return
        size = len(text.strip())
        self.length += size
        if depth[LINK]:
            self.linked += size
        if depth[STRONG]:
            self.strong += size
        if depth[SMALL]:
            self.small += size

    def ended(self, container: HtmlElement, *, is_in_list: bool) -> Block | None:
        """The block that ends here, if there is any text since the last break."""
        text = squeeze("".join(self.parts)) if self.length else ""
        length = self.length
        self.parts.clear()
        if not length:
            return None
        shares = self.linked / length, self.strong / length, self.small / length
        anchors, self.anchors = self.anchors, []
        self.length = self.linked = self.strong = self.small = 0
        return Block(text, container, container.tag, *shares, is_in_list, anchors) if text else None
