"""Decompression of bodies: whatever the pieces, the same body; whatever the bytes, a body or a reason."""

import gzip
import tracemalloc
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.fetch.http_bodies import DECODERS, decompressed
from flows.extract.fetch.http_exchange import NoAnswerError
from tests.flows.extract.fetch import torture
from tests.flows.extract.fetch.torture import answer, ask, ask_once, chunked, saying, serving
from warehouse.model import Reason
from warehouse.settings import Settings

PAGE = b"<html><title>Harbour reopens</title></html>" * 40
PACKED = gzip.compress(PAGE, mtime=0)
MOST = 100_000
PACKERS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}


def in_pieces(data, length):
    return [data[start : start + length] for start in range(0, len(data), length)]


def outcome(pieces, encoding, most=MOST):
    try:
        return decompressed(pieces, encoding, most)
    except NoAnswerError as error:
        return error.reason


def test_every_coding_that_is_read_is_tested_here():
    assert PACKERS.keys() == DECODERS.keys()


@given(st.binary(max_size=3000), st.lists(st.sampled_from(sorted(PACKERS)), max_size=3), st.integers(1, 400))
def test_a_body_is_the_same_in_pieces_of_any_length(body, codings, length):
    packed = body
    for coding in codings:
        packed = PACKERS[coding](packed)
    assert decompressed(in_pieces(packed, length), ", ".join(codings), MOST) == body


@given(st.binary(), st.sampled_from(sorted(PACKERS)), st.integers(1, 50))
def test_any_bytes_are_a_body_or_have_a_reason(data, coding, length):
    assert isinstance(outcome(in_pieces(data, length), coding), bytes | Reason)


@given(st.binary(min_size=1, max_size=300), st.sampled_from(sorted(PACKERS)), st.data())
def test_a_body_that_breaks_off_anywhere_is_no_body(body, coding, data):
    packed = PACKERS[coding](body)
    cut = data.draw(st.integers(1, len(packed) - 1))
    assert outcome([packed[:cut]], coding) in (Reason.UNREACHABLE, Reason.BAD_ENCODING)


@pytest.mark.parametrize("size", [MOST, MOST - 1, 65536, 65535, 0])
@pytest.mark.parametrize("coding", sorted(PACKERS))
def test_a_body_up_to_the_cap_comes_whole(coding, size):
    assert decompressed([PACKERS[coding](bytes(size))], coding, MOST) == bytes(size)


@pytest.mark.parametrize("coding", sorted(PACKERS))
def test_one_byte_above_the_cap_is_too_large(coding):
    assert outcome([PACKERS[coding](bytes(MOST + 1))], coding) is Reason.TOO_LARGE


def test_a_bomb_is_refused_in_little_more_memory_than_the_cap():
    bombs = [(torture.gzip_bomb(50_000_000), "gzip"), (torture.brotli_bomb(50_000_000), "br")]
    tracemalloc.start()
    try:
        for bomb, coding in bombs:
            tracemalloc.reset_peak()
            assert outcome(in_pieces(bomb, 65536), coding, 2_000_000) is Reason.TOO_LARGE
            assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


# Over the wire


@pytest.fixture
def limits(tmp_path):
    return Settings(root=tmp_path / "data", request_seconds=5, max_page_bytes=1_000_000)


def bare_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", PACKED),
        ("X-GZIP", PACKED),
        ("gzip", gzip.compress(PAGE[:50]) + gzip.compress(PAGE[50:])),
        ("gzip", PACKED + bytes(10)),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", bare_deflate(PAGE)),
        ("br", brotli.compress(PAGE)),
        ("identity", PAGE),
        ("", PAGE),
        ("deflate, gzip", gzip.compress(zlib.compress(PAGE))),
        ("br, gzip", gzip.compress(brotli.compress(PAGE))),
    ],
)
def test_a_body_is_decompressed(http, coding, packed):
    for whole in (
        answer(packed, headers=[f"Content-Encoding: {coding}"]),
        chunked(packed[:1], packed[1:], headers=[f"Content-Encoding: {coding}"]),
    ):
        with serving(saying(whole)) as server:
            got = ask(http, server)
            assert (got.body, got.received_bytes) == (PAGE, len(packed))
            assert ask(http, server).body == PAGE
        assert server.connection_count == 1


def test_an_empty_body_needs_no_decompressing(http):
    assert ask_once(http, saying(answer(b"", headers=["Content-Encoding: gzip"]))).body == b""


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"<html>plain</html>"),
        ("gzip", PACKED[:10] + b"\xff" * 40),
        ("gzip", PACKED[:-6] + b"wrong!"),
        ("deflate", b"<html>plain</html>"),
        ("br", b"<html>plain</html>" * 9),
        ("zstd", PAGE),
        ("dcb", PAGE),
        ("gzip, gzip, gzip, gzip", PAGE),
        (", ".join(["gzip"] * 5000), PAGE),
    ],
)
def test_a_body_that_cannot_be_decompressed_is_of_bad_encoding(http, coding, body):
    got = ask_once(http, saying(answer(body, headers=[f"Content-Encoding: {coding}"])))
    assert (got.reason, got.is_transient) == (Reason.BAD_ENCODING, False)


@pytest.mark.parametrize(
    ("coding", "packed"),
    [("gzip", PACKED), ("deflate", zlib.compress(PAGE)), ("br", brotli.compress(PAGE))],
)
def test_compressed_data_that_breaks_off_is_no_short_page(http, coding, packed):
    got = ask_once(http, saying(answer(packed[:-9], headers=[f"Content-Encoding: {coding}"])))
    assert (got.reason, got.is_transient) == (Reason.UNREACHABLE, True)
