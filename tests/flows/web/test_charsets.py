"""From bytes to text: the order of the evidence, and no failure on any bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.web.charsets import decode

WORDS = "桥有了名字，居民们投票选出了它。"


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides(charset):
    assert decode(WORDS.encode(charset), "windows-1252")[0] == WORDS


def test_the_header_comes_before_the_pages_own_statement():
    body = f'<meta charset="windows-1252"><p>{WORDS}</p>'.encode("gb18030")
    assert WORDS in decode(body, "gbk")[0]


def test_the_pages_own_statement_is_read():
    body = f'<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><p>{WORDS}</p>'.encode("gbk")
    assert WORDS in decode(body)[0]


def test_a_false_statement_does_not_spoil_utf_8():
    assert decode(f'<meta charset="iso-8859-1">{WORDS}'.encode())[1] == "utf-8"


def test_a_statement_that_cannot_be_true_is_passed_over():
    assert WORDS in decode(f'<meta charset="utf-16">{WORDS}'.encode())[0]


@given(st.binary(), st.one_of(st.none(), st.text(max_size=20)))
def test_every_page_can_be_read(body, charset):
    text, _ = decode(body, charset)
    assert isinstance(text, str)
