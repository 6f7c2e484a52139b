"""What a page is about, by its statements and the labels that it shows: its section and its tags."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import unquote

from lxml.html import HtmlElement

from flows.transform.claims import Claim, first_possible, with_choice
from flows.transform.evidence import Evidence, strings_in
from flows.transform.labels import Kind, Row, label_rows
from flows.transform.outline import Outline
from flows.transform.text import squeeze_or_none
from flows.transform.trails import breadcrumb, folder_name
from flows.web.urls import split_url

MOST_TAGS = 50
# Statements of thousands of keywords are spam; what is kept is far less.
MOST_WRITTEN = 200
LONGEST_STATEMENT = 10_000
KEYWORD_SEPARATORS = re.compile(r"[,，;；、|]")
# Longer labels are sentences.
LONGEST_LABEL = 80
MOST_WORDS = 10
# Notes of content systems to themselves: `section: sport`, `type:article`, `/article`.
MACHINE = re.compile(
    r"(?:section|type|channel|author|id|category|genre|template|layout)\s*:.*|[a-z]\w*:\w.*|/.*|.*:", re.IGNORECASE
)
# So many labels without a small letter are the codes of a filing system.
FEWEST_CODES = 4
CODES_SHARE = 0.6
# So many single words that all stand in the address were made from the headline by a machine.
FEWEST_SLUG_WORDS = 4
# A mark (`rel`, the name of a box) is surer than the address that a link leads to.
BOXED = 2
STATED_TAGS = ("article:tag", "og:article:tag", "news_keywords", "parsely-tags", "sailthru.tags")
SECTION_METAS = ("article:section", "og:article:section", "section", "parsely-section", "cxenseparse:articlesection")
MOST_CRUMBS = 12
HOME = frozenset((
    "home", "homepage", "start", "startseite", "accueil", "inicio", "início", "etusivu", "forside", "hjem", "hem",
    "strona główna", "главная", "首页", "首頁", "ホーム", "홈", "ana sayfa", "anasayfa",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Labels:
    """What a page shows of its subject: rows of links, its breadcrumb, its name for the folder of its address."""

    rows: tuple[Row, ...] = ()
    breadcrumb: tuple[str, ...] = ()
    folder: str | None = None


def read_labels(outline: Outline, heading: HtmlElement | None, url: str) -> Labels:
    """The labels of a page before noise goes, for they stand in headers, footers and menus."""
    return Labels(tuple(label_rows(outline, heading)), breadcrumb(outline), folder_name(outline, url))


def section_claims(statements: Evidence, labels: Labels, headline: str | None) -> list[Claim]:
    """What could be the section, in order of rank, the winner marked."""
    claims = [
        Claim(_first_part(value), evidence, raw=value, refused=_no_section(value, headline))
        for evidence, value in _sections(statements, labels)
    ]
    return with_choice(claims, first_possible(claims))


def tags(claims: list[Claim]) -> tuple[str, ...]:
    """The labels of all chosen claims, each once."""
    found: dict[str, str] = {}
    for claim in claims:
        for label in claim.value if claim.is_chosen else ():
            found.setdefault(label.casefold(), label)
    return tuple(found.values())[:MOST_TAGS]


def tags_claims(statements: Evidence, labels: Labels, url: str) -> list[Claim]:
    """What could be the tags, each claim a row of labels; chosen are the best statement and the row that is shown.

    The keywords of meta are taken where there is nothing else: many sites give every page the same.
    """
    site_name = statements.first_meta("og:site_name", "application-name")
    stated = [_tags_claim(evidence, written, url, site_name) for evidence, written in _stated(statements)]
    shown = [_shown_claim(row, site_name) for row in _topics(labels.rows)]
    last = [_tags_claim("microdata keywords", statements.marked.get("keywords", ()), url, site_name)]
    last += [_tags_claim("meta keywords", statements.meta.get("keywords", ())[:1], url, site_name)]
    best = [first_possible(stated), first_possible(shown)]
    chosen = best if any(best) else [first_possible(last)]
    written = [claim for claim in (*stated, *shown, *last) if claim.value or claim.raw]
    return [replace(claim, is_chosen=any(claim is one for one in chosen)) for claim in written]


def _sections(statements: Evidence, labels: Labels) -> Iterator[tuple[str, str]]:
    """The sections that a page names, with where it does: what it states, then what it shows, then its address."""
    for value in islice(strings_in(statements.stated("articleSection")), MOST_CRUMBS):
        yield "json_ld articleSection", value
    for name in SECTION_METAS:
        for value in statements.meta.get(name, ())[:1]:
            yield f"meta {name}", value
    for value in statements.marked.get("articlesection", ())[:1]:
        yield "microdata articleSection", value
    for row in _categories(labels.rows, is_marked=True):
        yield "link to its category", row.labels[0]
    for value in reversed(list(_crumbs(statements))):
        yield "json_ld breadcrumb", value
    for value in reversed(labels.breadcrumb):
        yield "breadcrumb", value
    for row in _categories(labels.rows, is_marked=False):
        yield "link in a box of categories", row.labels[0]
    if labels.folder:
        yield "folder of the address, as the page names it", labels.folder


def _categories(rows: Iterable[Row], *, is_marked: bool) -> list[Row]:
    """The rows of links to categories: the nearest above the headline first, then those behind it."""
    known = [row for row in rows if row.kind is Kind.CATEGORY and row.strength > 1]
    chosen = [row for row in known if (row.strength > BOXED) == is_marked]
    return [*(row for row in reversed(chosen) if not row.is_behind), *(row for row in chosen if row.is_behind)]


def _crumbs(statements: Evidence) -> Iterator[str]:
    items = next(statements.nodes_of("BreadcrumbList"), {}).get("itemListElement")
    for item in items[:MOST_CRUMBS] if isinstance(items, list) else ():
        if isinstance(item, dict):
            yield from islice(strings_in(item.get("name") or item.get("item")), 1)


def _first_part(value: str) -> str:
    """The first of several sections that a system joined with commas."""
    return value.partition(",")[0].strip() if "," in value and ", " not in value else value


def _no_section(value: str, headline: str | None) -> str | None:
    if headline and (value.casefold() in headline.casefold() or headline.casefold() in value.casefold()):
        return "a part of the headline" if len(value) * 2 > len(headline) else None
    if len(value) > LONGEST_LABEL:
        return "a sentence"
    return "the start page" if value.casefold() in HOME else None


def _stated(statements: Evidence) -> Iterator[tuple[str, Iterable[str]]]:
    yield "json_ld keywords", islice(strings_in(statements.stated("keywords")), MOST_WRITTEN)
    for name in STATED_TAGS:
        yield f"meta {name}", statements.meta.get(name, ())


def _topics(rows: Iterable[Row]) -> list[Row]:
    """The rows of topic links behind the headline, the best marked first; what `rel` marks is one row."""
    topics = [row for row in rows if row.kind is Kind.TAG and row.is_behind]
    said = [label for row in topics if row.strength > BOXED for label in row.labels]
    rest = [row for row in topics if row.strength <= BOXED]
    marked = [Row(Kind.TAG, tuple(said), BOXED + 1, is_behind=True)] if said else []
    return [*marked, *sorted(rest, key=lambda row: -row.strength)]


def _shown_claim(row: Row, site_name: str | None) -> Claim:
    evidence = "links marked as topics" if row.strength >= BOXED else "links to topics"
    return _tags_claim(evidence, row.labels, "", site_name)


def _tags_claim(evidence: str, written: Iterable[str], url: str, site_name: str | None) -> Claim:
    values = list(islice(written, MOST_WRITTEN))
    parts = [part for value in values for part in KEYWORD_SEPARATORS.split(value[:LONGEST_STATEMENT])]
    labels = tuple(label for part in parts if (label := squeeze_or_none(part)) and is_label(label, site_name))
    return Claim(labels[:MOST_TAGS], evidence, raw="; ".join(values)[:LONGEST_STATEMENT], refused=_no_tags(labels, url))


def is_label(text: str, site_name: str | None = None) -> bool:
    """Whether a text can be a tag: no sentence, no note of a machine, not the site's own name."""
    is_short = len(text) <= LONGEST_LABEL and text.count(" ") < MOST_WORDS
    is_name = bool(site_name) and text.casefold() == (site_name or "").casefold()
    return is_short and not is_name and not MACHINE.fullmatch(text) and any(map(str.isalnum, text))


def _no_tags(labels: tuple[str, ...], url: str) -> str | None:
    if not labels:
        return "no labels"
    codes = sum(label.isascii() and label == label.upper() and " " not in label for label in labels)
    if len(labels) >= FEWEST_CODES and codes >= CODES_SHARE * len(labels):
        return "codes"
    words = set(re.findall(r"\w+", unquote(split_url(url).path).casefold()))
    is_slug = len(labels) >= FEWEST_SLUG_WORDS and all(label.casefold() in words for label in labels)
    return "the words of the address" if is_slug else None
