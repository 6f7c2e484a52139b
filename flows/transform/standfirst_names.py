"""The names that pages give their standfirsts, and those of boxes in which a summary is about something else."""

import re
from itertools import islice, pairwise

from lxml.html import HtmlElement

# fmt: off
# What newsrooms and their systems call it, as words of a class, an id or a test id, in the languages of the web.
NAMES = frozenset((
    "standfirst", "lead", "lede", "leadin", "leadtext", "intro", "introduction", "introtext", "teaser", "subtitle",
    "subtitles", "subheadline", "subhead", "subheading", "excerpt", "summary", "abstract", "dek", "deck", "strapline",
    "synopsis", "description", "desc", "epigraph", "speakable", "preamble", "preface",
    "einleitung", "vorspann", "anrisstext", "untertitel",  # German
    "chapo", "chapeau", "accroche", "soustitre",  # French
    "sommario", "sottotitolo", "catenaccio", "occhiello",  # Italian
    "entradilla", "bajada", "copete", "sumario", "subtitulo", "epigrafe",  # Spanish
    "resumo", "gravata", "linhafina",  # Portuguese
    "ingress", "manchet", "underrubrik", "underrubrikk", "inledning",  # Swedish, Norwegian, Danish, Dutch
    "ingressi", "alaotsikko",  # Finnish
    "zajawka", "perex", "anons", "lid", "annotation",  # Polish, Czech, Russian
    "spot",  # Turkish
))
# Boxes that are about something else: a summary in them is another's.
OTHER_BOXES = frozenset((
    "related", "recommended", "recommendations", "newsletter", "author", "authors", "byline", "bylines", "bio",
    "profile", "comment", "comments", "advert", "advertisement", "sponsor", "promo", "share", "sharing", "social",
    "caption", "captions", "cookie", "consent", "paywall", "nav", "menu", "footer", "widget", "breadcrumb",
    "breadcrumbs",
))
# Parts of other things that are named with the same words: the description of a picture, the lead's category.
OTHERS = OTHER_BOXES | frozenset((
    "credit", "image", "photo", "picture", "video", "gallery", "media", "date", "time", "meta", "tags", "category",
    "kicker",
))
# fmt: on
# Headings within the text, and notes on anything, have these names too: what the page states goes before.
WEAK = frozenset(("subheading", "subhead", "subheadline", "description", "desc", "deck"))
MARKS = ("class", "id", "data-testid", "data-component", "data-qa")
STATED_MARK = "itemprop"
STATED_NAMES = frozenset(("description", "alternativeHeadline", "abstract"))
LONGEST_NAMES = 400
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
CHROME_TAGS = frozenset(
    ("nav", "footer", "aside", "button", "form", "figure", "figcaption", "script", "style", "noscript", "video")
)
NEAREST_BOXES = 3
# Pages nest some thirty boxes; hostile ones nest thousands.
MOST_BOXES = 60


def standfirst_name(element: HtmlElement) -> str | None:
    """The word by which an element is called a standfirst."""
    if element.get(STATED_MARK) in STATED_NAMES:
        return f"itemprop={element.get(STATED_MARK)}"
    words = [word.lower() for word in WORD.findall(_written_names(element))]
    if not OTHERS.isdisjoint(words):
        return None
    joined = {one + other for one, other in pairwise(words)}
    return next((word for word in (*words, *sorted(joined)) if word in NAMES), None)


def is_named_by_class(element: HtmlElement) -> bool:
    """Whether the class alone names an element a standfirst."""
    own = (element.get("class") or "")[:LONGEST_NAMES]
    return not NAMES.isdisjoint(word.lower() for word in WORD.findall(own))


def doubt(element: HtmlElement) -> str | None:
    """What in the surroundings says that the lines are about something else."""
    for count, box in enumerate((element, *islice(element.iterancestors(), MOST_BOXES))):
        if box.tag in CHROME_TAGS:
            return f"in {box.tag}"
        if box.tag in ("article", "main", "body"):
            return None
        if 0 < count <= NEAREST_BOXES:
            word = next((word for word in WORD.findall(_written_names(box)) if word.lower() in OTHER_BOXES), None)
            if word:
                return f"in a box named {word}"
    return None


def _written_names(element: HtmlElement) -> str:
    return " ".join(filter(None, (element.get(mark) for mark in MARKS)))[:LONGEST_NAMES]
