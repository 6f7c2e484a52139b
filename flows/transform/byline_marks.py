"""Where a page shows who wrote it: elements marked as an author or byline, links to authors' pages, "By …" lines.

A name is believed for where it stands: near the headline every one counts; elsewhere authors of other articles,
of comments and of pictures are named too, so names there count only where they all agree.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from itertools import chain, islice

from lxml.html import HtmlElement

from flows.transform.blocks import blocks_of
from flows.transform.names import has_given_name, people_in, unique, without_places
from flows.transform.selectors import compiled
from flows.transform.text import squeeze
from flows.web.sites import SiteFacts

# The elements that bylines are made of; a pass over these alone costs half of one over all.
TAGS = (
    "a", "address", "b", "cite", "dd", "div", "em", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "i", "li",
    "p", "section", "small", "span", "strong", "td", "time", "ul",
)  # fmt: skip
# Pages have a few marks; a listing or a hostile page has thousands.
MOST_MARKS = 60
MOST_PIECES = 24
LONGEST_PIECE = 200
# The head of an article: so many elements before and behind its headline, or until its text begins.
BEFORE_HEADLINE = 40
BEHIND_HEADLINE = 150
TEXT_BEGINS = 250
MOST_ANCESTORS = 12
# Texts behind the headline in which a name without any mark is looked for, and how near to a day it must stand.
MOST_NEAR = 60
NEAR_A_DAY = 3
LONGEST_UNMARKED = 60
TOPIC = re.compile(
    r"\b(?:tags?|topics?|themen?|thema|categor(?:y|ies)|kategorien?|keywords?|subjects?|dossiers?|search|suche)\b"
)
A_DAY = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[./]\d{1,2}\b|\b\d+\s?(?:min|hours?|days?|weeks?|stunden?|tage?)\b", re.IGNORECASE
)

CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
HINT = re.compile(
    r"auth|autor|auteur|byline|by-line|verfass|writer|written|posted|poster|report|redakt|journalist|contrib|columnist|forfatt|författ"
    r"|auktor|kirjoitt",
    re.IGNORECASE,
)
AUTHOR_CLASS = re.compile(
    r"(?:^|[\s_-])(?:post|entry|article|story|blog|meta|the|content|news|by|td|tdb)?"
    r"(?:by-?lines?|authors?|autor(?:e|en|es|i|in|a)?|auteurs?|verfasser(?:in)?|writers?|posted-?by|written-?by|by-?author|reporters?|redakteure?|journalists?|journalistes?|contributors?|columnists?|itemposter|dateline-author"
    r"|forfatter|auktor|kirjoittaja|författare)(?:-?(?:names?|link|info|text|wrap(?:per)?|list|s|line|meta|block|box))*(?=$|[\s_-])"
)
# What belongs to an author and is not the name; or is a name for another reason.
NOT_THE_NAME = re.compile(
    r"(?:^|[\s_-])(?:avatars?|image|img|photos?|pic(?:ture)?|thumb(?:nail)?|icons?|social|follow|comments?|count|related|posts|roles?|jobs?"
    r"|positions?|occupation|bios?|biography|desc(?:ription)?|excerpt|more|email|twitter|caption|credits?|media"
    r"|no-author|hide-?author|history)(?=$|[\s_-])|-(?:date|time)$"
)
AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|in|es|i|a)?|auteurs?|by|redakteure?|reporters?|journalists?|journalistes?|contributors?|columnists?"
    r"|verfasser|writers?|byline)/[^/?#]{2,80}/?(?:$|[?#])"
)
# Pages of members and staff are those of authors where they are linked by the headline; elsewhere they are anybody's.
MEMBER_PAGE = re.compile(
    r"/(?:people|person|profiles?|profil|staff|team|mitarbeiter|members?|users?|blog-authors)/[^/?#]{2,80}/?(?:$|[?#])"
)
# Where other people are named than the author of the article.
OTHERS = re.compile(
    r"(?:^|[\s_-])(?:comments?(?:list|area|body|author)?|kommentare?|respond|disqus|recentcomments|related|carousel|slider"
    r"|recommend(?:ed|ations?)?|recirc(?:ulation)?|popular|trending|most-?read|newsletter|teasers?|up-?next|ticker"
    r"|testimonials?|captions?|figcaption|pullquote|reviewer|latest|more-(?:from|stories|posts|news)|also-like"
    r"|read-?(?:more|next|also)|side-?bar|menu|nav|copyright|fact-?check(?:er|ed)?|translators?|quote)(?=$|[\s_-])"
)
OTHERS_TAGS = frozenset(("nav", "figure", "figcaption", "blockquote"))
BEFORE_LINE = re.compile(
    r"\s*(?:by|von|par|por|di|av|przez|text(?:e|o)?(?=\s*[:：])"
    r"|(?P<plain>(?:written|posted|words|story|reporting) by|autor(?:en|in|a)?|authors?|auteurs?"
    r"|(?:geschrieben|verfasst|veröffentlicht) von|posted (?:in|on) .{0,40} by))"
    r"(?:\s*[:：]|(?!\s*(?-i:[a-zà-ÿ]))\s|$)",
    re.IGNORECASE,
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
SITES_BYLINE = "site's byline"
UNMARKED = "name beside a day"
LINE, AUTHOR_LINK, MEMBER_LINK = "line", "link to an author", "link to a member"
HEADINGS = frozenset(("h1", "h2", "h3"))


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
class _Found:
    order: int
    element: HtmlElement
    evidence: str


@dataclass(slots=True)
class _Survey:
    """One pass over the tree: the marked elements, and where the head of the article is."""

    marks: list[_Found] = field(default_factory=list)
    headline: HtmlElement | None = None
    headline_order: int = 0
    is_sure: bool = False
    text_length: int = 0
    text_order: int | None = None
    near: list[tuple[int, HtmlElement]] = field(default_factory=list)

    @property
    def head(self) -> range:
        """The places in document order that belong to the article's head."""
        if self.headline is None:
            return range(0)
        end = self.headline_order + BEHIND_HEADLINE
        return range(
            self.headline_order - BEFORE_HEADLINE, end if self.text_order is None else min(end, self.text_order)
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of text in a box, the element that holds it, and whether that is marked as a name itself."""

    text: str
    holder: HtmlElement
    is_marked: bool


def byline_marks(root: HtmlElement, facts: SiteFacts, headline: str | None = None) -> list[Mark]:
    """The marks of a page in document order; a mark inside another is read with it."""
    survey = _survey(root, facts, headline)
    above = set(survey.headline.iterancestors()) if survey.headline is not None else set()
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


def _unmarked(survey: _Survey, above: set[HtmlElement], facts: SiteFacts) -> Iterator[Mark]:
    """A name beside a day, near the headline: where a stylesheet's class names say nothing, as many now do."""
    head = survey.head
    texts = [(element, squeeze(element.text)) for order, element in survey.near if order in head and element.text]
    for number, (element, text) in enumerate(texts):
        around = texts[max(0, number - NEAR_A_DAY) : number + NEAR_A_DAY + 1]
        if not _is_short_name(text) or not any(A_DAY.search(other) for _, other in around):
            continue
        people = [name for name in people_in(text, facts) if has_given_name(name)]
        if people and not _is_others(element, above) and not _is_topic(element):
            yield Mark(tuple(people), text, UNMARKED, Place.HEAD)
            return


def _is_topic(element: HtmlElement) -> bool:
    """Whether a name is a subject of the article: people who are written about are linked by the headline as well."""
    around = islice(chain((element,), element.iterancestors()), NEAR_A_DAY)
    return any(TOPIC.search(f"{_names_of(parent)} {parent.get('href', '')}") for parent in around)


def _is_short_name(text: str) -> bool:
    return text.count(" ") > 0 and len(text) <= LONGEST_UNMARKED


def _survey(root: HtmlElement, facts: SiteFacts, headline: str | None) -> _Survey:
    survey = _Survey()
    site_marks = compiled(facts.byline_selectors) if facts.byline_selectors else None
    for order, element in enumerate(root.iter(*TAGS)):
        tag = element.tag
        if tag in HEADINGS:
            _take_heading(survey, order, element, headline)
        elif tag == "p" and survey.headline is not None and survey.text_order is None:
            survey.text_length += len(element.text or "")
            survey.text_order = order if survey.text_length > TEXT_BEGINS else None
        if survey.headline is not None and len(survey.near) < MOST_NEAR:
            survey.near.append((order, element))
        if len(survey.marks) < MOST_MARKS:
            evidence = SITES_BYLINE if site_marks and site_marks.matches(element) else _evidence(element, tag)
            if evidence is None and _begins_line(element.text, survey, order, tag):
                evidence = LINE
            if evidence:
                survey.marks.append(_Found(order, element, evidence))
    return survey


def _begins_line(text: str | None, survey: _Survey, order: int, tag: str) -> bool:
    """Whether an element begins with "By …": near the headline in any words, else and in headings in plain ones."""
    if text is None or len(text) > LONGEST_PIECE or not (match := BEFORE_LINE.match(text)):
        return False
    return match["plain"] is not None or (order in survey.head and tag not in HEADINGS)


def _take_heading(survey: _Survey, order: int, element: HtmlElement, headline: str | None) -> None:
    """The heading that is the headline; else the first of the first rank."""
    if survey.is_sure:
        return
    is_sure = bool(headline) and squeeze("".join(islice(element.itertext(), MOST_PIECES))) == headline
    if is_sure or (survey.headline is None and element.tag == "h1"):
        survey.headline, survey.headline_order, survey.text_order, survey.is_sure = element, order, None, is_sure
        survey.text_length = 0
        survey.near.clear()


def _evidence(element: HtmlElement, tag: str) -> str | None:
    """How an element is marked as naming an author; None for all others."""
    names = element.get("class") or element.get("id")
    if names and (name := _author_class(names)):
        return f"class {name}"
    if "author" in (element.get("itemprop") or "").split():
        return "itemprop author"
    if tag != "a":
        return None
    if "author" in (element.get("rel") or "").split():
        return "rel author"
    address = element.get("href") or ""
    if AUTHOR_PAGE.search(address):
        return AUTHOR_LINK
    return MEMBER_LINK if MEMBER_PAGE.search(address) else None


@lru_cache(maxsize=4096)
def _author_class(names: str) -> str | None:
    """The class name that says author or byline, among those of an element."""
    if not HINT.search(names):
        return None
    for name in names.split()[:20]:
        plain = CAMEL.sub("-", name[:80]).lower()
        if AUTHOR_CLASS.search(plain) and not NOT_THE_NAME.search(plain):
            return name
    return None


def _pieces(box: HtmlElement, marked: set[HtmlElement]) -> list[_Piece]:
    """The runs of text in a box; none where it holds more than a byline does."""
    pieces = list(islice(_runs(box, marked, is_marked=False), MOST_PIECES + 1))
    is_byline = len(pieces) <= MOST_PIECES and all(len(piece.text) <= LONGEST_PIECE for piece in pieces)
    return pieces if is_byline else []


def _runs(element: HtmlElement, marked: set[HtmlElement], *, is_marked: bool, depth: int = 0) -> Iterator[_Piece]:
    if element.text and not element.text.isspace():
        yield _Piece(element.text, element, is_marked)
    for child in element:
        if depth < MOST_ANCESTORS and child.tag not in SILENT:
            yield from _runs(child, marked, is_marked=is_marked or child in marked, depth=depth + 1)
        if child.tail and not child.tail.isspace():
            yield _Piece(child.tail, element, is_marked)


def _mark(found: _Found, pieces: list[_Piece], head: range, above: set[HtmlElement], facts: SiteFacts) -> Mark:
    return Mark(
        people=tuple(unique(_people(pieces, facts, is_line=found.evidence == LINE))),
        raw=_raw(piece.text for piece in pieces),
        evidence=found.evidence,
        place=Place.HEAD if found.order in head else Place.ELSEWHERE,
        is_others=_is_others(found.element, above),
    )


def _sites_mark(found: _Found, facts: SiteFacts) -> Mark:
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


def _is_others(element: HtmlElement, above: set[HtmlElement]) -> bool:
    """Whether other people than the article's authors are named here: in comments, related articles, captions."""
    for parent in islice(chain((element,), element.iterancestors()), MOST_ANCESTORS):
        if parent in above or parent.tag in ("body", "html"):
            return False
        if parent.tag in OTHERS_TAGS or OTHERS.search(_names_of(parent)):
            return True
    return False


def _names_of(element: HtmlElement) -> str:
    return CAMEL.sub("-", f"{element.get('class', '')} {element.get('id', '')}"[:300]).lower()
