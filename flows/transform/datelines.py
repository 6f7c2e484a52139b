"""Where a page shows its date: time elements and lines with a date, weighed by where they stand.

A page shows many dates: those of teasers, comments, events and related articles among them. Its own stands near the
headline, in an element named for dates, and hardly in a link, a footer or a side column. The weights say how much
each of these speaks; they are read in `dates.py`, where the page's habits of writing dates are known.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from flows.transform.outline import Outline
from flows.transform.text import squeeze
from flows.transform.written_dates import has_date
from warehouse.model import Evidence

# A line longer than this is prose with a date in it.
LONGEST_LINE = 160
LONGEST_LABEL = 60
# Enough for a page full of teasers: the nearest to the headline are weighed, the others belong to others.
MOST_TIMES = 40
MOST_TEXTS = 200
MOST_LINES = 40
MOST_PIECES = 24
# An element deeper below what it shares with the headline is weighed by its nearest ancestors.
MOST_LEVELS = 14

# The texts of these are not shown, or only chosen from.
UNSHOWN = frozenset(("script", "style", "noscript", "option"))
# A year of ours; the common case, because each further sign costs a search.
YEARS = re.compile("20|19")
# Where there is none: Thai, Arabic and Persian years, an era's, and years of two digits.
RARE_YEARS = re.compile(r"25|٢٠|۱۴|۱۳|年|[./][12]")
# How long ago, in the words of `relative_dates.py`; looked for where no date stands near the headline.
AGO = re.compile("ago|前|vor |il y a|hace |назад|önce|전|esterday|estern")
YEAR = re.compile(r"(?<!\d)(?:19|20|2[45]|1[34])\d\d(?!\d)|\d\s?[./-]\s?\d\d(?!\d)|\d年", re.ASCII)
# The year at the end of a date whose day stands in an element of its own.
A_PIECE = re.compile(r"\W*(?:[^\W\d]{3,12}\W*)?(?:19|20)\d\d\W*")
LEVELS_OF_PIECES = 3
# Near the headline, or named for dates and not far: no need to look for rarer spellings.
LIKELY = 3
NAMED_PUBLISHED = re.compile(
    r"publi[sc]|pub[_-]?date|date[_-]?pub|(?:post|entry|article|news|story|item)[\w]*[_-]*(?:date|time)|posted|"
    r"(?:date|time)[_-]*(?:post|article|line)|dateline|erstellt|created|submitted|veroeffentlicht",
    re.IGNORECASE,
)
NAMED_DATE = re.compile(
    r"date|datum|(?<![a-z])time(?!r|out|line[-_]?item)|fecha|stamp|zeit|(?<![a-z])data(?![a-z-])|tarih", re.IGNORECASE
)
NAMED_HEAD = re.compile(
    r"meta|byline|author|autor|info|header|credit|detail|article[_-]?head|kicker|intro", re.IGNORECASE
)
NAMED_UPDATE = re.compile(r"updat|modif|aktualis|changed|edited|revis", re.IGNORECASE)
ASIDE = re.compile(
    r"comment|kommentar|disqus|relat|recommend|sidebar|side-bar|widget|footer|fusszeile|teaser|(?:^|[\s_-])cards?(?:$|[\s_-])|"
    r"latest|recent|popular|trending|most[_-]|archive|calend|kalender|event|copyright|legal|(?:^|[\s_-])(?:nav|menu)|"
    r"newsletter|cookie|promo|breaking|ticker|carousel|slider|read[_-]?(?:more|next)|more[_-](?:news|posts|stories)|"
    r"up[_-]?next|next[_-]?post|prev|pagination|review|reply|answer|signature|toolbar|wm-ipp",
    re.IGNORECASE,
)
# A page with names of a megabyte must not leave them in the worker's memory.
LONGEST_KEPT = 500
ASIDE_TAGS = frozenset(("footer", "nav", "aside", "form", "blockquote", "figcaption"))
CARD_TAGS = frozenset(("article",))


_Text = tuple[HtmlElement, str, bool]
"""An element, the text at its beginning or behind it, and whether it is the one behind."""


class Dated(NamedTuple):
    """A string that may hold the publication date, what kind of evidence it is, and how its place speaks for it.

    `label` is what stands before it; `is_update` says that its element is named for changes.
    """

    evidence: Evidence
    raw: str
    place: str = "head of the text"
    weight: float = 6.0
    label: str = ""
    is_update: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How an element stands to the headline: levels up to what they share, whether behind it, and what is between."""

    hops: int
    is_behind: bool
    between: tuple[HtmlElement, ...]


