"""One tree of any markup: what stands behind a page's end belongs to it, and the end tags themselves to nothing."""

import pytest

from flows.transform.trees import parse


def words(markup):
    return " ".join(parse(markup).text_content().split())


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<html><body><p>One</p></body></html>", "One"),
        ("<html><body><p>One</p></body></html>\n<p>Two</p>", "One Two"),
        ("<html><body><p>One</p></BODY ></html> </body>\n", "One"),
        ("<html><body><p>One</p></body><p>Two</p></html>", "One Two"),
    ],
)
def test_what_stands_behind_the_end_of_a_page_belongs_to_it(markup, expected):
    assert words(markup) == expected


@pytest.mark.parametrize("tag", ["title", "xmp", "plaintext", "textarea", "b"])
def test_end_tags_are_no_text_within_what_is_never_closed(tag):
    assert words(f"<p>The sea wall.</p><p>Next<{tag}>") == "The sea wall.Next"
    assert words(f"<html><head><{tag}>Storm at sea</body></html>") == "Storm at sea"
