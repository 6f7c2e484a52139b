"""Which text a page has: an article comes out alone and in order, and what others give where the page does not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.claims import chosen_value
from flows.transform.content import choice
from flows.transform.content.candidates import as_stated
from flows.transform.evidence import Evidence
from flows.transform.text import dense
from tests.flows.transform.content.layouts import (
    ARTICLES,
    LAYOUTS,
    around,
    article_page,
    content_of,
    links,
    page,
    paragraphs_as,
    texts,
)

TITLE, ENGLISH = ARTICLES["en"]
MARKED = "".join(f"<p>{paragraph}</p>" for paragraph in ENGLISH)
LIST = (
    "<p>What passengers may bring:</p><ul><li>Two bags and a bicycle each</li><li>Up to ten hens in a crate</li></ul>"
)
TABLE = (
    "<table><tr><th>Crossing</th><th>How long it takes in fair weather</th></tr>"
    "<tr><td>From the north quay</td><td>The crossing takes twenty-five minutes, and forty when the tide is out.</td>"
    "</tr><tr><td>From the south quay</td><td>The crossing takes an hour, since the boat must go around the rocks.</td>"
    "</tr></table>"
)


def stating(body):
    article = json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": body})
    return f'<script type="application/ld+json">{article}</script>'


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", ARTICLES)
def test_the_paragraphs_of_an_article_come_out_alone_and_in_order(layout, language):
    content = content_of(article_page(layout, language))
    assert [text for text in texts(content) if text != ARTICLES[language][0]] == ARTICLES[language][1]
    assert content.method == "blocks"
    assert content.confidence > 0.9


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("break_with", ["<br><br>", "</div><div>", "</p>\n<p>", "</section><section>"])
def test_however_a_system_breaks_paragraphs_they_are_paragraphs(layout, break_with):
    content = content_of(article_page(layout, "en", break_with.join(ENGLISH)))
    assert [text for text in texts(content) if text != TITLE] == ENGLISH


@pytest.mark.parametrize("language", ARTICLES)
def test_none_of_the_lines_around_an_article_is_text(language):
    rest = around(language)
    lines = [rest[name] for name in ("letter", "cookies", "comment", "caption", "foot")]
    lines += [*rest["menu"], *rest["related"], *rest["share"]]
    for layout in LAYOUTS:
        assert not set(lines) & set(texts(content_of(article_page(layout, language))))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_paragraph_that_the_page_repeats_is_repeated(layout):
    wanted = [ENGLISH[0], ENGLISH[1], ENGLISH[0], ENGLISH[2], ENGLISH[0]]
    content = content_of(article_page(layout, "en", paragraphs_as("p", wanted)))
    assert [text for text in texts(content) if text != TITLE] == wanted


@pytest.mark.parametrize("layout", ["semantic", "divisions"])
def test_a_list_within_the_text_is_a_line_for_each_item(layout):
    body = paragraphs_as("p", ENGLISH[:3]) + LIST + paragraphs_as("p", ENGLISH[3:])
    lines = texts(content_of(article_page(layout, "en", body)))
    first = lines.index("What passengers may bring:")
    assert lines[first + 1 : first + 3] == ["Two bags and a bicycle each", "Up to ten hens in a crate"]


@pytest.mark.parametrize("layout", ["semantic", "divisions"])
def test_sentences_in_a_table_within_the_text_are_text_each_on_its_line(layout):
    body = paragraphs_as("p", ENGLISH[:3]) + TABLE + paragraphs_as("p", ENGLISH[3:])
    lines = texts(content_of(article_page(layout, "en", body)))
    assert "The crossing takes twenty-five minutes, and forty when the tide is out." in lines
    assert "The crossing takes an hour, since the boat must go around the rocks." in lines


@pytest.mark.parametrize("shell", ["", "Please enable JavaScript to view this page."])
def test_an_app_shell_has_the_text_that_its_json_ld_states(shell):
    content = content_of(page(f'<div id="root">{shell}</div>', stating("\n".join(ENGLISH))))
    assert texts(content) == ENGLISH
    assert content.method == "json_ld"


def test_a_page_that_shows_its_text_is_read_from_what_it_shows():
    content = content_of(article_page("semantic", "en", head=stating(" ".join(ENGLISH))), MARKED)
    assert content.method == "blocks"
    assert [text for text in texts(content) if text != TITLE] == ENGLISH


def test_an_app_shell_has_the_text_that_the_feed_gave():
    content = content_of(page('<div id="root"></div>'), MARKED)
    assert texts(content) == ENGLISH
    assert content.method == "feed"


def test_a_page_that_shows_nothing_and_of_which_nothing_is_given_has_no_text():
    content = content_of(page(""))
    assert (content.blocks, content.method, content.confidence, content.claims) == ([], "none", 0.0, [])


def test_a_menu_alone_is_no_text():
    content = content_of(page(f"<nav>{links(around('en')['menu'])}</nav>"))
    assert content.blocks == []
    assert content.confidence == 0.0


def test_a_fragment_is_text_from_end_to_end():
    content = content_of(MARKED, is_fragment=True)
    assert texts(content) == ENGLISH
    assert content.method == "fragment"


def test_a_list_of_links_at_the_end_of_a_fragment_is_none_of_its_text():
    content = content_of(MARKED + links(around("en")["related"]), is_fragment=True)
    assert texts(content) == ENGLISH


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_region_of_the_text_holds_its_blocks_and_nothing_of_the_foot(layout):
    content = content_of(article_page(layout, "en"))
    assert all(content.region in (block.container, *block.container.iterancestors()) for block in content.blocks)
    if layout != "tables":
        assert around("en")["foot"] not in content.region.text_content()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_exactly_one_claim_is_chosen_and_it_has_the_contents_method_and_score(layout):
    content = content_of(article_page(layout, "en"))
    (chosen,) = [claim for claim in content.claims if claim.is_chosen]
    assert chosen.evidence == content.method
    assert round(chosen.score, 3) == content.confidence
    assert chosen.value == chosen_value(content.claims)


def test_the_chosen_claim_is_the_one_with_the_highest_score():
    content = content_of(page("<div>Please wait a moment.</div>", stating("\n".join(ENGLISH))))
    assert len(content.claims) > 1
    assert max(content.claims, key=lambda claim: claim.score).is_chosen


@pytest.mark.parametrize("language", ARTICLES)
def test_the_same_page_has_the_same_text_on_a_second_run(language):
    first, second = (content_of(article_page("divisions", language)) for _ in range(2))
    assert texts(first) == texts(second)
    assert (first.confidence, first.claims) == (second.confidence, second.claims)


MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<div class='nav'>", "</div>", "<li>", "<a href='/'>", "</a>", "<td>", "<br>", "<h1>"]
    )
    | st.text(max_size=30)
    | st.sampled_from(ENGLISH),
    max_size=25,
).map("".join)


@given(MARKUP, st.none() | MARKUP, st.booleans())
def test_any_markup_has_a_content(markup, fed, is_fragment):
    content = content_of(markup if is_fragment else page(markup), fed, is_fragment=is_fragment)
    assert 0 <= content.confidence <= 1
    assert all(dense(text) for text in texts(content))


@pytest.mark.parametrize(
    "body", ["<p>The first part.</p><p>The <em>second</em> part.</p>", "The first part.\nThe second part."]
)
def test_a_stated_text_comes_in_paragraphs_whether_it_is_in_markup_or_in_lines(body):
    stated = as_stated(Evidence(article={"articleBody": body}))
    assert stated is not None
    assert stated.lines == ("The first part.", "The second part.")


@pytest.mark.parametrize(("most", "is_asked"), [(1000, True), (10, False)])
def test_the_others_are_asked_where_the_blocks_are_unsure_and_not_too_many(monkeypatch, most, is_asked):
    monkeypatch.setattr(choice, "SURE", 1.1)
    monkeypatch.setattr(choice, "MOST_ASKED_ABOUT", most)
    asked = {claim.evidence for claim in content_of(article_page("semantic", "en")).claims}
    assert asked == ({"blocks", "trafilatura", "readability", "vote"} if is_asked else {"blocks"})


def test_an_article_in_a_script_beyond_the_basic_plane_keeps_its_text():
    paragraphs = ["𞤀𞤁𞤂𞤃 𞤄𞤅𞤆𞤇𞤈 𞤉𞤊𞤋 𞤌𞤍𞤎𞤏𞤐. " * 8] * 6
    assert texts(content_of(page(f"<main>{paragraphs_as('p', paragraphs)}</main>"))) == [p.strip() for p in paragraphs]
