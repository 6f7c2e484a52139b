"""What a WARC record comes to: a page filled as a fetched one is, a reject that says why, or nothing."""

from datetime import UTC, datetime

import pytest

from flows.extract.bulk.warc_items import warc_date
from tests.flows.extract.bulk.warc_making import DATE, HTML, PACKINGS, URL, http, only, reader_of, record, warc_of
from warehouse.model import Header, Page, Reason, Stage, hash_of


def test_a_response_is_a_page_filled_as_a_fetched_one_is(tmp_path):
    headers = {"ETag": '"7"', "Last_Modified": "Mon, 05 Oct 2026 12:00:00 GMT", "X_Robots_Tag": "noarchive"}
    page = only([record("warcinfo", b"software: x\r\n"), record(block=http(**headers))], tmp_path)
    assert isinstance(page, Page)
    assert (page.url, page.requested_url, page.site, page.source) == (URL, URL, "harbour.example", "test")
    assert (page.status, page.body, page.captured_at) == (200, HTML, datetime(2026, 10, 5, 12, 30, tzinfo=UTC))
    assert (page.content_type, page.charset, page.etag) == ("text/html", "utf-8", '"7"')
    assert page.last_modified == "Mon, 05 Oct 2026 12:00:00 GMT"
    assert page.headers[0] == Header("Content-Type", "text/html; charset=utf-8")
    assert page.robots_statements == ("x-robots-tag: noarchive",), "recorded, and no ground to refuse what is held"
    start = len(record("warcinfo", b"software: x\r\n"))
    assert page.location == f"a.warc@{start}"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("suffix", PACKINGS)
def test_both_versions_are_read_however_they_are_packed(tmp_path, version, suffix):
    place = warc_of([record(block=http(), version=version)] * 2, tmp_path / f"a{suffix}")
    first, second = reader_of(place)
    assert first.body == second.body == HTML
    assert first.page_id == second.page_id
    assert (first.location, second.location) == (f"a{suffix}@0", f"a{suffix}@{place.stat().st_size // 2}")


def test_a_resource_of_html_is_a_page_without_an_answer(tmp_path):
    page = only([record("resource", HTML, Content_Type="text/html; charset=utf-8")], tmp_path)
    assert (page.status, page.headers, page.content_type, page.charset) == (None, (), "text/html", "utf-8")
    assert page.body == HTML


@pytest.mark.parametrize("kind", ["warcinfo", "request", "metadata", "conversion", "continuation", "invented"])
def test_records_of_other_kinds_are_no_inputs(tmp_path, kind):
    assert list(reader_of(warc_of([record(kind, http())], tmp_path / "a.warc"))) == []


@pytest.mark.parametrize("url", ["dns:harbour.example", "urn:thumbnail:https://harbour.example/", "whois:x"])
def test_what_a_crawler_notes_for_itself_is_no_input(tmp_path, url):
    place = warc_of([record("resource", b"x", WARC_Target_URI=url, Content_Type="text/plain")], tmp_path / "a.warc")
    assert list(reader_of(place)) == []


@pytest.mark.parametrize(
    ("block", "reason", "said"),
    [
        (http(status="404 Not Found"), Reason.HTTP_STATUS, "status 404"),
        (http(b"", status="301 Moved", Location="/x"), Reason.HTTP_STATUS, "status 301"),
        (http(b" "), Reason.HTTP_STATUS, "an empty page"),
        (http(status="202 Accepted"), Reason.HTTP_STATUS, "status 202"),
        (http(b"\xff\xd8\xff", Content_Type="image/jpeg"), Reason.NOT_HTML, "image/jpeg"),
        (http(b"%PDF-1.7"), Reason.NOT_HTML, "beginning with b'%PDF-1.7'"),
        (http(b"just words", Content_Type=None), Reason.NOT_HTML, "no content type"),
        (http(b"<rss><channel/></rss>"), Reason.NOT_HTML, "beginning with b'<rss"),
        (b"\x00\x01 garbage", Reason.MALFORMED_INPUT, "no HTTP response"),
        (b"HTTP/1.1 abc\r\n\r\n" + HTML, Reason.MALFORMED_INPUT, "no HTTP response"),
        (b"", Reason.MALFORMED_INPUT, "no HTTP response"),
    ],
)
def test_a_response_that_is_no_page_is_a_reject_with_its_place(tmp_path, block, reason, said):
    reject = only([record(block=block)], tmp_path)
    assert (reject.stage, reject.reason, reject.url, reject.location) == (Stage.READ, reason, URL, "a.warc@0")
    assert said in reject.detail


