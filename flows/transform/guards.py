"""What a page may bring to the parser: its markup within the limits, and in words what was left out for that.

libxml2 takes a time for the attributes of a tag that grows with their square (a million: hours), and drops without an
error what is nested below some two thousand elements; the steps behind it walk from elements to their ancestors, so
that many deep elements cost them minutes. A page within the limits goes through as it is, after a look that costs a
third of its parse; from others the least is taken, words last.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice

from lxml.html import HtmlElement

from flows.transform import trees
from flows.transform.blocks import INLINE
from flows.transform.bodies import Unreadable, opened
from flows.transform.limits import FULL, Limits
from flows.transform.tags import (
    LASTING,
    SWALLOWING,
    attributes_of,
    has_large_tag,
    is_empty,
    tags_in,
    without_open_raw,
)
from flows.web.charsets import decode
from warehouse.model import Cut, Page, Reason

UNREAD = "\ufffd"
# Of a page in two charsets, or cut within a character, most can be read; of noise next to nothing.
HOPELESS_SHARE = 0.1
# Below the depth at which libxml2 gives up (2048), and too little for any step to take more than a second.
HARMLESS_DEPTH = 1900
# So many times as deep as what is counted the tree may be: the parser closes elements by itself, and adds some.
SLACK = 2
# Nothing shorter holds enough attributes to cost more than some milliseconds.
HARMLESS_CHARACTERS = 5000
# Pages that lay out by line breaks have two or three in a row; those behind a fourth show nothing.
MANY_BREAKS = re.compile(r"(<br\s*+/?+>\s*+)(?:<br\s*+/?+>\s*+){3,}+", re.IGNORECASE)
PARAGRAPH_END = re.compile(r"</[pP][\s>]")
SUSPICIOUS_TAGS = 10_000
RANK = 100
# fmt: off
VOID = frozenset((
    "area", "base", "basefont", "br", "col", "embed", "frame", "hr", "img", "input", "isindex", "link", "meta", "param",
    "source", "track", "wbr",
))
# fmt: on
# The parser takes a second one of these for none.
ONCE = frozenset(("html", "head", "body"))
# What never nests.
LEVEL = VOID | LASTING | ONCE
SCRIPTS = frozenset(("script", "style"))
# Of these a page has some, and none is the text: those that are too many go, so that the text behind them has room.
REPEATED = {
    "meta": Cut.METAS,
    "link": Cut.LINK_ELEMENTS,
    "title": Cut.TITLE,
    "script": Cut.SCRIPTS,
    "style": Cut.SCRIPTS,
    "iframe": Cut.TAGS,
}
# Opening one of these ends an open one of the same name where that is the innermost: their end tags may be left out.
SELF_ENDING = frozenset(("dd", "dt", "li", "option", "p", "td", "th", "tr"))
# An end tag closes nothing that outranks it (`htmlEndPriority` in libxml2's HTMLparser.c); what is not named has 100.
RANKS = {"div": 150, "td": 160, "th": 160, "tr": 170, "thead": 180, "tbody": 180, "tfoot": 180, "table": 190}

Edit = tuple[int, int, str]
"""Where a piece of the markup begins and ends, and what comes in its place."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """Markup within the limits, its tree, and what was left out of it."""

    markup: str
    root: HtmlElement
    cuts: frozenset[Cut] = frozenset()


def read_body(page: Page, limits: Limits = FULL) -> Guarded | Unreadable:
    """The page's markup, within the limits, or why it has none."""
    body = opened(page.body, limits)
    if isinstance(body, Unreadable):
        return body
    text, charset = decode(body.octets, page.charset)
    broken = text.count(UNREAD)
    if broken > HOPELESS_SHARE * len(text):
        return Unreadable(Reason.BAD_ENCODING, f"{broken:,} of {len(text):,} characters cannot be read as {charset}")
    within = guarded(text, limits)
    if _has_swallowed(trees.last_element(within.root)):
        within = guarded(without_open_raw(text), limits)
    return replace(within, cuts=within.cuts | body.cuts)


def _has_swallowed(last: HtmlElement) -> bool:
    """Whether the last element of a page is a field or frame that was never closed, the page's text in it as markup."""
    return last.tag in SWALLOWING and PARAGRAPH_END.search(last.text or "") is not None


def guarded(markup: str, limits: Limits = FULL) -> Guarded:
    """The page's markup within the limits, and its tree. What is within them comes back as it is."""
    signs = markup.count("<")
    if is_modest(markup, limits, signs):
        root = trees.parse(markup)
        if signs <= HARMLESS_DEPTH or not _is_deep(root, limits):
            return Guarded(markup, root)
    if signs > SUSPICIOUS_TAGS:
        markup = MANY_BREAKS.sub(r"\1", markup)
    within = _within(markup, limits)
    return _within(markup, limits, is_strict=True) if _is_deep(within.root, limits) else within


def is_modest(markup: str, limits: Limits, signs: int) -> bool:
    """Whether a page with so many signs `<` is within all limits but that of depth; only a quick look is taken."""
    if len(markup) > min(limits.characters, limits.tag_characters, limits.script_characters):
        return False
    if signs > limits.tags:
        return False
    return len(markup) <= HARMLESS_CHARACTERS or not has_large_tag(markup, limits.attributes)


def _is_deep(root: HtmlElement, limits: Limits) -> bool:
    return trees.is_deeper(root, SLACK * limits.depth)


