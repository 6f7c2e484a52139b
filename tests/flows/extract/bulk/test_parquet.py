"""Parquet files of pages: one row a page, bad rows told by their number, wrong columns refused before any work."""

import json
import os
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from flows.extract.bulk.parquet import ParquetReader, parquet_files
from flows.extract.bulk.parquet_columns import headers
from flows.extract.bulk.selection import EVERYTHING, Selection
from flows.extract.sources import SourceError
from tests.flows.extract.bulk.warc_making import HTML, http, only, record
from warehouse.model import Header, Page, Reason, Stage
from warehouse.settings import Settings

URL = "https://harbour.example/bridge"
NOON = datetime(2026, 10, 5, 12, 30, tzinfo=UTC)


def file_of(place, **columns):
    parquet.write_table(pa.table(columns), place)
    return place


def reader_of(place, selection=EVERYTHING, **settings):
    return ParquetReader(parquet_files(str(place)), selection, source="test", settings=Settings(**settings))


def one(tmp_path, **columns):
    given = {"url": [URL], "html": pa.array([HTML], pa.binary()), **columns}
    (item,) = reader_of(file_of(tmp_path / "a.parquet", **given))
    return item


def test_a_row_is_a_page_filled_as_a_fetched_one_is(tmp_path):
    said = [[{"name": "Content-Type", "value": "text/html; charset=gbk"}, {"name": "ETag", "value": '"7"'}]]
    page = one(tmp_path, captured_at=[NOON], status=[200], headers=said)
    assert (page.url, page.site, page.source, page.location) == (URL, "harbour.example", "test", "a.parquet#1")
    assert (page.body, page.captured_at, page.status) == (HTML, NOON, 200)
    assert (page.content_type, page.charset, page.etag) == ("text/html", "gbk", '"7"')
    assert page.headers == (Header("Content-Type", "text/html; charset=gbk"), Header("ETag", '"7"'))


def test_headers_that_are_no_utf_8_cost_themselves_alone(tmp_path):
    broken = pa.array([b'{"ETag": "1"}', b"\xff", b'{"ETag": "3"}'], pa.binary()).view(pa.string())
    place = file_of(
        tmp_path / "a.parquet",
        url=[f"{URL}/{number}" for number in range(3)],
        html=pa.array([HTML] * 3, pa.binary()),
        headers=broken,
    )
    assert [page.etag for page in reader_of(place)] == ["1", None, "3"]


def test_files_of_one_name_have_rejects_of_their_own(tmp_path):
    refused = []
    for day in ("one", "two"):
        (tmp_path / day).mkdir()
        row = {"url": [f"{URL}/{day}"], "html": pa.array([b""], pa.binary()), "status": [404]}
        refused += reader_of(file_of(tmp_path / day / "pages.parquet", **row))
    assert {reject.location for reject in refused} == {"pages.parquet#1"}
    assert len({reject.reject_id for reject in refused}) == 2


def test_only_address_and_html_are_needed_and_other_columns_are_passed_over(tmp_path):
    page = one(tmp_path, title=["x"], language=["en"])
    assert (page.status, page.captured_at, page.headers) == (None, None, ())


def test_the_same_page_through_a_warc_is_the_same_page(tmp_path):
    row = one(tmp_path, captured_at=[NOON])
    assert row.page_id == only([record(block=http())], tmp_path).page_id


@pytest.mark.parametrize(
    "kind", [pa.binary(), pa.large_binary(), pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())]
)
def test_html_may_be_bytes_or_text(tmp_path, kind):
    text = HTML.decode() + "夜市"
    value = text if pa.types.is_dictionary(kind) or "string" in str(kind) else text.encode()
    page = one(tmp_path, html=pa.array([value], kind))
    assert page.body == text.encode()
    assert page.charset == (None if "binary" in str(kind) else "utf-8")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Tokyo"])
