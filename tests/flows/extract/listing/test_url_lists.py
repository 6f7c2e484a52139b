"""URL lists: what is an address, what is not, and where it stood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.listing.links import Link, Listing
from flows.extract.listing.url_lists import is_url_list, read_url_list
from flows.extract.sources import is_pasted
from warehouse.model import Reason


def urls(content):
    return [link.url for link in read_url_list(content).links]


def test_each_line_is_an_address_and_comments_are_not():
    content = "# from the desk\n\n  https://example.org/1\t\nhttp://example.org/2?b=1&utm_source=x#top\n"
    assert read_url_list(content) == Listing((Link(url="https://example.org/1"), Link(url="http://example.org/2?b=1")))


def test_line_ends_marks_and_charsets_of_all_systems():
    lines = "https://example.org/1\r\nhttps://example.org/2\rhttps://example.org/亮\n"
    for charset in ("utf-8", "utf-8-sig", "utf-16"):
        assert urls(lines.encode(charset)) == [
            "https://example.org/1",
            "https://example.org/2",
            "https://example.org/%E4%BA%AE",
        ]
    assert urls("\ufeff" + lines) == urls(lines)


@pytest.mark.parametrize("bare", ["example.org/a", "example.org", "example.org:8080/a?b=c", "news.example.org?a=1"])
def test_an_address_without_a_scheme_is_meant_with_https(bare):
    (url,) = urls(bare)
    assert url.startswith(f"https://{bare.partition('?')[0].partition('/')[0]}")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("file:///etc/passwd", Reason.ADDRESS_REFUSED),
        ("javascript:alert(1)", Reason.ADDRESS_REFUSED),
        ("ftp://example.org/x", Reason.ADDRESS_REFUSED),
        ("mailto:desk@example.org", Reason.ADDRESS_REFUSED),
        ("https://", Reason.MALFORMED_INPUT),
        ("https:///path", Reason.MALFORMED_INPUT),
        ("http:example.org", Reason.MALFORMED_INPUT),
        ("word", Reason.MALFORMED_INPUT),
        ("two words.org", Reason.MALFORMED_INPUT),
        ("https://example.org/1 https://example.org/2", Reason.MALFORMED_INPUT),
        ("https://example.org/1, a title", Reason.MALFORMED_INPUT),
        ('"https://example.org/1","title"', Reason.MALFORMED_INPUT),
        ("/etc/passwd", Reason.MALFORMED_INPUT),
        ("desk@example.org", Reason.MALFORMED_INPUT),
        ("https://example.org:port/", Reason.MALFORMED_INPUT),
        ("https://example.org/" + "a" * 3000, Reason.MALFORMED_INPUT),
        ("\x00\x01", Reason.MALFORMED_INPUT),
    ],
)
def test_any_other_line_is_a_problem_with_its_number(line, reason):
    result = read_url_list(f"https://example.org/0\n# x\n{line}\nhttps://example.org/9\n")
    assert [link.url for link in result.links] == ["https://example.org/0", "https://example.org/9"]
    (problem,) = result.problems
    assert problem.reason is reason
    assert problem.detail.startswith("line 3: ")
    assert "\n" not in problem.detail


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("user:hunter2@example.org/x", "example.org/x"),
        ("hunter2@example.org/x", "example.org/x"),
        ("user:hunter2@example.org/x and more", "example.org/x and more"),
        ("see user:hunter2@example.org", "see example.org"),
        ("https://user:hunter2@example.org:port/", "https://example.org:port/"),
        ("word/@desk", "word/@desk"),
    ],
)
def test_no_password_in_a_line_is_kept_with_the_problem(line, kept):
    (problem,) = read_url_list(line).problems
    assert problem.url == kept
    assert "hunter2" not in problem.detail


def test_an_address_that_stands_twice_is_one_link():
    assert urls("https://example.org/1\nexample.org/1\n") == ["https://example.org/1"]


def test_an_empty_list_lists_nothing():
    assert read_url_list(b"") == read_url_list("\n# nothing\n") == Listing()


@pytest.mark.parametrize(
    "content",
    ["", "\n\n", "# nothing today\n", "example.org/1", "x\nhttps://example.org/1", b"\xff\nhttps://a.example"],
)
def test_a_list_is_empty_or_has_an_address(content):
    assert is_url_list(content)


@pytest.mark.parametrize(
    "content",
    [
        "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\n",
        "# a key\n-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\n",
        "PASSWORD=hunter2\n",
        "file:///etc/passwd\nmailto:desk@example.org",
        b"\x7fELF\x02\x01\x01\x00",
        '{"token": "abc"}',
    ],
)
def test_a_file_without_an_address_is_no_list(content):
    assert not is_url_list(content)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://example.org/a", True),
        (" HTTP://example.org/a", True),
        ("a.txt\nb.txt", True),
        ("example.org/1\r\nexample.org/2", True),
        ("lists/today.txt", False),
        ("lists/today.txt\n", False),
        ("-", False),
        ("", False),
    ],
)
def test_several_lines_or_an_address_are_pasted_and_all_else_is_a_path(location, expected):
    assert is_pasted(location) is expected


@given(st.one_of(st.text(), st.binary()))
def test_any_content_is_a_list(content):
    for link in read_url_list(content).links:
        assert link.url.startswith(("http://", "https://"))
