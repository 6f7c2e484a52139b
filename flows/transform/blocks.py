"""The blocks of text in a tree, in reading order: what a reader sees as paragraphs, headings, list items.

Extractors merge, drop or repeat paragraphs; the tree knows how they are broken. So others decide which
text counts, and the blocks say how it reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

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
STRONG = frozenset(("b", "strong"))
SILENT = frozenset(("script", "style", "noscript", "template", "head", "svg", "iframe", "object", "textarea", "select"))


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


@dataclass(slots=True)
class _Walk:
    """Where a walk through the tree stands."""

    parts: list[str] = field(default_factory=list)
    containers: list[HtmlElement] = field(default_factory=list)
    anchors: list[HtmlElement] = field(default_factory=list)
    depth: dict[str, int] = field(default_factory=lambda: {"a": 0, "strong": 0, "small": 0, "li": 0, "silent": 0})
    marked: dict[str, int] = field(default_factory=lambda: {"a": 0, "strong": 0, "small": 0})
    length: int = 0


def blocks_of(root: HtmlElement) -> list[Block]:
    """All blocks under an element; text in scripts, styles and frames is none."""
    return list(_blocks(root))


def _blocks(root: HtmlElement) -> Iterator[Block]:
    walk = _Walk(containers=[root])
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if tag not in INLINE and (block := _flush(walk)):
            yield block
        if event == "start":
            _enter(walk, element, tag)
        else:
            _leave(walk, element, tag)
            if element is root:
                break
            _add(walk, element.tail)
    if block := _flush(walk):
        yield block


def _enter(walk: _Walk, element: HtmlElement, tag: str) -> None:
    _count(walk, tag, 1)
    if tag not in INLINE:
        walk.containers.append(element)
    if tag == "a":
        walk.anchors.append(element)
    _add(walk, element.text)


def _leave(walk: _Walk, element: HtmlElement, tag: str) -> None:
    _count(walk, tag, -1)
    if tag not in INLINE and walk.containers[-1] is element:
        walk.containers.pop()


def _count(walk: _Walk, tag: str, step: int) -> None:
    if tag in STRONG:
        walk.depth["strong"] += step
    elif tag in SILENT:
        walk.depth["silent"] += step
    elif tag in walk.depth:
        walk.depth[tag] += step


def _add(walk: _Walk, text: str | None) -> None:
    if not text or walk.depth["silent"]:
        return
    walk.parts.append(text)
    size = len(text.strip())
    walk.length += size
    for mark in walk.marked:
        if walk.depth[mark]:
            walk.marked[mark] += size


def _flush(walk: _Walk) -> Block | None:
    """The block that ends here, if there is any text since the last break."""
    if not walk.length:
        walk.parts.clear()
        return None
    text = squeeze("".join(walk.parts))
    shares = {mark: size / walk.length for mark, size in walk.marked.items()}
    anchors, walk.anchors = walk.anchors, []
    walk.parts.clear()
    walk.length = 0
    walk.marked = {"a": 0, "strong": 0, "small": 0}
    if not text:
        return None
    container = walk.containers[-1]
    return Block(
        text=text,
        container=container,
        tag=container.tag,
        link_share=shares["a"],
        strong_share=shares["strong"],
        small_share=shares["small"],
        is_in_list=walk.depth["li"] > 0,
        anchors=anchors,
    )
