"""The pictures of an article with their captions: credits off, lazy pictures found."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.captions import LABELS, without_credits
from flows.transform.images import captioned, marked_captions, pictures, reveal_lazy_pictures, within
from flows.transform.outline import Outline
from flows.transform.removals import Removals
from flows.transform.text import squeeze
from flows.transform.trees import parse
from flows.web.sites import site_facts
from warehouse.model import Image

URL = "https://gazette.example/2024/harbour"


def found(markup):
    root = parse(f"<html><body>{markup}</body></html>")
    reveal_lazy_pictures(root)
    for fallback in list(root.iter("noscript")):
        fallback.drop_tree()
    facts = site_facts(URL)
    outline = Outline(root)
    captions = marked_captions(outline, facts, Removals(outline, None))
    return [image for _, image in pictures(root, captioned(root, facts, captions), URL, facts)]


@pytest.mark.parametrize(
    "credit",
    [
        " Photo: Ann Example/AFP",
        " (Picture: Getty Images)",
        " © Ann Example",
        " — © EXAMPLE",
        " Foto: Ann Example / AP",
        " Ann Example/Getty Images",
        " [사진 출처 = 연합뉴스]",
        " (Ann Example/Reuters)",
        "Credit: Ann Example/Agency",
        " Foto: Ann Example/AFP Vis mer",
    ],
)
def test_the_credit_behind_a_caption_goes(credit):
    assert without_credits(f"Boats leave the quay.{credit}") == "Boats leave the quay."


@pytest.mark.parametrize("credit", ["© ANN EXAMPLE", "Photo: Ann Example", "(Image credit: Maker)"])
def test_a_caption_that_is_a_credit_is_none(credit):
    assert found(f'<figure><img src="/a.jpg"><figcaption>{credit}</figcaption></figure>') == [
        Image("https://gazette.example/a.jpg")
    ]


@pytest.mark.parametrize(
    "caption",
    [
        "A photo by the sea shows boats",
        "Look at the pictures: they show a boat",
        "Photo: the mayor opens the bridge.",
        "资料图片：一只纸箱。",
        "The harbour master (left)",
        "Boats of 2024",
    ],
)
def test_a_caption_about_pictures_stays(caption):
    assert without_credits(caption) == caption


def test_a_credit_in_a_box_of_its_own_goes():
    box = '<figcaption><span>Boats.</span><div class="image-copyright">Ann Example</div></figcaption>'
    assert found(f'<figure><img src="/a.jpg">{box}</figure>') == [Image("https://gazette.example/a.jpg", "Boats.")]


@pytest.mark.parametrize("shown", ['<img src="data:image/gif;base64,R0">', "<div><img></div>"])
def test_the_address_of_a_lazy_picture_is_read_from_the_fallback_behind_it(shown):
    assert found(f'{shown}<noscript><img src="/a.jpg"></noscript>') == [Image("https://gazette.example/a.jpg")]


def test_a_picture_with_an_address_keeps_it():
    assert found('<img src="/a.jpg"><noscript><img src="/pixel-of-an-advert.jpg"></noscript>') == [
        Image("https://gazette.example/a.jpg")
    ]


def test_a_picture_that_the_page_shows_above_its_text_too_is_none_of_the_texts():
    page = (
        '<header><img src="/logo.png"></header><main><img src="/logo.png"><img src="/a.jpg"></main><img src="/b.jpg">'
    )
    root = parse(f"<html><body>{page}</body></html>")
    facts = site_facts(URL)
    shown = pictures(root.find(".//main"), captioned(root, facts, {}), URL, facts)
    assert [image.url for _, image in shown] == [f"https://gazette.example/{name}" for name in ("logo.png", "a.jpg")]
    assert within(root.find(".//main"), shown) == (Image("https://gazette.example/a.jpg"),)


def test_icons_and_repeats_leave_room_for_the_pictures():
    assert found('<img src="/i.gif" width="16">' * 2500 + '<img src="/s.gif">' * 2500 + '<img src="/a.jpg">') == [
        Image("https://gazette.example/s.gif"),
        Image("https://gazette.example/a.jpg"),
    ]


@pytest.mark.parametrize("width", ["²", "1" * 5000, "100%", "", "-1", "٣"])
def test_a_width_that_is_no_number_of_pixels_makes_no_icon(width):
    assert found(f'<img src="/a.jpg" width="{width}">') == [Image("https://gazette.example/a.jpg")]


def test_a_caption_is_that_of_one_picture_of_accelerated_mobile_pages_not_of_a_gallery():
    caption = "<figcaption>Boats.</figcaption>"
    one = '<amp-img src="/a.jpg"><img src="data:image/gif;base64,R0"></amp-img>'
    gallery = f'<div><amp-img src="/b.jpg"></amp-img><amp-img src="/c.jpg"></amp-img>{caption}</div>'
    assert [image.caption for image in found(f"<figure>{one}{caption}</figure>{gallery}")] == ["Boats.", None, None]


def test_thousands_of_pictures_around_one_caption_are_read_in_a_moment():
    page = (
        "<figure>"
        + '<amp-img src="/a.jpg"></amp-img>' * 8000
        + f"<figcaption>{'<b>word</b> ' * 8000}</figcaption></figure>"
    )
    began = time.process_time()
    assert len(found(page)) == 1
    assert time.process_time() - began < 3


def test_of_several_captions_around_a_picture_the_first_is_its_own():
    captions = "<figcaption>Boats.</figcaption><figcaption>Nets.</figcaption>"
    assert found(f'<figure><img src="/a.jpg">{captions}</figure>') == [Image("https://gazette.example/a.jpg", "Boats.")]


@given(st.text(max_size=200).map(squeeze))
def test_any_caption_has_its_credits_off_once(caption):
    assert without_credits(without_credits(caption)) == without_credits(caption)


@given(st.lists(st.sampled_from([*LABELS.split("|"), "©", ":", "/", "(", ")", ". ", " ", "Ann", "AFP"]), max_size=30))
def test_any_row_of_credits_has_its_credits_off_once(parts):
    caption = squeeze("".join(parts))
    assert without_credits(without_credits(caption)) == without_credits(caption)
    assert len(without_credits(caption)) <= len(caption)
