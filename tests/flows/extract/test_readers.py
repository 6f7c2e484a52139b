"""Readers are opened by kind, and a location that is of no use is refused in one line before any work."""

import gzip
from dataclasses import replace

import pyarrow as pa
import pytest
from pyarrow import parquet

from flows.extract.readers import ReaderInTurn, checked_location, open_reader
from flows.extract.sources import Source, SourceError
from warehouse.model import Reason, SourceKind

from .bulk.warc_making import http, record, warc_of
from .making import FILES, feed_file, folder_of, tar_of, zip_of


def refusal(location):
    with pytest.raises(SourceError) as caught:
        checked_location(SourceKind.ARCHIVE, str(location))
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.location == str(location)
    return message


def opened(location, settings):
    return open_reader(Source(name="test", kind=SourceKind.ARCHIVE, location=location), settings)


def test_every_kind_has_a_reader(tmp_path, settings):
    places = {
        SourceKind.ARCHIVE: str(folder_of(FILES, tmp_path / "folder")),
        SourceKind.FEED: "https://example.org/feed",
        SourceKind.SITEMAP: "https://example.org/sitemap.xml",
        SourceKind.URL_LIST: "https://example.org/1",
        SourceKind.WARC: str(warc_of([record(block=http())], tmp_path / "a.warc")),
        SourceKind.PARQUET: str(tmp_path / "a.parquet"),
    }
    parquet.write_table(pa.table({"url": ["https://example.org/1"], "html": [b"<html>"]}), tmp_path / "a.parquet")
    for kind in SourceKind:
        assert open_reader(Source(name="test", kind=kind, location=places[kind]), settings).shortfalls == []


@pytest.mark.parametrize("kind", [SourceKind.FEED, SourceKind.SITEMAP])
@pytest.mark.parametrize(
    "location", ["", "example.org/feed", "file:///etc/passwd", "javascript:alert(1)", "ftp://example.org/", "http://"]
)
def test_a_location_that_is_no_web_address_is_refused(kind, location):
    with pytest.raises(SourceError, match="no web address; expected one such as"):
        checked_location(kind, location)


def test_credentials_in_an_address_are_refused_and_not_repeated():
    with pytest.raises(SourceError) as caught:
        checked_location(SourceKind.FEED, "https://reader:secret@example.org/feed")
    assert "these are never kept" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_list_is_a_file_or_pasted(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("https://example.org/1\n")
    assert checked_location(SourceKind.URL_LIST, str(path)) == str(path)
    assert checked_location(SourceKind.URL_LIST, " https://example.org/1\nhttps://example.org/2 ").count("\n") == 1
    with pytest.raises(SourceError, match="no such file; expected a file with one address a line"):
        checked_location(SourceKind.URL_LIST, str(tmp_path / "gone.txt"))


def test_the_readers_page_limit_comes_from_the_settings(tmp_path, settings):
    place = str(folder_of({"a.md": feed_file()}, tmp_path))
    small = replace(settings, max_page_bytes=10)
    (only,) = opened(place, small)
    assert only.reason == "too_large"


def reader_in_turn(location, settings):
    return ReaderInTurn(Source(name="test", kind=SourceKind.ARCHIVE, location=str(location)), settings)


def test_a_source_is_opened_when_its_turn_comes(tmp_path, settings):
    reader = reader_in_turn(tmp_path / "folder", settings)
    folder_of(FILES, tmp_path / "folder")
    assert list(reader) == list(opened(str(tmp_path / "folder"), settings))
    assert (list(reader.shortfalls), list(reader.remarks), reader.progress) == ([], [], None)


@pytest.mark.parametrize(
    ("content", "reason", "said"),
    [(None, Reason.NOT_FOUND, "no such file"), (b"no archive", Reason.MALFORMED_INPUT, "no archive that can be")],
)
def test_a_source_that_cannot_be_opened_in_its_turn_is_a_reject_and_a_shortfall(
    tmp_path, settings, content, reason, said
):
    path = tmp_path / "a.tar"
    if content:
        path.write_bytes(content)
    reader = reader_in_turn(path, settings)
    for _ in range(2):
        (reject,) = reader
        assert (reject.stage, reject.reason, reject.source, reject.location) == ("read", reason, "test", str(path))
        assert said in reject.detail
        (shortfall,) = reader.shortfalls
        assert shortfall == f"source test was not read: {reject.detail}"


@pytest.mark.parametrize("make", [folder_of, tar_of, zip_of])
def test_an_archive_is_recognised_by_its_content_and_not_its_name(tmp_path, make):
    checked_location(SourceKind.ARCHIVE, str(make(FILES, tmp_path / "no-suffix")))


@pytest.mark.parametrize("make", [tar_of, zip_of])
def test_an_archive_without_files_is_an_archive(tmp_path, settings, make):
    path = make({}, tmp_path / "a")
    assert list(opened(str(path), settings)) == []


def test_a_damaged_compressed_archive_is_left_to_the_reader(tmp_path):
    path = tar_of(FILES, tmp_path / "a.tar.xz", "w:xz")
    path.write_bytes(path.read_bytes()[:20])
    checked_location(SourceKind.ARCHIVE, str(path))


def test_a_path_that_does_not_exist_is_refused(tmp_path):
    assert "no such file or folder; expected a folder or a .tar" in refusal(tmp_path / "gone.tar")


@pytest.mark.parametrize("location", ["", "  ", "\0", "a\0b"])
def test_a_location_that_is_no_path_is_refused(location):
    assert "no such file or folder" in refusal(location)


def test_a_path_that_is_too_long_is_refused():
    assert "File name too long" in refusal("x" * 5000)


def test_an_empty_folder_is_refused(tmp_path):
    (tmp_path / "a/b").mkdir(parents=True)
    assert "an empty folder, with no file in it or below it" in refusal(tmp_path)


def test_an_empty_file_is_refused(tmp_path):
    assert "an empty file" in refusal(folder_of({"a.tar": b""}, tmp_path) / "a.tar")


@pytest.mark.parametrize(
    "data", [feed_file(), b"x" * 5000, gzip.compress(feed_file()), gzip.compress(b"x" * 5000), b"\0"]
)
def test_a_file_that_is_no_archive_is_refused(tmp_path, data):
    assert "no archive that can be recognised by its content" in refusal(folder_of({"a.tar": data}, tmp_path) / "a.tar")


def test_a_device_is_refused():
    assert "no regular file" in refusal("/dev/null")


@pytest.mark.parametrize("name", ["closed", "closed.tar"])
def test_what_may_not_be_read_is_refused(tmp_path, monkeypatch, name):
    path = folder_of({"closed/a.md": feed_file(), "closed.tar": feed_file()}, tmp_path) / name

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.scandir", denied)
    monkeypatch.setattr("pathlib.Path.open", denied)
    assert "cannot be read (Permission denied); check its permissions" in refusal(path)
