"""The page boundary, what is refused, and the order of the steps."""

import gc
import logging
import subprocess
import sys

import pytest

from flows.transform import readings
from flows.transform.documents import EXTRACTOR, transform
from flows.transform.versions import extractor
from tests.hostile import article
from warehouse.model import Document, Page, Reason, Reject, Stage


def page(body, **given):
    url = given.pop("url", "https://news.example/a")
    encoded = body.encode() if isinstance(body, str) else body
    return Page(source="test", site="news.example", requested_url=url, url=url, body=encoded, **given)


def test_a_page_that_breaks_a_step_is_a_reject_and_its_traceback_is_logged(monkeypatch, caplog):
    def broken(*_, **__):
        raise RuntimeError("the step broke")

    monkeypatch.setattr(readings, "read_content", broken)
    broken_page = page("<p>Text.</p>")
    with caplog.at_level(logging.ERROR):
        result = transform(broken_page)
    assert isinstance(result, Reject)
    assert (result.stage, result.reason) == (Stage.TRANSFORM, Reason.EXTRACTOR_FAILED)
    assert (result.page_id, result.detail) == (broken_page.page_id, "RuntimeError: the step broke")
    assert "Traceback" in caplog.text


def test_the_collector_looks_at_the_objects_of_a_page_only_behind_it_and_finds_nothing():
    listed = page("<main>" + "<p>A <a href=/x>line</a> of a long list of them.</p>" * 5_000 + "</main>")
    transform(listed)
    gc.collect()
    found = []

    def note(phase, told):
        if phase == "stop":
            found.append(told["collected"])

    gc.callbacks.append(note)
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        transform(listed)
        gc.collect()
        ours = [one for one in gc.garbage if type(one).__module__.partition(".")[0] in {"flows", "warehouse", "lxml"}]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.callbacks.remove(note)
    assert ours == []
    # Besides ours there is at most the look that was due meanwhile: it comes when the collector is let go. Other
    # threads may have left a few cycles; a page of so many paragraphs would leave thousands.
    assert len(found) <= 2
    assert sum(found) < 1_000
    assert gc.isenabled()


@pytest.mark.parametrize("is_collecting", [True, False])
def test_a_page_that_breaks_a_step_leaves_the_collector_as_it_was(monkeypatch, is_collecting):
    monkeypatch.setattr(readings, "read_content", None)
    if not is_collecting:
        gc.disable()
    try:
        assert isinstance(transform(page("<p>Text.</p>")), Reject)
        assert gc.isenabled() is is_collecting
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "body",
    [b"", b"   ", b"<p>&nbsp;</p>", b"<script>x()</script>", b"<!-- nothing -->", b"<!doctype ", b"<html"],
)
def test_a_page_with_neither_text_nor_media_is_refused(body):
    result = transform(page(body))
    assert isinstance(result, Reject)
    assert result.reason is Reason.NO_TEXT


def test_a_picture_without_a_word_is_a_document():
    result = transform(page('<img src="/cartoon.png">', hint_title="Today's cartoon"))
    assert isinstance(result, Document)
    assert (result.title, result.text, result.image_url) == ("Today's cartoon", "", "https://news.example/cartoon.png")


def test_text_below_256_levels_of_nesting_is_kept():
    result = transform(
        page("<div>" * 600 + "<p>At the bottom of the well.</p>" + "</div>" * 600 + "<p>At the top.</p>")
    )
    assert result.paragraphs == ("At the bottom of the well.", "At the top.")


@pytest.mark.parametrize("end", ["</body></html>", "</HTML>", "</div></p></body >", "</html>" * 3])
def test_what_stands_behind_the_end_of_a_page_is_kept(end):
    assert transform(page(article.page(within=end))).paragraphs == article.PARAGRAPHS


@pytest.mark.parametrize("reference", ["&#1;", "&#x1;", "&#x1F", "&#0;", "\x01"])
def test_a_control_character_costs_nothing_but_itself(reference):
    result = transform(page(f"<p>Before{reference} and after, in one paragraph.</p>"))
    assert result.text == "Before and after, in one paragraph."


def test_references_that_begin_like_control_characters_are_read():
    assert transform(page("<p>&#8220;&#x5C0D;&#31;&#x1F600;&#8221;</p>")).text == "“對 😀”"


def test_hostile_markup_comes_to_an_end():
    hostile = ["<" * 5000, "<p>" * 20000, "&" * 10000, "<a href='" * 2000, "\ufffd" * 100, "<html><body>" * 50]
    for markup in hostile:
        assert isinstance(transform(page(markup)), Document | Reject)


def test_every_row_names_the_code_that_made_it():
    assert extractor() == EXTRACTOR
    name, library = EXTRACTOR.split(" ")
    assert name.startswith("broadsheet/")
    assert len(name.partition("+")[2]) == 8
    assert library.startswith("trafilatura/")


def test_the_extractor_can_be_named_without_importing_it():
    code = (
        "import sys; from flows.transform.versions import extractor; extractor();"
        "sys.exit('trafilatura' in sys.modules or 'flows.transform.documents' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
