"""What is written as WARC is valid by the reference's checker, and reading it gives the same pages again."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from flows.extract.bulk.notes import notes_from
from flows.extract.bulk.warc_writing import WarcWriter
from tests.flows.extract.bulk.warc_making import HTML, URL, http, reader_of, record, warc_of
from tests.flows.extract.making import feed_file, folder_of
from tests.flows.extract.making import reader_of as archive_reader
from warehouse.model import Header, Page, PageKind, TimeMeaning
from warehouse.settings import Settings

LOADED = datetime(2026, 10, 9, 8, 0, 0, 123456, tzinfo=UTC)
NOON = datetime(2026, 10, 5, 12, 30, 0, 987654, tzinfo=UTC)
BESIDE = {"source", "location"}
"""What the second reading says of itself."""


def page(**known) -> Page:
    given = {"source": "test", "site": "harbour.example", "requested_url": URL, "url": URL, "body": HTML, **known}
    return Page(**given)


FETCHED = page(
    status=200,
    captured_at=NOON,
    headers=(
        Header("Content-Type", "text/html; charset=utf-8"),
        Header("Content-Encoding", "gzip"),
        Header("Transfer-Encoding", "chunked"),
        Header("Content-Length", "77"),
        Header("ETag", '"7"'),
        Header("X-Place", "Café"),
    ),
    content_type="text/html",
    charset="utf-8",
    etag='"7"',
)
HINTED = replace(
    FETCHED,
    requested_url="https://harbour.example/short",
    hint_title="Café geöffnet",
    hint_published_at=NOON,
    hint_published_kind=TimeMeaning.PUBLICATION,
    hint_text="<p>Long</p>" * 20_000,
    robots_statements=("robots.txt: disallow", "meta robots: noindex"),
    opt_out_statements=("tdm-reservation: 1",),
)
PAGES = {
    "fetched": FETCHED,
    "hinted": HINTED,
    "without an answer": page(captured_at=NOON, content_type="text/html", charset="gbk"),
    "without a time": page(),
    "a fragment of words alone": page(body="夜市搬家".encode(), hint_title="夜市"),
    "with odd headers": replace(FETCHED, headers=(Header("a b", "c"), Header("D", "e\r\nF: g"), Header("", "h"))),
    "cut": replace(FETCHED, headers=(Header("WARC-Truncated", "length"),), content_type=None, charset=None, etag=None),
    "of status 203": replace(FETCHED, status=203, body=b"<html>" + bytes(range(256))),
    "a feed": replace(FETCHED, kind=PageKind.FEED, body=b"<rss/>"),
    "a feed in JSON": replace(
        FETCHED,
        kind=PageKind.FEED,
        headers=(Header("Content-Type", "application/json"),),
        content_type="application/json",
        charset=None,
        etag=None,
        body=b"{}",
    ),
    "an empty robots.txt": replace(FETCHED, kind=PageKind.ROBOTS, body=b""),
}


def written(pages, tmp_path, suffix=".warc.gz"):
    place = tmp_path / f"out{suffix}"
    with place.open("wb") as file:
        writer = WarcWriter(file, place.name, Settings(), is_packed=suffix.endswith("gz"))
        for one in pages:
            writer.write(one, LOADED)
    return place


def without(one, names=BESIDE):
    return {field.name: getattr(one, field.name) for field in fields(one) if field.name not in names}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("suffix", [".warc", ".warc.gz"])
def test_reading_what_was_written_gives_the_same_page(tmp_path, name, suffix):
    (read,) = reader_of(written([PAGES[name]], tmp_path, suffix))
    assert without(read) == without(PAGES[name])


def test_pages_keep_their_notes_apart(tmp_path):
    read = list(reader_of(written(PAGES.values(), tmp_path)))
    assert [one.page_id for one in read] == [one.page_id for one in PAGES.values()]


def test_the_references_checker_finds_every_digest_right(tmp_path, capsys):
    place = written(PAGES.values(), tmp_path)

    class Options:
        inputs = (str(place),)
        verbose = True

    checker = Checker(Options)
    checker.process_all()
    said = capsys.readouterr().out
    assert not checker.exit_value
    assert said.count("digest pass") >= len(PAGES)
    assert "failed" not in said
    assert "no digest to check" not in said


def test_the_file_is_a_warc_as_the_standard_has_it(tmp_path):
    with written([HINTED], tmp_path).open("rb") as file:
        records = [
            (one.rec_type, one.rec_headers, one.http_headers, one.raw_stream.read()) for one in ArchiveIterator(file)
        ]
    assert [kind for kind, *_ in records] == ["warcinfo", "metadata", "response"]
    (_, info, _, said), (_, notes, _, _), (_, headers, answer, body) = records
    assert {info.protocol, notes.protocol, headers.protocol} == {"WARC/1.1"}
    assert info.get_header("WARC-Filename") == "out.warc.gz"
    assert b"format: WARC File Format 1.1" in said
    assert notes.get_header("WARC-Refers-To") == headers.get_header("WARC-Record-ID")
    assert headers.get_header("WARC-Date") == "2026-10-05T12:30:00.987654Z"
    assert headers.get_header("WARC-Payload-Digest").startswith("sha1:")
    assert (answer.get_statuscode(), answer.protocol, body) == ("200", "HTTP/1.1", HTML)
    assert answer.get_header("Content-Length") == str(len(HTML)), "that of the body as it stands here"
    assert answer.get_header("Content-Encoding") is answer.get_header("Transfer-Encoding") is None
    assert answer.get_header("X-Crawl-Content-Encoding") == "gzip"
    assert answer.get_header("X-Crawl-Content-Length") == "77"


def test_a_page_without_a_time_is_dated_by_its_load_and_has_none_when_read_again(tmp_path):
    place = written([page()], tmp_path, ".warc")
    assert b"WARC-Date: 2026-10-09T08:00:00.123456Z" in place.read_bytes()
    (read,) = reader_of(place)
    assert read.captured_at is None


def test_a_page_that_needs_no_notes_has_none(tmp_path):
    plain = http(ETag='"1"', Content_Length=str(len(HTML)))
    (first,) = reader_of(warc_of([record(block=plain)], tmp_path / "a.warc"))
    content = written([first], tmp_path, ".warc").read_bytes()
    assert b"WARC-Type: metadata" not in content


def test_pages_of_a_feed_archive_come_back_with_their_hints(tmp_path):
    (first,) = archive_reader(folder_of({"a.md": feed_file()}, tmp_path / "archive"))
    (read,) = reader_of(written([first], tmp_path))
    assert (read.page_id, read.hint_title) == (first.page_id, "The bridge is open")


@pytest.mark.parametrize(
    "notes",
    [
        b"",
        b"[]",
        b"null",
        b'{"body": "x"}',
        b'{"kind": "poem"}',
        b'{"requested_url": "javascript:alert(1)"}',
        b'{"hint_title": 7}',
        b'{"captured_at": "2026-10-05T12:30:00"}',
        b'{"captured_at": "0001-01-01T00:00:00+14:00"}',
        b'{"requested_url": "https://me:secret@harbour.example/"}',
        b'{"headers": [["a"]]}',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_notes_of_somebody_elses_making_are_passed_over(tmp_path, notes):
    response_id = "<urn:uuid:00000000-0000-4000-8000-000000000001>"
    media_type = "application/vnd.broadsheet.page+json"
    note = record("metadata", notes, WARC_Refers_To=response_id, Content_Type=media_type)
    (read,) = reader_of(warc_of([note, record(block=http(), WARC_Record_ID=response_id)], tmp_path / "a.warc"))
    assert (read.url, read.hint_title, read.kind) == (URL, None, PageKind.DOCUMENT)


@given(st.binary(max_size=200))
def test_any_bytes_are_notes_or_none(data):
    notes = notes_from(data)
    assert notes is None or notes.values is not None


@given(
    body=st.binary(max_size=200),
    title=st.none() | st.text(max_size=30).filter(lambda text: text.isprintable()),
    status=st.none() | st.just(200),
    headers=st.lists(st.tuples(st.text(max_size=8), st.text(max_size=20)), max_size=4),
)
def test_whatever_a_page_holds_comes_back(tmp_path_factory, body, title, status, headers):
    said = tuple(Header(*(part.encode("utf-8", "replace").decode() for part in pair)) for pair in headers)
    first = page(body=body, status=status, hint_title=title, captured_at=NOON, headers=said)
    (read,) = reader_of(written([first], tmp_path_factory.mktemp("w")))
    assert without(read) == without(first)
