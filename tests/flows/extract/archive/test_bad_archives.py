"""What an archive must not do to us: leave its place, fill the memory, run for ever, or take the good files with it."""

import gzip
import io
import os
import tarfile
import zipfile

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from flows.extract.archive import streams as archive_streams
from tests.flows.extract.making import (
    FILES,
    LIMIT,
    add_to_tar,
    feed_file,
    folder_of,
    pages_in,
    reader_of,
    rejects_in,
    tar_of,
    zip_of,
)
from warehouse.model import Page, Reason, Reject


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "a/../../x.md", "..\\x"])
@pytest.mark.parametrize("make", [tar_of, zip_of])
def test_a_name_that_leads_out_of_the_archive_is_a_reject(tmp_path, make, name):
    reader = reader_of(make({name: feed_file(), "good.md": feed_file()}, tmp_path / "a"))
    bad, good = reader
    assert (bad.reason, bad.location) == (Reason.MALFORMED_INPUT, name)
    assert "must be inside the archive" in bad.detail
    assert isinstance(good, Page)
    assert not reader.shortfalls


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (tarfile.SYMTYPE, "a link to '../../etc/passwd'"),
        (tarfile.LNKTYPE, "a link to '../../etc/passwd'"),
        (tarfile.FIFOTYPE, "no regular file"),
        (tarfile.CHRTYPE, "no regular file"),
        (tarfile.BLKTYPE, "no regular file"),
        (b"Z", "no regular file"),
    ],
)
def test_links_devices_and_unknown_members_are_rejects(tmp_path, kind, said):
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        add_to_tar(tar, "folder", type=tarfile.DIRTYPE)
        add_to_tar(tar, "odd", type=kind, linkname="../../etc/passwd")
        add_to_tar(tar, "good.md", feed_file())
    bad, good = reader_of(tmp_path / "a.tar")
    assert (bad.reason, bad.location) == (Reason.MALFORMED_INPUT, "odd")
    assert said in bad.detail
    assert isinstance(good, Page)


def test_links_and_pipes_in_a_folder_are_rejects_and_not_followed(tmp_path):
    folder = folder_of({"a/good.md": feed_file()}, tmp_path / "folder")
    (folder / "b").symlink_to(folder / "a", target_is_directory=True)
    (folder / "c.md").symlink_to(folder / "a/good.md")
    os.mkfifo(folder / "d.md")
    good, *bad = reader_of(folder)
    assert isinstance(good, Page)
    assert [(item.location, item.reason) for item in bad] == [
        (name, "malformed_input") for name in ["b", "c.md", "d.md"]
    ]
    assert ["link" in item.detail for item in bad] == [True, True, False]


def test_a_link_in_a_zip_is_a_reject(tmp_path):
    link = zipfile.ZipInfo("link.md")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "../../etc/passwd")
    (bad,) = reader_of(tmp_path / "a.zip")
    assert "a link" in bad.detail


@pytest.mark.parametrize("make", [tar_of, zip_of, folder_of])
def test_a_file_larger_than_a_page_may_be_is_a_reject_with_its_size(tmp_path, make):
    place = make({"big.md": feed_file(body="x" * LIMIT), "good.md": feed_file()}, tmp_path / "a")
    big, good = reader_of(place)
    assert (big.reason, big.digest, big.location) == (Reason.TOO_LARGE, None, "big.md")
    assert f"{len(feed_file(body='x' * LIMIT)):,} bytes; a page may have 100,000" in big.detail
    assert isinstance(good, Page)


@pytest.mark.parametrize("make", [tar_of, zip_of, folder_of])
def test_a_file_just_as_large_as_a_page_may_be_is_a_page(tmp_path, make):
    data = feed_file(body="x" * 500)
    (only,) = reader_of(make({"a.md": data}, tmp_path / "a"), limit=len(data))
    assert isinstance(only, Page)


def test_an_encrypted_zip_member_is_a_reject(tmp_path):
    path = zip_of({"a.md": feed_file(), "b.md": feed_file()}, tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    bad, good = reader_of(path)
    assert (bad.location, bad.reason, bad.detail) == ("a.md", Reason.MALFORMED_INPUT, "encrypted")
    assert isinstance(good, Page)


def test_a_damaged_zip_member_does_not_stop_the_rest(tmp_path):
    path = zip_of({"a.md": feed_file(), "b.md": feed_file()}, tmp_path / "a.zip", zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"Ferries", b"Fairies", 1))
    reader = reader_of(path)
    bad, good = reader
    assert "damaged: Bad CRC-32" in bad.detail
    assert isinstance(good, Page)
    assert not reader.shortfalls