class Headline:
    """The path from a headline to the root of its page, to tell how other elements stand to it."""

    def __init__(self, element: HtmlElement | None, root: HtmlElement) -> None:
        """An unknown headline is taken to be the body's own: everything is far from it then."""
        self.is_known = element is not None
        path = [element, *element.iterancestors()] if element is not None else [root]
        self._steps = {step: number for number, step in enumerate(path)}
        self._path = path

    def standing(self, element: HtmlElement) -> Standing:
        """How an element of the same page stands to the headline."""
        between: list[HtmlElement] = []
        place: HtmlElement | None = element
        while place is not None and place not in self._steps:
            between.append(place)
            place = place.getparent()
        hops = self._steps.get(place, len(self._path)) if place is not None else len(self._path)
        return Standing(hops, self._is_behind(between, hops), tuple(between[:MOST_LEVELS]))

    def _is_behind(self, between: list[HtmlElement], hops: int) -> bool:
        if not between or not 0 < hops < len(self._path):
            return False
        shared = self._path[hops]
        return bool(shared.index(between[-1]) > shared.index(self._path[hops - 1]))


def dated_elements(outline: Outline, headline: HtmlElement | None, *, with_texts: bool = True) -> list[Dated]:
    """What may be the page's date, in document order within each kind; without its texts, its time elements alone."""
    known = Headline(headline, outline.root)
    dated = list(_dated_times(outline, known))
    return dated + _dated_texts(outline.root, known) if with_texts else dated


def _dated_times(outline: Outline, headline: Headline) -> Iterator[Dated]:
    elements = (element for element in outline.of("time", "abbr") if _machine_time(element))
    for element in islice(elements, MOST_TIMES):
        names = _names(element)
        weight = _weight(element, headline.standing(element), headline) + (1 if element.tag == "time" else 0)
        is_marked = element.get("pubdate") is not None or "datepublished" in (element.get("itemprop") or "").lower()
        is_update = bool(NAMED_UPDATE.search(names)) and not NAMED_PUBLISHED.search(names)
        raw, label = str(_machine_time(element)), _label(element)
        yield Dated(Evidence.TIME_ELEMENT, raw, _place(element), weight + 3 * is_marked, label, is_update)


def _machine_time(element: HtmlElement) -> str | None:
    value = element.get("datetime") or (element.get("title") if element.tag == "abbr" else None)
    return value if value and len(value) <= LONGEST_LABEL and has_date(value) else None


def _dated_texts(root: HtmlElement, headline: Headline) -> list[Dated]:
    texts = _short_texts(root)
    dated = list(_weighed(_lines(texts, YEARS), headline))
    if any(each.weight >= LIKELY and len(each.raw) <= LONGEST_LABEL for each in dated):
        return dated
    dated += _weighed(_lines(texts, RARE_YEARS), headline)
    return dated + list(_weighed(_relative_lines(texts), headline))


def _short_texts(root: HtmlElement) -> list[_Text]:
    """The shown texts of a page that may be a line with a date, in document order."""
    # One walk for all that is looked for in them: a path of the parser's takes twice as long for each.
    texts: list[_Text] = []
    body = root.find("body")
    for event, element in etree.iterwalk(body, events=("start", "end")):
        is_tail = event == "end"
        if is_tail and element is body:
            break
        text = element.tail if is_tail else element.text
        if text and len(text) < LONGEST_LINE and not text.isspace() and (is_tail or element.tag not in UNSHOWN):
            texts.append((element, text, is_tail))
    return texts


def _weighed(lines: dict[HtmlElement, str], headline: Headline) -> Iterator[Dated]:
    standings = {element: headline.standing(element) for element in lines}
    nearest = sorted(lines, key=lambda element: standings[element].hops)[:MOST_LINES]
    for element in sorted(nearest, key=list(lines).index):
        line, names = lines[element], _names(element)
        weight = _weight(element, standings[element], headline)
        is_update = bool(NAMED_UPDATE.search(names)) and not NAMED_PUBLISHED.search(names)
        yield Dated(Evidence.VISIBLE, line, _place(element), weight, _label(element), is_update)


