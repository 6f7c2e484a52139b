"""The dates that a page states for machines: JSON-LD, meta, microdata, its address."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice

from flows.transform.datelines import Dated
from flows.transform.evidence import Evidence as Statements
from flows.transform.json_ld import strings_in
from flows.transform.months import month_named
from flows.web.urls import split_url
from warehouse.model import Evidence

PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "datepublished", "date.published", "og:published_time",
    "og:pubdate", "published_time", "article:published", "article.published", "published-date", "published_date",
    "published_at", "parsely-pub-date", "sailthru.date", "rnews:datepublished", "cxenseparse:recs:publishtime",
    "article:post_date", "article:publicationdate", "dc.date.issued", "dcterms.issued", "dc.date.published",
    "dcterms.created", "dc.date.created", "dc.created", "datecreated", "publishdate", "publish_date", "publish-date",
    "publication_date", "publication-date", "publicationdate", "pubdate", "pub_date", "article_date_original",
    "originalpublicationdate", "citation_online_date", "citation_publication_date", "citation_date",
    "displaydate", "post_date", "creation_date", "article.created", "article:create_at",
)  # fmt: skip
# Names that some write the publication under and others the last change, or the day of the visit.
VAGUE_META = ("dcterms.date", "dc.date", "date", "article:date", "timestamp", "last-publish", "release_date")
MODIFIED_META = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "dateupdate", "lastmod", "last-modified", "modified-date", "modified_date", "revised",
    "article:modified", "article.updated", "last_updated", "updated_time", "bt:moddate",
)  # fmt: skip
# A list of a thousand values is no statement.
MOST_VALUES = 4
# The spellings of a day in an address, the surest first: 2024/01/31, 20240131 (not a part of a longer number, unless
# hour and minute follow, as in the article numbers of East Asia), 2024/1/31, 2024/january/31 and 31-01-2024.
MONTH, DAY = r"(?P<month>0[1-9]|1[0-2])", r"(?P<day>0[1-9]|[12]\d|3[01])"
YEAR = r"(?<!\d)(?P<year>(?:19|20)\d\d)"
URL_DATES = tuple(
    re.compile(spelling)
    for spelling in (
        rf"{YEAR}(?P<mark>[/_.-]?){MONTH}(?P=mark){DAY}(?!\d)",
        rf"{YEAR}{MONTH}{DAY}(?=(?:[01]\d|2[0-3])[0-5]\d)",
        rf"{YEAR}/(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})(?![\d.])",
        rf"{YEAR}/(?P<name>[a-z]{{3,9}})/(?P<day>\d{{1,2}})(?![\d.])",
        r"(?<!\d)(?P<day>1[3-9]|2\d|3[01])(?P<mark>[-_.])(?P<month>0?[1-9]|1[0-2])(?P=mark)(?P<year>20\d\d)(?!\d)",
    )
)
LONGEST_PATH = 1000


def published_statements(statements: Statements) -> Iterator[Dated]:
    """What the page states to be its publication, the best evidence first."""
    yield from _of_node(statements.article, "datePublished")
    yield from _metas(statements, PUBLISHED_META)
    yield from _of_node(statements.web_page, "datePublished")
    yield from _marked(statements, "datepublished")


def vague_statements(statements: Statements) -> Iterator[Dated]:
    """What may be the publication or something else."""
    yield from _metas(statements, VAGUE_META)
    yield from _of_node(statements.article, "dateCreated")
    for node in islice(statements.nodes_of("VideoObject", "ImageObject", "AudioObject"), MOST_VALUES):
        if "VideoObject" in str(node.get("@type")):
            yield from _of_node(node, "uploadDate")


def modified_statements(statements: Statements) -> Iterator[Dated]:
    """What the page states to be its last change, the best evidence first."""
    yield from _of_node(statements.article, "dateModified")
    yield from _metas(statements, MODIFIED_META)
    yield from _of_node(statements.web_page, "dateModified")
    yield from _marked(statements, "datemodified")


def url_dates(url: str) -> Iterator[tuple[date, str]]:
    """The first day that an address holds, with its spelling."""
    path = split_url(url).path[:LONGEST_PATH].lower()
    for match in (match for spelling in URL_DATES for match in spelling.finditer(path)):
        parts = match.groupdict()
        month = month_named(parts["name"]) if parts.get("name") else int(parts["month"])
        try:
            yield date(int(parts["year"]), month or 0, int(parts["day"])), match[0].strip("/")
        except ValueError:
            continue
        return


def _of_node(node: dict[str, object], key: str) -> Iterator[Dated]:
    for raw in islice(strings_in(node.get(key)), MOST_VALUES):
        yield Dated(Evidence.JSON_LD, raw, f"json_ld {key}")


def _metas(statements: Statements, names: tuple[str, ...]) -> Iterator[Dated]:
    for name in names:
        for raw in statements.meta.get(name, ())[:MOST_VALUES]:
            yield Dated(Evidence.META, raw, f"meta {name}")


def _marked(statements: Statements, name: str) -> Iterator[Dated]:
    for raw in statements.marked.get(name, ())[:MOST_VALUES]:
        yield Dated(Evidence.TIME_ELEMENT, raw, f"itemprop {name}")
