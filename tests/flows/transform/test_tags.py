"""Tags are found as the parser finds them, whatever hides them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform import trees
from flows.transform.tags import has_large_tag, is_empty, tags_in

PIECES = (
    [f"<x{number}{rest}" for number in range(3) for rest in (" a=1>", ">", ' "', ' a="', " a='", "/>", " a=/>")]
    + ["</x>", '"', "'", ">", "<", "=", "/", " ", "text", "\n", "<p>", "&lt;", "<svg>", "</svg>", '<a href=x">', "</ "]
    + [
        "<!--",
        "-->",
        "--!>",
        "<!-->",
        "<!--->",
        "<!",
        "<?",
        "</",
        "--",
        "-",
        "!",
        "<![CDATA[",
        "]]>",
        '<!doctype html "',
    ]
    + ["<script>", "</script>", "<SCRIPT ", "</script ", "<script a=/>", '<script a=""/>', "<script/>", "</scriptx>"]
    + [
        tag
        for name in ("style", "textarea", "title", "xmp", "iframe", "noembed")
        for tag in (f"<{name}>", f"</{name}>")
    ]
    + ["<plaintext>", "<noscript>", "</noscript>"]
)


def ours(markup):
    # A tag that the page ends in is none to the parser.
    return [name for tag, name, is_opening, _ in tags_in(markup) if is_opening and tag.end() < len(markup)]


def wanted(names):
    return [name for name in names if re.match(r"x\d", name)]


@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_the_parser_finds_the_same_tags(pieces):
    markup = f"<html><body>{''.join(pieces)}\n"
    theirs = [element.tag for element in trees.parse(markup).iter("*")]
    # What is no letter in a name is kept by us and cut or replaced by the parser.
    assert [name[:2] for name in wanted(ours(markup))] == [name[:2] for name in wanted(theirs)]


@pytest.mark.parametrize(
    ("tag", "empty"), [("<i/>", True), ("<i a/>", True), ("<i a=b/>", False), ('<i a="b"/>', True)]
)
def test_a_tag_that_ends_itself_is_known(tag, empty):
    ((found, *_),) = tags_in(f"{tag}text")
    assert is_empty(found) is empty


@pytest.mark.parametrize("hidden", ["", "<!-- <a -->", '<p title=">">', "<script>'<a '</script>", "<", "</p a='>'>"])
@pytest.mark.parametrize("attribute", ["a{}", "a{}='>'", '{}="<i>"', " / a{} = b"])
def test_a_large_tag_is_found_wherever_it_hides(hidden, attribute):
    def tag(count):
        return "<b " + " ".join(attribute.format(number) for number in range(count)) + ">words"

    assert has_large_tag(hidden + tag(101), 100)
    assert not has_large_tag(hidden + tag(99), 100)
