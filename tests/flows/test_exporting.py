"""Export: a file of the stored pages that were asked for, whole or not there, from which the same pages come again."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from flows.exporting import ExportOrder, export
from flows.extract.readers import open_reader
from flows.extract.sources import Source, SourceError
from flows.outputs import OutputRefusedError
from tests.flows.extract.bulk.warc_making import HTML, http, record, warc_of
from warehouse import storage
from warehouse.model import PageKind, SourceKind
from warehouse.schema import PAGES
from warehouse.settings import Settings
from warehouse.stored_pages import stored_pages

from .archives import write_archive


def order_of(place, form="warc", **wishes):
    return ExportOrder.checked(form, place, **wishes)


def ids(settings):
    return sorted(page.page_id for page, _ in stored_pages(settings, lambda _: True))


def loaded(settings, kind, place, name="again"):
    """Stores the pages of a source; returns how many it has, and how many of them are new."""
    pages = list(open_reader(Source(name=name, kind=kind, location=str(place)), settings))
    return len(pages), len(storage.append_new(settings, PAGES, pages, "run"))


@pytest.fixture
def filled(settings, tmp_path):
    """A warehouse with pages of an archive, with hints, and of a WARC, with answers, of two hosts and two days."""
    loaded(settings, SourceKind.ARCHIVE, write_archive(tmp_path / "archive", range(5)), "archive")
    records = [
        record(
            block=http(HTML + b"<p>%d</p>" % number, Content_Encoding=None, ETag=f'"{number}"'),
            WARC_Target_URI=f"https://{'www.' if number % 2 else ''}harbour.example/{number}",
            WARC_Date=f"2026-10-0{number + 1}T10:00:00Z",
        )
        for number in range(6)
    ]
    loaded(settings, SourceKind.WARC, warc_of(records, tmp_path / "a.warc.gz"), "crawl")
    return settings


def test_another_warehouse_gets_the_same_pages_from_an_export(filled, tmp_path):
    count = export(order_of(tmp_path / "out.warc.gz"), filled)
    other = Settings(root=tmp_path / "other", workers=1)
    assert count == 11
    assert loaded(other, SourceKind.WARC, tmp_path / "out.warc.gz") == (11, 11)
    assert ids(other) == ids(filled)
    assert loaded(filled, SourceKind.WARC, tmp_path / "out.warc.gz") == (11, 0)


def test_parquet_is_written_as_it_is_read(filled, tmp_path):
    assert export(order_of(tmp_path / "out.parquet", "parquet", sources=["crawl"]), filled) == 6
    assert loaded(filled, SourceKind.PARQUET, tmp_path / "out.parquet") == (6, 0)


@pytest.mark.parametrize(
    ("wishes", "count"),
    [
        ({}, 11),
        ({"sources": ["crawl"]}, 6),
        ({"sources": ["crawl", "archive"]}, 11),
        ({"hosts": ["harbour.example"]}, 6),
        ({"hosts": ["www.harbour.example"]}, 3),
        ({"since": "2026-10-03", "until": date(2026, 10, 5)}, 3),
        ({"hosts": ["www.harbour.example"], "since": "2026-10-03"}, 2),
    ],
)
def test_host_source_and_days_choose(filled, tmp_path, wishes, count):
    assert export(order_of(tmp_path / "out.warc", **wishes), filled) == count


def test_only_documents_are_written_unless_every_kind_is_asked_for(filled, tmp_path):
    feed = next(page for page, _ in stored_pages(filled, lambda label: label.source == "crawl"))
    storage.append_new(filled, PAGES, [replace(feed, kind=PageKind.FEED, body=b"<rss/>")], "run")
    assert export(order_of(tmp_path / "out.warc.gz"), filled) == 11
    assert export(order_of(tmp_path / "out.warc.gz", has_every_kind=True, can_replace=True), filled) == 12
    other = Settings(root=tmp_path / "other", workers=1)
    loaded(other, SourceKind.WARC, tmp_path / "out.warc.gz")
    assert ids(other) == ids(filled)


def test_an_export_that_breaks_off_leaves_what_was_there_and_nothing_beside_it(filled, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.warc.gz").write_bytes(b"yesterday's")
    monkeypatch.setattr("flows.exporting.WarcWriter.write", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        export(order_of(folder / "a.warc.gz", can_replace=True), filled)
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("a.warc.gz", b"yesterday's")]


def test_where_no_page_is_wanted_what_is_there_stays(filled, tmp_path):
    (tmp_path / "a.warc.gz").write_bytes(b"yesterday's")
    with pytest.raises(SourceError, match="no stored page is wanted"):
        export(order_of(tmp_path / "a.warc.gz", sources=["craw1"], can_replace=True), filled)
    assert (tmp_path / "a.warc.gz").read_bytes() == b"yesterday's"


@pytest.mark.parametrize(
    ("name", "form", "said"),
    [
        ("out.zip", "warc", "expected a file whose name ends in .warc.gz or .warc"),
        ("out.warc.gz", "parquet", "ends in .parquet"),
    ],
)
def test_a_name_that_does_not_say_what_is_in_the_file_is_refused(tmp_path, name, form, said):
    with pytest.raises(SourceError, match=said):
        order_of(tmp_path / name, form)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone/out.warc", "there is no folder"),
        ("folder.warc", "stands there already and is no regular file"),
        ("there.warc", "--force replaces it"),
        ("data/out.warc", "own folder"),
        ("data/tables/pages/out.warc", "own folder"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_a_page_is_read(filled, tmp_path, name, said, monkeypatch):
    (tmp_path / "folder.warc").mkdir()
    (tmp_path / "there.warc").write_bytes(b"yesterday's")
    monkeypatch.setattr("flows.exporting.stored_pages", lambda *_: pytest.fail("pages were read"))
    with pytest.raises(OutputRefusedError, match=said):
        export(order_of(tmp_path / name), filled)
    assert (tmp_path / "there.warc").read_bytes() == b"yesterday's"


@pytest.mark.parametrize("name", ["out.warc", "out.warc.gz", "out.parquet"])
def test_pages_can_be_written_into_a_pipe(filled, tmp_path, name):
    form = "parquet" if name.endswith(".parquet") else "warc"
    os.mkfifo(tmp_path / name)
    with ThreadPoolExecutor() as threads:
        read = threads.submit((tmp_path / name).read_bytes)
        assert export(order_of(tmp_path / name, form), filled) == 11
    (tmp_path / "read").mkdir()
    (tmp_path / "read" / name).write_bytes(read.result())
    assert loaded(filled, SourceKind(form), tmp_path / "read" / name) == (11, 5 if form == "parquet" else 0)


def test_bad_hosts_and_days_are_refused(tmp_path):
    with pytest.raises(SourceError, match="expected a day such as"):
        order_of(tmp_path / "a.warc", since="yesterday")
    with pytest.raises(SourceError, match="expected a name such as"):
        order_of(tmp_path / "a.warc", hosts=["https://harbour.example"])


def test_where_there_is_no_warehouse_nothing_is_made(settings, tmp_path):
    with pytest.raises(SourceError, match="no warehouse at"):
        export(order_of(tmp_path / "a.warc"), settings)
    assert not settings.root.exists()
    assert not (tmp_path / "a.warc").exists()
