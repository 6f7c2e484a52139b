"""Where a page shows who wrote it: elements marked as an author or byline, links to authors' pages, "By …" lines.

A name is believed for where it stands: near the headline every one counts; elsewhere authors of other articles,
of comments and of pictures are named too, so names there count only where they all agree.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain, islice

from lxml.html import HtmlElement

from flows.transform.blocks import blocks_of
from flows.transform.byline_places import (
    BEFORE_LINE,
    LINE,
    MOST_ANCESTORS,
    SITES_BYLINE,
    Found,
    Survey,
    is_others,
    names_of,
    survey_of,
)
from flows.transform.names import has_given_name, people_in, unique, without_places
from flows.transform.outline import Outline
from flows.transform.text import squeeze
from flows.web.sites import SiteFacts

# What a byline has at most; more is an article, a listing, or a hostile page.
MOST_PIECES = 24
LONGEST_PIECE = 200
MOST_CHILDREN = 200
# How near to a day a name without any mark must stand.
NEAR_A_DAY = 3
LONGEST_UNMARKED = 60
TOPIC = re.compile(
    r"\b(?:tags?|topics?|themen?|thema|categor(?:y|ies)|kategorien?|keywords?|subjects?|dossiers?|search|suche)\b"
)
A_DAY = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[./]\d{1,2}\b|\b\d+\s?(?:min|hours?|days?|weeks?|stunden?|tage?)\b", re.IGNORECASE
)

_AND = r"and|und|et|y|e|i|og|och|en|with"
JOINS_NEXT = re.compile(rf"(?:[,，、;&/]|\b(?:{_AND}))\s*$", re.IGNORECASE)
JOINS_LAST = re.compile(rf"\s*(?:[,，、;&/]|(?:{_AND})\b)\s*\S", re.IGNORECASE)
OTHER_PART = re.compile(
    r"(?:reviewed|checked|verified|edited|translated|photograph(?:s|ed)?|photos?|illustrat(?:ed|ions?)|produced)\s+by\b"
    r"|^\W*(?:reviewer|editor|fact[- ]checker|übersetzung|fotos?|traducción|photographe?r?)\s*:",
    re.IGNORECASE,
)
SILENT = frozenset(("script", "style", "noscript", "template", "svg", "time", "figcaption"))
UNMARKED = "name beside a day"


class Place(IntEnum):
    """How near to the article's head a mark stands."""

    ELSEWHERE = 0
    HEAD = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """One place of a page that names who wrote it: the people there, its words, how it is marked, where it stands."""

    people: tuple[str, ...]
    raw: str
    evidence: str
    place: Place
    is_others: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of text in a box, the element that holds it, and whether that is marked as a name itself."""

    text: str
    holder: HtmlElement
    is_marked: bool


def byline_marks(outline: Outline, facts: SiteFacts, headline: str | None = None) -> list[Mark]:
    """The marks of a page in document order; a mark inside another is read with it."""
    survey = survey_of(outline, facts, headline)
    above = survey.above_headline
    elements = {found.element for found in survey.marks}
    marks, read = [], set[HtmlElement]()
    for found in survey.marks:
        if any(parent in read for parent in islice(found.element.iterancestors(), MOST_ANCESTORS)):
            continue
        if found.evidence == SITES_BYLINE:
            marks.append(_sites_mark(found, facts))
        elif pieces := _pieces(found.element, elements):
            read.add(found.element)
            marks.append(_mark(found, pieces, survey.head, above, facts))
    return marks if any(mark.people for mark in marks) else [*marks, *_unmarked(survey, above, facts)]


def _unmarked(survey: Survey, above: set[HtmlElement], facts: SiteFacts) -> Iterator[Mark]:
    """A name beside a day, near the headline: where a stylesheet's class names say nothing, as many now do."""
    head = survey.head
    texts = [(element, squeeze(element.text)) for order, element in survey.near if order in head and element.text]
    for number, (element, text) in enumerate(texts):
        around = texts[max(0, number - NEAR_A_DAY) : number + NEAR_A_DAY + 1]
        if not _is_short_name(text) or not any(A_DAY.search(other) for _, other in around):
            continue
        people = [name for name in people_in(text, facts) if has_given_name(name)]
        if people and not is_others(element, above) and not _is_topic(element):
            yield Mark(tuple(people), text, UNMARKED, Place.HEAD)
            return


