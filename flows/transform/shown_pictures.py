"""The pictures that a page shows above and in its article, and which of them cannot lead it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from flows.transform.article_head import following
from flows.transform.image_versions import Version, largest_version
from flows.transform.outline import Outline
from flows.transform.selectors import compiled
from flows.web.sites import SiteFacts
from flows.web.urls import split_url

PICTURES = ("img", "amp-img")
# A standfirst and the first lines of a byline have stood above a lead picture; two paragraphs have not.
LONGEST_HEAD = 500
# Runs of text that are shorter are labels, bylines and buttons.
SHORTEST_RUN = 40
MOST_ELEMENTS = 1500
MOST_SHOWN = 8
# What stands directly above the headline is its picture; what stands further up belongs to the page.
MOST_ABOVE = 3
# Smaller pictures are icons, portraits and teasers.
NARROWEST = 200
SILENT = frozenset(("script", "style", "figcaption", "noscript"))
PAGE_TAGS = frozenset(("html", "body", "main", "article"))
# Noise to the text, but a lazy picture stands in the one and a picture that opens in full size in the other.
WRAPPERS = frozenset(("noscript", "button"))
CHROME_TAGS = frozenset(("nav", "footer", "aside", "form"))
# fmt: off
# Words in the names of classes and ids that say of a box that it is not the article.
CHROME = frozenset((
    "nav", "navbar", "navigation", "menu", "sidebar", "related", "recommended", "recommendations", "newsletter",
    "author", "authors", "byline", "bylines", "avatar", "bio", "profile", "logo", "logos", "comment", "comments",
    "advert", "advertisement", "sponsor", "sponsored", "social", "share", "sharing", "breadcrumb", "breadcrumbs",
    "trending", "footer", "masthead", "cookie", "consent", "icon", "icons", "emoji",
    # The still of a video is the film's and not the article's, unless the page states it.
    "video", "videos", "playlist", "player",
))
# fmt: on
NEAREST_BOXES = 7
# Pages nest some thirty boxes; hostile ones nest thousands.
MOST_BOXES = 60
LONGEST_NAMES = 500
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
# Pictures that a site shares in place of one of the article's.
LOGO = re.compile(
    r"^default(?:[-_.]|$)|(?:^|[-_.])(?:logos?|favicon|avatar|gravatar|no[-_]?image|no[-_]?photo|apple-touch-icon"
    r"|(?:share|social|og|fb|facebook|twitter)[-_]?(?:default|image|logo|card|share))[-_.]?[0-9x]*(?:[-_.]|$)",
    re.IGNORECASE,
)
PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:$|[?#/])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture on the page: its largest file, where it stands, and what speaks against it.

    `refused` is said of the file itself, `doubt` of its surroundings: a picture that the page states as its own is
    the article's even in a box with a strange name.
    """

    url: str
    width: int
    is_above_text: bool
    is_framed: bool
    refused: str | None
    doubt: str | None


def shown_pictures(outline: Outline, heading: HtmlElement | None, base: str, facts: SiteFacts) -> list[Shown]:
    """The first pictures above and behind the headline, in reading order; none on a page without a headline."""
    if heading is None:
        return []
    placed = islice(_placed(outline, heading), MOST_SHOWN)
    return [shown for element, is_above in placed if (shown := _shown(element, base, facts, is_above_text=is_above))]


def not_a_picture(url: str) -> str | None:
    """Why an address is not the picture of an article, None where it may be."""
    return "logo or default picture" if LOGO.search(split_url(url).path.rsplit("/", 1)[-1]) else None


def _placed(outline: Outline, heading: HtmlElement) -> Iterator[tuple[HtmlElement, bool]]:
    """The pictures around a heading, and whether the text has not begun yet."""
    for element in _above(outline, heading):
        yield element, True
    length = 0
    last = heading
    for last in islice(following(heading), MOST_ELEMENTS):
        if last.tag in PICTURES:
            yield last, True
        length += _length(last)
        if length >= LONGEST_HEAD:
            break
    for element in following(last, *PICTURES):
        yield element, False


def _above(outline: Outline, heading: HtmlElement) -> list[HtmlElement]:
    """The framed pictures right above a heading, inside the same article."""
    found: list[HtmlElement] = []
    for element in outline.of(heading.tag, *PICTURES):
        if element is heading:
            break
        if element.tag in PICTURES:
            found.append(element)
    framed = (element for element in found[-MOST_ABOVE:] if _is_inside(element, "figure", "picture"))
    return [element for element in framed if _is_inside(element, "article", "main")]


def _length(element: HtmlElement) -> int:
    """How many characters of prose an element adds before the next one begins."""
    if element.tag in SILENT:
        return 0
    return sum(len(run) for run in (element.text, element.tail) if run and len(run.strip()) >= SHORTEST_RUN)


def _shown(element: HtmlElement, base: str, facts: SiteFacts, *, is_above_text: bool) -> Shown | None:
    version = largest_version(element, base)
    if version is None:
        return None
    return Shown(
        url=version.url,
        width=version.width,
        is_above_text=is_above_text,
        is_framed=_is_inside(element, "figure", "picture"),
        refused=_refused(element, version),
        doubt=_doubt(element, facts),
    )


def _refused(element: HtmlElement, version: Version) -> str | None:
    if 0 < version.width < NARROWEST:
        return "small"
    # In a figure even a logo is the article's: news about a company shows the company's.
    return None if _is_inside(element, "figure") else not_a_picture(version.url)


def _doubt(element: HtmlElement, facts: SiteFacts) -> str | None:
    """What in a picture's surroundings says that it is none of the article's."""
    noise = compiled(facts.noise_selectors)
    nearest = NEAREST_BOXES
    for count, box in enumerate(islice(element.iterancestors(), MOST_BOXES)):
        if box.tag in PAGE_TAGS:
            # The names of the boxes around an article speak of the layout of the page.
            nearest = 0
            continue
        if box.tag in CHROME_TAGS or (box.tag not in WRAPPERS and noise.matches(box)):
            return f"in {box.tag}"
        if box.tag == "a" and _leads_away(box):
            return "links to another page"
        if count < nearest and (word := _chrome_word(box)):
            return f"in a box named {word}"
    return None


def _leads_away(anchor: HtmlElement) -> bool:
    """Whether a link leads to a page, and not to the picture in full size or a place on this page."""
    address = anchor.get("href") or ""
    return bool(address) and not address.startswith(("#", "javascript:")) and not PICTURE_FILE.search(address)


def _chrome_word(box: HtmlElement) -> str | None:
    names = f"{box.get('class') or ''} {box.get('id') or ''}"[:LONGEST_NAMES]
    return next((word for word in WORD.findall(names) if word.lower() in CHROME), None)


def _is_inside(element: HtmlElement, *tags: str) -> bool:
    return next(element.iterancestors(*tags), None) is not None
