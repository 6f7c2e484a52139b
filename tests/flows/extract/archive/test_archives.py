"""Folders, tars and zips: the same files give the same pages, and nothing an archive holds stops the rest."""

import os
import tarfile
import zipfile

import pytest

from flows.extract.archive.archives import read_archive
from tests.flows.extract.making import (
    FILES,
    LIMIT,
    add_to_tar,
    feed_file,
    folder_of,
    pages_in,
    reader_of,
    tar_of,
    zip_of,
)
from warehouse.model import Page


def ends(items):
    return sorted((item.location, item.page_id if isinstance(item, Page) else item.reject_id) for item in items)


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz", "w:bz2"])
def test_a_tar_and_its_folder_give_the_same_pages_and_rejects(tmp_path, mode):
    tar, folder = tar_of(FILES, tmp_path / "any name", mode), folder_of(FILES, tmp_path / "folder")
    assert ends(reader_of(tar)) == ends(reader_of(folder))
    assert len(pages_in(reader_of(tar))) == 3


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_zip_and_its_folder_give_the_same_pages_and_rejects(tmp_path, compression):
    archive, folder = zip_of(FILES, tmp_path / "any name", compression), folder_of(FILES, tmp_path / "folder")
    assert ends(reader_of(archive)) == ends(reader_of(folder))


@pytest.mark.parametrize("tar_format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names_come_whole_out_of_every_tar_format(tmp_path, tar_format):
    name = f"articles/{'夜市' * 40}.md"
    with tarfile.open(tmp_path / "a.tar", "w", format=tar_format) as tar:
        add_to_tar(tar, name, feed_file())
    (only,) = reader_of(tmp_path / "a.tar")
    assert only.location == name


def test_names_that_begin_with_a_dot_and_slash_are_the_same_place(tmp_path):
    tar = tar_of({f"./{name}": data for name, data in FILES.items()}, tmp_path / "a.tar")
    assert ends(reader_of(tar)) == ends(reader_of(folder_of(FILES, tmp_path / "folder")))


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path):
    files = {name: feed_file() for name in ["b/2.md", "a.md", "b/1.md", "c.md"]}
    locations = [item.location for item in reader_of(folder_of(files, tmp_path))]
    assert locations == ["a.md", "b/1.md", "b/2.md", "c.md"]


def test_reading_again_gives_the_same(tmp_path):
    reader = reader_of(tar_of(FILES, tmp_path / "a.tar"))
    assert list(reader) == list(reader)
    assert list(read_archive(tmp_path / "a.tar", source="test", max_page_bytes=LIMIT)) == list(reader)


def test_files_are_read_one_at_a_time(tmp_path):
    folder = folder_of(FILES, tmp_path / "folder")
    items = iter(reader_of(folder))
    next(items)
    (folder / "articles/江海/1048573_夜市搬家.md").write_bytes(b"")
    assert len(pages_in(items)) == 1


def test_no_member_is_kept_after_it_was_read(tmp_path, monkeypatch):
    opened = []
    original = tarfile.TarFile.__init__
    monkeypatch.setattr(
        tarfile.TarFile, "__init__", lambda self, *a, **k: (opened.append(self), original(self, *a, **k))[1]
    )
    path = tar_of({f"{number}.md": feed_file() for number in range(50)}, tmp_path / "a.tar")
    opened.clear()
    assert len(list(reader_of(path))) == 50
    assert opened[0].members == []


def test_progress_goes_from_nothing_to_all_and_is_unknown_for_a_folder(tmp_path):
    many = {f"{number}.md": feed_file(body=os.urandom(3000).hex()) for number in range(100)}
    for path in (tar_of(many, tmp_path / "a.tar", "w:gz"), zip_of(many, tmp_path / "a.zip")):
        reader = reader_of(path)
        seen = [reader.progress for _ in reader]
        assert seen == sorted(seen)
        assert seen[0] < 0.5 < seen[-1] <= 1.0
        assert reader.progress == 1.0
    reader = reader_of(folder_of(many, tmp_path / "folder"))
    assert {reader.progress for _ in reader} == {None}


def test_names_that_are_no_utf8_can_be_shown(tmp_path):
    name = os.fsdecode(b"caf\xe9.md")
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.GNU_FORMAT) as tar:
        add_to_tar(tar, name, feed_file())
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / name).write_bytes(feed_file())
    for path in (tmp_path / "a.tar", tmp_path / "folder"):
        (only,) = reader_of(path)
        assert only.location == r"caf\xe9.md"


def test_a_zip_name_without_its_flag_is_utf8_where_it_can_be(tmp_path):
    path = zip_of({"夜市.md": feed_file()}, tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        data[data.index(signature) + offset] &= ~0x08
    path.write_bytes(data)
    (only,) = reader_of(path)
    assert only.location == "夜市.md"


def test_equal_names_and_equal_files_are_inputs_of_their_own(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        for title in ("One", "Two", "Two"):
            add_to_tar(tar, "1048575.md", feed_file(title=title))
    items = list(reader_of(tmp_path / "a.tar"))
    assert [item.hint_title for item in items] == ["One", "Two", "Two"]
    assert len({item.page_id for item in items}) == 2
