"""Which of a page's titles is its headline, and what is taken from around it."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.transform import trees
from flows.transform.blocks import blocks_of
from flows.transform.claims import chosen_value
from flows.transform.documents import no_rules
from flows.transform.evidence import read_evidence
from flows.transform.outline import Outline
from flows.transform.title_parts import bare, names_of_site, without_affixes
from flows.transform.titles import is_title, title_claims
from flows.web.sites import SiteFacts
from warehouse.model import Page, SiteRules

URL = "https://www.harbour-post.example/2024/wall"


def page(url=URL, **given):
    return Page(source="test", site="harbour-post.example", requested_url=url, url=url, body=b"", **given)


def headline(markup, rules=None, url=URL, **given):
    statements = read_evidence(Outline(trees.parse(markup)), url)
    return chosen_value(
        title_claims(page(url, **given), statements, SiteFacts(), rules or no_rules("harbour-post.example"))
    )


def whole(head, body=""):
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def social(text):
    return f'<meta property="og:title" content="{text}">'


def json_ld(text, kind="NewsArticle"):
    return f'<script type="application/ld+json">{{"@type": "{kind}", "headline": "{text}"}}</script>'


@pytest.mark.parametrize(
    "written",
    [
        "Sea wall gives way | Harbour Post",
        "Sea wall gives way - Harbour Post",
        "Sea wall gives way – harbour-post.example",
        "Sea wall gives way | Local News | Harbour Post",
        "Sea wall gives way | News | Harbour Post Online",
        "Harbour Post » Sea wall gives way",
        "Harbour Post: Sea wall gives way",
        "Sea wall gives way • The Quay, the Harbour - and More",
        "Sea wall gives way",
    ],
)
def test_the_name_of_the_site_is_no_part_of_a_title(written):
    name = '<meta property="og:site_name" content="The Quay, the Harbour - and More">'
    assert headline(whole(f"<title>{written}</title>{name}")) == "Sea wall gives way"


@pytest.mark.parametrize(
    "written", ["Harbour Post", "2024 - a year in numbers", "Wall | Tide | Flood | Storm", "A-B-C"]
)
def test_a_title_without_the_name_of_the_site_stays(written):
    assert headline(whole(f"<title>{written}</title>")) == written


def test_a_title_in_chinese_is_cut_without_blanks():
    name = '<meta property="og:site_name" content="港口新闻网">'
    assert headline(whole(f"<title>海堤决口了-港口新闻网</title>{name}")) == "海堤决口了"
    assert headline(whole(f"<title>海堤决口了_本地新闻_港口新闻网</title>{name}")) == "海堤决口了"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("海堤决口了！-港口网", "海堤决口了！"),
        ("海堤决口了_本地频道_港口日报", "海堤决口了"),
        ("방파제가 무너졌다-정치ㅣ항구일보", "방파제가 무너졌다"),
        ("防波堤が崩れた - 港ニュース", "防波堤が崩れた"),
    ],
)
def test_an_eastern_outlet_is_known_by_what_it_calls_itself(written, shown):
    assert headline(whole(f"<title>{written}</title>")) == shown


@pytest.mark.parametrize(
    ("tag", "shown", "is_it"),
    [
        ("h1", "Sea wall  gives way", True),
        ("h1", "At the coast: Sea wall gives way!", True),
        ("h2", "SEA WALL GIVES WAY", True),
        ("h2", "Why the sea wall gives way", False),
        ("p", "Sea wall gives way", False),
    ],
)
def test_the_heading_that_holds_the_title_is_known_as_such(tag, shown, is_it):
    (block,) = blocks_of(trees.parse(f"<{tag}>{shown}</{tag}>").find("body"))
    assert is_title(block, "Sea wall gives way") is is_it


def test_what_is_shown_over_the_article_wins_over_what_is_written_for_search_engines():
    head = "<title>Sea wall: 7 facts | Harbour Post</title>" + social("Sea wall: 7 facts")
    assert headline(whole(head, "<h1>Seven facts on the sea wall</h1>")) == "Seven facts on the sea wall"


def test_the_headline_of_a_newsroom_wins_where_its_statements_agree():
    head = "<title>Sea wall gives way</title>" + social("Sea wall gives way") + json_ld("Sea wall gives way")
    assert headline(whole(head, "<h1>Live blog</h1>")) == "Sea wall gives way"


@pytest.mark.parametrize(
    "logo",
    [
        '<h1><a href="/">The Harbour Post</a></h1>',
        '<h1 class="site-title">Waves and weather</h1>',
        '<div id="logo"><h1>Waves and weather</h1></div>',
        "<h1>Menu</h1><h1>Search</h1>",
    ],
)
def test_a_first_heading_that_is_a_logo_or_a_menu_is_not_the_headline(logo):
    head = "<title>Sea wall gives way : Waves and weather</title>"
    assert headline(whole(head, f"{logo}<h2>Sea wall gives way</h2>")) == "Sea wall gives way"


def test_a_heading_loses_its_kicker_where_the_statements_do_without():
    head = "<title>Sea wall gives way | Harbour Post</title>" + social("Sea wall gives way")
    kicker = "<h1><span>At the coast</span><span>Sea wall gives way</span></h1>"
    assert headline(whole(head, kicker)) == "Sea wall gives way"


def test_a_title_has_the_spelling_that_most_places_share():
    head = "<title>Coast: Sea wall gives way | Harbour Post</title>" + social("Coast: Sea wall gives way")
    assert headline(whole(head, "<h1>Coast <b>Sea wall gives way</b></h1>")) == "Coast: Sea wall gives way"


def test_a_title_cut_short_for_a_field_gives_way_to_the_whole_one():
    full = "Sea wall gives way after the third storm of the month, and the harbour is closed until Friday"
    head = f"<title>{full} | Harbour Post</title>" + json_ld(full[:60], "Article") + social(full)
    assert headline(whole(head)) == full


def test_the_learnt_rules_of_a_site_are_kept():
    rules = SiteRules(site="x", rules_version=1, title_suffixes=(" ~ quay",), title_prefixes=("Wire/ ",))
    assert headline(whole("<title>Wire/ Sea wall gives way ~ quay</title>"), rules) == "Sea wall gives way"


def test_a_fragment_of_a_feed_has_the_title_that_came_with_it():
    assert headline("<h1>A heading in the text</h1><p>x</p>", hint_title="Sea  wall") == "Sea wall"


def test_a_page_without_any_title_has_none():
    assert headline(whole("", "<p>Text.</p>")) is None


def test_claims_show_every_title_and_mark_the_one_that_was_chosen():
    markup = whole("<title>Sea wall - Harbour Post</title>" + social("Sea wall"), "<h1>Sea wall</h1>")
    statements = read_evidence(Outline(trees.parse(markup)), URL)
    claims = title_claims(page(), statements, SiteFacts(), SiteRules(site="x", rules_version=0))
    assert [(claim.evidence, claim.value, claim.raw) for claim in claims] == [
        ("h1", "Sea wall", "Sea wall"),
        ("og:title", "Sea wall", "Sea wall"),
        ("title", "Sea wall", "Sea wall - Harbour Post"),
    ]
    assert [claim.is_chosen for claim in claims] == [True, False, False]
    assert [claim.score for claim in claims] == sorted((claim.score for claim in claims), reverse=True)


def test_the_bare_name_of_the_site_is_refused_unless_the_page_says_nothing_else():
    markup = whole("<title>Sea wall</title>", "<h1>Harbour Post</h1>")
    claims = title_claims(
        page(), read_evidence(Outline(trees.parse(markup)), URL), SiteFacts(), SiteRules(site="x", rules_version=0)
    )
    assert {claim.value: (claim.refused, claim.is_chosen) for claim in claims} == {
        "Harbour Post": ("the name of the site", False),
        "Sea wall": (None, True),
    }
    assert headline(whole("<title>Harbour Post</title>")) == "Harbour Post"


def test_a_hint_of_blanks_is_none():
    assert headline("<p>Text.</p>", hint_title=" ") is None


@pytest.mark.parametrize("text", ["x" * 1_000_000, "| " * 300_000, "a - " * 300_000, "word " * 200_000, "：" * 300_000])
def test_a_title_of_a_megabyte_costs_little(text):
    statements = read_evidence(
        Outline(trees.parse(whole(f"<title>{text}</title>{social(text)}", f"<h1>{text}</h1>"))), URL
    )
    started = time.process_time()
    title_claims(page(), statements, SiteFacts(), no_rules("harbour-post.example"))
    assert time.process_time() - started < 0.5


@example("0|:", ["0"])
@given(st.text(max_size=80), st.lists(st.text(max_size=12), max_size=3))
def test_taking_affixes_off_never_fails_and_leaves_something(text, stated):
    names = names_of_site(stated, URL)
    found = without_affixes(text, names, SiteFacts(), SiteRules(site="x", rules_version=0))
    assert found in text
    assert bool(bare(found)) == bool(bare(text)) or found == text


@given(st.text(max_size=60))
def test_a_title_in_bare_letters_is_so_already(text):
    assert bare(bare(text)) == bare(text)