def _within(markup: str, limits: Limits, *, is_strict: bool = False) -> Guarded:
    measured = _Measured(markup, limits, _Nesting(limits.depth, is_strict=is_strict))
    measured.take()
    kept, cuts = measured.kept(), measured.cuts
    if len(kept) > limits.characters:
        kept = kept[: limits.characters]
        cuts.add(Cut.BYTES)
    return Guarded(kept, trees.parse(kept), frozenset(cuts))


@dataclass(slots=True)
class _Measured:
    """A page's tags, taken one by one until the limits are reached; what is over them is left out.

    Tags that are too deep go alone, all text stays, and where a block began or ended, a line does.
    """

    source: str
    limits: Limits
    nesting: "_Nesting"
    cuts: set[Cut] = field(default_factory=set)
    _tags: int = 0
    _repeats: Counter[str] = field(default_factory=Counter)
    _tag_characters: int = 0
    _script_characters: int = 0
    _dropped: int = 0
    _has_break: bool = False
    _end: int | None = None
    _edits: list[Edit] = field(default_factory=list)

    def take(self) -> None:
        """Looks at all tags, as far as the page is kept."""
        opens, closes = self.nesting.opens, self.nesting.closes
        for tag, name, is_opening, text_end in tags_in(self.source):
            if is_opening:
                is_level = name in LEVEL or is_empty(tag)
                if not (is_level or opens(name)):
                    self._hide(tag, name)
                elif not self._take(tag, name, text_end):
                    return
            elif name not in LEVEL and not closes(name):
                self._hide(tag, name)

    def kept(self) -> str:
        """What is left of the page."""
        return _edited(self.source[: self._end], self._edits)

    def _take(self, tag: re.Match[str], name: str, text_end: int) -> bool:
        """Takes in a tag that opens an element; whether there was room for it."""
        start, end = tag.span()
        if name in REPEATED:
            self._repeats[name] += 1
            if self._repeats[name] > self.limits.repeats:
                self.cuts.add(REPEATED[name])
                self._edit((start, text_end, ""))
                return True
        if self._tags == self.limits.tags:
            self.cuts.add(Cut.TAGS)
            self._end = start
        if self._end is not None or start - self._dropped > self.limits.characters:
            return False
        self._tags += name not in ONCE
        self._tag_characters += end - start
        if end - start > self.limits.attributes or self._tag_characters > self.limits.tag_characters:
            self._trim(tag)
        if name in SCRIPTS:
            self._take_script(end, text_end)
        return True

    def _hide(self, tag: re.Match[str], name: str) -> None:
        self.cuts.add(Cut.DEPTH)
        # One line break does for all tags between two words.
        if self._edits and self.source[self._edits[-1][1] : tag.start()].strip():
            self._has_break = False
        is_break = name not in INLINE and not self._has_break
        self._has_break |= is_break
        self._edit((*tag.span(), "<br>" if is_break else ""))

    def _trim(self, tag: re.Match[str]) -> None:
        """Leaves a tag the attributes for which there is room."""
        room = self.limits.tag_characters - self._tag_characters + len(tag[0])
        found = list(islice(attributes_of(tag), self.limits.attributes + 1))
        kept = found[: self.limits.attributes] if len(tag[0]) <= room else []
        if len(kept) < len(found):
            self.cuts.add(Cut.ATTRIBUTES)
            shorter = " ".join([f"<{tag['opened']}", *kept, "/>" if is_empty(tag) else ">"])
            self._edit((*tag.span(), shorter))
            self._tag_characters += len(shorter) - len(tag[0])

    def _take_script(self, start: int, end: int) -> None:
        if self._script_characters + end - start > self.limits.script_characters:
            self.cuts.add(Cut.SCRIPTS)
            self._edit((start, end, ""))
        else:
            self._script_characters += end - start

    def _edit(self, edit: Edit) -> None:
        self._edits.append(edit)
        self._dropped += edit[1] - edit[0] - len(edit[2])


@dataclass(slots=True)
class _Nesting:
    """The elements that are open, the outermost first, and by name those that were not let in below them.

    What the parser closes by itself when another element opens is followed roughly, and so it may be deeper than what
    is counted here. A strict count is never less than the parser's: there an end tag closes one element and none of
    those within it, as if each had been closed by itself and opened anew.
    """

    most: int
    is_strict: bool
    _open: list[str] = field(default_factory=list)
    _counted: Counter[str] = field(default_factory=Counter)
    _hidden: Counter[str] = field(default_factory=Counter)

    def opens(self, name: str) -> bool:
        """Whether an element may open here."""
        if name in SELF_ENDING and self._open[-1:] == [name] and not self._hidden:
            return True
        if len(self._open) >= self.most:
            self._hidden[name] += 1
            return False
        self._open.append(name)
        self._counted[name] += 1
        return True

    def closes(self, name: str) -> bool:
        """Whether an end tag belongs to an element that was let in, or to none."""
        if self._hidden and self._hidden[name]:
            self._hidden[name] -= 1
            return False
        if self._counted[name]:
            self._close(name)
        return True

    def _close(self, name: str) -> None:
        rank = RANKS.get(name, RANK)
        at = len(self._open) - 1
        while self._open[at] != name:
            if RANKS.get(self._open[at], RANK) > rank:
                return
            at -= 1
        closed = slice(at, at + 1 if self.is_strict else None)
        for one in self._open[closed]:
            self._counted[one] -= 1
        del self._open[closed]
        self._hidden.clear()


def _edited(markup: str, edits: Iterable[Edit]) -> str:
    """The markup with its edits, which come in its order and do not overlap."""
    pieces: list[str] = []
    at = 0
    for start, end, new in edits:
        pieces += (markup[at:start], new)
        at = end
    return "".join((*pieces, markup[at:]))
