"""The dates that a page states for machines: JSON-LD, meta, microdata, its address."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice

from flows.transform.datelines import Dated
from flows.transform.evidence import Evidence as Statements
from flows.transform.json_ld import strings_in
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
URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([/_-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
LOOSE_URL_DATE = re.compile(r"(?:^|/)((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})(?:/|$)")


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
    path = split_url(url).path
    for match in (*URL_DATE.finditer(path), *LOOSE_URL_DATE.finditer(path)):
        parts = [part for part in match.groups() if part.isdigit()]
        try:
            yield date(*map(int, parts)), match[0].strip("/")
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
