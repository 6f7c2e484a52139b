"""The lead: what a page marks or states as its standfirst, what it does not, and the first paragraph."""

import pytest

from flows.transform.article_head import headline_element
from flows.transform.blocks import blocks_of
from flows.transform.claims import chosen_value
from flows.transform.evidence import read_evidence
from flows.transform.leads import lead_claims, with_lead
from flows.transform.outline import Outline
from flows.transform.standfirsts import standfirsts
from flows.transform.trees import parse
from flows.web.sites import site_facts

URL = "https://gazette.example/2024/harbour"
TITLE = "Harbour reopens after the storm"
STANDFIRST = "After nine days of gales the first boats have left the quay of Little Haven again."
PROSE = ["The boats left at dawn and the market was full again by noon, said the harbour master of the town. " * 3] * 4
DESCRIPTION = f'<meta property="og:description" content="{STANDFIRST}">'


def found(body, head=""):
    outline = Outline(parse(f"<html><head>{head}</head><body>{body}</body></html>"))
    facts = site_facts(URL)
    text = blocks_of(parse("".join(f"<p>{paragraph}</p>" for paragraph in PROSE)))
    return lead_claims(
        standfirsts(outline, TITLE, headline_element(outline, TITLE), read_evidence(outline), facts), text, TITLE, facts
    )


def page(*above):
    return f"<article><h1>{TITLE}</h1>{''.join(above)}{''.join(f'<p>{paragraph}</p>' for paragraph in PROSE)}</article>"


@pytest.mark.parametrize(
    "marked",
    [
        '<p class="standfirst">{}</p>',
        '<div class="article__lead"><p>{}</p></div>',
        '<div class="c-leadIn">{}</div>',
        '<p class="chapo">{}</p>',
        '<div class="entradilla"><strong>{}</strong></div>',
        '<h2 class="sottotitolo">{}</h2>',
        '<p itemprop="description">{}</p>',
        '<p data-testid="article-summary">{}</p>',
        '<p class="article-sous-titre">{}</p>',
        '<x-teaser-box class="excerpt">{}</x-teaser-box>',
    ],
)
def test_a_marked_standfirst_is_the_lead(marked):
    assert chosen_value(found(page(marked.format(STANDFIRST)))) == STANDFIRST


def test_what_the_page_states_is_the_lead_where_it_is_shown_word_for_word():
    assert chosen_value(found(page(f"<div>{STANDFIRST}</div>"), DESCRIPTION)) == STANDFIRST


def test_a_stated_description_that_was_cut_stands_for_the_whole_paragraph():
    head = f'<meta name="description" content="{STANDFIRST[:70]}…">'
    assert chosen_value(found(page(f"<div>{STANDFIRST}</div>"), head)) == STANDFIRST


def test_a_description_that_the_page_does_not_show_is_no_lead():
    assert chosen_value(found(page(), DESCRIPTION)) == PROSE[0].strip()


def test_a_second_headline_behind_the_first_is_the_lead():
    assert chosen_value(found(page(f"<h2>{STANDFIRST}</h2>"))) == STANDFIRST


def test_a_subheading_within_the_text_is_not():
    body = f"<article><h1>{TITLE}</h1><p>{PROSE[0]}</p><h2>{STANDFIRST}</h2><p>{PROSE[1]}</p></article>"
    assert chosen_value(found(body)) == PROSE[0].strip()


def test_a_paragraph_in_the_header_of_the_headline_is_the_lead():
    body = f"<header><div><h1>{TITLE}</h1></div><p>{STANDFIRST}</p></header><p>{PROSE[0]}</p>"
    assert chosen_value(found(body)) == STANDFIRST


def test_a_paragraph_that_stands_alone_above_the_text_is_the_lead():
    assert chosen_value(found(page(f'<div class="css-1x"><p>{STANDFIRST}</p></div>'))) == STANDFIRST


def test_a_standfirst_in_several_points_is_one_lead():
    points = "".join(
        f'<p class="lead">{point}</p>' for point in (STANDFIRST, "The market is full.", "The ferry waits.")
    )
    assert chosen_value(found(page(points))) == f"{STANDFIRST}\nThe market is full.\nThe ferry waits."


def test_a_text_whose_every_paragraph_has_the_class_has_one_lead():
    body = f"<h1>{TITLE}</h1>" + "".join(f'<p class="lead">{STANDFIRST} {number}</p>' for number in range(20))
    assert chosen_value(found(body)) == f"{STANDFIRST} 0"


@pytest.mark.parametrize(
    "other",
    [
        f'<aside><p class="teaser">{STANDFIRST}</p></aside>',
        f'<div class="related-stories"><p class="summary">{STANDFIRST}</p></div>',
        f'<div class="newsletterBox"><p class="intro">{STANDFIRST}</p></div>',
        f'<figure><figcaption class="description">{STANDFIRST}</figcaption></figure>',
        f'<p class="image-description">{STANDFIRST}</p>' * 2,
        '<div class="lead-meta desc">14.03.2024 10:46 (updated 11:02)</div>',
        '<div class="intro"><a href="/a">The other news of the day</a> <a href="/b">More news</a></div>',
        f'<div class="lead">{STANDFIRST}<img src="/a.jpg"></div>',
        f'<p class="subtitle">{TITLE}</p>',
    ],
)
def test_teasers_captions_dates_and_links_above_the_text_are_no_lead(other):
    assert chosen_value(found(page(other))) == PROSE[0].strip()


def test_refused_lines_are_shown_with_their_reason():
    claims = found(page(f'<aside><p class="teaser">{STANDFIRST}</p></aside>'))
    assert [(claim.evidence, claim.refused) for claim in claims] == [("teaser", "in aside"), ("first paragraph", None)]


def test_a_text_that_begins_with_a_heading_has_no_lead_unless_it_is_the_headline_with_its_kicker():
    facts = site_facts(URL)
    for heading, expected in ((f"Storm: {TITLE}", "Prose."), ("What happened", None)):
        blocks = blocks_of(parse(f"<h3>{heading}</h3><p>Prose.</p>"))
        assert chosen_value(lead_claims([], blocks, TITLE, facts)) == expected


def test_a_lead_that_the_text_left_out_is_put_before_it_once():
    claims = found(page(f'<p class="standfirst">{STANDFIRST}</p>'))
    blocks = blocks_of(parse(f"<p>{PROSE[0]}</p>"))
    once = with_lead(blocks, claims)
    assert [block.text for block in once] == [STANDFIRST, PROSE[0].strip()]
    assert with_lead(once, claims) == once
    assert with_lead([], claims) == []


def test_hostile_heads_come_to_an_end():
    for body in (
        f"<h1>{TITLE}</h1>" + "<div class=lead>" * 3000,
        f"<h1>{TITLE}</h1>" + "<h2>aaaaaaaaaaaaaaaaaaaaaaa" * 9000,
    ):
        assert len(found(body)) <= 13
