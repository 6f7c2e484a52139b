"""One page to one document, outside any run: what `broadsheet extract` does."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows.extract.archive.feed_files import read_feed_file
from flows.extract.fetch.asking import Asking
from flows.extract.fetch.captures import Want
from flows.extract.fetch.clocks import SystemClock
from flows.extract.fetch.fetching import Fetcher
from flows.extract.fetch.hosts import Hosts
from flows.extract.fetch.http import Http
from flows.extract.fetch.rulebooks import RuleBook
from flows.extract.readers import checked_address
from flows.extract.sources import Source, SourceError
from flows.transform.claims import Claim
from flows.transform.documents import explain, transform
from flows.web.urls import site_of
from warehouse.model import Document, Page, PageKind, Reject, SiteRules, SourceKind
from warehouse.settings import Settings
from warehouse.site_rules import newest_rules

SOURCE = "extract"


def page_of(place: str, url: str | None, settings: Settings) -> Page | Reject:
    """The page at a place: a feed-archive file, which is tried first as it says what it is, HTML, or an address.

    Raises SourceError where the file cannot be read or is larger than a page may be, and for what is no address.
    """
    if place.startswith(("http://", "https://")):
        return fetch_page(checked_address(place), settings)
    file = Path(place)
    if not file.is_file():
        raise SourceError(f"{place!r}: no such file; save the page first, and give its address with --url")
    if file.stat().st_size > settings.max_page_bytes:
        raise SourceError(f"{place!r}: larger than a page may be ({settings.max_page_bytes:,} bytes)")
    body = file.read_bytes()
    page = read_feed_file(body, location=file.name, source=SOURCE)
    if not isinstance(page, Page):
        return _html_page(body, url or file.absolute().as_uri())
    return replace(page, url=url, requested_url=url, site=site_of(url)) if url else page


def document_of(place: str, url: str | None, settings: Settings) -> Document | Reject:
    """The document of the page at a place, or why there is none."""
    page = page_of(place, url, settings)
    return transform(page, known_rules(page, settings)) if isinstance(page, Page) else page


def known_rules(page: Page, settings: Settings) -> SiteRules | None:
    """What the warehouse has learnt about the page's site, where there is a warehouse that has."""
    return newest_rules(settings).get(page.site) if settings.root.is_dir() else None


def explanation_of(place: str, url: str | None, settings: Settings) -> tuple[str, bool]:
    """All that spoke for each field of the page at a place, as text, and whether the page is a document."""
    page = page_of(place, url, settings)
    if isinstance(page, Reject):
        return f"rejected: {page.reason} ({page.detail})", False
    result, claims = explain(page, known_rules(page, settings))
    return "\n".join(_explained(result, claims)), isinstance(result, Document)


def _explained(result: Document | Reject, claims: dict[str, list[Claim]]) -> Iterator[str]:
    if isinstance(result, Reject):
        yield f"rejected: {result.reason} ({result.detail})"
    for field, those in claims.items():
        yield f"\n{field}: {_value(result, field)}"
        yield from (_line(claim.shown()) for claim in those)


def _value(result: Document | Reject, field: str) -> str:
    """What the document says in the field, in a line; of the text how it was chosen."""
    if isinstance(result, Reject):
        return str(result.reason) if field == "refusal" else "-"
    if field == "text":
        return f"{result.word_count} words by {result.text_method}, confidence {result.text_confidence}"
    value = getattr(result, field, None)
    return "-" if value in (None, ()) else str(Claim(value, field).shown()["value"])


def _line(shown: dict[str, Any]) -> str:
    mark = "→" if shown.get("is_chosen") else " "
    score = f"{shown['score']:.2f}" if "score" in shown else ""
    refused = f"  (not: {shown['refused']})" if "refused" in shown else ""
    return f"  {mark} {score:5} {shown['evidence']}: {shown.get('value')}{refused}"


def fetch_page(url: str, settings: Settings, *, allow_private: bool = False) -> Page | Reject:
    """One page from the web, by the rules of its host; nothing of it is kept.

    Hosts that the warehouse has to be polite to are waited for; without a warehouse there is nobody to wait for.
    """
    clock = SystemClock()
    source = Source(name=SOURCE, kind=SourceKind.URL_LIST, location=url, allow_private=allow_private)
    with TemporaryDirectory() as elsewhere, Http(settings) as http:
        folder = settings.root if settings.root.is_dir() else Path(elsewhere)
        asking = Asking(http, Hosts(folder / ".hosts", clock), clock)
        rules = RuleBook(asking, settings, recall=lambda _: {}, keep=lambda _: None)
        want = Want(source=source, kind=PageKind.DOCUMENT, url=url)
        result = Fetcher(asking, rules, settings).fetch(want).result
    assert result is not None  # noqa: S101 - only what is held can be unchanged, and nothing is
    return result


def public_columns(result: Document | Reject) -> dict[str, object]:
    """A document as the view `documents` shows it, or a reject: without the keys that only the tables need."""
    columns = asdict(result)
    if isinstance(result, Document):
        del columns["row_key"], columns["content_hash"]
        columns["paragraphs"] = result.paragraphs
    return columns


def _html_page(body: bytes, url: str) -> Page:
    return Page(source=SOURCE, site=site_of(url), requested_url=url, url=url, body=body, content_type="text/html")
