"""A damaged place costs the record that stands there, is told with its offset, and reading goes on behind it."""

import base64
import gzip
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from flows.extract.bulk import warc_records
from tests.flows.extract.bulk.warc_making import HTML, PACKINGS, URL, http, packed, reader_of, record, story, warc_of
from warehouse.model import Page, Reason, Reject

STORIES = [record("warcinfo", b"software: x\r\n"), *map(story, range(8))]
ADDRESSES = [f"https://harbour.example/{number}" for number in range(8)]


def parts_of(suffix, records=STORIES):
    """The records as they stand in a file of that suffix, and the offset of each."""
    parts = [packed(one, suffix) for one in records]
    return parts, [sum(map(len, parts[:number])) for number in range(len(parts))]


def read(data: bytes, tmp_path, suffix):
    place = tmp_path / f"a{suffix}"
    place.write_bytes(data)
    reader = reader_of(place)
    return list(reader), reader


@pytest.mark.parametrize("suffix", PACKINGS)
def test_a_record_cut_off_at_the_end_of_the_file_is_a_reject_and_a_shortfall(tmp_path, suffix):
    parts, offsets = parts_of(suffix)
    items, reader = read(b"".join(parts)[: offsets[-1] + len(parts[-1]) // 2], tmp_path, suffix)
    *pages, broken = items
    assert [page.url for page in pages] == ADDRESSES[:-1]
    assert (broken.reason, broken.location) == (Reason.MALFORMED_INPUT, f"a{suffix}@{offsets[-1]}")
    assert len(reader.shortfalls) == 1


@pytest.mark.parametrize("suffix", PACKINGS)
@pytest.mark.parametrize("left", [1, 3, 9, 15, 25, 60, 100, 180, 250])
def test_however_little_of_the_last_record_is_left_the_cut_is_told(tmp_path, suffix, left):
    parts, offsets = parts_of(suffix)
    items, reader = read(b"".join(parts[:-1]) + parts[-1][:left], tmp_path, suffix)
    *pages, broken = items
    assert [page.url for page in pages] == ADDRESSES[:-1]
    assert (broken.reason, broken.location) == (Reason.MALFORMED_INPUT, f"a{suffix}@{offsets[-1]}")
    assert len(reader.shortfalls) == 1


@pytest.mark.parametrize("end", [gzip.compress(b""), gzip.compress(b"\r\n"), b""])
def test_an_empty_member_at_the_end_is_nothing(tmp_path, end):
    items, reader = read(b"".join(parts_of(".warc.gz")[0]) + end, tmp_path, ".warc.gz")
    assert [item.url for item in items] == ADDRESSES
    assert not reader.shortfalls


@pytest.mark.parametrize("suffix", [".warc.gz", ".warc.zst"])
def test_bytes_destroyed_in_the_middle_of_a_record_cost_that_one(tmp_path, suffix):
    parts, offsets = parts_of(suffix)
    data = bytearray(b"".join(parts))
    middle = offsets[4] + len(parts[4]) // 2
    data[middle : middle + 50] = bytes(50)
    items, reader = read(bytes(data), tmp_path, suffix)
    assert [item.url for item in items if isinstance(item, Page)] == ADDRESSES[:3] + ADDRESSES[4:]
    assert [item.location for item in items if isinstance(item, Reject)] == [f"a{suffix}@{offsets[4]}"]
    assert not reader.shortfalls


def test_bytes_destroyed_in_a_plain_file_show_where_the_block_has_a_digest(tmp_path):
    block = http(HTML)
    digest = hashlib.new("sha1", block, usedforsecurity=False)
    digests = [base64.b32encode(digest.digest()).decode(), digest.hexdigest()]
    for digest in digests:
        good = record(block=block, WARC_Block_Digest=f"sha1:{digest}")
        items, _ = read(good + good.replace(b"Ferries", b"Fairies"), tmp_path, ".warc")
        assert [type(item) for item in items] == [Page, Reject]
        assert items[1].detail == "damaged: its content does not fit its digest"


@pytest.mark.parametrize("stated", ["sha1:", "sha1:abc", "crc32:12345678", "nonsense", "sha1:" + "?" * 32])
def test_a_digest_that_cannot_be_read_is_no_ground_to_refuse_a_page(tmp_path, stated):
    (item,), _ = read(record(block=http(), WARC_Block_Digest=stated), tmp_path, ".warc")
    assert isinstance(item, Page)


@pytest.mark.parametrize("suffix", PACKINGS)
@pytest.mark.parametrize("rubbish", [b"rubbish " * 40, os.urandom(5000), b"\x1f\x8b\x08" * 50, b"WARC/9\r\n" * 30])
def test_rubbish_between_records_costs_no_record(tmp_path, suffix, rubbish):
    parts, offsets = parts_of(suffix)
    items, _ = read(b"".join([*parts[:4], rubbish, *parts[4:]]), tmp_path, suffix)
    assert [item.url for item in items if isinstance(item, Page)] == ADDRESSES
    assert [item.location for item in items if isinstance(item, Reject)] == [f"a{suffix}@{offsets[4]}"]


def test_a_beginning_that_is_damaged_and_still_unpacks_to_something_costs_that_record(tmp_path):
    parts, _ = parts_of(".warc.gz")
    damaged = parts[0][:8] + bytes.fromhex("00003a00010800") + parts[0][8:]
    items, _ = read(b"".join([damaged, *parts[1:]]), tmp_path, ".warc.gz")
    assert [item.url for item in items if isinstance(item, Page)] == ADDRESSES
    assert [item.location for item in items if isinstance(item, Reject)] == ["a.warc.gz@0"]


@pytest.mark.parametrize("suffix", PACKINGS)
def test_a_beginning_that_is_destroyed_costs_that_record(tmp_path, suffix):
    parts, offsets = parts_of(suffix)
    data = bytearray(b"".join(parts))
    data[offsets[4] : offsets[4] + 8] = b"\0" * 8
    items, _ = read(bytes(data), tmp_path, suffix)
    assert [item.url for item in items if isinstance(item, Page)] == ADDRESSES[:3] + ADDRESSES[4:]
    assert [item.location for item in items if isinstance(item, Reject)] == [f"a{suffix}@{offsets[4]}"]


@pytest.mark.parametrize("suffix", PACKINGS)
@pytest.mark.parametrize("length", [0, 1000, 4500, 6000, 999_999, 10**12])
def test_a_length_that_lies_costs_its_own_record_and_none_of_those_behind_it(tmp_path, suffix, length):
    lie = record(block=http(HTML * 30), length=length)
    parts, offsets = parts_of(suffix, [*STORIES[:4], lie, *STORIES[4:]])
    items, reader = read(b"".join(parts), tmp_path, suffix)
    assert [item.url for item in items if isinstance(item, Page)] == ADDRESSES
    assert [item.location for item in items if isinstance(item, Reject)] == [f"a{suffix}@{offsets[4]}"]
    assert not reader.shortfalls


@pytest.mark.parametrize("length", ["-5", "many", "", None])
def test_a_length_that_is_no_number_costs_its_own_record(tmp_path, length):
    odd = record(block=http(), Content_Length=length)
    items, _ = read(b"".join([*STORIES[:4], odd, *STORIES[4:]]), tmp_path, ".warc")
    assert [item.url for item in items if isinstance(item, Page)] == ADDRESSES
    assert len([item for item in items if isinstance(item, Reject)]) == 1


def test_a_file_that_was_compressed_as_a_whole_is_read_and_its_records_numbered(tmp_path):
    items, reader = read(gzip.compress(b"".join(STORIES)), tmp_path, ".warc.gz")
    assert [item.url for item in items] == ADDRESSES
    assert [item.location for item in items] == [f"a.warc.gz@0+{number}" for number in range(1, 9)]
    assert not reader.shortfalls


def test_damage_in_a_file_that_was_compressed_as_a_whole_ends_its_reading_and_says_so(tmp_path):
    data = bytearray(gzip.compress(b"".join(story(number, 40_000) for number in range(20))))
    data[len(data) // 2 : len(data) // 2 + 50] = bytes(50)
    items, reader = read(bytes(data), tmp_path, ".warc.gz")
    assert isinstance(items[-1], Reject)
    assert 5 < len(items) < 12
    assert reader.shortfalls


def test_damaged_records_among_those_that_are_no_inputs_are_told_too(tmp_path):
    items, _ = read(b"".join([record("request", b"GET / HTTP/1.1\r\n\r\n", length=5), *STORIES]), tmp_path, ".warc")
    assert [type(item) for item in items] == [Reject] + [Page] * 8


def test_a_file_of_lies_is_not_read_as_often_as_it_has_records(tmp_path, monkeypatch):
    monkeypatch.setattr(warc_records, "REREAD_FLOOR_BYTES", 0)
    lies = [record(block=http(), length=10**9) for _ in range(200)]
    items, reader = read(b"".join(lies), tmp_path, ".warc")
    assert all(isinstance(item, Reject) for item in items)
    assert len(items) < 20
    assert reader.shortfalls


MEASURED = """
import os, sys
from pathlib import Path
from tests.bench.processes import resident_peak_mb
from tests.flows.extract.bulk.warc_making import reader_of, warc_of, record, http
small = warc_of([record(block=http())], Path(sys.argv[1]).with_name("small.warc.gz"))
list(reader_of(small))
before = resident_peak_mb(os.getpid())
items = list(reader_of(sys.argv[1]))
print(resident_peak_mb(os.getpid()) - before, *(type(item).__name__ for item in items))
"""


def test_a_gigantic_record_is_refused_and_never_held(tmp_path):
    gigantic = record(block=http(bytes(200_000_000)))
    place = warc_of([gigantic, story(1)], tmp_path / "a.warc.zst")
    command = [sys.executable, "-c", MEASURED, str(place)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[4])
    megabytes, *kinds = told.stdout.split()
    assert kinds == ["Reject", "Page"]
    assert float(megabytes) < 30, "of 200"


def test_a_gigantic_picture_is_refused_for_what_it_is(tmp_path):
    items, _ = read(record(block=http(bytes(3_000_000), Content_Type="image/png")), tmp_path, ".warc")
    assert items[0].reason is Reason.NOT_HTML


def test_a_file_that_has_gone_and_one_that_may_not_be_read_harm_no_other(tmp_path):
    for name in "abcd":
        warc_of([story(ord(name))], tmp_path / f"{name}.warc")
    reader = reader_of(tmp_path)
    (tmp_path / "b.warc").unlink()
    (tmp_path / "c.warc").write_bytes(b"")
    (tmp_path / "d.warc").write_bytes(b"not a WARC at all")
    page, *rejects = reader
    assert isinstance(page, Page)
    assert [(item.location, item.reason) for item in rejects] == [
        ("b.warc", Reason.UNREACHABLE),
        ("c.warc", Reason.MALFORMED_INPUT),
        ("d.warc", Reason.MALFORMED_INPUT),
    ]
    assert len(reader.shortfalls) == 3


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_happens_to_a_file_each_item_is_accounted_for_and_nothing_is_raised(tmp_path, data):
    suffix = data.draw(st.sampled_from(PACKINGS))
    content = bytearray(b"".join(parts_of(suffix, STORIES[:5])[0]))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(8, len(content) - 1))
        with_what = data.draw(st.binary(max_size=40))
        content[at : at + data.draw(st.integers(0, 60))] = with_what
        content.extend(bytes(max(0, 20 - len(content))))
    items, reader = read(bytes(content), tmp_path, suffix)
    again = list(reader)
    assert [item.location for item in items] == [item.location for item in again]
    assert len({item.location for item in items}) == len(items)
    assert {item.url for item in items if isinstance(item, Page)} <= {*ADDRESSES, URL} or suffix == ".warc"
