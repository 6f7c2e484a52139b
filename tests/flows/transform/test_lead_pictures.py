"""The picture that leads an article: what is shown above the text, what is stated, and what is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.article_head import headline_element
from flows.transform.evidence import read_evidence
from flows.transform.image_versions import is_same_picture, largest_version, picture_name
from flows.transform.lead_pictures import image_claims, lead_picture
from flows.transform.outline import Outline
from flows.transform.trees import parse
from flows.web.sites import site_facts
from warehouse.model import Image

URL = "https://gazette.example/2024/harbour"
TITLE = "Harbour reopens after the storm"
PROSE = "<p>" + "The boats left at dawn and the market was full again by noon. " * 6 + "</p>"


def claims(body, head="", title=TITLE):
    outline = Outline(parse(f"<html><head>{head}</head><body>{body}</body></html>"))
    return image_claims(outline, headline_element(outline, title), read_evidence(outline), URL, site_facts(URL))


def chosen(body, head=""):
    return lead_picture(claims(body, head), ())


def article(picture, title=TITLE):
    return f"<article><h1>{title}</h1>{picture}{PROSE * 3}</article>"


def og(url):
    return f'<meta property="og:image" content="{url}">'


def test_the_picture_above_the_text_leads_even_where_another_one_is_shared():
    body = article('<figure><img src="/i/harbour.jpg" width="900"></figure>')
    assert (
        chosen(body, og("https://gazette.example/i/editor-of-the-day.jpg")) == "https://gazette.example/i/harbour.jpg"
    )


def test_the_shared_picture_leads_where_the_page_shows_none_above_the_text():
    body = f"<article><h1>{TITLE}</h1>{PROSE * 3}<figure><img src='/i/map.png' width='900'></figure></article>"
    assert chosen(body, og("/i/harbour.jpg")) == "https://gazette.example/i/harbour.jpg"


def test_of_two_pictures_above_the_text_the_one_that_is_stated_leads():
    body = article(
        '<figure><img src="/i/columnist.jpg" width="600"></figure><figure><img src="/i/harbour-900x500.jpg"></figure>'
    )
    assert (
        chosen(body, og("https://cdn.example/harbour-1200x630.jpg")) == "https://gazette.example/i/harbour-900x500.jpg"
    )


def test_the_largest_of_the_versions_is_taken():
    body = article(
        '<picture><source srcset="/i/a.avif?w=900 900w"><source srcset="/i/a.webp?w=600 600w, /i/a.webp?w=900 900w">'
        '<img src="/i/a.jpg?w=300"></picture>'
    )
    assert chosen(body) == "https://gazette.example/i/a.webp?w=900"


def test_addresses_in_a_source_set_may_hold_commas():
    body = article('<figure><img srcset="/i/c_fill,w_400/b.jpg 400w, /i/c_fill,w_800/b.jpg 800w"></figure>')
    assert chosen(body) == "https://gazette.example/i/c_fill,w_800/b.jpg"


@pytest.mark.parametrize(
    "lazy",
    [
        '<img src="data:image/gif;base64,R0lGOD" data-src="/i/h.jpg">',
        '<img src="/static/placeholder.png" data-srcset="/i/h.jpg 2x">',
        '<img src="/img/blank.gif"><noscript><img src="/i/h.jpg"></noscript>',
    ],
)
def test_lazy_pictures_are_found_behind_their_placeholders(lazy):
    assert chosen(article(f"<figure>{lazy}</figure>")) == "https://gazette.example/i/h.jpg"


@pytest.mark.parametrize(
    "other",
    [
        '<nav><img src="/i/x.jpg" width="900"></nav>',
        '<div class="author-box"><img src="/i/x.jpg" width="900"></div>',
        '<div class="relatedArticles"><img src="/i/x.jpg" width="900"></div>',
        '<a href="/another-story"><img src="/i/x.jpg" width="900"></a>',
        '<figure><img src="/i/x.jpg" width="80"></figure>',
        '<figure><img src="/i/x-150x150.jpg"></figure>',
        '<img src="/i/logo.png" width="900">',
        '<div class="video-player"><img src="/i/x.jpg" width="900"></div>',
    ],
)
def test_portraits_teasers_icons_and_stills_do_not_lead(other):
    found = claims(article(other), og("/i/harbour.jpg"))
    assert lead_picture(found, ()) == "https://gazette.example/i/harbour.jpg"
    assert any(claim.refused for claim in found)


def test_a_stated_picture_leads_whatever_its_box_is_called():
    body = article('<div class="sidebar-wide"><figure><img src="/i/harbour.jpg" width="900"></figure></div>')
    assert chosen(body, og("/crops/harbour-1200x630.jpg")) == "https://gazette.example/i/harbour.jpg"


def test_a_button_that_opens_the_picture_in_full_size_is_no_control():
    body = article('<figure><button><img src="/i/harbour.jpg" width="900"></button></figure>')
    assert chosen(body, og("/i/other.jpg")) == "https://gazette.example/i/harbour.jpg"


def test_systems_call_their_usual_crop_default():
    url = "https://gazette.example/i/70a5657e-harbour_16-9_default_0.jpg"
    assert chosen(article(""), og(url)) == url


def test_a_link_to_the_picture_in_full_size_is_no_teaser():
    body = article('<a href="/i/harbour-full.jpg"><img src="/i/harbour.jpg" width="900"></a>')
    assert chosen(body, og("/i/other.jpg")) == "https://gazette.example/i/harbour.jpg"


@pytest.mark.parametrize("name", ["logo.png", "site-logo.svg", "default.jpg", "og-image.png", "share_default.jpg"])
def test_what_a_site_shares_for_want_of_a_picture_is_none(name):
    found = claims(article(""), og(f"/static/{name}"))
    assert [claim.refused for claim in found] == ["logo or default picture"]
    assert lead_picture(found, ()) is None
    assert lead_picture(found, (Image("https://gazette.example/i/first.jpg"),)) == "https://gazette.example/i/first.jpg"


def test_a_framed_picture_right_above_the_headline_leads():
    body = f'<main><figure><img src="/i/harbour.jpg"></figure><h1>{TITLE}</h1>{PROSE * 3}</main>'
    assert chosen(body, og("/i/other.jpg")) == "https://gazette.example/i/harbour.jpg"


def test_json_ld_names_the_picture_of_a_page_that_shows_none():
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "H",'
        ' "image": [{"@type": "ImageObject", "url": "https://cdn.example/h.jpg"}]}</script>'
    )
    assert chosen(article(""), head) == "https://cdn.example/h.jpg"


def test_proxies_are_taken_off():
    body = article(
        '<figure><img src="/_next/image?url=https%3A%2F%2Fcdn.example%2Fi%2Fharbour.jpg&amp;w=1200"></figure>'
    )
    assert chosen(body) == "https://cdn.example/i/harbour.jpg"


def test_the_logo_of_the_company_that_is_written_about_leads():
    body = article('<figure><img src="/i/acme-logo.jpg" width="900"></figure>')
    assert chosen(body, og("/i/acme-logo.jpg")) == "https://gazette.example/i/acme-logo.jpg"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/i/harbour-1200x630.jpg", "https://a.example/i/harbour-scaled.jpg?w=300"),
        ("https://a.example/harbour/w1200/image.jpg", "https://b.example/harbour/w300/image.webp"),
        ("https://a.example/4c113d3e-b078-4dd9_w948.webp", "https://a.example/4c113d3e-b078-4dd9_w1280_r1.jpg"),
    ],
)
def test_versions_of_a_picture_have_one_name(one, other):
    assert is_same_picture(picture_name(one), picture_name(other))


def test_pictures_of_one_day_have_different_names():
    one, other = (picture_name(f"https://a.example/photo-2007{end}.jpg") for end in ("041033", "042222"))
    assert not is_same_picture(one, other)


@given(st.text(max_size=80), st.text(max_size=80))
def test_names_of_any_text_can_be_compared(one, other):
    names = picture_name(one), picture_name(other)
    assert is_same_picture(*names) == is_same_picture(*reversed(names))
    assert is_same_picture(names[0], names[0])


@given(st.text(alphabet="abc/., 0123456789wx\t", max_size=200))
def test_any_source_set_gives_an_address_or_none(listed):
    image = parse("<img>").find(".//img")
    image.set("srcset", listed)
    version = largest_version(image, URL)
    assert version is None or version.url.startswith("https://")


def test_a_hundred_thousand_pictures_cost_no_more_than_the_first_few():
    body = f"<article><h1>{TITLE}</h1>" + '<figure><img src="/i/a.jpg" srcset="/i/a.jpg 9w"></figure>' * 100_000
    assert len(claims(body)) <= 20
