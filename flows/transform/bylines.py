"""Who wrote it: people only, in order. Agencies, places, desks and the word "By" are not people."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

from lxml.html import HtmlElement

from flows.transform.evidence import Evidence, strings_in
from flows.transform.selectors import compiled
from flows.transform.text import squeeze
from flows.web.sites import SiteFacts

MOST_AUTHORS = 20
LONGEST_NAME = 60
SEPARATORS = re.compile(
    r"\s*(?:[,，、;；|/／&＆\n]|\s(?:and|und|et|y|e|en|og|och|ja|és|和|及|與|与)\s"
    r"|(?<=[\u3400-\u9fff]{2})(?:[和与與]|\s+)(?=[\u3400-\u9fff]{2}))\s*"
)
BEFORE_NAMES = re.compile(
    r"^(?:null\b|(?:by|von|par|por|di|da|door|av|af|autors?|authors?|auteurs?|written by|story by|text|texte|texto"
    r"|reporter|reporting by|from)\b[:：]?"
    r"|(?:撰文|撰写|文字|采访记者|采访|采写|特约记者|记者|記者|作者|撰稿|文|by)\s*[:：|｜/／]|(?:采访记者|记者|記者|作者|撰写|撰文|采写)\s)\s*",
    re.IGNORECASE,
)
# Parts of the work that are not the writing, up to the next part: `编译 A/B；审校 C`.
OTHER_ROLES = re.compile(
    r"(?:^|(?<=[\s;；，,。(（]))(?:发稿|發稿|编译|編譯|翻译|翻譯|译者|譯者|审校|審校|校对|校對|责编|責編|责任编辑|網編|网编|编辑|編輯"
    r"|核稿|整理|摄影|攝影|制图|监制|photograph(?:s|y)? by|edited by|editing by|translated by)"
    r"[\s:：/／|].*?(?=[;；]|$)",
    re.IGNORECASE,
)
# What stands behind a name in brackets or after it is where or how it was written, or for whom.
AFTER_NAMES = re.compile(
    r"\s*(?:[（(［\[][^）)］\]]*[）)］\]]?|(?:综合|編譯|编译|摘编|摘譯|摘译)?(?:报道|报导|報道|報導)|发自.*|發自.*|\s+in\s+[A-Z].*)\s*$"
)
# Two to five Han characters, parts joined by dots, or a name with kana in it; pen names may end in Latin letters.
IDEOGRAPHIC_NAME = re.compile(
    r"[\u3400-\u9fff]{2,5}[A-Za-z]{0,10}|[\u3400-\u9fff]{1,10}(?:[·•・．.‧-][\u3400-\u9fff\w]{1,12}){1,3}"
    r"|(?=.*[\u3040-\u30ff])[\u3040-\u30ff\u3400-\u9fff]{2,10}"
)
WRITTEN_NAME = re.compile(
    r"(?!.*[\u3040-\u30ff\u3400-\u9fff])[^\W\d_][^\W\d_.'’´`-]*(?:[.'’´`-]+[^\W\d_]*)*(?:\s+[^\W\d_]?[^\W\d_.'’´`-]*(?:[.'’´`-]+[^\W\d_]*)*){0,5}"
)
ADDRESS = re.compile(r"https?://\S+")
NOT_A_NAME = re.compile(r"https?:|www\.|@|\.(?:com|org|net|de)\b|[《》【】“”\"!?？！:：]|\d")

AUTHOR_META = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl")


def authors(statements: Evidence, bylines: Iterable[str], facts: SiteFacts) -> tuple[str, ...]:
    """The people who wrote the page: those on its byline, else those it states."""
    stated = list(_stated(statements))
    for source in (stated, list(bylines)):
        people = _unique(name for byline in source for name in names_in(byline, facts))
        if people:
            return tuple(people[:MOST_AUTHORS])
    return ()


def marked(root: HtmlElement, facts: SiteFacts) -> Iterator[HtmlElement]:
    """The elements that the site uses for bylines, wherever they stand."""
    return compiled(facts.byline_selectors).elements(root)


def byline_names(text: str, facts: SiteFacts, *, is_edge: bool) -> str | None:
    """The names in a line that says who wrote the text (`记者：…`), as they stand there; None for other lines."""
    patterns = (*facts.author_lines, *(facts.edge_author_lines if is_edge else ()))
    return next((str(match["names"]) for pattern in _patterns(patterns) if (match := pattern.fullmatch(text))), None)


def names_in_text(paragraphs: Sequence[str], facts: SiteFacts) -> list[str]:
    """The names that some sites put into the text itself: before the lead, or behind a paragraph."""
    leads = [pattern.match(text) for pattern in _patterns(facts.author_leads) for text in paragraphs[:1]]
    tails = [pattern.search(text) for pattern in _patterns(facts.author_tails) for text in paragraphs]
    return [str(match["names"]) for match in (*leads, *tails) if match]


def names_in(byline: str, facts: SiteFacts) -> list[str]:
    """The people in a byline, cleaned; a byline may name several."""
    text = AFTER_NAMES.sub(
        "", _without_prefix(OTHER_ROLES.sub("", ADDRESS.sub("", squeeze(byline))).strip(" ;；(（)）"))
    )
    return [name for part in SEPARATORS.split(text) if (name := _person(part, facts))]


def agency(text_credit: Iterable[str], facts: SiteFacts) -> str | None:
    """The wire agency that a copyright or credit line names as the owner of the text."""
    for line in text_credit:
        for pattern in _patterns(facts.agencies):
            if match := pattern.search(line):
                return str(match["agency"])
    return None


def _stated(statements: Evidence) -> Iterator[str]:
    yield from strings_in(statements.stated("author"))
    if statements.stated("author"):
        return
    for name in AUTHOR_META:
        yield from statements.meta.get(name, ())


def _without_prefix(text: str) -> str:
    """The byline without the words before the names; there can be two ("null By …")."""
    previous = None
    while previous != text:
        previous, text = text, BEFORE_NAMES.sub("", text, count=1)
    return text


def _person(part: str, facts: SiteFacts) -> str | None:
    """A name as it should stand, or None where the part is no person."""
    name = AFTER_NAMES.sub("", _without_prefix(part)).strip(" .,;·|-–—")
    if not name or len(name) > LONGEST_NAME or NOT_A_NAME.search(name) or _is_organisation(name, facts):
        return None
    # A single word in lower case is a login name.
    is_written = WRITTEN_NAME.fullmatch(name) and (" " in name or not name.islower())
    return name if is_written or IDEOGRAPHIC_NAME.fullmatch(name) else None


@lru_cache(maxsize=4096)
def _is_organisation(name: str, facts: SiteFacts) -> bool:
    return any(pattern.fullmatch(name) for pattern in _patterns(facts.not_people))


@cache
def _patterns(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


def _unique(names: Iterable[str]) -> list[str]:
    """Each name once, in the order of the first; `ANN LEE` and `Ann Lee` are one."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return list(found.values())
