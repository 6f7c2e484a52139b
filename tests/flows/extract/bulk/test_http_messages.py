"""Bodies as WARC writers leave them: packed, chunked, unpacked with the old headers, broken off, and bombs."""

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.bulk.http_messages import message_of
from tests.flows.extract.bulk.warc_making import HTML, http, only, record
from warehouse.model import Header, Page, Reason


def chunked(body, size=10):
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;note=1\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\nX-Trailer: 1\r\n\r\n"


PACKED = {"gzip": gzip.compress(HTML), "deflate": zlib.compress(HTML), "br": brotli.compress(HTML)}


@pytest.mark.parametrize("coding", PACKED)
@pytest.mark.parametrize("is_chunked", [False, True])
def test_compression_and_chunks_are_undone(tmp_path, coding, is_chunked):
    body = chunked(PACKED[coding]) if is_chunked else PACKED[coding]
    headers = {"Transfer_Encoding": "chunked"} if is_chunked else {}
    page = only([record(block=http(body, Content_Encoding=coding, **headers))], tmp_path)
    assert page.body == HTML
    assert Header("Content-Encoding", coding) in page.headers


@pytest.mark.parametrize(
    "headers", [{"Content_Encoding": name} for name in PACKED] + [{"Transfer_Encoding": "chunked"}]
)
def test_a_body_that_its_writer_has_unpacked_is_taken_as_it_is(tmp_path, headers):
    assert only([record(block=http(HTML, **headers))], tmp_path).body == HTML


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (PACKED["gzip"][:40], {"Content_Encoding": "gzip"}, Reason.MALFORMED_INPUT),
        (chunked(HTML)[:-60], {"Transfer_Encoding": "chunked"}, Reason.MALFORMED_INPUT),
        (b"\x1f\x8b\x08\x00" + b"\xff" * 60, {"Content_Encoding": "gzip"}, Reason.BAD_ENCODING),
        (b"\x00\x01\x02" * 20, {"Content_Encoding": "br"}, Reason.BAD_ENCODING),
        (b"\x28\xb5\x2f\xfd\x00", {"Content_Encoding": "zstd"}, Reason.BAD_ENCODING),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_a_reject(tmp_path, body, headers, reason):
    reject = only([record(block=http(body, **headers))], tmp_path)
    assert reject.reason is reason


@pytest.mark.parametrize("headers", [{"Content_Encoding": "gzip"}, {"Transfer_Encoding": "chunked"}])
def test_of_a_body_that_is_known_to_be_cut_the_rest_is_kept(tmp_path, headers):
    long = HTML + b"<p>Ferries</p>" * 4000
    body = gzip.compress(long) if "Content_Encoding" in headers else chunked(long, 500)
    page = only([record(block=http(body[: len(body) // 2], **headers), WARC_Truncated="disconnect")], tmp_path)
    assert isinstance(page, Page)
    assert long.startswith(page.body)
    assert len(page.body) > 1000


BOMBS = {"gzip": gzip.compress, "br": lambda data: brotli.compress(data, quality=1), "deflate": zlib.compress}


@pytest.mark.parametrize("coding", BOMBS)
def test_a_bomb_ends_at_the_cap(tmp_path, coding):
    block = http(BOMBS[coding](bytes(10_000_000)), Content_Encoding=coding)
    reject = only([record(block=block)], tmp_path, max_page_bytes=100_000)
    assert reject.reason is Reason.TOO_LARGE
    assert len(reject.detail) < 200


def test_a_body_of_endless_streams_is_refused_before_they_have_cost_anything(tmp_path):
    body = gzip.compress(HTML) + gzip.compress(b"") * 500_000
    reject = only([record(block=http(body, Content_Encoding="gzip"))], tmp_path)
    assert (reject.reason, reject.detail) == (Reason.TOO_LARGE, "more than 1,000 gzip streams, one behind the other")


def test_a_body_just_as_large_as_a_page_may_be_is_a_page(tmp_path):
    assert only([record(block=http())], tmp_path, max_page_bytes=len(HTML)).body == HTML
    assert only([record(block=http())], tmp_path, max_page_bytes=len(HTML) - 1).reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("block", "status", "headers", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", 200, [("A", "b")], b"body"),
        (b"HTTP/1.1 200 OK\nA: b\n\nbody", 200, [("A", "b")], b"body"),
        (b"HTTP/2 200\r\nA: b\r\n\r\nbody", 200, [("A", "b")], b"body"),
        (b"HTTP/1.0 200\r\n\r\nbody", 200, [], b"body"),
        (b"HTTP/1.1 204 No Content\r\n", 204, [], b""),
        (b"HTTP/1.1 200 OK\r\nA: b", 200, [("A", "b")], b""),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nno header\r\n: d\r\nE:f:g\r\n\r\n", 200, [("A", "b c"), ("E", "f:g")], b""),
        (b"HTTP/1.1 200 OK\r\nA: \xe9t\xe9\r\nB: \xc3\xa9t\xc3\xa9\r\n\r\n", 200, [("A", "été"), ("B", "été")], b""),
    ],
)
def test_a_response_is_taken_apart_as_browsers_do(block, status, headers, body):
    message = message_of(block)
    assert (message.status, message.headers, message.body) == (status, tuple(Header(*pair) for pair in headers), body)


@pytest.mark.parametrize("block", [b"", b"HTTP", b"HTTP/1.1 20\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n", b"<html>"])
def test_what_has_no_status_line_is_no_response(block):
    assert message_of(block) is None


def test_headers_without_end_are_no_response():
    assert message_of(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100_000 + b"\r\nbody") is None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_response_or_none(data):
    for block in (data, b"HTTP/1.1 200 OK\r\n" + data):
        message = message_of(block)
        assert message is None or block.endswith(message.body)