def test_a_time_is_an_instant_whatever_its_unit_and_one_without_a_zone_is_of_utc(tmp_path, unit, zone):
    moments = pa.array([NOON.replace(tzinfo=None)], pa.timestamp("us")).cast(pa.int64())
    value = {"s": moments[0].as_py() // 10**6, "ms": moments[0].as_py() // 1000, "us": moments[0].as_py()}.get(
        unit, moments[0].as_py() * 1000
    )
    page = one(tmp_path, captured_at=pa.array([value], pa.int64()).cast(pa.timestamp(unit, zone)))
    assert page.captured_at == NOON


@pytest.mark.parametrize("value", [0, -(2**62), 2**62])
def test_a_time_at_which_nothing_was_captured_is_none(tmp_path, value):
    assert one(tmp_path, captured_at=pa.array([value], pa.int64()).cast(pa.timestamp("us"))).captured_at is None


@pytest.mark.parametrize(
    "said",
    [
        pa.array([[{"name": "ETag", "value": "7"}]]),
        pa.array([[{"key": "ETag", "value": "7"}]]),
        pa.array([[("ETag", "7")]], pa.map_(pa.string(), pa.string())),
        pa.array([json.dumps({"ETag": "7"})]),
        pa.array([json.dumps({"ETag": ["7"]})]),
        pa.array([json.dumps([["ETag", "7"]])]),
        pa.array([json.dumps([{"name": "ETag", "value": "7"}])]),
    ],
)
def test_headers_come_as_lists_maps_or_json(tmp_path, said):
    assert one(tmp_path, headers=said).etag == "7"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_is_headers_or_none(given):
    assert all(isinstance(header, Header) for header in headers(json.dumps(given)))
    assert all(isinstance(header, Header) for header in headers(given))


@pytest.mark.parametrize(
    ("columns", "reason", "said"),
    [
        ({"url": pa.array([None], pa.string())}, Reason.MALFORMED_INPUT, "url is null"),
        ({"html": pa.array([None], pa.binary())}, Reason.MALFORMED_INPUT, "html is null"),
        ({"url": ["harbour.example/bridge"]}, Reason.MALFORMED_INPUT, "no web address"),
        ({"url": ["javascript:alert(1)"]}, Reason.MALFORMED_INPUT, "no web address"),
        ({"html": [b""]}, Reason.HTTP_STATUS, "an empty page"),
        ({"html": [b"%PDF-1.7"]}, Reason.NOT_HTML, "beginning with b'%PDF"),
        ({"status": [404]}, Reason.HTTP_STATUS, "status 404"),
        ({"status": [10**12]}, Reason.HTTP_STATUS, "status 9999"),
    ],
)
def test_a_row_that_is_no_page_is_a_reject_with_its_number(tmp_path, columns, reason, said):
    reject = one(tmp_path, **columns)
    assert (reject.stage, reject.reason, reject.location) == (Stage.READ, reason, "a.parquet#1")
    assert said in reject.detail


def test_statuses_that_pandas_made_floating_point_are_statuses(tmp_path):
    rows = {"url": [URL] * 3, "html": [HTML] * 3, "status": [200.0, None, float("nan")]}
    assert [page.status for page in reader_of(file_of(tmp_path / "a.parquet", **rows))] == [200, None, None]


def test_a_page_larger_than_one_may_be_is_refused(tmp_path):
    place = file_of(tmp_path / "a.parquet", url=[URL] * 2, html=[HTML, HTML * 9])
    page, reject = reader_of(place, max_page_bytes=len(HTML))
    assert isinstance(page, Page)
    assert (reject.reason, reject.location) == (Reason.TOO_LARGE, "a.parquet#2")


