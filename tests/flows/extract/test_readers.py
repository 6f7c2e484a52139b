"""Readers are opened by kind, and a location that is of no use is refused in one line before any work."""

import gzip
from dataclasses import replace

import pytest

from flows.extract.readers import checked_location, open_reader
from flows.extract.sources import SourceError
from warehouse.model import SourceKind

from .making import FILES, feed_file, folder_of, tar_of, zip_of


def refusal(location):
    with pytest.raises(SourceError) as caught:
        checked_location(SourceKind.ARCHIVE, str(location))
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.location == str(location)
    return message


def test_every_kind_has_a_reader(tmp_path, settings):
    place = str(folder_of(FILES, tmp_path / "folder"))
    for kind in SourceKind:
        assert len(list(open_reader(kind, place, source="test", settings=settings))) == len(FILES)


def test_the_readers_page_limit_comes_from_the_settings(tmp_path, settings):
    place = str(folder_of({"a.md": feed_file()}, tmp_path))
    small = replace(settings, max_page_bytes=10)
    (only,) = open_reader(SourceKind.ARCHIVE, place, source="test", settings=small)
    assert only.reason == "too_large"


@pytest.mark.parametrize("make", [folder_of, tar_of, zip_of])
def test_an_archive_is_recognised_by_its_content_and_not_its_name(tmp_path, make):
    checked_location(SourceKind.ARCHIVE, str(make(FILES, tmp_path / "no-suffix")))


@pytest.mark.parametrize("make", [tar_of, zip_of])
def test_an_archive_without_files_is_an_archive(tmp_path, settings, make):
    path = make({}, tmp_path / "a")
    assert list(open_reader(SourceKind.ARCHIVE, str(path), source="test", settings=settings)) == []


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
