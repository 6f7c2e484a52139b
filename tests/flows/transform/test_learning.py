"""What is learnt about a site from its own pages, all invented: endings and beginnings of titles, repeated lines."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.learning import MOST_AFFIXES, MOST_LINES, Observation, learn, observe, says_the_same
from flows.transform.site_rules import LONGEST_NOISE
from warehouse.model import Page, SiteRules

SITE = "harbour-courier.example"
TOPICS = ("Tram line delayed", "Ferry sold", "Lighthouse opens", "Pier repaired", "Market moves", "Bridge closed")


def seen(number, titles=(), headlines=(), lines=()):
    return Observation(SITE, f"https://{SITE}/{number}", tuple(titles), tuple(headlines), tuple(lines))


def titled(*titles):
    return [seen(number, [title]) for number, title in enumerate(titles)]


def page(body, url=f"https://{SITE}/1", **given):
    return Page(source="test", site=SITE, requested_url=url, url=url, body=body.encode(), **given)


@pytest.mark.parametrize(
    "ending",
    [
        " | Harbour Courier",
        " - Harbour Courier",
        " – Harbour Courier",
        "_港口日报",
        "-港口日报",
        "｜港口日报",
        " :: Courier",
    ],
)
def test_an_ending_that_three_titles_share_is_the_sites(ending):
    assert learn(SITE, titled(*(topic + ending for topic in TOPICS[:3]))).title_suffixes == (ending,)
    assert learn(SITE, titled(*(topic + ending for topic in TOPICS[:2]))).title_suffixes == ()


@pytest.mark.parametrize("beginning", ["Harbour Courier - ", "Harbour Courier: ", "港口日报：", "Courier » "])
def test_a_beginning_that_three_titles_share_is_the_sites(beginning):
    assert learn(SITE, titled(*(beginning + topic for topic in TOPICS[:3]))).title_prefixes == (beginning,)


def test_a_section_before_the_name_of_the_site_is_tried_before_the_name_alone():
    sections = ["Sport"] * 3 + ["Arts"] * 3
    titles = [f"{topic} | {section} | Courier" for topic, section in zip(TOPICS, sections, strict=True)]
    assert learn(SITE, titled(*titles)).title_suffixes == (" | Sport | Courier", " | Arts | Courier", " | Courier")


def test_versions_of_one_article_do_not_agree_about_its_site():
    assert learn(SITE, titled(*["Ferry sold | at last"] * 5)).title_suffixes == ()


def test_an_ending_that_the_headlines_have_too_is_theirs():
    pages = [seen(n, [f"{topic} – live"], [f"{topic} – live"]) for n, topic in enumerate(TOPICS)]
    assert learn(SITE, pages).title_suffixes == ()


def test_an_ending_that_the_headlines_do_without_is_the_sites_though_it_is_rare():
    rare = [seen(n, [f"{topic} | Columns"], [topic]) for n, topic in enumerate(TOPICS[:3])]
    others = [seen(n, [f"Story {n}"], [f"Story {n}"]) for n in range(40)]
    assert learn(SITE, rare + others).title_suffixes == (" | Columns",)


def test_a_rare_ending_on_which_no_headline_throws_light_is_left_alone():
    rare = titled(*(f"{topic} – a comment" for topic in TOPICS[:3]))
    assert learn(SITE, rare + titled(*(f"Story {n}" for n in range(40)))).title_suffixes == ()


@pytest.mark.parametrize("word", ["Covid-19", "3:2", "2010–2020", "e-mail", "and/or"])
def test_signs_within_words_and_numbers_separate_nothing(word):
    assert learn(SITE, titled(*(f"{topic} with {word}" for topic in TOPICS))).title_suffixes == ()


def with_lines(*lines_of_pages):
    return [seen(n, [f"Story {n}"], lines=lines) for n, lines in enumerate(lines_of_pages)]


def test_a_line_that_stands_on_three_pages_and_a_fifth_of_all_is_noise():
    footer = "All rights reserved by the Harbour Courier."
    assert learn(SITE, with_lines(*[(f"Text {n}", footer) for n in range(3)])).noise_lines == (footer,)
    assert learn(SITE, with_lines(*[(f"Text {n}", footer) for n in range(2)])).noise_lines == ()
    some = [(f"Text {n}", *([footer] if n < 7 else [])) for n in range(40)]
    assert learn(SITE, with_lines(*some)).noise_lines == ()
    assert learn(SITE, with_lines(*some, (footer,))).noise_lines == ()
    assert learn(SITE, with_lines(*some[:35])).noise_lines == (footer,)


def test_an_article_that_is_stored_under_many_addresses_repeats_nothing():
    pages = [
        seen(n, ["Ferry sold"], lines=["The ferry was sold on Tuesday.", "Nobody says for how much."]) for n in range(9)
    ]
    assert learn(SITE, pages).noise_lines == ()


def test_a_line_is_the_same_however_its_blanks_are():
    pages = with_lines(("Share  this",), ("Share this",), ("Sharethis",))
    assert learn(SITE, pages).noise_lines == ("Share  this",)


def test_what_was_learnt_once_stays_and_what_is_new_joins_it():
    before = SiteRules(site=SITE, rules_version=4, title_suffixes=(" | Courier",), noise_lines=("Old footer",))
    after = learn(SITE, with_lines(*[("New footer",)] * 3), before)
    assert (after.rules_version, after.title_suffixes, after.noise_lines) == (
        4,
        (" | Courier",),
        ("New footer", "Old footer"),
    )
    assert not says_the_same(before, after)
    assert says_the_same(after, learn(SITE, with_lines(*[("New footer",)] * 3), after))


def test_new_lines_come_before_old_ones_where_not_all_fit():
    before = SiteRules(site=SITE, rules_version=1, noise_lines=tuple(f"Old {n}" for n in range(MOST_LINES)))
    after = learn(SITE, with_lines(*[("New footer",)] * 3), before)
    assert len(after.noise_lines) == MOST_LINES
    assert "New footer" in after.noise_lines


def test_the_order_of_the_pages_makes_no_difference():
    pages = [
        seen(n, [f"{topic} | {'Sport' if n % 2 else 'Arts'} | Courier"], [topic], [f"Line {k}" for k in range(n, 400)])
        for n, topic in enumerate(TOPICS)
    ]
    shuffled = random.Random(1).sample(pages, len(pages))
    assert learn(SITE, pages) == learn(SITE, shuffled)


lines = st.text(max_size=400)


@given(st.lists(st.builds(Observation, lines, lines, *[st.lists(lines, max_size=3).map(tuple)] * 3)))
def test_any_pages_give_rules_within_their_bounds(pages):
    rules = learn(SITE, pages)
    assert len(rules.noise_lines) <= MOST_LINES
    assert len(rules.title_suffixes) <= MOST_AFFIXES
    assert says_the_same(rules, learn(SITE, pages, rules))


def test_a_page_shows_its_titles_its_headline_and_its_short_lines():
    shown = observe(
        page(
            "<html><head><title>Ferry sold | Courier</title><meta property='og:title' content='Ferry sold'></head>"
            "<body>"
            "<ul><li><a href='/a'>Home</a></li></ul><h1>Ferry  sold</h1><p>The ferry was sold.</p><p>* * *</p>"
            f"<p>{'A long paragraph. ' * 40}</p><footer><a href='/x'>Imprint</a></footer>"
        )
    )
    assert shown.titles == ("Ferry sold | Courier", "Ferry sold")
    assert shown.headlines == ("Ferry sold",)
    assert shown.lines == ("Ferry sold", "The ferry was sold.", "Imprint")
    assert max(map(len, shown.lines)) <= LONGEST_NOISE


def test_a_line_that_returns_within_a_page_is_how_its_article_is_made():
    """Questions and answers, advantages and drawbacks: a site that prints tests has them on every page."""
    shown = observe(page("<html><body><h3>Good</h3><p>Light.</p><h3>Good</h3><p>Fast.</p><p>Write to us!</p>"))
    assert shown.lines == ("Light.", "Fast.", "Write to us!")


def test_a_fragment_shows_the_feeds_title_and_no_heading_of_its_text():
    shown = observe(page("<h1>A part of it</h1><p>The ferry was sold.</p>", hint_title="Ferry sold - Courier"))
    assert (shown.titles, shown.headlines) == (("Ferry sold - Courier",), ())


@given(st.binary(max_size=200))
def test_any_bytes_can_be_observed(body):
    url = f"https://{SITE}/1"
    observe(Page(source="test", site=SITE, requested_url=url, url=url, body=body))
