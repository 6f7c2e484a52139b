"""One feed-archive file: every variant of the header, and every way in which a file is no page."""

from datetime import UTC, datetime
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.archive.feed_files import read_feed_file
from tests.flows.extract.making import NUMBER, URL, feed_file
from warehouse.model import Page, Reason, Reject, Stage, TimeMeaning, hash_of

CAPTURED = datetime(2020, 6, 30, 1, 46, 37, tzinfo=UTC)
DATED = datetime(2020, 6, 27, 13, 30, 55, tzinfo=UTC)
FRONT = """---
layout: post
title: "Bridge: open"
date: 2020-06-27T15:30:55+02:00
author: Orla Penhallow
from: https://harbour.example/front
tags: [ harbour ]
categories: [ harbour ]
---
"""


def read(data):
    return read_feed_file(data, location="a/1.md", source="test")


def page(data):
    result = read(data)
    assert isinstance(result, Page), result
    return result


def reject(data):
    result = read(data)
    assert isinstance(result, Reject), result
    assert (result.stage, result.location, result.source) == (Stage.READ, "a/1.md", "test")
    assert result.digest == hash_of([data])
    assert "\n" not in result.detail
    return result


def test_the_number_is_the_capture():
    result = page(feed_file())
    assert (result.captured_at, result.hint_published_at) == (CAPTURED, CAPTURED)
    assert (result.url, result.requested_url, result.site) == (URL, URL, "harbour.example")
    assert (result.hint_title, result.body) == ("The bridge is open", b"<p>Ferries stop on Monday.</p>")
    assert result.location == "a/1.md"


@pytest.mark.parametrize(
    ("url", "meaning"),
    [
        ("https://www.rfi.fr/cn/1", TimeMeaning.CRAWL),
        ("https://www.rfa.org/mandarin/1", TimeMeaning.PUBLICATION),
        (URL, TimeMeaning.UNKNOWN),
    ],
)
def test_a_number_means_what_the_times_of_the_sites_feed_mean(url, meaning):
    assert page(feed_file(url=url)).hint_published_kind is meaning


def test_a_date_line_stands_in_for_the_number_and_is_no_part_of_the_body():
    result = page(feed_file(number=None, date="Sat, 27 Jun 2020 13:30:55 +0000"))
    assert (result.captured_at, result.hint_published_at) == (DATED, DATED)
    assert result.hint_published_kind is TimeMeaning.PUBLICATION
    assert result.body == b"<p>Ferries stop on Monday.</p>"


def test_beside_a_number_the_date_line_tells_the_publication():
    result = page(feed_file(date="Sat, 27 Jun 2020 13:30:55 +0000"))
    assert (result.captured_at, result.hint_published_at) == (CAPTURED, DATED)
    assert result.hint_published_kind is TimeMeaning.PUBLICATION


@pytest.mark.parametrize(
    "number",
    [
        "NaN",
        "",
        " ",
        "0",
        "1593481597",
        "-1593481597000",
        "9" * 16,
        "9" * 5000,
        "4102444800000",
        "1593481597000.5",
        "٣",
    ],
)
def test_a_broken_or_absurd_number_leaves_the_time_open(number):
    result = page(feed_file(number=number))
    assert (result.captured_at, result.hint_published_at, result.hint_published_kind) == (None, None, None)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Sat, 27 Jun 2020 15:30:55 +0200", DATED),
        ("Sat, 27 Jun 2020 13:30:55 GMT", DATED),
        ("Sat, 27 Jun 2020 13:30:55 -0000", DATED),
        ("2020-06-27T13:30:55.000Z", DATED),
        ("2020-06-27 15:30:55 +0200", DATED),
        ("Sat, 27 Jun 2020 13:30:55", None),
        ("2020-06-27", None),
        ("Sat, 27 Jun 1820 13:30:55 +0000", None),
        ("Sat, 27 Jun 99999 13:30:55 +0000", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("Invalid Date", None),
        ("", None),
    ],
)
def test_a_written_date_counts_where_it_is_an_instant_that_can_be(date, expected):
    result = page(feed_file(number=None, date=date))
    assert result.captured_at == expected
    assert result.body == b"<p>Ferries stop on Monday.</p>"


