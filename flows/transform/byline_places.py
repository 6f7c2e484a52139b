"""Where a page may show who wrote it: one pass that finds marked elements, "By …" lines and the head of the article."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice

from lxml.html import HtmlElement

from flows.transform.outline import Outline
from flows.transform.selectors import compiled
from flows.transform.text import squeeze
from flows.web.sites import SiteFacts

# The elements that bylines are made of.
TAGS = frozenset((
    "a", "address", "b", "cite", "dd", "div", "em", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "i", "li",
    "p", "section", "small", "span", "strong", "td", "time", "ul",
))  # fmt: skip
# Pages have a few marks; a listing or a hostile page has thousands.
MOST_MARKS = 60
MOST_CLASSES = 20
# A page with classes of a megabyte must not leave them in the worker's memory.
LONGEST_CLASSES = 2000
MOST_ANCESTORS = 12
MOST_RUNS = 24
LONGEST_LINE = 200
# The head of an article: so many elements before and behind its headline, or until its text begins.
BEFORE_HEADLINE = 40
BEHIND_HEADLINE = 150
TEXT_BEGINS = 250
# Elements behind the headline among which a name without any mark is looked for.
MOST_NEAR = 60

CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# One of these is in every class that AUTHOR_CLASS means: looking for them first costs a tenth of the expression.
HINTS = re.compile(
    r"aut|byline|by-line|verfass|writer|written|posted|poster|report|redakt|journalist|contrib|columnist|forfatt|författ|kirjoitt"
)
AUTHOR_CLASS = re.compile(
    r"(?:^|[\s_-])(?:post|entry|article|story|blog|meta|the|content|news|by|td|tdb)?"
    r"(?:by-?lines?|authors?|autor(?:e|en|es|i|in|a)?|auteurs?|verfasser(?:in)?|writers?|posted-?by|written-?by|by-?author|reporters?|redakteure?|journalists?|journalistes?|contributors?|columnists?|itemposter|dateline-author|forfatter|auktor|kirjoittaja|författare)(?:-?(?:names?|link|info|text|wrap(?:per)?|list|s|line|meta|block|box))*(?=$|[\s_-])"
)
# What belongs to an author and is not the name; or is a name for another reason.
NOT_THE_NAME = re.compile(
    r"(?:^|[\s_-])(?:avatars?|image|img|photos?|pic(?:ture)?|thumb(?:nail)?|icons?|social|follow|comments?|count|related|posts|roles?|jobs?"
    r"|positions?|occupation|bios?|biography|desc(?:ription)?|excerpt|more|email|twitter|caption|credits?|media"
    r"|no-author|hide-?author|history)(?=$|[\s_-])|-(?:date|time)$"
)
# Pages of members and staff are those of authors where they are linked by the headline; elsewhere they are anybody's.
PERSONS_PAGE = re.compile(
    r"/(?:(?P<author>authors?|autor(?:en|in|es|i|a)?|auteurs?|by|redakteure?|reporters?|journalists?|journalistes?|contributors?"
    r"|columnists?|verfasser|writers?|byline)|people|person|profiles?|profil|staff|team|mitarbeiter|members?|users?|blog-authors)"
    r"/[^/?#]{2,80}/?(?:$|[?#])"
)
# Where other people are named than the author of the article.
OTHERS = re.compile(
    r"(?:^|[\s_-])(?:comments?(?:list|area|body|author)?|kommentare?|respond|disqus|recentcomments|related|carousel|slider"
    r"|recommend(?:ed|ations?)?|recirc(?:ulation)?|popular|trending|most-?read|newsletter|teasers?|up-?next|ticker"
    r"|testimonials?|captions?|figcaption|pullquote|reviewer|latest|more-(?:from|stories|posts|news)|also-like"
    r"|read-?(?:more|next|also)|side-?bar|menu|nav|copyright|fact-?check(?:er|ed)?|translators?|quote)(?=$|[\s_-])"
)
OTHERS_TAGS = frozenset(("nav", "figure", "figcaption", "blockquote"))
_BEGINNINGS = "abdgprstvw"
BEFORE_LINE = re.compile(
    rf"\s*(?=[{_BEGINNINGS}])"
    r"(?:by|von|par|por|di|av|przez|text(?:e|o)?(?=\s*[:：])"
    r"|(?P<plain>(?:written|posted|words|story|reporting) by|autor(?:en|in|a)?|authors?|auteurs?"
    r"|(?:geschrieben|verfasst|veröffentlicht) von|posted (?:in|on) .{0,40} by))"
    r"(?:\s*[:：]|(?!\s*(?-i:[a-zà-ÿ]))\s|$)",
    re.IGNORECASE,
)
# The letters with which those begin; `ſ` is an `s` to an expression that ignores case.
LINE_BEGINNINGS = frozenset(f"{_BEGINNINGS}{_BEGINNINGS.upper()}ſ")
SITES_BYLINE = "site's byline"
LINE, AUTHOR_LINK, MEMBER_LINK = "line", "link to an author", "link to a member"
HEADINGS = frozenset(("h1", "h2", "h3"))


@dataclass(frozen=True, slots=True)
class Found:
    """An element that is marked, its place in document order, and how it is marked."""

    order: int
    element: HtmlElement
    evidence: str


@dataclass(slots=True)
class Survey:
    """One pass over the tree: the marked elements, and where the head of the article is."""

    marks: list[Found] = field(default_factory=list)
    headline: HtmlElement | None = None
    headline_order: int = 0
    is_sure: bool = False
    text_length: int = 0
    text_order: int | None = None
    near: list[tuple[int, HtmlElement]] = field(default_factory=list)

    @property
    def above_headline(self) -> set[HtmlElement]:
        """The elements that hold the headline: they hold the article too, and tell nothing of what stands in them."""
        return set() if self.headline is None else set(self.headline.iterancestors())

    @property
    def head(self) -> range:
        """The places in document order that belong to the article's head."""
        if self.headline is None:
            return range(0)
        end = self.headline_order + BEHIND_HEADLINE
        return range(
            self.headline_order - BEFORE_HEADLINE, end if self.text_order is None else min(end, self.text_order)
        )