def _lines(texts: Iterable[_Text], years: re.Pattern[str]) -> dict[HtmlElement, str]:
    """The lines with a date, by their elements, in document order."""
    lines: dict[HtmlElement, str] = {}
    found = (text for text in texts if years.search(text[1]) and _is_shown(text))
    for text in islice(found, MOST_TEXTS):
        if YEAR.search(text[1]) and (line := _line(*text)):
            lines.setdefault(*line)
    return lines


def _relative_lines(texts: Iterable[_Text]) -> dict[HtmlElement, str]:
    """The lines that say how long ago something was, by their elements; which of them are dates is known later.

    Not those of time elements with a machine's date: that says the same, and better.
    """
    found = (text for text in texts if len(text[1]) < LONGEST_LABEL and AGO.search(text[1]) and _is_shown(text))
    lines = {element: squeeze(text) for element, text, is_tail in islice(found, MOST_TEXTS) if not is_tail}
    return {element: line for element, line in lines.items() if not _machine_time(element)}


def _is_shown(text: _Text) -> bool:
    element, _, is_tail = text
    return not is_tail or element.getparent().tag not in UNSHOWN


def _line(element: HtmlElement, text: str, is_tail: bool) -> tuple[HtmlElement, str] | None:  # noqa: FBT001 - a _Text
    """The element whose text is a line with a date, and the line; a date in pieces is put together."""
    holder = element.getparent() if is_tail else element
    line = squeeze(text)
    for _ in range(LEVELS_OF_PIECES):
        if holder is None or len(line) > LONGEST_LINE or has_date(line) or not A_PIECE.fullmatch(text):
            break
        line = squeeze(" ".join(_pieces(holder)))
        holder = holder if has_date(line) else holder.getparent()
    return (holder, line) if holder is not None and len(line) <= LONGEST_LINE and has_date(line) else None


def _weight(element: HtmlElement, standing: Standing, headline: Headline) -> float:
    """How much the place of an element speaks for its date being the page's."""
    near = " ".join(_names(step) for step in standing.between[:2])
    weight = _nearness(standing, headline) + _named(near) + (1 if element.tag == "time" else 0)
    return weight - _elsewhere(standing)


def _nearness(standing: Standing, headline: Headline) -> float:
    if not headline.is_known:
        return 1
    by_hops = {0: 0.5, 1: 3, 2: 3, 3: 2, 4: 2, 5: 1, 6: 1}.get(standing.hops, 0)
    return by_hops + (0.5 if standing.is_behind else 0)


def _named(names: str) -> float:
    if NAMED_PUBLISHED.search(names):
        return 3
    if NAMED_DATE.search(names):
        return 2
    return 1 if NAMED_HEAD.search(names) else 0


def _elsewhere(standing: Standing) -> float:
    """How much speaks for a date of something else: a side column, a card in a list, a link."""
    between = standing.between
    is_aside = any(step.tag in ASIDE_TAGS for step in between)
    is_named_aside = any(_is_aside(step) for step in between)
    is_card = any(step.tag in CARD_TAGS for step in between)
    is_link = any(step.tag == "a" for step in between)
    return (6 if is_aside else 4 * is_named_aside) + 1 * is_card + 2 * is_link


def _is_aside(element: HtmlElement) -> bool:
    names = _names(element)
    return _mean_aside(names) if len(names) <= LONGEST_KEPT else bool(ASIDE.search(names))


# The boxes around one line are around the next ones too.
@lru_cache(maxsize=2048)
def _mean_aside(names: str) -> bool:
    return ASIDE.search(names) is not None


def _pieces(element: HtmlElement) -> list[str]:
    return [str(piece) for piece in islice(element.itertext(), MOST_PIECES)]


def _names(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"


def _place(element: HtmlElement) -> str:
    """The element in the words of a selector, for people."""
    first = (element.get("class") or "").split()[:1]
    return ".".join([str(element.tag), *first])[:LONGEST_LABEL]


def _label(element: HtmlElement) -> str:
    """What stands before an element in its neighbourhood: "Published:", "Stand", "Updated"."""
    parent = element.getparent()
    before = element.getprevious() if parent is not None else None
    if before is not None:
        text = " ".join(_pieces(before)) + " " + (before.tail or "")
    else:
        text = (parent.text or "") if parent is not None else ""
    return squeeze(text[-LONGEST_LABEL:])