def test_a_zip_that_lies_about_a_size_gives_no_more_than_it_declared(tmp_path):
    path = zip_of({"a.md": feed_file(body="x" * 50_000), "b.md": feed_file()}, tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(signature) + offset
        data[start : start + 4] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    bad, good = reader_of(path)
    assert bad.reason is Reason.MALFORMED_INPUT
    assert isinstance(good, Page)


MANY = {f"articles/{number}.md": feed_file(body=os.urandom(1000).hex()) for number in range(40)}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz", "w:bz2"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_tar_cut_short_gives_what_can_be_read_and_one_reject_of_its_own_name(tmp_path, mode, share):
    path = tar_of(MANY, tmp_path / "cut.tar", mode)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    reader = reader_of(path)
    *pages, broken = reader
    assert all(isinstance(page, Page) for page in pages)
    assert (broken.location, broken.reason) == ("cut.tar", Reason.MALFORMED_INPUT)
    after = f"after {len(pages)} of its files, the last {pages[-1].location!r}" if pages else "before any file"
    assert broken.detail.endswith(after)
    assert reader.shortfalls
    if mode != "w:bz2":  # one block of bzip2 holds 900 kB, more than this whole archive
        assert len(pages) > 40 * share - 8


def test_a_tar_cut_between_two_members_is_cut_short_all_the_same(tmp_path):
    path = tar_of(FILES, tmp_path / "cut.tar")
    with tarfile.open(path) as tar:
        third = tar.getmembers()[3].offset
    path.write_bytes(path.read_bytes()[:third])
    *pages, broken = reader_of(path)
    assert len(pages) == 3
    assert "no whole header" in broken.detail


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_a_damaged_place_in_a_tar_is_reported_and_what_stands_before_it_read(tmp_path, mode):
    path = tar_of(MANY, tmp_path / "bad.tar", mode)
    data = bytearray(path.read_bytes())
    middle = data.index(b"articles/20.md") if mode == "w" else len(data) // 2
    data[middle : middle + 64] = bytes(range(64))
    path.write_bytes(data)
    reader = reader_of(path)
    *_, broken = reader
    assert broken.location == "bad.tar"
    assert reader.shortfalls
    if mode == "w":
        assert len(pages_in(reader)) == 20


@pytest.mark.parametrize("keep", [0, 4, 100, -10])
def test_a_zip_cut_short_is_one_reject(tmp_path, keep):
    path = zip_of(FILES, tmp_path / "cut.zip")
    path.write_bytes(path.read_bytes()[:keep] if keep else b"PK\x03\x04")
    reader = reader_of(path)
    (broken,) = reader
    assert (broken.location, broken.reason) == ("cut.zip", Reason.MALFORMED_INPUT)
    assert "its directory, at the end of the file, cannot be read" in broken.detail
    assert reader.shortfalls


def test_tars_joined_to_one_are_not_read_as_if_the_first_were_all(tmp_path):
    first, second = tar_of(FILES, tmp_path / "a.tar"), tar_of(MANY, tmp_path / "b.tar")
    first.write_bytes(first.read_bytes() + second.read_bytes())
    reader = reader_of(first)
    *_, broken = reader
    assert "more follows after the mark that ends it" in broken.detail
    assert reader.shortfalls


@pytest.fixture
def small_bounds(monkeypatch):
    monkeypatch.setattr(archive_streams, "BOMB_FLOOR_BYTES", 1_000_000)


@pytest.mark.usefixtures("small_bounds")
def test_a_tar_bomb_is_stopped(tmp_path):
    path = tar_of({"a.md": feed_file(), "bomb": bytes(50_000_000)}, tmp_path / "bomb.tar.gz", "w:gz")
    reader = reader_of(path)
    page, large, stopped = reader
    assert isinstance(page, Page)
    assert (large.reason, stopped.reason) == (Reason.TOO_LARGE, Reason.RESOURCE_LIMIT)
    assert stopped.location == "bomb.tar.gz"
    assert reader.shortfalls


@pytest.mark.usefixtures("small_bounds")
def test_a_bomb_of_zeros_after_the_end_is_stopped(tmp_path):
    path = tmp_path / "bomb.tar.gz"
    path.write_bytes(gzip.compress(tar_of(FILES, tmp_path / "a.tar").read_bytes() + bytes(50_000_000)))
    *_, stopped = reader_of(path)
    assert stopped.reason is Reason.RESOURCE_LIMIT


@pytest.mark.usefixtures("small_bounds")
def test_a_zip_bomb_is_stopped(tmp_path):
    path = zip_of({f"{number}.md": bytes(LIMIT) for number in range(400)}, tmp_path / "bomb.zip")
    reader = reader_of(path)
    *_, stopped = reader
    assert (stopped.location, stopped.reason) == ("bomb.zip", Reason.RESOURCE_LIMIT)
    assert reader.shortfalls


def test_repetitive_pages_are_no_bomb(tmp_path):
    path = tar_of({f"{number}.md": feed_file(body="x" * 90_000) for number in range(50)}, tmp_path / "a.tar.xz", "w:xz")
    assert len(pages_in(reader_of(path))) == 50


def _header(name, kind, size):
    member = tarfile.TarInfo(name)
    member.type, member.size = kind, size
    return member.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_header_that_claims_gigabytes_is_not_believed(tmp_path, kind):
    path = tmp_path / "a.tar"
    path.write_bytes(_header("x", kind, 8_000_000_000) + bytes(5_000_000))
    (broken,) = reader_of(path)
    assert "headers are larger" in broken.detail


def test_headers_nested_without_end_are_given_up(tmp_path):
    path = tmp_path / "a.tar"
    path.write_bytes((_header("x", tarfile.GNUTYPE_LONGNAME, 2) + b"x\0".ljust(512, b"\0")) * 5000)
    (broken,) = reader_of(path)
    assert broken.location == "a.tar"


def test_a_size_that_points_backward_is_given_up(tmp_path):
    header = bytearray(_header("x.md", tarfile.REGTYPE, 0))
    header[124:136] = (256**12 - 512).to_bytes(12, "big")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    (tmp_path / "a.tar").write_bytes(bytes(header) * 10)
    items = list(reader_of(tmp_path / "a.tar"))
    assert items[-1].location == "a.tar"
    assert len(items) <= 2


def test_a_file_that_is_no_archive_is_one_reject(tmp_path):
    path = folder_of({"page.html": b"<p>Ferries stop.</p>"}, tmp_path) / "page.html"
    (broken,) = reader_of(path)
    assert broken.location == "page.html"


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_a_folder_that_may_not_be_entered_is_a_reject_and_hides_files(tmp_path):
    folder = folder_of({"a/good.md": feed_file(), "b/hidden.md": feed_file()}, tmp_path / "folder")
    (folder / "b").chmod(0)
    reader = reader_of(folder)
    good, closed = reader
    (folder / "b").chmod(0o700)
    assert isinstance(good, Page)
    assert (closed.location, closed.reason) == ("b", Reason.UNREACHABLE)
    assert reader.shortfalls


def test_a_file_that_vanishes_is_a_reject(tmp_path):
    folder = folder_of({"a.md": feed_file(), "b.md": feed_file()}, tmp_path / "folder")
    reader = reader_of(folder)
    items = iter(reader)
    next(items)
    (folder / "b.md").unlink()
    (gone,) = items
    assert (gone.location, gone.reason) == ("b.md", Reason.UNREACHABLE)
    assert not reader.shortfalls


WHOLE = {}


def _whole(make, tmp_path_factory):
    if make not in WHOLE:
        WHOLE[make] = make(FILES, tmp_path_factory.mktemp("whole") / "a").read_bytes()
    return WHOLE[make]


@pytest.mark.parametrize("make", [tar_of, zip_of])
@given(
    edits=st.lists(st.tuples(st.integers(0, 20_000), st.binary(min_size=1, max_size=12)), max_size=6),
    end=st.integers(0, 20_000),
)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_damaged_archive_ends_as_pages_and_rejects(tmp_path, tmp_path_factory, make, edits, end):
    data = io.BytesIO(_whole(make, tmp_path_factory))
    for place, written in edits:
        data.seek(place)
        data.write(written)
    path = tmp_path / "damaged"
    path.write_bytes(data.getvalue()[: end or None])
    items = list(reader_of(path))
    assert all(isinstance(item, Page | Reject) for item in items)
    assert all("\n" not in item.detail for item in rejects_in(items))
