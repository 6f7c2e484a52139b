"""Golden pages: `tests/cases/<name>/page.html`, and what it must become in `document.json` beside it.

The pages are made up; each imitates the noise of a layout that real pages have.
"""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pytest

from flows.transform.documents import transform
from flows.web.urls import site_of
from warehouse.model import Document, Page, TimeMeaning

CASES = sorted((Path(__file__).parents[2] / "cases").iterdir())


def page_of(case):
    given = json.loads((case / "document.json").read_text(encoding="utf-8"))["page"]
    times = {
        name: datetime.fromisoformat(given[name]) for name in ("captured_at", "hint_published_at") if name in given
    }
    kind = {"hint_published_kind": TimeMeaning(given["hint_published_kind"])} if "hint_published_kind" in given else {}
    body = (case / "page.html").read_bytes()
    return Page(
        **given | times | kind, source="case", site=site_of(given["url"]), requested_url=given["url"], body=body
    )


def plain(value):
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_page_becomes_the_document_beside_it(case):
    expected = json.loads((case / "document.json").read_text(encoding="utf-8"))["document"]
    document = transform(page_of(case))
    assert isinstance(document, Document)
    made = {name: plain(value) for name, value in asdict(document).items() if name in expected}
    assert made | {"text": document.text.split("\n") if document.text else []} == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_holds_for_every_document(case):
    document = transform(page_of(case))
    assert document.text == "\n".join(document.paragraphs)
    assert not any("\n" in paragraph or paragraph != paragraph.strip() for paragraph in document.paragraphs)
    assert document.lead is None or document.lead in document.paragraphs
    assert 0 <= document.text_confidence <= 1
    assert all(image.url.startswith("http") for image in document.images)
    assert transform(page_of(case)) == document
