"""What a page's bytes are, whatever they were served as."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.bodies import Body, Unreadable, opened
from flows.transform.documents import transform
from flows.transform.learning import observe
from flows.transform.limits import CHEAP, FULL
from tests.flows.transform.test_documents import page
from tests.hostile import article, octets
from warehouse.model import Cut, ExtractionStatus, Reason

MARKUP = article.page().encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        MARKUP,
        b"\xef\xbb\xbf" + MARKUP,
        b"plain text",
        b"[link](url) text",
        b"{curly} text",
        b"ID3, the car, comes in spring <p>text",
        b"BZhanging off the bridge <p>text",
        b"OggS wOFF GIF8 <p>text",
        b"\x00\x01 <p>text",
    ]
    + [MARKUP.decode().encode(charset) for charset in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be")]
    + ["<p>橋の名前は住民の投票で決まりました。".encode("iso-2022-jp") * 40],
)
def test_what_may_be_markup_is_given_back(body):
    assert opened(body) == Body(body) or len(body) < 20


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"%PDF-1.4 text",
            b"\x89PNG\r\n\x1a\n",
            b"GIF89a",
            b"PK\x03\x04",
            b"....ftypmp42",
            b'{"a": "b"}',
            b"[1, 2]\n",
        ),
        *(b"ID3\x04\0", b"BZh91AY&SY", b"OggS\0\2", b"wOFF\0\1\0\0", b"wOF2OTTO"),
    ],
)
def test_what_is_something_else_is_refused_by_its_first_bytes(body):
    assert opened(body).reason is Reason.NOT_HTML


def test_a_packed_body_is_unpacked():
    assert opened(gzip.compress(MARKUP)).octets == MARKUP
    assert opened(gzip.compress(MARKUP[:100]) + gzip.compress(MARKUP[100:])) == Body(MARKUP)


def test_a_packed_body_that_breaks_off_gives_what_came_before():
    body = opened(gzip.compress(MARKUP)[:-100])
    assert MARKUP.startswith(body.octets)
    assert body.cuts == {Cut.BYTES}


def test_of_endless_members_the_first_are_read_and_the_rest_is_a_cut():
    body = opened(gzip.compress(MARKUP) + gzip.compress(b"") * 500_000)
    assert body == Body(MARKUP, frozenset({Cut.BYTES}))


def test_a_bomb_is_never_inflated_beyond_the_limit():
    bomb = gzip.compress(b" " * (CHEAP.body_bytes + 1))
    refused = opened(bomb, CHEAP)
    assert isinstance(refused, Unreadable)
    assert refused.reason is Reason.TOO_LARGE
    assert isinstance(opened(bomb, FULL), Body)


def test_bytes_beyond_the_limit_are_left_out():
    body = opened(b"<p>" + b"a" * CHEAP.body_bytes, CHEAP)
    assert len(body.octets) == CHEAP.body_bytes
    assert body.cuts == {Cut.BYTES}


def test_a_page_that_can_hardly_be_read_is_refused():
    assert transform(page(octets.nothing_readable(), charset="utf-8")).reason is Reason.BAD_ENCODING


def test_a_page_with_some_broken_characters_is_a_document():
    result = transform(page(MARKUP.replace(b"ninety", b"n\xffnety"), charset="utf-8"))
    assert result.extraction_status is ExtractionStatus.COMPLETE
    assert "n\ufffdnety years" in result.text


def test_nothing_is_learnt_of_a_site_from_what_is_no_page():
    assert observe(page(b"%PDF-1.4")) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_opened_or_refused(body):
    assert isinstance(opened(body), Body | Unreadable)
    assert isinstance(opened(b"\x1f\x8b\x08" + body), Body | Unreadable)
