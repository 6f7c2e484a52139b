"""Section, tags and access: what pages state, what they show, and what is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.access import access_claims, is_free
from flows.transform.article_head import headline_element
from flows.transform.claims import chosen_value
from flows.transform.evidence import read_evidence
from flows.transform.outline import Outline
from flows.transform.subjects import is_label, read_labels, section_claims, tags, tags_claims
from flows.transform.trees import parse

URL = "https://gazette.example/coast/2024/harbour-reopens-after-storm"
TITLE = "Harbour reopens after the storm"


def page(body="", head="", ld=None):
    statement = {"@type": "NewsArticle", "headline": TITLE, "url": URL, **(ld or {})}
    script = f'<script type="application/ld+json">{json.dumps(statement)}</script>' if ld else ""
    outline = Outline(
        parse(f"<html><head>{head}{script}</head><body><article><h1>{TITLE}</h1>{body}</article></body></html>")
    )
    return outline, read_evidence(outline, URL)


def found_tags(body="", head="", ld=None):
    outline, statements = page(body, head, ld)
    return tags(tags_claims(statements, read_labels(outline, headline_element(outline, TITLE), URL), URL))


def found_section(body="", head="", ld=None):
    outline, statements = page(body, head, ld)
    return chosen_value(section_claims(statements, read_labels(outline, headline_element(outline, TITLE), URL), TITLE))


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:tag" content="Ports"><meta property="article:tag" content="Gales">',
        '<meta name="news_keywords" content="Ports, Gales">',
        '<meta name="keywords" content="Ports; Gales">',
    ],
)
def test_stated_tags_are_taken_wherever_they_are_stated(head):
    assert found_tags(head=head) == ("Ports", "Gales")


@pytest.mark.parametrize(
    "keywords", [["Ports", "Gales"], "Ports, Gales", [{"@type": "Thing", "name": "Ports"}, "Gales"]]
)
def test_json_ld_gives_keywords_as_list_string_or_things(keywords):
    assert found_tags(ld={"keywords": keywords}) == ("Ports", "Gales")


def test_no_tag_stands_twice_whatever_its_case():
    assert found_tags(ld={"keywords": ["Ports", "ports", "PORTS "]}) == ("Ports",)


@pytest.mark.parametrize(
    "row",
    [
        '<a rel="tag" href="/x/ports">Ports</a> <a rel="tag" href="/x/gales">Gales</a>',
        '<ul class="article-tags"><li><a href="/ports">Ports</a></li><li><a href="/gales">#Gales</a></li></ul>',
        '<p><a href="/thema/ports">Ports</a></p><p><a href="/thema/gales">Gales (12)</a></p>',
        '<footer class="entry-footer"><a href="/?tag=ports">Ports</a>, <a href="/?tag=gales">Gales</a></footer>',
    ],
)
def test_the_row_of_topics_below_the_text_is_tags(row):
    assert found_tags(row) == ("Ports", "Gales")


def test_what_is_shown_joins_what_is_stated_and_meta_keywords_stand_back():
    head = '<meta name="keywords" content="news, coast, weather, sport">'
    row = '<div class="tags"><a href="/1">Ports</a><a href="/2">Ferries</a></div>'
    assert found_tags(row, head, {"keywords": ["Gales", "Ports"]}) == ("Gales", "Ports", "Ferries")
    assert found_tags(row, head) == ("Ports", "Ferries")


@pytest.mark.parametrize(
    "row",
    [
        '<div class="tagcloud"><a rel="tag" href="/tag/ports">Ports</a></div>',
        '<nav class="trending topics"><a href="/topic/ports">Ports</a></nav>',
        '<p>The harbour master said on the radio that <a href="/topic/ports">Ports</a> were open again for all.</p>',
        '<a rel="category tag" href="/category/coast">Coast</a>',
        '<a href="mailto:?tag=ports">Mail</a>',
        "".join(f'<a rel="tag" href="/tag/{number}">Topic {number}</a>' for number in range(200)),
    ],
)
def test_clouds_trends_sentences_and_categories_are_no_tags(row):
    assert found_tags(row) == ()


def test_topics_above_the_headline_and_in_the_footer_of_the_page_are_those_of_the_site():
    link = '<a href="/topic/ports">Ports</a>'
    outline = Outline(parse(f"<html><body><div>{link}</div><h1>{TITLE}</h1><footer>{link}</footer></body></html>"))
    assert (
        tags(tags_claims(read_evidence(outline, URL), read_labels(outline, headline_element(outline, TITLE), URL), URL))
        == ()
    )


@pytest.mark.parametrize(
    ("keywords", "reason"),
    [
        (["AER", "AIRS08", "GEN", "INDG", "SHIP"], "codes"),
        (["harbour", "reopens", "after", "storm"], "the words of the address"),
        (["type:article"], "no labels"),
    ],
)
def test_keywords_made_by_machines_are_refused(keywords, reason):
    outline, statements = page(ld={"keywords": keywords})
    claims = tags_claims(statements, read_labels(outline, headline_element(outline, TITLE), URL), URL)
    assert tags(claims) == ()
    assert all(claim.refused == reason for claim in claims)


def test_the_name_of_the_site_is_no_tag():
    assert found_tags(
        head='<meta property="og:site_name" content="Gazette">', ld={"keywords": ["gazette", "Ports"]}
    ) == ("Ports",)


@pytest.mark.parametrize("text", ["", "...", "a:b", "section: sport", "/article", "word " * 11, "x" * 81, "Topics:"])
def test_notes_and_sentences_are_no_labels(text):
    assert not is_label(text)


@given(st.text(max_size=120))
def test_any_text_is_a_label_or_not(text):
    assert is_label(text) in (True, False)


def test_tags_are_bounded():
    assert len(found_tags(ld={"keywords": [f"Topic {number}" for number in range(10_000)]})) == 50


def test_the_stated_section_is_the_section():
    crumbs = '<ol class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/x">Weather</a></li></ol>'
    assert found_section(crumbs, ld={"articleSection": ["Coast", "News"]}) == "Coast"
    assert found_section(crumbs, '<meta property="article:section" content="Coast">') == "Coast"


def test_sections_that_were_joined_with_commas_are_parted_but_names_with_a_comma_are_not():
    assert found_section(ld={"articleSection": "Coast,Ports,News"}) == "Coast"
    assert found_section(ld={"articleSection": "Coast, ports and sea"}) == "Coast, ports and sea"


@pytest.mark.parametrize(
    "shown",
    [
        '<a rel="category tag" href="/category/coast">Coast</a>',
        '<a class="x" href="/kategorie/coast/">Coast</a><span></span>'.replace("<a", '<span class="category"><a'),
        '<nav aria-label="Breadcrumb"><a href="/">Home</a> <a href="/news">News</a> <a href="/coast">Coast</a></nav>',
        f'<ul id="breadcrumbs"><li><a href="/c">Coast</a></li><li><a href="{URL}">{TITLE}</a></li></ul>',
        '<div class="article-kicker"><a href="/coast.html">Coast</a></div>',
        '<ul><li><a href="/coast/">Coast</a></li><li><a href="/sport/">Sport</a></li></ul>',
        '<ul><li><a href="https://gazette.example/coast">Coast</a></li></ul>',
    ],
)
def test_the_section_is_read_from_what_the_page_shows(shown):
    assert found_section(shown) == "Coast"


def test_the_folder_of_the_address_alone_is_no_section():
    assert found_section("<p>Text.</p>") is None


def test_the_headline_and_the_start_page_are_no_sections():
    trail = {"@type": "BreadcrumbList", "itemListElement": [{"name": "Home"}, {"name": "Coast"}, {"name": TITLE}]}
    head = f'<script type="application/ld+json">{json.dumps(trail)}</script>'
    outline, statements = page(head=head)
    claims = section_claims(statements, read_labels(outline, headline_element(outline, TITLE), URL), TITLE)
    assert [(claim.value, claim.refused) for claim in claims] == [
        (TITLE, "a part of the headline"),
        ("Coast", None),
        ("Home", "the start page"),
    ]


@pytest.mark.parametrize("stated", [False, "False", "false", "http://schema.org/False", "https://schema.org/False"])
def test_a_page_that_is_not_free_is_known_in_all_spellings(stated):
    assert is_free(page(ld={"isAccessibleForFree": stated})[1]) is False


@pytest.mark.parametrize("stated", [True, "True", "https://schema.org/True"])
def test_a_page_that_is_free_is_known_in_all_spellings(stated):
    assert is_free(page(ld={"isAccessibleForFree": stated})[1]) is True


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta property="article:content_tier" content="metered">', False),
        ('<meta property="article:content_tier" content="free">', True),
        ('<meta name="cXenseParse:paywall" content="true">', False),
        ('<meta name="paywall" content="no">', True),
        ('<meta name="paywall" content="perhaps">', None),
        ("", None),
    ],
)
def test_metas_of_paywalls_are_read(head, expected):
    assert is_free(page(head=head)[1]) is expected


def test_a_part_behind_a_paywall_makes_the_page_one():
    parts = {"hasPart": [{"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".paid"}]}
    claims = access_claims(page(ld=parts)[1])
    assert [(claim.value, claim.evidence) for claim in claims] == [(False, "json_ld hasPart isAccessibleForFree")]


def test_a_hundred_thousand_links_cost_no_more_than_the_first_thousands():
    body = '<p><a href="/topic/a">A</a></p>' * 100_000
    assert found_tags(body) == ("A",)
