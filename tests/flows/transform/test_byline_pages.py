"""Whole pages, made up: who is named as an author of them, and that nobody is where nobody is named."""

import time
import tomllib
from pathlib import Path

import pytest

from flows.transform import trees
from flows.transform.byline_marks import byline_marks
from flows.transform.documents import transform
from flows.transform.outline import Outline
from flows.web.sites import SiteFacts
from warehouse.model import Page

PAGES = Path(__file__).parent / "bylines"
# One pass over a hundred thousand elements takes some .2 s; a pass for each of them would take hours.
BUSY_SECONDS = 5
TEXT = "".join(
    f"<p>{sentence}</p>"
    for sentence in (
        "The bridge over the harbour was closed on Monday, and nobody knew for how long it would stay so.",
        "Ferries went twice an hour instead; those who had time walked along the quay and watched the cranes.",
        "On Friday the first carts crossed again, slowly, while the harbour band played on the northern side.",
        "The town will paint the railings in spring, if the weather allows and the council finds the money.",
    )
)


def cases(name):
    pages = tomllib.loads((PAGES / f"{name}.toml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=title) for title, case in pages.items()]


def document(case):
    markup = (
        '<!doctype html><html lang="en"><head><title>The bridge is open</title>'
        '<meta property="og:site_name" content="Harbour Courier">'
        f'{case.get("head", "")}</head><body><nav><a href="/">Harbour Courier</a></nav><main><article>'
        f"<h1>The bridge is open</h1>{case.get('above', '')}{TEXT}</article>{case.get('below', '')}"
        "</main></body></html>"
    )
    url = "https://www.courier.example/bridge"
    return transform(Page(source="test", site="courier.example", requested_url=url, url=url, body=markup.encode()))


@pytest.mark.parametrize("case", cases("nobody"))
def test_nobody_is_an_author_of_a_page_that_names_none(case):
    assert document(case).authors == ()


@pytest.mark.parametrize("case", cases("named"))
def test_the_authors_of_a_page_in_their_order(case):
    assert list(document(case).authors) == case["authors"]


@pytest.mark.parametrize(
    "piece",
    [
        '<span class="author">Ann Example</span>',
        '<div class="author">',
        '<a href="/author/ann-example">Ann</a>',
        '<p class="byline">By ',
        "<h2>Written by</h2>",
        '<div class="byline"><i></i>',
        '<ul class="authors"><li></li>',
    ],
)
def test_no_page_made_to_be_slow_keeps_the_bylines_busy(piece):
    """A hundred thousand marks are read in no more than a pass over them takes."""
    root = trees.parse(f"<html><body><h1>The bridge</h1>{piece * 100_000}</body></html>")
    began = time.process_time()
    byline_marks(Outline(root), SiteFacts())
    assert time.process_time() - began < BUSY_SECONDS
