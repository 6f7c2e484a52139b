"""Where a page stands within its site, in the site's own words: its breadcrumb, its name for the address's folder."""

import re
from itertools import islice

from lxml.html import HtmlElement

from flows.transform.outline import Outline
from flows.transform.text import squeeze
from flows.web.urls import absolute_url, split_url

TRAIL_TAGS = ("nav", "ol", "ul", "div", "p")
# For names in lower case: a pattern that ignores case cannot skip to its first letters.
TRAIL_NAMES = re.compile(r"bread-?crumb|brotkrume|brotkr[uü]mel|fil-?d-?ariane|briciole|migas")
NAMED_BY = ("class", "id", "aria-label", "itemtype")
LONGEST_NAMES = 300
# Trails stand at the head of a page; some hundred boxes further there are only teasers.
MOST_BOXES = 400
MOST_CRUMBS = 12
MOST_STRINGS = 5
LONGEST_NAME = 60
# Menus stand before and behind the article.
MOST_ANCHORS = 1000
# A folder of two letters is a language, one of digits a year.
FOLDER = re.compile(r"(?![0-9]+$).{3,40}")


def breadcrumb(outline: Outline) -> tuple[str, ...]:
    """The links of the first trail on a page, in their order; none where it shows no trail."""
    for box in outline.of(*TRAIL_TAGS)[:MOST_BOXES]:
        names = [name for name in map(box.get, NAMED_BY) if name]
        if names and TRAIL_NAMES.search(" ".join(names)[:LONGEST_NAMES].lower()):
            words = (_words(anchor) for anchor in islice(box.iter("a"), MOST_CRUMBS))
            if crumbs := tuple(word for word in words if word):
                return crumbs
    return ()


def folder_name(outline: Outline, url: str) -> str | None:
    """What the page's own menu calls the first folder of its address; None where no link leads exactly there."""
    folders = split_url(url).path.split("/")[1:-1]
    if not folders or not FOLDER.fullmatch(folders[0]):
        return None
    ending = f"/{folders[0]}"
    for anchor in outline.of("a")[:MOST_ANCHORS]:
        address = (anchor.get("href") or "").rstrip("/")
        if address.endswith(ending) and absolute_url(url, address) == absolute_url(url, ending) and _is_in_menu(anchor):
            return _words(anchor) or None
    return None


def _is_in_menu(anchor: HtmlElement) -> bool:
    return next(anchor.iterancestors("nav", "header", "li"), None) is not None


def _words(anchor: HtmlElement) -> str:
    words = squeeze("".join(islice(anchor.itertext(), MOST_STRINGS))[: 2 * LONGEST_NAME])
    return words if len(words) <= LONGEST_NAME else ""
