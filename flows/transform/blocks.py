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
# What a run of text can stand in that says something of it, by tag.
MARKED = {"a": "a", "b": "strong", "strong": "strong", "small": "small", "li": "li", **dict.fromkeys(SILENT, "silent")}


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


def _blocks(root: HtmlElement) -> Iterator[Block]:
    walk = _Walk(root)
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        is_break = tag not in INLINE
        if is_break and walk.parts and (block := walk.flush()):
            yield block
        if event == "start":
            walk.enter(element, tag, is_break=is_break)
        else:
            walk.leave(element, tag, is_break=is_break)
            if element is root:
                break
            if element.tail:
                walk.add(element.tail)
    if block := walk.flush():
        yield block


class _Walk:
    """Where a walk through the tree stands. Each page is walked some thousand steps, so a step is few calls."""

    __slots__ = ("anchors", "containers", "depth", "length", "linked", "parts", "small", "strong")

    def __init__(self, root: HtmlElement) -> None:
        self.containers = [root]
        self.depth = dict.fromkeys(MARKED.values(), 0)
        self.parts: list[str] = []
        self.anchors: list[HtmlElement] = []
        self.length = self.linked = self.strong = self.small = 0

    def enter(self, element: HtmlElement, tag: str, *, is_break: bool) -> None:
        if tag in MARKED:
            self.depth[MARKED[tag]] += 1
        if is_break:
            self.containers.append(element)
        elif tag == "a":
            self.anchors.append(element)
        if element.text:
            self.add(element.text)

    def leave(self, element: HtmlElement, tag: str, *, is_break: bool) -> None:
        if tag in MARKED:
            self.depth[MARKED[tag]] -= 1
        if is_break and self.containers[-1] is element:
            self.containers.pop()

    def add(self, text: str) -> None:
        depth = self.depth
        if depth["silent"]:
            return
        self.parts.append(text)
        if text.isspace():
            return
        size = len(text.strip())
        self.length += size
        if depth["a"]:
            self.linked += size
        if depth["strong"]:
            self.strong += size
        if depth["small"]:
            self.small += size

    def flush(self) -> Block | None:
        """The block that ends here, if there is any text since the last break."""
        text = squeeze("".join(self.parts)) if self.length else ""
        length = self.length
        self.parts.clear()
        if not length:
            return None
        shares = self.linked / length, self.strong / length, self.small / length
        anchors, self.anchors = self.anchors, []
        self.length = self.linked = self.strong = self.small = 0
        if not text:
            return None
        container = self.containers[-1]
        return Block(text, container, container.tag, *shares, is_in_list=self.depth["li"] > 0, anchors=anchors)
