"""Decompression of bodies: whatever the pieces, the same body; whatever the bytes, a body or a reason."""

import gzip
import tracemalloc
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.http_bodies import DECODERS, decompressed
from flows.extract.http_exchange import NoAnswerError
from tests.flows.extract import torture
from warehouse.model import Reason

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
