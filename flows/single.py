"""One page to one document, outside any run: what `broadsheet extract` does."""

from pathlib import Path

from flows.extract.feed_files import read_feed_file
from flows.extract.sources import SourceError
from flows.transform.documents import transform
from flows.web.urls import site_of
from warehouse.model import Document, Page, Reject
from warehouse.settings import Settings

SOURCE = "extract"


def document_of(file: Path, url: str | None, settings: Settings) -> Document | Reject:
    """The document of an HTML page or of a feed-archive file, which is tried first as it says what it is.

    Raises SourceError where the file cannot be read or is larger than a page may be.
    """
    if not file.is_file():
        raise SourceError(f"{str(file)!r}: no such file; save the page first, and give its address with --url")
    if file.stat().st_size > settings.max_page_bytes:
        raise SourceError(f"{str(file)!r}: larger than a page may be ({settings.max_page_bytes:,} bytes)")
    body = file.read_bytes()
    page = read_feed_file(body, location=file.name, source=SOURCE)
    return transform(
        page if isinstance(page, Page) and url is None else _html_page(body, url or file.absolute().as_uri())
    )


def _html_page(body: bytes, url: str) -> Page:
    return Page(source=SOURCE, site=site_of(url), requested_url=url, url=url, body=body, content_type="text/html")