def test_a_page_without_a_content_type_is_known_by_its_content(tmp_path):
    page = only([record(block=http(Content_Type=None))], tmp_path)
    assert (page.body, page.content_type) == (HTML, None)


def test_a_body_that_was_looked_at_and_refused_has_its_digest(tmp_path):
    assert only([record(block=http(b"just words"))], tmp_path).digest == hash_of([b"just words"])


@pytest.mark.parametrize("given", [f"<{URL}>", f" {URL} "])
def test_brackets_of_old_writers_are_no_part_of_an_address(tmp_path, given):
    assert only([record(block=http(), WARC_Target_URI=given)], tmp_path).url == URL


@pytest.mark.parametrize("url", [None, "", "ftp://harbour.example/", "bridge", "https://", "http://" + "x" * 20_000])
def test_a_capture_of_no_web_address_is_a_reject(tmp_path, url):
    reject = only([record(block=http(), WARC_Target_URI=url)], tmp_path)
    assert (reject.reason, reject.detail) == (
        Reason.MALFORMED_INPUT,
        "no web address: expected http or https and a host",
    )


def test_a_password_in_an_address_is_kept_nowhere(tmp_path):
    url = "https://reader:secret@harbour.example/bridge"
    page = only([record(block=http(), WARC_Target_URI=url)], tmp_path)
    assert (page.url, page.requested_url) == (URL, URL)
    reject = only([record(block=http(status="500 Oops"), WARC_Target_URI=url)], tmp_path)
    assert "secret" not in reject.url


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-10-05T12:30:00Z", "2026-10-05T12:30:00+00:00"),
        ("2026-10-05T12:30:00.123456789Z", "2026-10-05T12:30:00.123456+00:00"),
        ("2026-10-05T14:30:00+02:00", "2026-10-05T12:30:00+00:00"),
        ("20261005123000", "2026-10-05T12:30:00+00:00"),
        ("2026-10-05", "2026-10-05T00:00:00+00:00"),
        ("2026-10", "2026-10-01T00:00:00+00:00"),
        ("2026", "2026-01-01T00:00:00+00:00"),
        ("yesterday", None),
        ("9999-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("2026-13-45T99:00:00Z", None),
        ("", None),
    ],
)
def test_a_date_is_read_in_every_precision_and_an_absurd_one_is_none(tmp_path, given, expected):
    moment = warc_date(given)
    assert (moment and moment.isoformat()) == expected
    assert only([record(block=http(), WARC_Date=given)], tmp_path).captured_at == moment


def test_a_record_in_segments_is_a_reject_and_not_a_page_cut_short(tmp_path):
    reject = only([record(block=http(), WARC_Segment_Number="1")], tmp_path)
    assert (reject.reason, "segments" in reject.detail) == (Reason.MALFORMED_INPUT, True)


def test_a_cut_that_the_crawler_states_is_kept_with_the_page(tmp_path):
    page = only([record(block=http(HTML[:60]), WARC_Truncated="length")], tmp_path)
    assert page.headers[-1] == Header("WARC-Truncated", "length")
    assert page.body == HTML[:60]


def test_a_resource_that_is_cut_says_so_too(tmp_path):
    page = only([record("resource", HTML[:60], Content_Type="text/html", WARC_Truncated="time")], tmp_path)
    assert page.headers == (Header("WARC-Truncated", "time"),)


def test_reading_twice_gives_the_same(tmp_path):
    reader = reader_of(warc_of([record(block=http(), WARC_Date=DATE), record(block=b"x")], tmp_path / "a.warc"))
    assert list(reader) == list(reader)
    assert reader.progress == 1.0
