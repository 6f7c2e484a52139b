"""What a page says about itself, read once: JSON-LD, microdata, meta and link elements, headings.

A fragment from a feed has next to none of it; each field is then empty, and the other steps fall back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from flows.transform.headings import Heading, headings_of
from flows.transform.json_ld import Node, Statements, nodes_in, strings_in, types_of, unescaped
from flows.transform.main_article import main_article, page_node
from flows.transform.microdata import marked_properties
from flows.transform.outline import Outline
from flows.transform.text import squeeze_or_none
from warehouse.model import Cut

__all__ = ["Evidence", "read_evidence", "strings_in", "unescaped"]

MAX_METAS = 500
MAX_LINKS = 500
MAX_TAG_LINKS = 100
MOST_TITLES = 50
# A title of a megabyte costs seconds in every step that compares it.
LONGEST_TITLE = 2000


@dataclass(frozen=True, slots=True)
class Evidence:
    """The page's own statements.

    `article` is the JSON-LD article that the page is, `web_page` what JSON-LD says of it as a page, `nodes` all of its
    JSON-LD objects; `marked` are the microdata or RDFa properties of its article, in lower case; `meta` maps a name
    and `links` a relation, in lower case, to their values. `headings` are the texts of its first-level headings,
    `all_headings` those of four levels with what the markup tells of them. `cuts` says of what there was too much.
    """

    article: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, list[str]] = field(default_factory=dict)
    canonical: str | None = None
    html_language: str | None = None
    page_title: str | None = None
    headings: tuple[str, ...] = ()
    tag_links: tuple[str, ...] = ()
    web_page: Node = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    marked: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    all_headings: tuple[Heading, ...] = ()
    cuts: frozenset[Cut] = frozenset()

    def first_meta(self, *names: str) -> str | None:
        """The first stated value under the first of these names that has one."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), None)

    def stated(self, key: str) -> Any:
        """A property of the JSON-LD article, or None."""
        return self.article.get(key)

    def first_marked(self, *names: str) -> str | None:
        """The first microdata value under the first of these names that has one."""
        return next((value for name in names for value in self.marked.get(name, ()) if value), None)

    def nodes_of(self, *kinds: str) -> Iterator[Node]:
        """The JSON-LD objects of some types, such as `BreadcrumbList`, in their order."""
        wanted = {kind.casefold() for kind in kinds}
        return (node for node in self.nodes if not wanted.isdisjoint(kind.casefold() for kind in types_of(node)))

    @property
    def article_body(self) -> str | None:
        """The text that JSON-LD gives of the article, its line breaks kept; it may hold markup."""
        body = self.article.get("articleBody")
        texts = [body] if isinstance(body, str) else body if isinstance(body, list) else []
        return "\n".join(text for text in texts if isinstance(text, str) and text.strip()) or None

    @property
    def publisher_name(self) -> str | None:
        """Who publishes the page, by its own statement."""
        stated = strings_in([self.stated("publisher"), self.web_page.get("publisher")])
        return next(stated, None) or self.first_marked("publisher") or self.first_meta("publisher", "dc.publisher")

    @property
    def site_names(self) -> tuple[str, ...]:
        """What the page calls the site that it belongs to, each name once."""
        of_site = (
            [node.get(key) for key in ("name", "alternateName", "legalName")]
            for node in self.nodes_of("WebSite", "Organization", "NewsMediaOrganization", "Corporation")
        )
        names = [self.first_meta("og:site_name"), self.first_meta("application-name"), self.publisher_name]
        names += [self.first_meta("apple-mobile-web-app-title"), *islice(strings_in(list(of_site)), MAX_TAG_LINKS)]
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def robots(self) -> tuple[str, ...]:
        """What the page asks of robots, in lower case, such as `noindex`, `noarchive` or `noai`."""
        stated = [*self.meta.get("robots", ()), *self.meta.get("googlebot", ())]
        return tuple(dict.fromkeys(part for value in stated for part in value.lower().replace(",", " ").split()))

    @property
    def licence(self) -> str | None:
        """The licence that the page states: an address or words."""
        stated = next(strings_in([self.stated("license"), self.web_page.get("license")], "url"), None)
        linked = next(iter(self.links.get("license", ())), None)
        return stated or linked or self.first_marked("license") or self.first_meta("dc.rights", "dcterms.license")


def read_evidence(outline: Outline, url: str = "") -> Evidence:
    """All statements of a page; its address helps to tell its own article from those of teasers."""
    root = outline.root
    meta, links = _metas(outline), _links(outline)
    canonical = next((href for href in links.get("canonical", ()) if href), None)
    headings = headings_of(outline)
    page_title = next((_title(title) for title in outline.of("title") if not _is_in_drawing(title)), None)
    stated = nodes_in(outline)
    nodes = stated.nodes
    stated_titles = [*meta.get("og:title", ())[:1], page_title, *(heading.text for heading in headings)]
    addresses = [url, canonical, *meta.get("og:url", ())[:1]]
    return Evidence(
        article=main_article(nodes, [place for place in addresses if place], [t for t in stated_titles if t]),
        meta=meta,
        canonical=canonical,
        html_language=root.get("lang")
        or root.get("{http://www.w3.org/XML/1998/namespace}lang")
        or root.get("xml:lang"),
        page_title=page_title,
        headings=tuple(heading.text for heading in headings if heading.level == 1),
        tag_links=tuple(filter(None, (squeeze_or_none(link.text_content()) for link in _tag_links(outline)))),
        web_page=page_node(nodes),
        nodes=tuple(nodes),
        marked=marked_properties(outline),
        links=links,
        all_headings=headings,
        cuts=frozenset(_cuts(outline, stated)),
    )


def _cuts(outline: Outline, stated: Statements) -> Iterator[Cut]:
    """Of what the page has more than is read."""
    if any(len(title.text or "") > LONGEST_TITLE for title in outline.of("title")[:MOST_TITLES]):
        yield Cut.TITLE
    if len(outline.of("meta")) > MAX_METAS:
        yield Cut.METAS
    if len(outline.of("link")) > MAX_LINKS:
        yield Cut.LINK_ELEMENTS
    if stated.is_cut:
        yield Cut.JSON_LD


def _title(element: HtmlElement) -> str | None:
    return squeeze_or_none(element.text_content()[:LONGEST_TITLE])


def _is_in_drawing(element: HtmlElement) -> bool:
    """Whether a title is that of an SVG picture within the page."""
    parent = element.getparent()
    return parent is not None and parent.tag not in ("head", "html", "body")


def _tag_links(outline: Outline) -> Iterator[HtmlElement]:
    """Links that the page marks as its tags (`rel=tag`, the microformat)."""
    marked = (link for link in outline.of("a") if "tag" in (link.get("rel") or "").split())
    return islice(marked, MAX_TAG_LINKS)


def _metas(outline: Outline) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in outline.of("meta")[:MAX_METAS]:
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or _equivalent(meta)
        value = unescaped(meta.get("content"))
        if name and value:
            found.setdefault(name.strip().lower(), []).append(value)
    return found


def _equivalent(meta: HtmlElement) -> str | None:
    """The name of a header line that says something of the text and nothing of the server."""
    name = meta.get("http-equiv") or ""
    return name if name.lower() == "content-language" else None


def _links(outline: Outline) -> dict[str, list[str]]:
    """The addresses of link elements by their relations."""
    found: dict[str, list[str]] = {}
    for link in outline.of("link")[:MAX_LINKS]:
        href = (link.get("href") or "").strip()
        for relation in (link.get("rel") or "").lower().split() if href else ():
            found.setdefault(relation, []).append(href)
    return found
