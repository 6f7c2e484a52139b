"""Revisits: what a crawler did not keep twice is a repeat, a page with the earlier body, or a reject that says so."""

import gzip
from datetime import date

import pytest

from flows.extract.bulk import revisits
from flows.extract.bulk.selection import Selection
from tests.flows.extract.bulk.warc_making import DATE, HTML, PACKINGS, URL, http, reader_of, record, story, warc_of
from warehouse.model import Page, Reason, Reject, Repeats

OTHER = "https://harbour.example/bridge-2"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
DIGEST = "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
LATER = "2026-10-06T12:30:00Z"


def revisit(url=OTHER, block=None, **fields):
    given = {
        "WARC_Profile": IDENTICAL,
        "WARC_Date": LATER,
        "WARC_Payload_Digest": DIGEST,
        "WARC_Refers_To_Target_URI": URL,
        "WARC_Refers_To_Date": DATE,
        **fields,
    }
    return record("revisit", http(b"", ETag='"2"') if block is None else block, WARC_Target_URI=url, **given)


ORIGINAL = record(block=http(), WARC_Payload_Digest=DIGEST)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"WARC_Refers_To_Target_URI": None},
        {"WARC_Profile": NOT_MODIFIED, "block": http(b"", status="304 Not Modified")},
        {"WARC_Profile": NOT_MODIFIED, "block": b""},
    ],
)
def test_the_same_address_with_what_it_had_before_is_a_repeat(tmp_path, fields):
    items = list(reader_of(warc_of([ORIGINAL, revisit(URL, **fields)], tmp_path / "a.warc")))
    assert isinstance(items[0], Page)
    assert items[1] == Repeats()


@pytest.mark.parametrize("suffix", PACKINGS)
@pytest.mark.parametrize("fields", [{}, {"WARC_Payload_Digest": None}])
def test_another_address_with_that_body_is_a_page_of_its_own(tmp_path, suffix, fields):
    original = record(block=http(), **({"WARC_Payload_Digest": DIGEST} if not fields else {}))
    place = warc_of([story(1), original, story(2), revisit(**fields), story(3)], tmp_path / f"a{suffix}")
    items = list(reader_of(place))
    assert [type(item) for item in items] == [Page] * 5
    page = items[3]
    assert (page.url, page.body, page.captured_at.isoformat()) == (OTHER, HTML, "2026-10-06T12:30:00+00:00")
    assert page.etag == '"2"'
    assert [item.url for item in items if item is not page] == [f"https://harbour.example/{n}" for n in (1,)] + [
        URL,
        "https://harbour.example/2",
        "https://harbour.example/3",
    ]


def test_a_revisit_without_headers_of_its_own_has_those_of_the_original(tmp_path):
    original = record(block=http(ETag='"1"'), WARC_Payload_Digest=DIGEST)
    _, page = reader_of(warc_of([original, revisit(block=b"")], tmp_path / "a.warc"))
    assert (page.status, page.etag, page.body) == (200, '"1"', HTML)


def test_a_revisit_of_a_packed_body_is_unpacked_as_the_original_says(tmp_path):
    original = record(block=http(gzip.compress(HTML), Content_Encoding="gzip"), WARC_Payload_Digest=DIGEST)
    _, page = reader_of(warc_of([original, revisit()], tmp_path / "a.warc"))
    assert page.body == HTML


def test_a_revisit_of_a_resource_has_its_body(tmp_path):
    original = record("resource", HTML, Content_Type="text/html", WARC_Payload_Digest=DIGEST)
    _, page = reader_of(warc_of([original, revisit(block=b"")], tmp_path / "a.warc"))
    assert (page.url, page.body) == (OTHER, HTML)


def test_a_revisit_of_what_is_not_here_is_a_reject_that_says_so(tmp_path):
    (reject,) = reader_of(warc_of([revisit()], tmp_path / "a.warc"))
    assert isinstance(reject, Reject)
    assert (reject.reason, reject.url) == (Reason.NOT_FOUND, OTHER)
    assert f"the capture of {URL}, whose body this one has, is not in this file" in reject.detail


def test_a_revisit_of_no_page_is_refused_as_that(tmp_path):
    picture = revisit(block=http(b"", Content_Type="image/png"))
    gone = revisit(block=http(b"", status="404 Not Found"))
    items = list(reader_of(warc_of([picture, gone], tmp_path / "a.warc")))
    assert [item.reason for item in items] == [Reason.NOT_HTML, Reason.HTTP_STATUS]


def test_what_is_remembered_of_a_file_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(revisits, "MOST_NAMES", 5)
    near = warc_of([ORIGINAL, *map(story, range(2)), revisit()], tmp_path / "near.warc")
    far = warc_of([ORIGINAL, *map(story, range(5)), revisit()], tmp_path / "far.warc")
    assert isinstance(list(reader_of(near))[-1], Page)
    assert list(reader_of(far))[-1].reason is Reason.NOT_FOUND


FERRY = "https://ferry.example/bridge"


def test_a_wanted_revisit_has_the_body_of_a_capture_that_was_not_wanted(tmp_path):
    reader = reader_of(
        warc_of([ORIGINAL, revisit(FERRY)], tmp_path / "a.warc"), selection=Selection(("ferry.example",))
    )
    (page,) = reader
    assert (page.url, page.body) == (FERRY, HTML)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"WARC_Refers_To_Target_URI": None},
        {"WARC_Profile": NOT_MODIFIED, "block": http(b"", status="304 Not Modified")},
    ],
)
def test_nothing_is_a_repeat_of_what_was_passed_over(tmp_path, fields):
    place = warc_of([ORIGINAL, revisit(URL, **fields), revisit(URL, **fields)], tmp_path / "a.warc")
    items = list(reader_of(place, selection=Selection(since=date(2026, 10, 6))))
    assert [(item.url, item.body, item.status) for item in items] == [(URL, HTML, 200)] * 2
    assert [type(item) for item in reader_of(place)] == [Page, Repeats, Repeats]


def test_an_address_that_does_not_say_whose_body_it_has_is_no_repeat_of_another_one(tmp_path):
    nameless = {"WARC_Refers_To_Target_URI": None, "WARC_Refers_To": "<urn:uuid:00000000-0000-4000-8000-000000000000>"}
    page = list(reader_of(warc_of([ORIGINAL, revisit(FERRY, **nameless)], tmp_path / "a.warc")))[-1]
    assert (page.url, page.body) == (FERRY, HTML)


def test_a_capture_with_a_digest_is_found_by_its_address_and_date_too(tmp_path):
    page = list(reader_of(warc_of([ORIGINAL, revisit(WARC_Payload_Digest=None)], tmp_path / "a.warc")))[-1]
    assert (page.url, page.body) == (OTHER, HTML)


def test_what_is_there_and_cannot_be_read_once_more_is_not_said_to_be_missing(tmp_path):
    place = tmp_path / "a.warc.gz"
    # The whole file in one piece: nothing in it can be gone to.
    place.write_bytes(gzip.compress(record("warcinfo", b"") + ORIGINAL + revisit()))
    reject = list(reader_of(place))[-1]
    assert reject.reason is Reason.NOT_FOUND
    assert reject.detail.endswith("cannot be read once more")
