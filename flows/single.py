"""One page to one document, outside any run: what `broadsheet extract` does."""

from dataclasses import asdict, replace
from pathlib import Path

from flows.extract.feed_files import read_feed_file
from flows.extract.sources import SourceError
from flows.transform.documents import transform
from flows.web.urls import site_of
from warehouse.model import Document, Page, Reject
from warehouse.settings import Settings

SOURCE = "extract"


def document_of(place: str, url: str | None, settings: Settings) -> Document | Reject:
    """The document of an HTML page or of a feed-archive file, which is tried first as it says what it is.

    Raises SourceError where the file cannot be read or is larger than a page may be, and for an address: pages are
    not fetched yet.
    """
    if place.startswith(("http://", "https://")):
        raise SourceError(f"{place}: pages are not fetched yet; save the page, and give its address with --url")
    file = Path(place)
    if not file.is_file():
        raise SourceError(f"{place!r}: no such file; save the page first, and give its address with --url")
    if file.stat().st_size > settings.max_page_bytes:
        raise SourceError(f"{place!r}: larger than a page may be ({settings.max_page_bytes:,} bytes)")
    body = file.read_bytes()
    page = read_feed_file(body, location=file.name, source=SOURCE)
    if not isinstance(page, Page):
        return transform(_html_page(body, url or file.absolute().as_uri()))
    return transform(replace(page, url=url, requested_url=url, site=site_of(url)) if url else page)


def public_columns(result: Document | Reject) -> dict[str, object]:
    """A document as the view `documents` shows it, or a reject: without the keys that only the tables need."""
    columns = asdict(result)
    if isinstance(result, Document):
        del columns["row_key"], columns["content_hash"]
        columns["paragraphs"] = result.paragraphs
    return columns


def _html_page(body: bytes, url: str) -> Page:
    return Page(source=SOURCE, site=site_of(url), requested_url=url, url=url, body=body, content_type="text/html")
