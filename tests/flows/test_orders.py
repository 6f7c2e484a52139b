"""What is kept of an order with its run."""

from datetime import date
from pathlib import Path

import pytest

from flows.extract.sources import SourceError
from flows.orders import LONGEST_LIST, IngestOrder, ReprocessOrder
from tests.flows.extract.bulk.warc_making import http, record, warc_of
from tests.warehouse.records import page
from warehouse import storage
from warehouse.extractions import Choice
from warehouse.schema import PAGES


def test_passwords_in_pasted_lines_are_not_kept_with_the_run(settings):
    lines = "user:hunter2@example.org\nhttps://user:hunter2@example.org/a\nhttps://example.org/b?mail=a@example.org"
    order = IngestOrder.checked("url_list", lines, None, None, settings)
    assert (
        order.parameters["location"] == "example.org\nhttps://example.org/a\nhttps://example.org/b?mail=a@example.org"
    )


def test_a_path_is_kept_as_it_stands(settings, tmp_path):
    folder = tmp_path / "of desk@example.org"
    folder.mkdir()
    (folder / "list.txt").write_text("https://example.org/a")
    for kind, place in (("archive", folder), ("url_list", folder / "list.txt")):
        assert IngestOrder.checked(kind, str(place), None, None, settings).parameters["location"] == str(place)


def test_a_list_that_prefect_would_refuse_is_handed_on_as_a_file_under_the_root(settings):
    lines = "\n".join(f"https://user:hunter2@example.org/é/{number}" for number in range(20_000))
    handed = IngestOrder.checked("url_list", lines, "desk", 3, settings).handed_on(settings.root)
    file = Path(handed["location"])
    assert file.parent == settings.root / "lists"
    assert file.read_text(encoding="utf-8") == lines.replace("user:hunter2@", "")
    again = IngestOrder.checked(**handed, settings=settings)
    assert again.handed_on(settings.root) == again.parameters == handed


def test_a_short_list_is_handed_on_as_it_is(settings):
    # A line of a thousand characters, 1,001 of them in JSON with the end of the line before it.
    lines = "\n".join(["https://example.org/".ljust(998, "a")] * (LONGEST_LIST // 1000))
    order = IngestOrder.checked("url_list", lines, None, None, settings)
    assert order.handed_on(settings.root) == order.parameters
    assert not settings.root.exists()


def test_hosts_and_days_are_kept_with_the_run_and_handed_on(settings, tmp_path):
    place = warc_of([record(block=http())], tmp_path / "a.warc")
    order = IngestOrder.checked(
        "warc", str(place), None, None, settings, hosts=["BBC.co.uk", "zeit.de"], since="2026-10-01", until=None
    )
    kept = {"hosts": "bbc.co.uk zeit.de", "since": "2026-10-01", "until": None}
    assert order.parameters.items() >= kept.items()
    again = IngestOrder.checked(**order.handed_on(settings.root), settings=settings)
    assert again == order


@pytest.mark.parametrize("wish", [{"hosts": ["example.org"]}, {"since": "2026-10-01"}, {"until": "2026-10-01"}])
def test_hosts_and_days_are_refused_for_what_is_no_bulk_file(settings, wish):
    with pytest.raises(SourceError, match="hosts and days can be chosen of parquet and warc alone, not of feed"):
        IngestOrder.checked("feed", "https://example.org/feed", None, None, settings, **wish)


def test_days_in_the_wrong_order_are_refused(settings):
    with pytest.raises(SourceError, match="expected a day that is not before since"):
        IngestOrder.checked("warc", "x", None, None, settings, since="2026-10-02", until="2026-10-01")


def test_what_is_to_be_reprocessed_is_named_by_a_stored_source_and_a_day(settings):
    storage.append_new(settings, PAGES, [page(1)], "run")
    everything = ReprocessOrder.checked(None, None, settings)
    assert everything.choice == ReprocessOrder.checked("", "", settings).choice == Choice()
    some = ReprocessOrder.checked("test", "2026-11-23", settings)
    assert some.choice == ReprocessOrder.checked("test", date(2026, 11, 23), settings).choice
    assert some.parameters == {"source": "test", "since": "2026-11-23"}
    with pytest.raises(SourceError, match="'tset' are stored; there are: test"):
        ReprocessOrder.checked("tset", None, settings)
    with pytest.raises(SourceError, match="since 'monday': expected a day"):
        ReprocessOrder.checked(None, "monday", settings)