def test_text_that_begins_with_the_word_for_date_stays_in_the_body():
    result = page(f"[t]({URL})\n------\n日期：<b>Monday</b> and on\n".encode())
    assert result.body.decode() == "日期：<b>Monday</b> and on"


@pytest.mark.parametrize(
    "title",
    [
        "[Archive] a second look",
        "Open at last [photos](and more)",
        "He said \"no\" and 'never'",
        "A link [x](http://other.example) inside",
        "]( and )",
        " blanks around ",
    ],
)
def test_titles_are_given_without_escaping(title):
    result = page(feed_file(title=title))
    assert (result.hint_title, result.url) == (title, URL)


@pytest.mark.parametrize(("written", "title"), [("two\nlines", "two lines"), ("a\r\n\r\nb", "a b"), ("x)\ny", "x) y")])
def test_line_breaks_in_a_title_become_a_blank(written, title):
    assert page(feed_file(title=written)).hint_title == title


def test_a_title_is_kept_in_nfc_and_an_empty_one_is_none():
    assert page(feed_file(title="Cafe\u0301")).hint_title == "Café"
    assert page(feed_file(title="")).hint_title is None


@pytest.mark.parametrize(
    "url",
    [
        "https://harbour.example/wiki/Bridge_(ferry)",
        "http://harbour.example//a//b?x=(1)&y=[2]",
        "https://harbour.example/桥",
        "HTTPS://HARBOUR.EXAMPLE/a",
    ],
)
def test_addresses_are_kept_as_given(url):
    assert page(feed_file(url=url)).url == url


@pytest.mark.parametrize(
    "body", ["<p>a\rb</p>", "<p>\r\n</p>\r", "a\n------\nb", "\n<p>a</p>", "<p>a</p>\n", "\ufeffa", "\u00a0a"]
)
def test_the_body_is_what_was_received(body):
    assert page(feed_file(body=body)).body == body.encode()


def test_a_file_with_windows_line_ends_has_the_same_body():
    assert page(feed_file().replace(b"\n", b"\r\n")).page_id == page(feed_file()).page_id


def test_a_byte_order_mark_is_no_part_of_the_page():
    assert page(b"\xef\xbb\xbf" + feed_file()).page_id == page(feed_file()).page_id


def test_front_matter_gives_the_hints_where_there_is_no_header():
    result = page((FRONT + "\n<p>Ferries stop.</p>\n").encode())
    assert (result.url, result.hint_title) == ("https://harbour.example/front", "Bridge: open")
    assert (result.captured_at, result.hint_published_at) == (DATED, DATED)
    assert (result.hint_published_kind, result.body) == (TimeMeaning.PUBLICATION, b"<p>Ferries stop.</p>")


def test_a_header_after_front_matter_goes_before_it():
    result = page(FRONT.encode() + feed_file())
    assert (result.url, result.hint_title, result.captured_at) == (URL, "The bridge is open", CAPTURED)
    assert (result.hint_published_at, result.hint_published_kind) == (DATED, TimeMeaning.PUBLICATION)


def test_a_broken_number_after_front_matter_leaves_its_date():
    assert page(FRONT.encode() + feed_file(number="NaN")).captured_at == DATED


def test_a_day_in_front_matter_is_no_instant():
    result = page(FRONT.replace("T15:30:55+02:00", "").encode() + b"\n<p>Ferries stop.</p>\n")
    assert (result.captured_at, result.hint_published_at, result.hint_published_kind) == (None, None, None)


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("---\ntitle: x\n", "no closing line"),
        ('---\ntitle: "x\n---\n', "line 3: found unexpected end of stream"),
        ("---\ntitle: a: b\n---\n", "mapping values"),
        ("---\n- a\n- b\n---\n", "expected fields"),
        ("---\n---\n", "no fields"),
        ("---\na: " + "[" * 5000 + "\n---\n", "nested deeper"),
        ("---\na: \x01\n---\n", "unacceptable character"),
        ('---\na: "\\UFFFFFFFF"\n---\n', "front matter"),
        ("---\ntitle: x\n---\n", "no address"),
        ("---\na: " + "x" * 70_000 + "\n---\n", "no closing line"),
    ],
)
def test_malformed_front_matter_is_a_reject(front, said):
    result = reject(front.encode() + b"\n<p>Ferries stop.</p>\n")
    assert result.reason is Reason.MALFORMED_INPUT
    assert said in result.detail


