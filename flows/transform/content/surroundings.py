"""Where a block stands: what the elements around it are and what their names say they are for.

Publishers name the parts of a page in class, id, role and itemprop, in English on nearly every site whatever its
language: `related-articles`, `share-bar`, `entry-content`. One name proves nothing; together they are evidence.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from flows.transform.content.patterns import PatternSet

KINDS: dict[str, str] = {
    "comment": r"comment|disqus|kommentar|discussion|reply|replies|respond",
    "foot": r"foot|colophon|legal|copyright|imprint|disclaimer",
    "nav": r"nav|menu|bread|crumb|pagin|pager|skip|toolbar|tabs?\b",
    "side": r"side|aside|widget|rail|column-?(?:right|2)|secondary",
    "related": r"relat|recommend|more-|read-?more|also|similar|popular|trend|latest|most-|teaser|card|list-?item|promo"
    r"|suggest|outbrain|taboola|further|next|prev",
    "share": r"share|social|follow|facebook|twitter|whats|addthis|tools|buttons?|icons?",
    "advert": r"(?:^|[\s_-])ads?(?:$|[\s_-])|advert|sponsor|banner|anzeige|dfp|gpt|commercial|affiliate",
    "letter": r"newsletter|subscri|signup|sign-up|paywall|login|register|cookie|consent|gdpr|modal|popup|overlay"
    r"|donat|abo\b|piano|cta",
    "picture": r"caption|credit|figure|image|photo|media|gallery|video|thumb|slide|picture|bild",
    "byline": r"byline|author|autor|writer|contributor|bio\b|profile|avatar",
    "meta": r"meta|date|time|info|kicker|eyebrow|category|label|tag|topic|keyword|rubric|section-?name|source",
    "head": r"header|headline|title|masthead|logo|brand|hero",
    "lead": r"lead|intro|standfirst|summary|excerpt|dek|subtitle|sub-?head|abstract|chapo|deck|description|teaser",
    "hidden": r"hidden|hide|sr-only|screen-reader|visually|offscreen|noprint|no-print",
    "box": r"quote|pull|factbox|infobox|box|fact|highlight|embed|tweet",
    "form": r"form|search|input|survey|poll|vote|rating",
    "body": r"article-?body",
    "text": r"article|content|body|text|entry|post|story|main|paragraph|rich|prose|copy",
}
NAMES = PatternSet(KINDS.values())
TEXT = 1 << list(KINDS).index("text")
ANCESTORS = (
    *("article", "main", "aside", "footer", "header", "nav", "form", "figure", "table", "ul", "ol", "blockquote"),
    *("section", "dialog", "menu", "details", "fieldset"),
)
ANCESTOR_BITS = {tag: 1 << index for index, tag in enumerate(ANCESTORS)}
NAMED_BY = frozenset(("class", "id", "role", "itemprop"))
HIDDEN_BY = frozenset(("hidden", "aria-hidden", "style"))
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# Names are a few words; a class attribute of a megabyte is bait.
LONGEST_NAMES = 500


# Not frozen: a page has hundreds, and setting the fields of a frozen one takes longer than finding their values.
@dataclass(slots=True, eq=False)
class Place:
    """An element that holds text, and what is around it up to the body.

    `names` are the kinds that its own names tell, `around` those and all further out; `tags` are the landmarks that it
    stands in: bit sets over KINDS and ANCESTORS. `text_count` counts the elements named for text, itself and outwards;
    `number` tells elements apart.
    """

    number: int
    parent: "Place | None"
    class_name: str
    names: int
    around: int
    text_count: int
    tags: int
    depth: int
    is_hidden: bool

    @property
    def near(self) -> int:
        """The kinds that its own names and its parent's tell."""
        return self.names | self.parent.names if self.parent else self.names

    @property
    def outside(self) -> "Place | None":
        """The place around its parent."""
        return self.parent.parent if self.parent else None


class Surroundings:
    """The places of a tree's elements, each worked out once."""

    def __init__(self, body: HtmlElement) -> None:
        self._body = Place(0, None, "", 0, 0, 0, 0, 0, is_hidden=False)
        # An element's identity holds as long as somebody holds the element: the keys do.
        self._places = {body: self._body}

    @property
    def places(self) -> list[Place]:
        """The places that were asked for and all around them, by number: the body first, each behind its parent."""
        return list(self._places.values())

    def of(self, element: HtmlElement) -> Place:
        """The place of an element; what lies outside the body counts as the body."""
        missing = []
        while element is not None and element not in self._places:
            missing.append(element)
            element = element.getparent()
        place = self._body if element is None else self._places[element]
        for inner in reversed(missing):
            place = self._places[inner] = self._inside(place, inner)
        return place

    def _inside(self, parent: Place, element: HtmlElement) -> Place:
        class_name, names, is_hidden = "", 0, parent.is_hidden
        # All attributes at once: each by itself costs nearly as much as all of them.
        for attribute, value in element.items():
            if attribute in NAMED_BY:
                # Each by itself: an id is the only one of its page, the classes beside it are on all pages.
                names |= kinds(value[:LONGEST_NAMES])
                class_name = value if attribute == "class" else class_name
            elif attribute in HIDDEN_BY:
                is_hidden = is_hidden or _hides(attribute, value)
        return Place(
            len(self._places),
            parent,
            class_name,
            names,
            parent.around | names,
            parent.text_count + bool(names & TEXT),
            parent.tags | ANCESTOR_BITS.get(element.tag, 0),
            parent.depth + 1,
            is_hidden,
        )


@lru_cache(maxsize=20_000)
def kinds(names: str) -> int:
    """The kinds of part that names tell of, as a bit set."""
    return NAMES.found_in(names.lower())


def _hides(attribute: str, value: str) -> bool:
    if attribute == "style":
        return HIDDEN_STYLE.search(value[:LONGEST_NAMES]) is not None
    return attribute == "hidden" or value == "true"
