"""A location of bulk files is a file, a pattern or a folder; one that is of no use is refused in one line."""

import gzip

import pytest

from flows.extract.bulk.files import Forms, input_files
from flows.extract.readers import checked_location, open_reader
from flows.extract.sources import Source, SourceError
from tests.flows.extract.bulk.warc_making import reader_of, story, warc_of
from warehouse.model import Reason, SourceKind

FORMS = Forms((".warc", ".warc.gz"), "WARC")


def refusal(location, kind=SourceKind.WARC):
    with pytest.raises(SourceError) as caught:
        checked_location(kind, str(location))
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.fixture
def folder(tmp_path):
    for name in ("b.warc", "a.warc.gz", "sub/c.WARC.GZ", "notes.txt", "a.warc.gz.md5"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        warc_of([story(len(name))], tmp_path / name)
    return tmp_path


def test_a_folder_is_its_files_of_that_kind_in_the_order_of_their_names(folder):
    assert [file.name for file in input_files(str(folder), FORMS)] == ["a.warc.gz", "b.warc", "sub/c.WARC.GZ"]


def test_a_pattern_is_what_it_matches_named_from_where_it_begins_to_vary(folder):
    assert [file.name for file in input_files(f"{folder}/*.warc", FORMS)] == ["b.warc"]
    assert [file.name for file in input_files(f"{folder}/**/*.GZ", FORMS)] == ["sub/c.WARC.GZ"]


def test_a_file_has_the_same_places_alone_in_its_folder_and_by_a_pattern(folder):
    alone, together, matched = (
        [item.location for item in reader_of(place) if item.location.startswith("b.warc@")]
        for place in (folder / "b.warc", folder, f"{folder}/b*")
    )
    assert alone == together == matched == ["b.warc@0"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path):
    assert [file.name for file in input_files(str(warc_of([story(1)], tmp_path / "a[1].warc")), FORMS)] == ["a[1].warc"]


def test_a_link_to_a_file_is_followed_and_one_to_a_folder_is_not(folder):
    (folder / "d.warc").symlink_to(folder / "b.warc")
    (folder / "round").symlink_to(folder, target_is_directory=True)
    names = [file.name for file in input_files(str(folder), FORMS)]
    assert "d.warc" in names
    assert not any(name.startswith("round") for name in names)


def test_a_path_is_kept_absolute(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert checked_location(SourceKind.WARC, "b.warc") == str(folder / "b.warc")
    assert checked_location(SourceKind.WARC, "*.warc") == str(folder / "*.warc")


@pytest.mark.parametrize("kind", [SourceKind.WARC, SourceKind.PARQUET])
def test_what_is_not_there_is_refused(tmp_path, kind):
    missing = refusal(tmp_path / "gone.warc", kind)
    assert "no such file or folder; expected a" in str(missing)
    assert missing.reason is Reason.NOT_FOUND
    assert "nothing matches the pattern" in str(refusal(tmp_path / "*.warc", kind))


@pytest.mark.parametrize("kind", [SourceKind.WARC, SourceKind.PARQUET])
@pytest.mark.parametrize("location", ["", "  ", "\0", "a\0b"])
def test_what_can_be_no_path_is_refused(kind, location):
    assert "no such file or folder" in str(refusal(location, kind))


@pytest.mark.parametrize("kind", [SourceKind.WARC, SourceKind.PARQUET])
def test_folders_and_files_without_such_content_are_refused(tmp_path, kind):
    assert "an empty folder" in str(refusal(tmp_path, kind))
    (tmp_path / "notes.txt").write_text("nothing")
    assert f"a folder with no .{kind}" in str(refusal(tmp_path, kind))
    (tmp_path / f"a.{kind}").write_bytes(b"")
    assert "an empty file" in str(refusal(tmp_path / f"a.{kind}", kind))
    assert "no regular file" in str(refusal("/dev/null", kind))
    assert "File name too long" in str(refusal("x" * 5000, kind))


@pytest.mark.parametrize("data", [b"plain text\n" * 50, gzip.compress(b"plain text" * 50), b"PK\x03\x04", b"WARC"])
def test_a_single_file_that_is_no_warc_is_refused(tmp_path, data):
    (tmp_path / "a.warc.gz").write_bytes(data)
    assert "no WARC that can be recognised by its content" in str(refusal(tmp_path / "a.warc.gz"))


def test_a_folder_of_which_no_file_can_be_read_is_refused_with_the_name_of_one(tmp_path):
    (tmp_path / "a.warc").write_bytes(b"")
    assert str(refusal(tmp_path)).startswith(f"'{tmp_path}/a.warc': an empty file; expected")
    (tmp_path / "b.warc").write_text("nothing")
    assert str(refusal(tmp_path / "*.warc")).startswith(f"'{tmp_path}/a.warc': an empty file; expected")
    assert str(refusal(tmp_path)).endswith("; nor can the others there be read, 2 in all")
    warc_of([story(1)], tmp_path / "c.warc")
    assert checked_location(SourceKind.WARC, str(tmp_path)) == str(tmp_path)


def test_what_is_compressed_and_too_damaged_to_tell_is_left_to_the_reader(tmp_path):
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(story(1))[:12])
    checked_location(SourceKind.WARC, str(tmp_path / "a.warc.gz"))
    (reject,) = reader_of(tmp_path / "a.warc.gz")
    assert reject.reason is Reason.MALFORMED_INPUT


def test_what_may_not_be_read_is_refused(tmp_path, monkeypatch):
    place = warc_of([story(1)], tmp_path / "a.warc")

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", denied)
    assert "cannot be read (Permission denied); check its permissions" in str(refusal(place))
    monkeypatch.setattr("os.scandir", denied)
    assert "cannot be read (Permission denied); check its permissions" in str(refusal(tmp_path))


def test_a_source_of_bulk_files_is_opened_by_its_kind(tmp_path, settings):
    place = warc_of([story(1)], tmp_path / "a.warc")
    reader = open_reader(Source(name="crawl", kind=SourceKind.WARC, location=str(place)), settings)
    (page,) = reader
    assert (page.source, reader.progress, list(reader.shortfalls), list(reader.remarks)) == ("crawl", 1.0, [], [])