def test_text_that_is_no_utf_8_costs_no_other_row(tmp_path):
    broken = pa.StringArray.from_buffers(
        2,
        pa.py_buffer(pa.array([0, 3, 30], pa.int32()).buffers()[1]),
        pa.py_buffer(b"\xff\xfe\xfd" + b"https://harbour.example/abc"),
    )
    bad, good = reader_of(file_of(tmp_path / "a.parquet", url=broken, html=[HTML] * 2))
    assert bad.reason is Reason.MALFORMED_INPUT
    assert good.url == "https://harbour.example/abc"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"html": [HTML]}, "no column url; expected url (text) and html (binary), and there are: html"),
        ({"url": [URL]}, "no column html"),
        ({"url": [1], "html": [HTML]}, "column url is of type int64; expected text"),
        ({"url": [URL], "html": [1]}, "column html is of type int64; expected binary, or text"),
        (
            {"url": [URL], "html": [HTML], "captured_at": ["2026"]},
            "column captured_at is of type string; expected a timestamp",
        ),
        ({"url": [URL], "html": [HTML], "status": ["200"]}, "column status is of type string; expected a whole number"),
        ({"url": [URL], "html": [HTML], "headers": [[1]]}, "column headers is of type list"),
    ],
)
def test_wrong_columns_are_refused_before_any_work(tmp_path, columns, said):
    with pytest.raises(SourceError) as caught:
        parquet_files(str(file_of(tmp_path / "a.parquet", **columns)))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"plain text\n" * 50, b"PAR1" + bytes(60) + b"PAR1", b""])
def test_what_is_no_parquet_is_refused(tmp_path, data):
    (tmp_path / "a.parquet").write_bytes(data)
    with pytest.raises(SourceError) as caught:
        parquet_files(str(tmp_path / "a.parquet"))
    assert "\n" not in str(caught.value)


def test_one_wrong_file_in_a_folder_is_named(tmp_path):
    file_of(tmp_path / "a.parquet", url=[URL], html=[HTML])
    file_of(tmp_path / "b.parquet", url=[URL])
    with pytest.raises(SourceError, match=r"b\.parquet"):
        parquet_files(str(tmp_path))


def test_a_file_that_goes_or_breaks_meanwhile_is_a_reject_and_harms_no_other(tmp_path):
    html = [HTML + os.urandom(3000).hex().encode() for _ in range(50)]
    rows = {"url": [f"{URL}/{number}" for number in range(50)], "html": html}
    for name in "abc":
        parquet.write_table(pa.table(rows), tmp_path / f"{name}.parquet", row_group_size=5, compression="zstd")
    reader = reader_of(tmp_path)
    (tmp_path / "a.parquet").unlink()
    data = bytearray((tmp_path / "b.parquet").read_bytes())
    start = parquet.read_metadata(tmp_path / "b.parquet").row_group(4).column(1).dictionary_page_offset
    data[start : start + 200] = b"\xff" * 200
    (tmp_path / "b.parquet").write_bytes(data)
    items = list(reader)
    by_file = {name: [item for item in items if item.location.startswith(name)] for name in "abc"}
    assert [(item.location, item.reason) for item in by_file["a"]] == [("a.parquet", Reason.UNREACHABLE)]
    (bad,) = (item for item in by_file["b"] if not isinstance(item, Page))
    assert bad.location == "b.parquet#21"
    assert "rows 21 to 25 cannot be read" in bad.detail
    assert [item.url for item in by_file["b"] if item is not bad] == rows["url"][:20] + rows["url"][25:]
    assert len(by_file["c"]) == 50
    assert len(reader.shortfalls) == 2
    assert reader.progress == 1.0


def test_hosts_and_days_are_chosen_and_the_rest_is_told(tmp_path):
    rows = {
        "url": [URL, "https://other.example/", URL, URL],
        "html": [HTML] * 4,
        "captured_at": [NOON, NOON, NOON + timedelta(days=1), None],
    }
    place = file_of(tmp_path / "a.parquet", **rows)
    reader = reader_of(place, Selection(("harbour.example",), date(2026, 10, 5), date(2026, 10, 5)))
    assert [item.location for item in reader] == ["a.parquet#1"]
    assert reader.remarks[0].startswith("3 captures were passed over")


def test_rows_are_numbered_through_all_row_groups(tmp_path):
    parquet.write_table(pa.table({"url": [URL] * 25, "html": [HTML] * 25}), tmp_path / "a.parquet", row_group_size=7)
    assert [item.location for item in reader_of(tmp_path / "a.parquet")] == [f"a.parquet#{n}" for n in range(1, 26)]


def test_the_gold_pages_load_as_they_are(gold_data):
    reader = reader_of(gold_data / "pages" / "aeb.parquet")
    assert sum(isinstance(item, Page) for item in reader) == 181
