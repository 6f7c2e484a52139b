"""The links of a document are those of its text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml.html import fromstring

from flows.transform.blocks import blocks_of
from flows.transform.documents import transform
from flows.transform.links import links_in
from flows.web.urls import absolute_url, normalize_url, site_of
from warehouse.model import Page

SENTENCE = "The harbour council met on Tuesday and talked about the tram line at some length before it voted on it. "


def links(body):
    url = "https://www.example.org/news/1"
    page = Page(source="s", site=site_of(url), requested_url=url, url=url, body=body.encode(), hint_title="Trams")
    return [link.url for link in transform(page).links]


def test_a_link_in_a_paragraph_is_a_link_of_the_document():
    assert links(f'<p>{SENTENCE}It had <a href="/plan">a plan</a>.</p><p>{SENTENCE}</p>') == [
        "https://www.example.org/plan"
    ]


def test_an_advert_behind_the_text_gives_no_link():
    advert = '<br><hr><div>获取更多RSS：<br><a href="https://feedx.net">https://feedx.net</a><br></div>'
    assert links(f"<p>{SENTENCE}</p><p>{SENTENCE}</p>{advert}") == []


def test_a_link_to_the_page_itself_and_one_that_leads_nowhere_are_none():
    nowhere = '<a href="#top">up</a> <a href="javascript:void(0)">x</a> <a href="/news/1?utm_source=x">y</a>'
    assert links(f"<p>{SENTENCE}{nowhere}</p>") == []


@pytest.mark.parametrize("spelling", ["/news/%31", "http://WWW.example.org:80//news/./1", "/news/2/../1#end"])
def test_a_link_to_the_page_itself_is_known_by_any_spelling(spelling):
    assert links(f'<p>{SENTENCE}<a href="{spelling}">here</a> <a href="/news/11">next</a></p>') == [
        "https://www.example.org/news/11"
    ]


ADDRESSES = st.lists(st.sampled_from([*"abé/.~ ?#%", "%61", "\u200b"]), max_size=6).map("".join)


@given(ADDRESSES, ADDRESSES)
@example("a", "%61")
@example("b\u200ba", "ba")
def test_the_address_of_the_page_is_told_from_others_as_normalising_both_tells(own, other):
    base, url = (f"https://example.org/{path}" for path in (own, other))
    block = blocks_of(fromstring(f"<p><a href='{url}'>here</a></p>"))
    target = absolute_url(base, url)
    expected = target is not None and normalize_url(target) != normalize_url(base)
    assert bool(links_in(block, base)) is expected
