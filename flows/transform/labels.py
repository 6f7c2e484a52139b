"""The labels that a page shows with its article: rows of links to its topics and to its categories."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import groupby, islice

from lxml.html import HtmlElement

from flows.transform.outline import Outline
from flows.transform.text import squeeze

# Pages with more links are lists; the boxes of an article stand before their end.
MOST_ANCHORS = 3000
# A row with more topics is a cloud of all that the site has.
MOST_IN_A_ROW = 50
LONGEST_LABEL = 60
MOST_STRINGS = 5
# The box of a row, its list, its item.
NEAREST_BOXES = 3
WHOLES = frozenset(("article", "main", "body"))
LONGEST_NAMES = 300
# WordPress writes dozens of classes on the box of a post.
LONGEST_CLASSES = 2000
# A link among so many other letters is a part of a sentence.
LONGEST_NEIGHBOUR = 25
# https://microformats.org/wiki/rel-tag; WordPress writes `category tag` for its categories.
TAG_REL, CATEGORY_REL = "tag", "category"
# The folders under which sites keep the pages of their topics and categories, in the languages of the web. For
# addresses in lower case: a pattern that ignores case cannot skip to its first characters.
ADDRESS = re.compile(
    r"/(?:(?P<tag>tags?|tagg|thema|themen|topics?|keywords?|emner?|aiheet|aihe|argomenti|argomento|temi|temas?|sujets?"
    r"|mots?-?cles?|etiquetas?|schlagworte?|stichwort|label|subjects?|tagi|konu|etiket|etiketler)/[^/?#]"
    r"|(?P<category>category|categories|kategorie|kategorien|categorias?|categorie|rubrik|rubriken|rubrique|rubryka"
    r"|ressort)/[^?#])|[?&](?:(?P<tag_query>tag)|(?P<category_query>cat|category))="
)
# fmt: off
TAG_BOXES = frozenset((
    "tag", "tags", "topic", "topics", "keyword", "keywords", "themen", "schlagworte", "subjects", "labels", "hashtags",
    "temas", "etiquetas", "argomenti", "motscles",
))
CATEGORY_BOXES = frozenset((
    "cat", "cats", "category", "categories", "kategorie", "kategorien", "categoria", "rubrik", "rubrique", "ressort",
    "kicker",
))
# Clouds, menus and teasers have boxes of the same names; they speak of the site and of other articles.
OTHERS = frozenset((
    "cloud", "tagcloud", "trending", "popular", "menu", "navbar", "navigation", "teaser", "teasers", "card", "sidebar",
    "mega", "dropdown", "header",
))
# fmt: on
# WordPress writes the tags of a post into the classes of the box around the whole article.
POSTS = frozenset(("post", "hentry", "type-post"))
# The footer of an entry shows its topics, that of the page the site's.
ENTRIES = frozenset(("entry", "post", "article", "meta", "story"))
# How many articles stand behind a topic: `Harbours (12)`.
COUNT = re.compile(r"\s*\([0-9]{1,6}[^()]{0,12}\)$")
MARKS = "#„“”\"' ,;·|"
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


class Kind(Enum):
    """What a link leads to."""

    TAG = "tag"
    CATEGORY = "category"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Row:
    """Links of one kind in a row: their words, and how sure the kind is.

    `strength` is 3 where the links say it (`rel`), 2 where their box does, 1 where only their addresses do.
    """

    kind: Kind
    labels: tuple[str, ...]
    strength: int
    is_behind: bool


@dataclass(frozen=True, slots=True)
class _Link:
    text: str
    kind: Kind
    strength: int
    is_behind: bool


_NO_LINK = Kind.OTHER, 0
# Most links lead to none of both kinds: above and behind the headline.
OTHER_LINKS = _Link("", *_NO_LINK, is_behind=False), _Link("", *_NO_LINK, is_behind=True)


def label_rows(outline: Outline, heading: HtmlElement | None) -> list[Row]:
    """The rows of topic and category links above and behind the headline, in reading order."""
    links = _links(outline, heading)
    rows = (_row(list(row)) for _, row in groupby(links, key=lambda link: (link.kind, link.is_behind)))
    return [row for row in rows if row.kind is not Kind.OTHER and 0 < len(row.labels) <= MOST_IN_A_ROW]


def _row(links: list[_Link]) -> Row:
    strength = max(link.strength for link in links)
    # Beside marked links some stand that only lead to such an address.
    labels = dict.fromkeys(link.text for link in links if link.strength == strength and link.text)
    return Row(links[0].kind, tuple(labels), strength, links[0].is_behind)


def _links(outline: Outline, heading: HtmlElement | None) -> Iterator[_Link]:
    is_behind = heading is None
    boxes = _Boxes()
    tags = ("a",) if heading is None else ("a", heading.tag)
    for element in outline.of(*tags)[:MOST_ANCHORS]:
        is_behind = is_behind or element is heading
        if element.tag == "a":
            kind, strength = _kind(element, boxes)
            yield OTHER_LINKS[is_behind] if kind is Kind.OTHER else _Link(_label(element), kind, strength, is_behind)


def _label(anchor: HtmlElement) -> str:
    words = squeeze("".join(islice(anchor.itertext(), MOST_STRINGS))[: 2 * LONGEST_LABEL])
    return COUNT.sub("", words).strip(MARKS) if len(words) <= LONGEST_LABEL else ""


def _kind(anchor: HtmlElement, boxes: "_Boxes") -> tuple[Kind, int]:
    """What a link leads to and how sure that is."""
    rel = (anchor.get("rel") or "").lower().split()
    leads_to = _leads_to(anchor.get("href") or "")
    if CATEGORY_REL in rel or (TAG_REL in rel and leads_to is Kind.CATEGORY):
        return Kind.CATEGORY, 3
    box = boxes.kind(anchor.getparent())
    is_marked = TAG_REL in rel
    if not is_marked and box is leads_to is Kind.OTHER:
        return _NO_LINK
    if box is None or _is_in_page_footer(anchor):
        return _NO_LINK
    return (Kind.TAG, 3) if is_marked else _kind_by_box(anchor, leads_to, box)


def _kind_by_box(anchor: HtmlElement, leads_to: Kind, box: Kind) -> tuple[Kind, int]:
    if leads_to is Kind.CATEGORY:
        return Kind.CATEGORY, 3 if box is Kind.CATEGORY else 1
    if box is not Kind.OTHER:
        return box, 2
    return (Kind.TAG, 1) if leads_to is Kind.TAG and not _is_in_sentence(anchor) else _NO_LINK


def _leads_to(address: str) -> Kind:
    match = ADDRESS.search(address.lower())
    if match is None or address.startswith("mailto:"):
        return Kind.OTHER
    return Kind.TAG if match["tag"] or match["tag_query"] else Kind.CATEGORY


class _Boxes:
    """What the names of boxes say of the links in them. Neighbours stand in the same boxes: each is asked once."""

    def __init__(self) -> None:
        # By how many levels are asked about.
        self._known: tuple[dict[HtmlElement, Kind | None], ...] = tuple({} for _ in range(NEAREST_BOXES + 1))

    def kind(self, box: HtmlElement | None, levels: int = NEAREST_BOXES) -> Kind | None:
        """What a box and those around it say; None where they speak of something else than this article."""
        if box is None or levels == 0:
            return Kind.OTHER
        known = self._known[levels]
        if box not in known:
            known[box] = Kind.OTHER if box.tag in WHOLES else self._said(box, levels)
        return known[box]

    def _said(self, box: HtmlElement, levels: int) -> Kind | None:
        is_article, said = _meaning(box.get("class", "")[:LONGEST_CLASSES], box.get("id", "")[:LONGEST_NAMES])
        if is_article or said is None:
            return said
        around = self.kind(box.getparent(), levels - 1)
        return around if around is None or said is Kind.OTHER else said


# A page writes the same class on every item of a list.
@lru_cache(maxsize=2048)
def _meaning(classes: str, identity: str) -> tuple[bool, Kind | None]:
    """Whether a box holds the whole article, and what its names say of the links in it."""
    words = _words(f"{classes} {identity}")
    if not POSTS.isdisjoint(classes.split()):
        return True, Kind.OTHER
    if not OTHERS.isdisjoint(words):
        return False, None
    if not TAG_BOXES.isdisjoint(words):
        return False, Kind.TAG
    return False, Kind.OTHER if CATEGORY_BOXES.isdisjoint(words) else Kind.CATEGORY


def _is_in_page_footer(anchor: HtmlElement) -> bool:
    footer = next(anchor.iterancestors("footer"), None)
    if footer is None or next(footer.iterancestors("article", "main"), None) is not None:
        return False
    return ENTRIES.isdisjoint(_words(footer.get("class") or ""))


def _is_in_sentence(anchor: HtmlElement) -> bool:
    before = anchor.getprevious()
    text = (anchor.getparent().text if before is None else before.tail) or ""
    return len(text.strip()) + len((anchor.tail or "").strip()) > LONGEST_NEIGHBOUR


def _words(names: str) -> frozenset[str]:
    return frozenset(map(str.lower, WORD.findall(names[:LONGEST_NAMES])))
