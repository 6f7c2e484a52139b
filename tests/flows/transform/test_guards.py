"""What is left of a page before it is parsed: all of a common one, and of others the least is taken, words last."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from flows.transform import trees
from flows.transform.documents import transform
from flows.transform.guards import HARMLESS_DEPTH, guarded, is_modest
from flows.transform.limits import CHEAP, FULL
from tests.flows.transform.test_documents import page
from tests.hostile import article
from warehouse.model import Cut, Document, ExtractionStatus


def text_of(markup):
    return re.sub(r"\s+", "", trees.parse(markup).text_content())


def test_a_common_page_is_left_as_it_is():
    markup = article.page(head="<script>var a = '<div>';</script><!-- <p> -->", after="<img src=/a.png>" * 20)
    assert guarded(markup).markup is markup
    assert is_modest(markup, CHEAP, markup.count("<"))


@pytest.mark.parametrize("limits", [FULL, CHEAP])
def test_tags_beyond_the_limit_end_the_page(limits):
    kept = guarded("<p>word" * (limits.tags + 10), limits)
    assert kept.markup.count("<p>") == limits.tags
    assert kept.cuts == {Cut.TAGS}


def test_characters_beyond_the_limit_end_the_page():
    kept = guarded("<p>" + "word " * FULL.characters)
    assert len(kept.markup) == FULL.characters
    assert kept.cuts == {Cut.BYTES}


def test_attributes_beyond_the_limit_go_and_the_others_stay():
    kept = guarded(
        article.page(before="<div id=one a>" + "<p " + " ".join(f"a{n}='>'" for n in range(5000)) + ">words</p>")
    )
    paragraph = trees.parse(kept.markup).find(".//p")
    assert (len(paragraph.attrib), paragraph.text) == (FULL.attributes, "words")
    assert kept.cuts == {Cut.ATTRIBUTES}


def test_a_tag_for_which_there_is_no_room_keeps_its_name_and_those_behind_it_their_attributes():
    long = "x" * (FULL.tag_characters + 1)
    kept = guarded(f"<p><img src='{long}'><a href=/behind>words</a>")
    assert kept.markup == "<p><img ><a href=/behind>words</a>"
    assert kept.cuts == {Cut.ATTRIBUTES}


def test_scripts_beyond_the_limit_are_emptied():
    markup = f"<script>{'x();' * FULL.script_characters}</script><p>words</p><script>y()</script>"
    kept = guarded(markup)
    assert kept.markup == "<script></script><p>words</p><script>y()</script>"
    assert kept.cuts == {Cut.SCRIPTS}


def test_metas_beyond_the_limit_leave_room_for_the_text():
    kept = guarded(article.page(head="<meta name=author content=A>" * (FULL.tags + 1)))
    assert kept.markup.count("<meta") == FULL.repeats
    assert article.LAST in kept.markup
    assert kept.cuts == {Cut.METAS}


def test_line_breaks_in_a_row_are_no_cut():
    kept = guarded("<p>one" + "<br>\n" * 100_000 + "two")
    assert text_of(kept.markup) == "onetwo"
    assert kept.cuts == frozenset()


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("<div>", "</div>"),
        ("<div><section>", "</section></div>"),
        ("<i>", ""),
        ("<font color=red><b>", ""),
        ("<table><tr><td>", "</td></tr></table>"),
        ("<table>", ""),
        ("<ul><li>", "</li></ul>"),
        ("<blockquote><p>", ""),
        ("<b><table>", "</b>"),
        ("<b><div></b>", ""),
        ("<x-y>", "</x-y>"),
        ("<form><button>", ""),
        ("<svg><g>", "</g></svg>"),
        ("<div/><div>", "</div>"),
        ("<!--><div>", "</div>"),
        ("</b><b><p><ul>", ""),
        ("<p><div></p>", ""),
        ("<a href='></a>'><i title=\"</i>\">", ""),
    ],
)
def test_no_word_below_any_depth_vanishes(opening, closing):
    depth = 12_000
    kept = guarded(f"<html><body><p>above</p>{opening * depth}<p>inside</p>{closing * depth}<p>below</p></body></html>")
    assert text_of(kept.markup) == "aboveinsidebelow"
    assert Cut.DEPTH in kept.cuts


def test_blocks_that_were_too_deep_still_begin_on_lines_of_their_own():
    markup = "<div>" * 3000 + "one</div><div>two<div><b>three</b></div>four" + "</div>" * 3000
    result = transform(page(markup))
    assert result.paragraphs == ("one", "two", "three", "four")
    assert (result.extraction_status, result.cuts) == (ExtractionStatus.CUT, (Cut.DEPTH,))


def test_paragraphs_that_are_never_closed_are_not_nested():
    kept = guarded("<p>word" * 3000 + "<ul>" + "<li>item" * 3000 + "</ul>")
    assert kept.cuts == frozenset()


def test_a_leaf_whose_end_stands_in_an_attribute_is_nested_all_the_same():
    kept = guarded("""<i a="></i>">""" * 3000 + "words")
    assert text_of(kept.markup) == "words"
    assert kept.cuts == {Cut.DEPTH}


TAGS = re.split(
    " ",
    "<div> </div> <b> </b> <i/a=1> </i> <table> </table> <tr> <td> </td> <p> </p> <ul> <li> </ul> <a/href=/x> </a> "
    "<br> <span/> <script>x</script> <form> </form>",
)
SOUP = st.lists(st.sampled_from(TAGS), min_size=1, max_size=12)


@given(SOUP, SOUP)
def test_no_word_of_a_soup_vanishes(first, second):
    words = [f"w{number}w" for number in range(300)]
    pieces = [("".join(first) + words[at]) if at < 150 else ("".join(second) + words[at]) for at in range(300)]
    kept = guarded("".join(pieces), replace(FULL, depth=40)).markup
    found = text_of(kept)
    assert [word for word in words if word not in found] == []


@given(SOUP)
def test_the_tree_is_hardly_deeper_than_the_limit(pieces):
    limits = replace(FULL, depth=30)
    kept = guarded("".join(pieces) * 2000, limits).markup
    depth = deepest = 0
    for event, _ in etree.iterwalk(trees.parse(kept), events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    assert deepest <= max(2 * limits.depth, HARMLESS_DEPTH + 10)


def test_a_page_under_the_cheap_limits_says_so():
    body = page(article.page())
    usual, cheap = transform(body), transform(body, limits=CHEAP)
    assert isinstance(cheap, Document)
    assert (usual.extraction_status, cheap.extraction_status) == (ExtractionStatus.COMPLETE, ExtractionStatus.CHEAP)
    assert (cheap.text, cheap.cuts) == (usual.text, ())


def test_a_page_of_which_nothing_is_left_says_what_was_left_out():
    refused = transform(page("<p></p>" * (FULL.tags + 1) + article.page()))
    assert refused.detail.endswith("; left out: tags")


@pytest.mark.parametrize(
    ("cut", "given"),
    [
        (Cut.TITLE, {"head": f"<title>{'long ' * 1000}</title>"}),
        (Cut.METAS, {"head": "<meta name=a content=b>" * 600}),
        (Cut.LINK_ELEMENTS, {"head": "<link rel=alternate href=/a>" * 600}),
        (Cut.JSON_LD, {"head": f"<script type='application/ld+json'>{' ' * 600_000}{{}}</script>"}),
        (Cut.JSON_LD, {"head": "<script type='application/ld+json'>{}</script>" * 70}),
        (Cut.LINKS, {"within": "".join(f"<p>A sentence with <a href=/{n}>a link</a> in it.</p>" for n in range(2500))}),
        (Cut.IMAGES, {"within": "".join(f"<img src=/{n}.jpg>" for n in range(2500))}),
    ],
)
def test_what_a_step_leaves_out_is_recorded(cut, given):
    result = transform(page(article.page(**given)))
    assert (result.extraction_status, result.cuts) == (ExtractionStatus.CUT, (cut,))
