"""What is taken out of a page is never its headline and never most of its words, whatever was left open on it."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.documents import transform
from flows.transform.outline import Outline
from flows.transform.removals import Removals
from flows.transform.trees import parse
from warehouse.model import Document, Page, Reject

TITLE = "Bramholt rebuilds its old bridge over the Ilse"
PARAGRAPHS = (
    (
        "The council of Bramholt decided on Thursday to rebuild the stone bridge over the Ilse, which has "
        "been closed to cars since the flood of last winter."
    ),
    (
        "Engineers had warned that two of the five arches could no longer carry lorries, and that each "
        "further frost would make the repair dearer than it is today."
    ),
    (
        "“People here have driven around by way of Sennfeld for eleven months, and they are tired of it,” "
        "said the mayor, Jutta Brandeis, after the vote."
    ),
    (
        "The work is to begin in April and will cost some four million crowns, of which the district pays a "
        "third and the province the rest."
    ),
    (
        "Shopkeepers in the old town asked for a footbridge while the arches are being rebuilt, because half "
        "of their customers come from the other bank."
    ),
    (
        "The builder promised that walkers could cross on planks from the middle of May, provided that the "
        "water does not rise as it did two years ago."
    ),
    (
        "A group of residents had collected nine hundred signatures against the plan to fell the lime trees "
        "on the eastern ramp, and the council now keeps them."
    ),
)
TEXT = "\n".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
LEAD, BODY = TEXT.split("\n", 1)
HEAD = f"<title>{TITLE} - Ilse Courier</title><meta property='og:title' content='{TITLE}'>"
MENU = "<nav><ul><li><a href=/town>Town</a></li><li><a href=/region>Region</a></li></ul></nav>"
FOOT = "<footer><p>© 2026 Ilse Courier</p><p><a href=/imprint>Imprint</a></p></footer>"
# fmt: off
OPENED = (
    "button", "nav", "figure", "dialog", "object", "aside", "form", "footer", "header", "menu", "select", "template",
    "noscript", "svg", "canvas", "figcaption", "details", "fieldset", "embed", "video", "audio", "label", "blockquote",
    "div hidden", 'div aria-hidden="true"', 'div style="display:none"', 'div class="sr-only"', 'span class="sr-only"',
    'section class="related"', 'p class="wp-caption-text"', "textarea", "iframe", "title",
)
# fmt: on


def whole(body):
    return f"<!doctype html><html lang=en><head>{HEAD}</head><body>{body}</body></html>"


LAYOUTS = {
    "landmarks": whole(
        f"<header><a href=/>Ilse Courier</a>{MENU}</header>\n<main><article><h1>{TITLE}</h1>"
        "<p class=byline>By <a rel=author href=/mara>Mara Lindqvist</a></p>\n<figure><img src=/b.jpg width=900 "
        f"height=600><figcaption>The bridge in January.</figcaption></figure>\n{TEXT}</article>\n<aside><h2>More from "
        "the region</h2><ul><li><a href=/s/1>Choir wins prize in Sennfeld</a></li><li><a href=/s/2>School roof leaks "
        f"again</a></li></ul></aside></main>\n{FOOT}"
    ),
    "boxes": whole(
        f"<div id=wrap><div class=top><a href=/>Ilse Courier</a></div>{MENU}\n<div class=content><h1>{TITLE}</h1>"
        f"<div class=meta>5 March 2026</div>\n<div class=entry>{TEXT}</div></div>\n<div class=teasers>"
        "<a href=/s/1>Choir wins prize in Sennfeld</a></div></div><div class=foot>© 2026 Ilse Courier</div>"
    ),
    "bare": whole(f"<h1>{TITLE}</h1>\n{TEXT}\n"),
}


def made_of(markup):
    address = "https://courier.example/town/bridge"
    return transform(
        Page(source="test", site="courier.example", requested_url=address, url=address, body=markup.encode())
    )


def kept(document):
    return [paragraph for paragraph in PARAGRAPHS if paragraph in document.text]


def places(markup):
    """Where a tag could have been left in the body: before every other tag."""
    return [tag.start() for tag in re.finditer("<(?!/(?:body|html))", markup) if tag.start() > markup.index("<body>")]


@pytest.mark.parametrize("opened", OPENED)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_element_that_was_never_closed_takes_the_article_with_it(opened, layout):
    markup = LAYOUTS[layout]
    spots = [
        markup.index("<body>") + len("<body>"),
        markup.index("<h1>"),
        markup.index("<p>The council"),
        markup.index("<p>Engineers"),
    ]
    for at in spots:
        document = made_of(f"{markup[:at]}<{opened}>{markup[at:]}")
        assert (document.title, len(kept(document))) == (TITLE, len(PARAGRAPHS))


@given(data=st.data())
def test_elements_left_open_anywhere_cost_no_page_its_title_nor_most_of_its_text(data):
    markup = LAYOUTS[data.draw(st.sampled_from(sorted(LAYOUTS)))]
    left_open = st.tuples(st.sampled_from(places(markup)), st.sampled_from(OPENED))
    for at, opened in sorted(data.draw(st.lists(left_open, min_size=1, max_size=3)), reverse=True):
        markup = f"{markup[:at]}<{opened}>{markup[at:]}"
    document = made_of(markup)
    assert isinstance(document, Document)
    assert document.title == TITLE
    assert 2 * len("".join(kept(document))) > len("".join(PARAGRAPHS))


@pytest.mark.parametrize("tag", ["button", "nav", "dialog", "object", "noscript", "template"])
def test_an_article_within_what_holds_none_is_the_text_even_where_all_is_closed(tag):
    document = made_of(whole(f"{MENU}<{tag}><h1>{TITLE}</h1>{TEXT}</{tag}>{FOOT}"))
    assert document.text.split("\n") == list(PARAGRAPHS)


def test_several_elements_do_not_take_together_what_none_may_take_alone():
    pairs = "".join(f"<div><button>{part}</button></div>" for part in (TEXT[:400], TEXT[400:700], TEXT[700:]))
    document = made_of(whole(f"<h1>{TITLE}</h1>{LEAD}{pairs}"))
    assert 2 * len(document.text) > len("".join(PARAGRAPHS))


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("line", ["{}<br><br>", "<div>{}</div>", "<p>{}</p>"])
@pytest.mark.parametrize("tag", ["button", "nav", "figcaption", "dialog", "figure"])
def test_what_several_elements_take_together_is_counted_whatever_they_hold(tag, line, count):
    lines = [line.format(paragraph) for paragraph in PARAGRAPHS[1:]]
    size = len(lines) // count
    parts = ("".join(lines[at : at + size]) for at in range(0, len(lines), size))
    elements = "".join(f"<div><{tag}>{part}</{tag}></div>" for part in parts)
    document = made_of(whole(f"<h1>{TITLE}</h1>{LEAD}{elements}"))
    assert isinstance(document, Document)
    assert 2 * len("".join(kept(document))) > len("".join(PARAGRAPHS))


def test_what_went_with_the_element_around_it_is_not_counted_again():
    menu = f"<nav><dialog><div>{'Read on about it. ' * 20}</div></dialog></nav>"
    root = parse(whole(f"<h1>{TITLE}</h1>{TEXT}{menu}<nav><div>{'Write to us. ' * 20}</div></nav>"))
    outline = Outline(root)
    removals = Removals(outline, outline.of("h1")[0])
    first, inner, second = outline.of("nav", "dialog")
    for element in (first, inner, second):
        removals.take_out(element)
    assert "".join(root.find("body").itertext()) == "\n".join((TITLE + PARAGRAPHS[0], *PARAGRAPHS[1:]))


def test_what_an_element_holds_before_the_first_paragraph_goes_all_the_same():
    document = made_of(whole(f"<h1>{TITLE}</h1>{LEAD}<button>Read this aloud {BODY}"))
    assert document.text.split("\n") == list(PARAGRAPHS)


def test_a_caption_that_was_never_closed_is_the_caption_of_its_picture_and_the_rest_is_the_text():
    figure = "<figure><img src=/b.jpg width=900 height=600><figcaption>The bridge in January."
    document = made_of(whole(f"<article><h1>{TITLE}</h1>{figure}{TEXT}</article>"))
    assert document.text.split("\n") == list(PARAGRAPHS)
    assert [image.caption for image in document.images] == ["The bridge in January."]


def test_a_menu_within_a_menu_that_was_never_closed_goes():
    document = made_of(whole(f"<nav><a href=/>Ilse Courier</a>{MENU}<h1>{TITLE}</h1>{TEXT}{FOOT}"))
    assert document.text.split("\n") == list(PARAGRAPHS)


def test_text_without_paragraphs_is_let_out_with_the_whole_element():
    lines = "<br><br>".join(PARAGRAPHS)
    document = made_of(whole(f"<h1>{TITLE}</h1><nav>{MENU}<div>{lines}</div>"))
    assert len(kept(document)) == len(PARAGRAPHS)


def test_a_headline_that_is_hidden_for_the_eye_stays_and_does_not_open_the_text():
    document = made_of(whole(f"<h1 class=sr-only>{TITLE}</h1>{TEXT}{FOOT}"))
    assert document.text.split("\n") == list(PARAGRAPHS)


def test_a_menu_of_teasers_that_is_longer_than_the_article_below_it_goes():
    teasers = "".join(f"<li><a href=/{n}>Part {n}</a><p>{text}</p></li>" for n, text in enumerate(PARAGRAPHS))
    document = made_of(
        whole(f"<nav><ul>{teasers}</ul></nav><h1>A footbridge for Sennfeld</h1><p>{'It is built. ' * 20}")
    )
    assert kept(document) == []


def test_the_links_of_a_menu_do_not_become_an_article():
    links = "".join(f"<li><a href=/{n}>A story about number {n} in the region</a></li>" for n in range(60))
    assert "A story" not in made_of(whole(f"<nav><ul>{links}</ul></nav><p>{PARAGRAPHS[0]}</p>{FOOT}")).text
    document = made_of(whole(f"<nav><ul>{links}</ul></nav><h1>{TITLE}</h1>{TEXT}{FOOT}"))
    assert document.text.split("\n") == list(PARAGRAPHS)


def test_the_notice_that_a_page_needs_scripts_is_no_text():
    notice = "<noscript><p>Please switch on JavaScript in your browser, which this page needs to show its text.</p>"
    assert isinstance(made_of(whole(f"<div id=root></div>{notice}</noscript>")), Reject)


@pytest.mark.parametrize("before", [f"<h1>{TITLE}</h1>", f"<h1>{TITLE}</h1>{LEAD}", ""])
def test_a_link_that_was_never_closed_ends_before_the_first_paragraph_in_it(before):
    rest = TEXT if "<p>" not in before else BODY
    document = made_of(whole(f"{MENU}{before}<a href=/{'' if before else f'><h1>{TITLE}</h1'}>{rest}{FOOT}"))
    assert document.text.split("\n") == list(PARAGRAPHS)
    assert document.title == TITLE


def test_a_hundred_elements_that_were_left_open_within_each_other_cost_no_seconds():
    links = "<a href=/x>link</a> " * 5_000
    began = time.process_time()
    document = made_of(whole(f"{'<dialog>' * 110}<h1>{TITLE}</h1>{TEXT}{links}"))
    assert len(kept(document)) == len(PARAGRAPHS)
    assert time.process_time() - began < 2


def test_of_a_field_only_what_is_no_option_is_let_out():
    options = "".join(f"<option>Any of the many places around here, number {n}</option>" for n in range(80))
    document = made_of(whole(f"<h1>{TITLE}</h1>{TEXT}<select>{options}</select>"))
    assert document.text.split("\n") == list(PARAGRAPHS)


def test_text_behind_an_element_stays_behind_what_it_swallowed():
    swallowed = f"<p>{'One. ' * 60}</p>two<p>Three.</p>"
    root = parse(f"<body><div><button>Press <b>here</b>{swallowed}</button>four<p>Five.</p></div></body>")
    outline = Outline(root)
    Removals(outline, None).take_out(outline.of("button")[0])
    assert "".join(root.itertext()).replace("One. ", "") == "twoThree.fourFive."
