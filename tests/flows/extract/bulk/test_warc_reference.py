"""warcio, which reads slowly and surely, finds the same records with the same content as the reader does."""

import io
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from fastwarc import GzipWriter, WarcRecord
from fastwarc.warc import response as response_record
from pyarrow import parquet
from warcio.archiveiterator import ArchiveIterator

from tests.bench.warcs import response, warcinfo, write_warc
from tests.flows.extract.bulk.warc_making import HTML, http, packed, reader_of
from warehouse.model import Page

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)


def by_warcio(place):
    """Address, date and unpacked body of every response."""
    with place.open("rb") as file:
        return [
            (
                record.rec_headers.get_header("WARC-Target-URI"),
                datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
                record.content_stream().read(),
            )
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        ]


def by_reader(place):
    return [(page.url, page.captured_at, page.body) for page in reader_of(place) if isinstance(page, Page)]


def bodies():
    import gzip

    yield HTML, {}
    yield gzip.compress(HTML * 2), {"Content-Encoding": "gzip"}
    yield b"6b\r\n" + HTML[:107] + b"\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked"}
    yield ("<html><p>" + "夜市搬家" * 5000).encode(), {"Content-Type": "text/html; charset=utf-8"}


def of_warcio():
    yield warcinfo("a.warc")
    for number, (body, headers) in enumerate(bodies()):
        yield response(f"https://harbour.example/{number}", body, NOON + timedelta(seconds=number), headers=headers)


def of_fastwarc():
    for number, (body, headers) in enumerate(bodies()):
        record = WarcRecord()
        record.init_headers(response_record)
        record.headers["WARC-Target-URI"] = f"https://harbour.example/{number}"
        record.headers["WARC-Date"] = (NOON + timedelta(seconds=number)).isoformat().replace("+00:00", "Z")
        record.headers["Content-Type"] = "application/http; msgtype=response"
        record.set_bytes_content(http(body, **{name.replace("-", "_"): value for name, value in headers.items()}))
        out = io.BytesIO()
        record.write(out, checksum_data=True)
        yield out.getvalue()


@pytest.mark.parametrize("records", [of_warcio, of_fastwarc])
@pytest.mark.parametrize("suffix", [".warc", ".warc.gz"])
def test_both_find_the_same_in_what_either_wrote(tmp_path, records, suffix):
    place = tmp_path / f"a{suffix}"
    place.write_bytes(b"".join(packed(record, suffix) for record in records()))
    found = by_reader(place)
    assert found == by_warcio(place)
    assert len(found) == 4


@pytest.mark.parametrize("records", [of_warcio, of_fastwarc])
def test_what_is_packed_with_zstd_is_the_same_as_what_is_not(tmp_path, records):
    content = list(records())
    for suffix in (".warc", ".warc.zst"):
        (tmp_path / f"a{suffix}").write_bytes(b"".join(packed(record, suffix) for record in content))
    assert by_reader(tmp_path / "a.warc.zst") == by_reader(tmp_path / "a.warc")


def test_a_zstd_dictionary_in_front_is_used(tmp_path):
    from fastwarc.stream_io import ZstdWriter, zstd_train_dictionary_from_samples

    content = [*of_warcio()] * 3
    dictionary = zstd_train_dictionary_from_samples([bytes(record) for record in content] * 20, 2000)
    frame = b"\x5d\x2a\x4d\x18" + len(dictionary).to_bytes(4, "little") + dictionary
    parts = []
    for record in content:
        out = io.BytesIO()
        with ZstdWriter(out, dictionary=dictionary) as writer:
            writer.write(record)
        parts.append(out.getvalue().removeprefix(frame))
    (tmp_path / "a.warc.zst").write_bytes(frame + b"".join(parts))
    (tmp_path / "a.warc").write_bytes(b"".join(content))
    assert by_reader(tmp_path / "a.warc.zst") == by_reader(tmp_path / "a.warc")
    damaged = bytearray((tmp_path / "a.warc.zst").read_bytes())
    damaged[-len(parts[-1]) - len(parts[-2]) // 2] ^= 0xFF
    (tmp_path / "a.warc.zst").write_bytes(damaged)
    assert len(by_reader(tmp_path / "a.warc.zst")) == len(content) - 4


def test_members_written_by_the_library_in_one_stream_are_told_apart(tmp_path):
    place = tmp_path / "a.warc.gz"
    with place.open("wb") as file:
        for record in of_warcio():
            writer = GzipWriter(file)
            writer.write(record)
            writer.finish()
    assert by_reader(place) == by_warcio(place)


def test_the_bench_makes_the_warc_of_parquet_pages_that_it_says(tmp_path):
    rows = {"url": [f"https://harbour.example/{number}" for number in range(5)], "html": [HTML] * 5}
    parquet.write_table(pa.table(rows), tmp_path / "pages.parquet")
    for suffix in (".warc", ".warc.gz", ".warc.zst"):
        assert write_warc([tmp_path / "pages.parquet"], tmp_path / f"a{suffix}", copies=2) == 10
        pages = by_reader(tmp_path / f"a{suffix}")
        assert len({url for url, _, _ in pages}) == len({moment for _, moment, _ in pages}) == 10


def test_real_pages_come_through_as_they_are(tmp_path, gold_data):
    source = gold_data / "pages" / "newspaper4k.parquet"
    write_warc([source], tmp_path / "a.warc.gz")
    assert by_reader(tmp_path / "a.warc.gz") == [
        row for row in by_warcio(tmp_path / "a.warc.gz") if not row[0].endswith("sample_rss")
    ]
