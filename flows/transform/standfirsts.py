"""The standfirst of a page: the lines between headline and text that a page marks, or states, as its summary.

It is looked for before anything is taken out of the tree: text extractors often leave it out, because it stands apart
from the paragraphs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from flows.transform.article_head import following
from flows.transform.blocks import blocks_of
from flows.transform.evidence import Evidence, strings_in
from flows.transform.outline import Outline
from flows.transform.selectors import compiled
from flows.transform.standfirst_names import WEAK, doubt, is_named_by_class, standfirst_name
from flows.transform.text import dense
from flows.web.sites import SiteFacts

MOST_ELEMENTS = 600
MOST_PARAGRAPHS = 200
# Behind two paragraphs of prose nothing is the standfirst any more.
LONGEST_HEAD = 600
SHORTEST = 20
# The longest standfirsts of news pages are summaries in three or four points.
LONGEST = 1200
MOST_STRINGS = 60
SHORTEST_PROSE = 80
SHORTEST_ALONE = 50
MOST_POINTS = 6
# A day and a time of day are a fifth digits and more, a sentence full of figures is not.
MOSTLY_DIGITS = 0.2
TEXT_TAGS = frozenset(("p", "h2", "h3", "h4", "div", "span", "section", "ul", "strong", "b", "em"))
PICTURES = ("img", "figure", "picture", "video", "h1")
SUBHEADS = frozenset(("h2", "h3", "h4"))
SILENT = frozenset(("script", "style", "noscript"))
CUT = re.compile(r"(?:\.\.\.|…|\[…\])$")
# A description that was cut must still have this much in common with the page.
LONG_ENOUGH = 40


@dataclass(frozen=True, slots=True)
class Standfirst:
    """Lines that may be the standfirst: their text, what marks them, their rank (0 is surest), what speaks against."""

    text: str
    evidence: str
    rank: int
    refused: str | None = None


def standfirsts(
    outline: Outline, headline: str | None, heading: HtmlElement | None, statements: Evidence, facts: SiteFacts
) -> list[Standfirst]:
    """What may be the standfirst of a page, the surest first; the page is that before noise goes.

    `heading` is the element that shows the headline, where one does.
    """
    stated = _Stated(statements)
    found = [] if heading is None else _behind(heading, stated, facts)
    if all(one.refused for one in found):
        found += _anywhere(outline, stated)
    titles = (_comparable(headline or ""), "" if heading is None else _comparable(_text(heading)))
    named = (one for one in found if not any(_comparable(one.text) in title for title in titles))
    return sorted(named, key=lambda one: one.rank)


class _Stated:
    """The summaries that a page states, to compare passages with."""

    def __init__(self, statements: Evidence) -> None:
        written = [*islice(strings_in(statements.stated("description"), "text"), 2)]
        for name in ("og:description", "description", "twitter:description"):
            written += statements.meta.get(name, ())[:2]
        self.whole = {_comparable(text) for text in written if len(text) <= LONGEST}
        cut = {CUT.sub("", text) for text in self.whole if CUT.search(text)}
        self.cut = tuple(text for text in cut if len(text) >= LONG_ENOUGH)

    def has(self, text: str) -> bool:
        """Whether a passage is one of the summaries, or goes on where one was cut."""
        own = _comparable(text)
        return own in self.whole or own.startswith(self.cut)


class _Place:
    """Where elements stand in relation to the headline."""

    def __init__(self, heading: HtmlElement) -> None:
        self.header = next(heading.iterancestors("header"), None)
        self.is_h1 = heading.tag == "h1"
        self.first_paragraph = next(following(heading, "p"), None)
        self.first_text = next((one for one in islice(following(heading), MOST_STRINGS) if _has_own_text(one)), None)

    def evidence(self, element: HtmlElement, text: str) -> tuple[int, str] | None:
        """Rank and wording of what the place of an unmarked element says."""
        if element.tag in SUBHEADS and self.is_h1 and self._is_first_text(element):
            return 3, f"{element.tag} behind the headline"
        if element.tag != "p":
            return None
        if self.header is not None and next(element.iterancestors("header"), None) is self.header:
            return 3, "paragraph in the header of the headline"
        is_alone = element is self.first_paragraph and len(text) >= SHORTEST_ALONE and _stands_alone(element)
        return (4, "paragraph that stands alone between headline and text") if is_alone else None

    def _is_first_text(self, element: HtmlElement) -> bool:
        first = self.first_text
        return first is not None and (first is element or element in islice(first.iterancestors(), 3))


def _behind(heading: HtmlElement, stated: _Stated, facts: SiteFacts) -> list[Standfirst]:
    place = _Place(heading)
    found = (_standfirst(element, text, place, stated, facts) for element, text in _head(heading))
    return [one for one in found if one]


def _anywhere(outline: Outline, stated: _Stated) -> list[Standfirst]:
    """The paragraph that says the stated description, on pages whose headline is hidden or no heading."""
    for element in outline.of("p", *SUBHEADS)[:MOST_PARAGRAPHS] if stated.whole else ():
        text = _text(element)
        if SHORTEST <= len(text) <= LONGEST and stated.has(text):
            return [Standfirst(text, f"{element.tag} that says the stated description", 2, doubt(element))]
    return []


def _head(heading: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """The elements between a headline and the first paragraphs of prose, these included, with their texts."""
    prose = 0
    for element in islice(following(heading), MOST_ELEMENTS):
        text = _text(element) if element.tag in TEXT_TAGS or "-" in element.tag else ""
        if SHORTEST <= len(text) <= LONGEST:
            yield element, text
        # In many pages the text stands in boxes without paragraphs.
        length = len(text if element.tag == "p" else element.text or "")
        if length >= SHORTEST_PROSE and element.tag not in SILENT and not standfirst_name(element):
            prose += length
        if prose >= LONGEST_HEAD:
            return


def _standfirst(
    element: HtmlElement, rough: str, place: _Place, stated: _Stated, facts: SiteFacts
) -> Standfirst | None:
    is_stated = stated.has(rough)
    evidence = _evidence(element, facts, is_stated=is_stated) or place.evidence(element, rough)
    if evidence is None or next(element.iter(*PICTURES), None) is not None:
        return None
    text = "\n".join(block.text for part in _series(element) for block in blocks_of(part))
    refused = _unlike_a_summary(element, rough) or (None if is_stated else doubt(element))
    return Standfirst(text, evidence[1], evidence[0], refused)


def _evidence(element: HtmlElement, facts: SiteFacts, *, is_stated: bool) -> tuple[int, str] | None:
    """Rank and wording of what marks an element as the standfirst, None where nothing does."""
    if compiled(facts.lead_selectors).matches(element):
        return 0, "marked by the rules of the site"
    name = standfirst_name(element)
    if name:
        return (0, f"{name}, as stated") if is_stated else (3 if name in WEAK else 1, name)
    return (2, f"{element.tag} that says the stated description") if is_stated else None


def _stands_alone(element: HtmlElement) -> bool:
    """Whether a paragraph is the only one in its box, and others come behind it."""
    parent = element.getparent()
    if parent is None or sum(1 for _ in islice(parent.iter("p"), 2)) > 1:
        return False
    # A paragraph with none behind it is the text, or all that a page has to say about its video.
    return any(len(_text(other)) >= SHORTEST_PROSE for other in islice(following(element, "p"), MOST_POINTS))


def _has_own_text(element: HtmlElement) -> bool:
    """Whether an element holds text itself, and not only in the elements within it."""
    return element.tag not in SILENT and len((element.text or "").strip()) >= SHORTEST


def _series(element: HtmlElement) -> list[HtmlElement]:
    """An element and those right behind it of the same telling class: summaries in several points."""
    if not is_named_by_class(element):
        return [element]
    series = [element]
    for sibling in islice(element.itersiblings("*"), MOST_POINTS):
        if sibling.tag != element.tag or sibling.get("class") != element.get("class"):
            break
        series.append(sibling)
    # More of a kind are the paragraphs of the text.
    return series if len(series) <= MOST_POINTS else [element]


def _unlike_a_summary(element: HtmlElement, text: str) -> str | None:
    """Whether the lines are a date or a row of links: headers hold both."""
    if MOSTLY_DIGITS * len(text) <= sum(character.isdigit() for character in text):
        return "a date"
    linked = sum(len(_text(anchor)) for anchor in islice(element.iter("a"), MOST_STRINGS))
    return "links" if linked * 2 >= len(text) else None


def _text(element: HtmlElement) -> str:
    """The words of an element; more than a standfirst has is cut."""
    return " ".join("".join(islice(element.itertext(), MOST_STRINGS))[: 2 * LONGEST].split())


def _comparable(text: str) -> str:
    return dense(text).casefold()
