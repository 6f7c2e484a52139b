"""From bytes to text: the order of the evidence, and no failure on any bytes."""

from encodings.aliases import aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.web.charsets import decode, wide_charset

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


@pytest.mark.parametrize("name", sorted({*aliases, *aliases.values(), "idna", "punycode", "undefined", "no-such-one"}))
def test_whatever_charset_is_named_the_page_is_read(name):
    assert isinstance(decode(b"<p>a\x80\xff</p>", name)[0], str)


@pytest.mark.parametrize("name", sorted({*aliases, "utf-7", "utf7", "UTF-7", "unicode-1-1-utf-7", "utf_7", "u7"}))
def test_no_name_of_a_charset_lets_utf_7_hide_markup(name):
    assert "<script" not in decode(b"+ADw-script+AD4-", name)[0]


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("header", [None, "utf-8", "gbk"])
def test_wide_letters_are_known_without_a_mark(charset, header):
    markup = f"<!doctype html><html><head><title>{WORDS}</title></head><body><p>{WORDS * 20}</p></body></html>"
    assert decode(markup.encode(charset), header) == (markup, charset)


def test_a_nul_here_and_there_makes_no_letters_wide():
    assert wide_charset(b"<p>one\0 two\0 three</p>" * 20) is None
    assert wide_charset(b"\0" * 1000) is None
    assert wide_charset(b"<\0p\0") == "utf-16-le"


@given(st.binary(), st.one_of(st.none(), st.text(max_size=20)))
def test_every_page_can_be_read(body, charset):
    text, _ = decode(body, charset)
    assert isinstance(text, str)


def test_valid_utf_8_is_utf_8_though_somebody_lost_characters_before():
    body = ("<meta charset=windows-1252>" + "Caf\ufffd " * 50).encode()
    assert decode(body) == (body.decode(), "utf-8")
