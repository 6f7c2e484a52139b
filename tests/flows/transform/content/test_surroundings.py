"""Where a block stands: what the elements around it are, and what their names say."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import SubElement
from lxml.html import Element, HtmlElement

from flows.transform.blocks import blocks_of
from flows.transform.content.surroundings import ANCESTORS, KINDS, LONGEST_NAMES, Surroundings, kinds
from flows.transform.trees import parse


def nested(*tags, root=None):
    """A chain of elements, each in the one before; the first and the last."""
    first = last = root if root is not None else Element("body")
    for tag in tags:
        last = SubElement(last, tag)
    return first, last


def place_of(markup, path):
    body = parse(f"<html><body>{markup}</body></html>").find("body")
    return Surroundings(body).of(body.find(path))


def told(bits, names):
    return {name for index, name in enumerate(names) if bits >> index & 1}


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ("related-articles", "related"),
        ("Share-Bar", "share"),
        ("ENTRY-CONTENT", "text"),
        ("commentList", "comment"),
        ("site-footer", "foot"),
        ("newsletter__signup", "letter"),
        ("articleBody", "body"),
        ("top-ads", "advert"),
        ("ad", "advert"),
        ("wp-caption-text", "picture"),
        ("breadcrumbs", "nav"),
        ("visually-hidden", "hidden"),
        ("standfirst", "lead"),
    ],
)
def test_a_name_tells_its_kind_in_either_case(names, kind):
    assert kind in told(kinds(names), KINDS)


@pytest.mark.parametrize("names", ["", "x", "col-7 a1b2", "shadow", "roads", "正文"])
def test_a_name_that_says_nothing_of_a_part_is_of_none_of_these_kinds(names):
    assert not told(kinds(names), KINDS) & {"advert", "comment", "foot", "letter", "share", "text"}


@given(st.text(max_size=600))
def test_kinds_are_total_and_blind_to_the_case_of_ascii(names):
    assert 0 <= kinds(names) < 1 << len(KINDS)
    if names.isascii():
        assert kinds(names.upper()) == kinds(names.lower())


@pytest.mark.parametrize("attribute", ["class", "id", "role", "itemprop"])
def test_names_are_read_where_publishers_write_them(attribute):
    assert "comment" in told(place_of(f'<div {attribute}="comment"><p>x</p></div>', "div").names, KINDS)


def test_names_elsewhere_are_none():
    assert place_of('<div title="comment" data-x="footer">x</div>', "div").names == 0


def test_a_place_knows_the_landmarks_and_the_names_out_to_the_body():
    place = place_of('<aside class="sidebar"><section><ul id="share"><li>x</li></ul></section></aside>', ".//li")
    assert told(place.tags, ANCESTORS) == {"aside", "section", "ul"}
    assert {"side", "share"} <= told(place.around, KINDS)
    assert (place.names, place.depth) == (0, 4)


def test_what_is_near_is_the_element_and_its_parent():
    place = place_of('<div class="footer"><div class="share"><p class="byline">x</p></div></div>', ".//p")
    assert told(place.near, KINDS) == {"share", "byline"}
    assert "foot" in told(place.around, KINDS)


def outwards(place):
    while place is not None:
        yield place
        place = place.parent


def test_the_places_around_one_end_with_the_body():
    place = place_of("<main><div><p>x</p></div></main>", ".//p")
    assert [around.depth for around in outwards(place)] == [3, 2, 1, 0]
    assert place.outside is place.parent.parent
    assert [around.outside for around in outwards(place)][2:] == [None, None]


def test_places_come_by_their_numbers_each_behind_its_parent():
    body = parse("<html><body><div><p>a</p></div><p>b</p></body></html>").find("body")
    surroundings = Surroundings(body)
    for paragraph in reversed(list(body.iter("p"))):
        surroundings.of(paragraph)
    places = surroundings.places
    assert [place.number for place in places] == [0, 1, 2, 3]
    assert [place.parent and place.parent.number for place in places] == [None, 0, 0, 2]


@pytest.mark.parametrize(
    "attributes",
    ["hidden", 'aria-hidden="true"', 'style="display: none"', 'style="color:red;VISIBILITY:hidden"'],
)
def test_what_stands_in_a_hidden_element_is_hidden(attributes):
    assert place_of(f"<div {attributes}><p>x</p></div>", ".//p").is_hidden


@pytest.mark.parametrize("attributes", ["", 'aria-hidden="false"', 'style="display:block"', 'class="hidden"', "style"])
def test_what_is_shown_is_not_hidden(attributes):
    assert not place_of(f"<div {attributes}><p>x</p></div>", ".//p").is_hidden


def test_an_element_has_one_place_however_often_it_is_asked_for():
    body, inner = nested("main", "div", "p")
    surroundings = Surroundings(body)
    assert surroundings.of(inner) is surroundings.of(inner)
    assert surroundings.of(inner).parent is surroundings.of(inner.getparent())


def test_every_element_has_a_number_of_its_own():
    body = parse("<html><body><div><p>a</p><p>b</p></div><div><p>c</p></div></body></html>").find("body")
    surroundings = Surroundings(body)
    elements = [element for element in reversed(list(body.iter())) if isinstance(element, HtmlElement)]
    assert len({surroundings.of(element).number for element in elements}) == len(elements)


def test_what_lies_outside_the_body_has_no_names_landmarks_or_depth_of_the_body():
    root = parse("<html><head><title>x</title></head><body><p>y</p></body></html>")
    body = root.find("body")
    surroundings = Surroundings(body)
    top = surroundings.of(body)
    place = surroundings.of(root.find("head/title"))
    assert list(outwards(place))[-1] is top
    assert (place.around, place.tags, place.is_hidden) == (0, 0, False)


def test_an_element_of_no_tree_has_a_place():
    assert Surroundings(Element("body")).of(Element("p")).depth == 1


def test_nesting_far_beyond_what_a_stack_holds_is_no_recursion():
    # Ten times the recursion limit; lxml itself frees a chain in quadratic time, a hundred thousand levels in 20 s.
    body, inner = nested(*["div"] * 10_000)
    place = Surroundings(body).of(inner)
    assert place.depth == 10_000
    assert list(outwards(place))[-1].depth == 0


@pytest.mark.parametrize(
    "names",
    [
        "a-" * 500_000,
        "comment " * 100_000,
        "more" * 200_000,
        "column" * 100_000,
        " " * 1_000_000,
        "\u0130\u017f" * 9_999,
    ],
)
def test_a_class_attribute_of_a_megabyte_costs_next_to_nothing(names):
    body, inner = nested("div")
    inner.set("class", names)
    began = time.perf_counter()
    assert Surroundings(body).of(inner).class_name == names
    assert time.perf_counter() - began < 0.5


def test_names_are_read_up_to_a_bound():
    body, inner = nested("div")
    inner.set("class", "x" * LONGEST_NAMES + " comment")
    assert Surroundings(body).of(inner).names == 0


@given(st.lists(st.sampled_from(["<div>", "</div>", "<p>a", "<ul><li>b", "<table><td>c", "</table>", "<aside>d"])))
def test_every_block_of_any_markup_has_a_place(pieces):
    body = parse(f"<html><body>{''.join(pieces)}</body></html>").find("body")
    surroundings = Surroundings(body)
    for block in blocks_of(body):
        assert list(outwards(surroundings.of(block.container)))[-1] is surroundings.of(body)