def survey_of(outline: Outline, facts: SiteFacts, headline: str | None) -> Survey:
    """The marks of a page and the head of its article, which begins at the headline where that is known."""
    survey, named = Survey(), outline.named
    site_marks = compiled(facts.byline_selectors) if facts.byline_selectors else None
    marked_by_class = _author_classes(outline)
    places = outline.places_of(TAGS)
    for order, place in enumerate(places):
        element, tag, classes = named[place]
        if tag in HEADINGS:
            _take_heading(survey, order, element, headline)
        elif tag == "p" and survey.headline is not None and survey.text_order is None:
            survey.text_length += len(element.text or "")
            survey.text_order = order if survey.text_length > TEXT_BEGINS else None
        if len(survey.marks) < MOST_MARKS:
            evidence = (
                SITES_BYLINE
                if site_marks and site_marks.matches(element)
                else marked_by_class.get(place) or _evidence(element, tag, has_classes=bool(classes))
            )
            # Most elements begin with another element, or with blanks and then one.
            if evidence is None and (text := element.text) and not text.isspace():
                evidence = LINE if _begins_line(text, survey, order, tag) else None
            if evidence:
                survey.marks.append(Found(order, element, evidence))
    if survey.headline is not None:
        first = survey.headline_order
        survey.near = [(order, named[place][0]) for order, place in enumerate(places[first : first + MOST_NEAR], first)]
    return survey


def _begins_line(text: str, survey: Survey, order: int, tag: str) -> bool:
    """Whether an element begins with "By …": near the headline in any words, else and in headings in plain ones."""
    if len(text) > LONGEST_LINE or text.lstrip()[:1] not in LINE_BEGINNINGS or not (match := BEFORE_LINE.match(text)):
        return False
    return match["plain"] is not None or (order in survey.head and tag not in HEADINGS)


def _take_heading(survey: Survey, order: int, element: HtmlElement, headline: str | None) -> None:
    """The heading that is the headline; else the first of the first rank."""
    if survey.is_sure:
        return
    is_sure = bool(headline) and squeeze("".join(islice(element.itertext(), MOST_RUNS))) == headline
    if is_sure or (survey.headline is None and element.tag == "h1"):
        survey.headline, survey.headline_order, survey.text_order, survey.is_sure = element, order, None, is_sure
        survey.text_length = 0


def _author_classes(outline: Outline) -> dict[int, str]:
    """Where elements stand whose classes say author or byline, and how each is marked: told once for all alike."""
    return {
        place: f"class {name}"
        for (_, classes), alike in outline.alike.items()
        if classes and (name := _author_class(classes[:LONGEST_CLASSES]))
        for place in alike
    }


def _evidence(element: HtmlElement, tag: str, *, has_classes: bool) -> str | None:
    """How an element is marked as naming an author otherwise than by its classes; None for all others."""
    if not has_classes and (names := element.get("id")) and (name := _author_class(names[:LONGEST_CLASSES])):
        return f"class {name}"
    property_ = element.get("itemprop")
    if property_ and "author" in property_.split():
        return "itemprop author"
    if tag != "a":
        return None
    if "author" in (element.get("rel") or "").split():
        return "rel author"
    page = PERSONS_PAGE.search(element.get("href") or "")
    return page and (AUTHOR_LINK if page["author"] else MEMBER_LINK)


@lru_cache(maxsize=4096)
def _author_class(names: str) -> str | None:
    """The class name that says author or byline, among those of an element."""
    if not HINTS.search(names.lower()):
        return None
    for name in names.split()[:MOST_CLASSES]:
        plain = CAMEL.sub("-", name[:80]).lower()
        if AUTHOR_CLASS.search(plain) and not NOT_THE_NAME.search(plain):
            return name
    return None


def is_others(element: HtmlElement, above: set[HtmlElement]) -> bool:
    """Whether other people than the article's authors are named here: in comments, related articles, captions."""
    for parent in islice(chain((element,), element.iterancestors()), MOST_ANCESTORS):
        if parent in above or parent.tag in ("body", "html"):
            return False
        if parent.tag in OTHERS_TAGS or OTHERS.search(names_of(parent)):
            return True
    return False


def names_of(element: HtmlElement) -> str:
    """The class names and the id of an element, in lower case, their parts joined by hyphens."""
    return CAMEL.sub("-", f"{element.get('class', '')} {element.get('id', '')}"[:300]).lower()
