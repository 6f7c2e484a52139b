"""The tools that are compared: each makes the record that the scorer reads out of a page."""

from collections.abc import Callable
from html import escape
from typing import Any

import trafilatura
from trafilatura.settings import set_date_params

from flows.transform.documents import transform
from flows.web.charsets import decode
from tests.eval.gold import ARCHIVE, Case
from warehouse.model import Document, SiteRules

Record = dict[str, Any]
LABELS = ("title", "authors", "published_precision", "language", "text", "tags", "section", "image_url", "lead")
# trafilatura sets no language, and tells no precision.
THEIR_LABELS = {"title", "authors", "published_at", "text", "tags", "section", "image_url", "lead"}
# Its defaults give a bare day; asked like this it gives the instant where it found one.
DATES = {**set_date_params(), "outputformat": "%Y-%m-%dT%H:%M:%S%z"}


def broadsheet(case: Case, rules: SiteRules | None = None) -> Record:
    """The record that Broadsheet makes of a page; where it refuses the page, the reason alone."""
    made = transform(case.page, rules)
    if not isinstance(made, Document):
        return {"refused": made.reason.value, "detail": made.detail}
    record: Record = {name: getattr(made, name) for name in LABELS}
    published_at = made.published_at.isoformat() if made.published_at else None
    pictures = [image.url for image in made.images]
    return {**record, "published_at": published_at, "image_urls": pictures, "confidence": made.text_confidence}


def peer(case: Case, _: SiteRules | None = None) -> Record:
    """The record that trafilatura makes of a page: its defaults, no comments, metadata, dates with time and zone."""
    try:
        made = trafilatura.bare_extraction(
            _whole(case),
            url=case.page.url,
            with_metadata=True,
            include_comments=False,
            date_extraction_params=dict(DATES),
        )
    except Exception:  # noqa: BLE001 - its failures count as empty pages
        made = None
    if made is None:
        return {}
    authors = [name.strip() for name in (made.author or "").split(";") if name.strip()]
    tags = [tag.strip() for tag in ";".join(made.tags or []).split(";") if tag.strip()]
    section = next(iter(made.categories or []), None)
    record = {"title": made.title, "text": made.text, "image_url": made.image, "lead": made.description}
    return {**record, "authors": authors, "published_at": made.date, "tags": tags, "section": section}


def _whole(case: Case) -> bytes | str:
    """The page's bytes; a file of the archive as the page that its feed stood for, with title and headline."""
    if case.set_name != ARCHIVE:
        return case.page.body
    markup, _ = decode(case.page.body, case.page.charset)
    title = escape(case.page.hint_title or "")
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{markup}</body></html>"


OURS, THEIRS = "broadsheet", "trafilatura"
TOOLS: dict[str, Callable[[Case, SiteRules | None], Record]] = {OURS: broadsheet, THEIRS: peer}
COLUMNS = {OURS: {*LABELS, "published_at", "image_urls"}, THEIRS: THEIR_LABELS}