def _is_topic(element: HtmlElement) -> bool:
    """Whether a name is a subject of the article: people who are written about are linked by the headline as well."""
    around = islice(chain((element,), element.iterancestors()), NEAR_A_DAY)
    return any(TOPIC.search(f"{names_of(parent)} {parent.get('href', '')}") for parent in around)


def _is_short_name(text: str) -> bool:
    return text.count(" ") > 0 and len(text) <= LONGEST_UNMARKED


def _pieces(box: HtmlElement, marked: set[HtmlElement]) -> list[_Piece]:
    """The runs of text in a box; none where it holds more than a byline does."""
    pieces = list(islice(_runs(box, marked, is_marked=False), MOST_PIECES + 1))
    is_byline = len(pieces) <= MOST_PIECES and all(len(piece.text) <= LONGEST_PIECE for piece in pieces)
    return pieces if is_byline else []


def _runs(element: HtmlElement, marked: set[HtmlElement], *, is_marked: bool, depth: int = 0) -> Iterator[_Piece]:
    if element.text and not element.text.isspace():
        yield _Piece(element.text, element, is_marked)
    for child in islice(element, MOST_CHILDREN):
        if depth < MOST_ANCESTORS and child.tag not in SILENT:
            yield from _runs(child, marked, is_marked=is_marked or child in marked, depth=depth + 1)
        if child.tail and not child.tail.isspace():
            yield _Piece(child.tail, element, is_marked)


def _mark(found: Found, pieces: list[_Piece], head: range, above: set[HtmlElement], facts: SiteFacts) -> Mark:
    return Mark(
        people=tuple(unique(_people(pieces, facts, is_line=found.evidence == LINE))),
        raw=_raw(piece.text for piece in pieces),
        evidence=found.evidence,
        place=Place.HEAD if found.order in head else Place.ELSEWHERE,
        is_others=is_others(found.element, above),
    )


def _sites_mark(found: Found, facts: SiteFacts) -> Mark:
    """The box in which a site, by what is known of it, names its authors: line by line, wherever it stands."""
    lines = [block.text for block in blocks_of(found.element)[:MOST_PIECES]]
    names = (name for line in lines for name in people_in(line, facts))
    return Mark(tuple(unique(names)), _raw(lines), SITES_BYLINE, Place.HEAD)


def _raw(texts: Iterable[str]) -> str:
    return squeeze(" ".join(texts))[:LONGEST_PIECE]


def _people(pieces: list[_Piece], facts: SiteFacts, *, is_line: bool) -> list[str]:
    """The names in a box: those marked as names; else the first, and what is joined to it or listed with it."""
    has_marked = any(piece.is_marked and people_in(piece.text, facts) for piece in pieces)
    people: list[str] = []
    first: _Piece | None = None
    is_joined = False
    for number, piece in enumerate(_by_authors(pieces)):
        # What "By" says stands right behind it; further on other things are named.
        if is_line and first is None and number > 1:
            break
        is_name = piece.is_marked if has_marked else first is None or _is_listed(piece, first)
        if is_name or is_joined or (people and JOINS_LAST.match(piece.text)):
            is_alone = piece.is_marked or (not is_line and len(pieces) == 1)
            names = people_in(piece.text, facts, allows_logins=is_alone)
            people = without_places([*people, *names])
            first = first or (piece if names else None)
        is_joined = bool(people) and JOINS_NEXT.search(piece.text) is not None
    return people


def _by_authors(pieces: list[_Piece]) -> Iterator[_Piece]:
    """The pieces without those behind the label of another part of the work ("Edited by", "Fact-checked by")."""
    is_other = False
    for piece in pieces:
        is_other = (is_other and not BEFORE_LINE.match(piece.text)) or OTHER_PART.search(piece.text) is not None
        if not is_other:
            yield piece


def _is_listed(piece: _Piece, first: _Piece) -> bool:
    """Whether a piece stands in a list with the first name: like it in links or items, or with a given name too."""
    if piece.holder is first.holder or piece.holder.tag != first.holder.tag:
        return False
    is_alike = piece.holder.get("class") == first.holder.get("class")
    return is_alike and (piece.holder.tag in ("a", "li") or has_given_name(squeeze(piece.text)))