def test_tags_and_aliases_in_front_matter_do_nothing():
    front = "---\nx: !!python/object/apply:os.system [ls]\ny: &a [*a]\nfrom: https://harbour.example/f\n---\n"
    assert page(front.encode() + b"\n<p>Ferries stop.</p>\n").url == "https://harbour.example/f"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "an empty file"),
        (b" \n\n", "3 bytes of blanks"),
        (b"<p>Ferries stop.</p>", "no header"),
        (b"<!--1593481597000-->\n[The bridge is open]\n------\n\n<p>x</p>\n", "no header"),
        (b"[t](https://harbour.example/a)\n<p>no dashes</p>\n", "no header"),
        (b"[" * 300_000, "no header"),
        (b")\n------\n" * 30_000, "no header"),
        (b"[" + b")\n------\n" * 30_000, "no header"),
        (feed_file(body=""), "no body"),
        (feed_file(body=" \r "), "no body"),
        (f"[t]({URL})\n------".encode(), "no body"),
        (feed_file(url=""), "no address"),
        (feed_file(url="mailto:desk@harbour.example"), "no web address"),
        (feed_file(url="ftp://harbour.example/a"), "no web address"),
        (feed_file(url="/local/bridge"), "no web address"),
        (feed_file(url="https://"), "no web address"),
        (feed_file(url="https://harbour.example/a\nb"), "line break"),
        (feed_file(url="https://harbour.example/\x00"), "control character"),
    ],
)
def test_what_is_no_page_is_a_reject_that_says_why(data, said):
    result = reject(data)
    assert result.reason is Reason.MALFORMED_INPUT
    assert said in result.detail


def test_a_reject_knows_its_address_where_the_file_gave_one():
    assert reject(feed_file(body="")).url == URL


def test_bytes_that_are_not_utf8_are_a_reject_with_their_place():
    data = feed_file(body="<p>Caf\xe9</p>").replace("é".encode(), b"\xe9")
    result = reject(data)
    assert (result.reason, result.url) == (Reason.BAD_ENCODING, URL)
    assert f"byte {data.index(0xE9)} (0xe9)" in result.detail


def test_utf16_is_a_reject():
    assert reject(feed_file().decode().encode("utf-16")).reason is Reason.BAD_ENCODING


SYNTAX = r"""<!-- --> [ ] ]( ) ------ 日期： http://a.b/ 1593481597000 from: date: title: " - &a *a \U x"""
PIECES = st.sampled_from([*map(str.encode, SYNTAX.split()), b"---\n", b"\n", b"\r", b" ", b"\xff", b"\xef\xbb\xbf"])


@given(st.one_of(st.binary(), st.lists(PIECES, max_size=40).map(b"".join)))
def test_any_bytes_are_exactly_one_page_or_reject(data):
    assert isinstance(read(data), Page | Reject)


@given(st.lists(PIECES, max_size=12).map(b"".join), st.text(max_size=30))
def test_any_front_matter_is_read_or_refused(pieces, text):
    data = b"---\n" + pieces + text.encode("utf-8", "ignore") + b"\n---\n\n<p>Ferries stop.</p>\n"
    assert isinstance(read(data), Page | Reject)


TITLES = st.text(st.characters(codec="utf-8")).filter(lambda title: "](http" not in title and "------" not in title)
PATHS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"])).filter(lambda path: "](" not in path)


@given(TITLES, PATHS, st.integers(631_152_000_000, 4_102_444_799_999))
def test_title_address_and_number_come_back_as_they_were_written(title, path, number):
    url = f"https://harbour.example/{path}"
    result = page(feed_file(title=title, url=url, number=number))
    folded = " ".join(part for part in _cut_at_line_breaks(title))
    assert (result.hint_title, result.url) == (normalize("NFC", folded) or None, url)
    assert result.captured_at.timestamp() * 1000 == pytest.approx(number, abs=0.01)


def _cut_at_line_breaks(title):
    parts = title.replace("\r", "\n").split("\n")
    inner = [part for part in parts[1:-1] if part]
    return [parts[0], *inner, parts[-1]] if len(parts) > 1 else parts


def test_the_number_is_read_in_milliseconds():
    assert page(feed_file(number=NUMBER[:-3] + "250")).captured_at.microsecond == 250_000
