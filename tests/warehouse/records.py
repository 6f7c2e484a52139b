"""Records for tests: valid, small, told apart by a number."""

from datetime import UTC, datetime, timedelta
from typing import Any

from warehouse.model import Document, Page, Reason, Reject, Stage

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def page(number: int, **changes: Any) -> Page:
    """Page number so-and-so of a site."""
    url = f"https://example.org/{number}"
    given = {"captured_at": NOON + timedelta(minutes=number), "body": b"<p>text</p>", "hint_title": f"Page {number}"}
    return Page(source="test", site="example.org", requested_url=url, url=url, **{**given, **changes})


def document(of: Page, **changes: Any) -> Document:
    """The document of a page, one paragraph long."""
    given: dict[str, Any] = {
        "page_id": of.page_id,
        "source": of.source,
        "site": of.site,
        "requested_url": of.requested_url,
        "url": of.url,
        "canonical_url": of.url,
        "declared_canonical_url": None,
        "title": of.hint_title,
        "lead": None,
        "text": "text",
        "authors": (),
        "agency": None,
        "section": None,
        "tags": (),
        "language": "en",
        "published_at": of.captured_at,
        "modified_at": None,
        "published_precision": "second",
        "published_evidence": "feed",
        "published_raw": None,
        "published_zone": None,
        "has_date_conflict": False,
        "image_url": None,
        "images": (),
        "links": (),
        "is_free": None,
        "word_count": 1,
        "character_count": 4,
        "text_hash": "0" * 32,
        "minhash": None,
        "text_method": "trafilatura",
        "text_confidence": 1.0,
        "extraction_status": "complete",
        "cuts": (),
        "captured_at": of.captured_at,
        "extractor": "test/1",
        "rules_version": 0,
    }
    return Document(**{**given, **changes})


def reject(of: Page) -> Reject:
    """The transform's refusal of a page."""
    return Reject(stage=Stage.TRANSFORM, reason=Reason.NO_TEXT, detail="no text", source=of.source, page_id=of.page_id)
