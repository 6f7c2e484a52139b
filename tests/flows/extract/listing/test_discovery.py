"""Where a site keeps its feeds and sitemaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.listing.discovery import feeds_of, is_html, usual_places
from warehouse.model import PageKind

URL = "https://news.example.org/world/"
PAGE = "<!doctype html><html><head>{}</head><body>{}</body></html>"


def feeds(head="", body=""):
    return feeds_of(PAGE.format(head, body).encode(), url=URL, charset="utf-8")


def test_the_feeds_that_a_page_names_are_absolute_and_in_order():
    head = (
        '<link rel="alternate" type="application/rss+xml" href="/feed">'
        '<link rel="Alternate Home" type="application/atom+xml; charset=utf-8" href="atom.xml">'
        "<link rel=alternate type=application/feed+json href=//feeds.example.org/a.json>"
        '<link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" href="/a.css">'
        '<link rel="alternate" type="application/rss+xml" href="/feed">'
        '<link rel="alternate" type="application/rss+xml" href="javascript:x()">'
    )
    expected = ("/feed", "/world/atom.xml")
    found = (*(f"https://news.example.org{path}" for path in expected), "https://feeds.example.org/a.json")
    assert feeds(head, '<a href="/rss.xml">RSS</a>') == found


def test_addresses_are_meant_from_the_page_s_base():
    head = '<base href="https://www.example.org/x/"><link rel="alternate" type="application/rss+xml" href="feed">'
    assert feeds(head) == ("https://www.example.org/x/feed",)


def test_feeds_of_comments_are_left_out():
    head = (
        '<link rel="alternate" type="application/rss+xml" title="Harbour &raquo; Comments Feed" href="/x/feed">'
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed">'
        '<link rel="alternate" type="application/rss+xml" title="Harbour" href="/feed">'
    )
    assert feeds(head) == ("https://news.example.org/feed",)


@pytest.mark.parametrize(
    ("href", "is_feed"),
    [
        ("/rss.xml", True),
        ("/world/feed/", True),
        ("/?feed=rss2", True),
        ("https://feeds.example.org/world", True),
        ("/politics.rss", True),
        ("/feedback", False),
        ("/about-rss", False),
        ("/sitemap.xml", False),
        ("#rss", False),
        ("javascript:feed()", False),
    ],
)
def test_a_plain_link_counts_where_it_plainly_leads_to_a_feed(href, is_feed):
    assert bool(feeds("", f'<a href="{href}">x</a>')) is is_feed


def test_the_usual_places_stand_at_the_root_of_the_site():
    assert usual_places(PageKind.SITEMAP, URL)[0] == "https://news.example.org/sitemap.xml"
    assert "https://news.example.org/feed" in usual_places(PageKind.FEED, URL)
    assert usual_places(PageKind.DOCUMENT, URL) == ()


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"<!doctype html><title>x</title>", None, True),
        (b"<!-- a --><HTML lang=en><body>", "application/xml", True),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "application/xhtml+xml", True),
        (b"<div>part of a page</div>", "text/html; charset=utf-8", True),
        (b'<?xml version="1.0"?><rss version="2.0">', "text/html", False),
        (b"<urlset>", "text/html", False),
        (b'{"version": "x"}', "text/html", False),
        (b"<div>", None, False),
        (b"", "text/html", False),
    ],
)
def test_a_body_is_a_page_by_its_first_element(body, content_type, expected):
    assert is_html(body, content_type) is expected


@given(st.binary())
def test_any_bytes_may_be_asked_for_feeds(body):
    for page in (
        body,
        b"<html><base href='" + body,
        b"<html><a href='" + body,
        b"<html><link rel=alternate href=" + body,
    ):
        assert isinstance(feeds_of(page, url=URL, charset=None), tuple)
        assert is_html(page, "text/html") in (True, False)
