"""What a run knows of the live web is what the tables say, whoever wrote them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from deltalake import DeltaTable, write_deltalake
from pyarrow import parquet

from tests.warehouse.records import NOON, page
from warehouse import history, storage
from warehouse.model import Fetch, PageKind, Redirect, Reject, Stage
from warehouse.schema import FETCHES, PAGES, REJECTS, arrow_schema, to_arrow

URL = "https://example.org/1"
ROBOTS = "https://example.org/robots.txt"


def after(hours):
    return NOON + timedelta(hours=hours)


def captured(hours, **changes):
    return page(1, **{"captured_at": after(hours), **changes})


def fetch(hours, outcome="page", **changes):
    given = {"source": "test", "kind": "document", "host": "example.org", "requested_url": URL, "url": URL}
    return Fetch(**{**given, "fetched_at": after(hours), "outcome": outcome, **changes})


def refusal(hours, reason="timeout", **changes):
    given = {"stage": Stage.FETCH, "detail": "no answer", "source": "test", "url": URL}
    return Reject(**{**given, "rejected_at": None if hours is None else after(hours), "reason": reason, **changes})


def failed(hours, reason="timeout", **changes):
    """A refusal of what was asked: the reject, and its line in the log."""
    reject = refusal(hours, reason, **changes)
    asked = {"source": reject.source, "requested_url": reject.url, "url": reject.url}
    return reject, fetch(hours, "reject", reason=reason, **asked)


def load(settings, *records):
    for table in (PAGES, FETCHES, REJECTS):
        rows = [record for record in records if isinstance(record, table.record)]
        # Each in a file of its own, as hourly runs leave them.
        for row in rows:
            storage.append_new(settings, table, [row], "run")
    return settings


def held(settings, *records):
    return history.held(load(settings, *records), [URL]).get(URL)


def test_an_empty_warehouse_knows_nothing(settings):
    assert history.held(settings, [URL]) == {}
    assert history.held(settings, []) == {}
    assert history.robots_pages(settings, [ROBOTS]) == {}
    assert history.waiting_links(settings, ["test"], NOON) == []


def test_only_addresses_of_which_something_is_known_are_there(settings):
    load(settings, page(1), page(2), fetch(0, requested_url="https://example.org/3"), refusal(0, url="https://b.org/"))
    urls = ["https://example.org/1", "https://example.org/3", "https://b.org/", "https://example.org/4"]
    assert history.held(settings, [*urls, *urls]).keys() == set(urls[:3])


def test_the_latest_capture_is_what_is_held(settings):
    latest = captured(2, etag='"b"', last_modified="Mon", body=b"<p>b</p>", hint_published_at=NOON)
    found = held(settings, latest, captured(1, etag='"a"'), captured(0))
    assert (found.page_id, found.body_hash) == (latest.page_id, latest.body_hash)
    assert (found.captured_at, found.etag, found.last_modified) == (after(2), '"b"', "Mon")
    assert (found.hint_title, found.hint_published_at) == ("Page 1", NOON)


def test_a_page_without_a_capture_time_is_held_only_where_there_is_no_other(settings):
    timeless = page(1, captured_at=None)
    found = held(settings, timeless)
    assert (found.page_id, found.captured_at, found.checked_at) == (timeless.page_id, None, None)
    assert held(settings, captured(1)).page_id == captured(1).page_id


@pytest.mark.parametrize(
    ("records", "checked"),
    [
        ([captured(1)], 1),
        ([captured(1), fetch(1), fetch(5, "unchanged")], 5),
        ([captured(1), fetch(1), fetch(5, "reject", reason="timeout")], 1),
        ([captured(4), fetch(1)], 4),
        ([fetch(3, "absent")], 3),
    ],
)
def test_an_address_was_last_checked_when_it_last_gave_an_answer(settings, records, checked):
    assert held(settings, *records).checked_at == after(checked)


NEW = "https://example.org/new"


@pytest.mark.parametrize(
    ("fetches", "moved_to"),
    [
        ([fetch(1)], None),
        ([fetch(1, url=NEW, redirects=(Redirect(301, NEW),))], NEW),
        ([fetch(1, url=NEW, redirects=(Redirect(308, "https://example.org/mid"), Redirect(301, NEW)))], NEW),
        ([fetch(1, url=NEW, redirects=(Redirect(301, "https://example.org/mid"), Redirect(302, NEW)))], None),
        # The remembered address was asked at once: nothing redirected, and it stays remembered.
        ([fetch(1, url=NEW, redirects=(Redirect(301, NEW),)), fetch(2, "unchanged", url=NEW)], NEW),
        ([fetch(1, url=NEW, redirects=(Redirect(301, NEW),)), fetch(2)], None),
        # What moved and then fails may have moved back.
        ([fetch(1, url=NEW, redirects=(Redirect(301, NEW),)), fetch(2, "reject", url=NEW, reason="not_found")], None),
    ],
)
def test_only_permanent_redirects_of_the_latest_fetch_are_remembered(settings, fetches, moved_to):
    assert held(settings, *fetches).moved_to == moved_to


def test_failures_are_counted_since_the_last_answer(settings):
    failures = [*failed(1), *failed(3), *failed(4, "http_status")]
    found = held(settings, captured(0), fetch(2, "unchanged"), *failures)
    assert (found.failure_count, found.failed_at, found.failed_reason) == (2, after(4), "http_status")
    found = held(settings, fetch(5, "unchanged"))
    assert (found.failure_count, found.failed_at, found.failed_reason) == (0, None, None)


def test_an_address_that_was_left_unasked_has_not_failed(settings):
    found = held(settings, captured(0), refusal(1), refusal(2))
    assert (found.failure_count, found.failed_at, found.failed_reason) == (0, after(2), "timeout")
    # Nor does that put off what did fail.
    found = held(settings, *failed(3, "http_status"), refusal(4))
    assert (found.failure_count, found.failed_at, found.failed_reason) == (1, after(3), "http_status")


@pytest.mark.parametrize("reason", ["robots_denied", "address_refused", "malformed_input"])
def test_an_address_that_is_never_asked_fails_all_the_same(settings, reason):
    assert held(settings, refusal(1, reason), refusal(2, reason)).failure_count == 2


def test_a_failure_without_a_time_counts_from_its_load(settings):
    assert held(settings, refusal(None)).failure_count == 1


def test_rejects_of_other_stages_are_no_failures_of_the_address(settings):
    assert held(settings, refusal(1, stage=Stage.READ, reason="malformed_input")) is None


def test_files_from_before_a_column_was_declared_are_read(settings):
    for table, record, missing in ((REJECTS, refusal(None), "rejected_at"), (PAGES, captured(0), "etag")):
        schema = arrow_schema(table).remove(arrow_schema(table).get_field_index(missing))
        DeltaTable.create(settings.tables / table.name, schema=schema, partition_by=["loaded_date"])
        rows = to_arrow([record], table, run_id="old", loaded_at=after(1)).select(schema.names)
        write_deltalake(settings.tables / table.name, rows, mode="append")
    found = history.held(settings, [URL])[URL]
    assert (found.etag, found.failure_count, found.failed_at) == (None, 1, after(1))
    found = held(settings, captured(2, etag='"a"'), *failed(3))
    assert (found.etag, found.failure_count, found.failed_at) == ('"a"', 1, after(3))


def test_bodies_are_not_read(settings):
    """A file whose bodies are spoilt still answers."""
    load(settings, captured(0))
    (file,) = storage.table_files(settings, PAGES)
    rows = parquet.read_table(file)
    assert "body" in rows.column_names
    parquet.write_table(rows.drop_columns(["body", "hint_text"]), file)
    assert history.held(settings, [URL])[URL].page_id == captured(0).page_id


def robots_fetch(hours, outcome="page", **changes):
    return fetch(hours, outcome, **{"kind": "robots", "requested_url": ROBOTS, "url": ROBOTS, **changes})


def robots_page(hours):
    body = f"User-agent: *\nDisallow: /{hours}\n".encode()
    return replace(captured(hours), requested_url=ROBOTS, url=ROBOTS, kind=PageKind.ROBOTS, body=body)


def test_robots_rules_are_those_of_the_latest_answer(settings):
    old, new = robots_page(1), robots_page(2)
    load(settings, old, new, robots_fetch(1, page_id=old.page_id), robots_fetch(2, page_id=new.page_id))
    load(settings, robots_fetch(3, "reject", reason="unreachable"))
    assert history.robots_pages(settings, [ROBOTS, URL]) == {ROBOTS: (new, after(2))}


def test_unchanged_robots_rules_are_the_page_that_is_held(settings):
    load(settings, robots_page(1), robots_fetch(1), robots_fetch(5, "unchanged"))
    assert history.robots_pages(settings, [ROBOTS]) == {ROBOTS: (robots_page(1), after(5))}


def test_the_answer_that_there_are_no_robots_rules_is_an_answer(settings):
    load(settings, robots_page(1), robots_fetch(1), robots_fetch(5, "absent"))
    assert history.robots_pages(settings, [ROBOTS]) == {ROBOTS: (None, after(5))}


def test_robots_rules_that_are_no_longer_kept_count_as_never_asked_for(settings):
    load(settings, robots_fetch(1, page_id="erased"))
    assert history.robots_pages(settings, [ROBOTS]) == {}


def test_a_link_waits_from_its_first_failure_on(settings):
    failures = [*failed(1, location="feed 1"), *failed(2, "http_status", location="feed 2"), *failed(3)]
    load(settings, *failures)
    (waiting,) = history.waiting_links(settings, ["test"], after(4))
    assert waiting == history.Waiting("test", URL, "feed 2", after(1), 3, after(3), "timeout")


def test_a_link_that_was_left_unasked_waits_without_a_failure(settings):
    load(settings, refusal(1, location="feed"), refusal(2))
    (waiting,) = history.waiting_links(settings, ["test"], after(4))
    assert waiting == history.Waiting("test", URL, "feed", after(1), 0, after(2), "timeout")


def test_a_link_that_was_got_later_waits_no_more(settings):
    load(settings, *failed(1), fetch(2))
    assert history.waiting_links(settings, ["test"], after(4)) == []
    load(settings, *failed(3))
    (waiting,) = history.waiting_links(settings, ["test"], after(4))
    assert (waiting.first_failed_at, waiting.failure_count) == (after(3), 1)


def test_each_source_waits_for_its_own_links(settings):
    load(settings, *failed(1), *failed(2, source="other"), *failed(3, source="third"))
    found = history.waiting_links(settings, ["test", "other"], after(4))
    assert [(waiting.source, waiting.failure_count) for waiting in found] == [("test", 1), ("other", 1)]


def test_feeds_and_robots_are_no_waiting_links(settings):
    load(settings, refusal(1), fetch(1, "reject", kind="feed"), refusal(1, url=ROBOTS), robots_fetch(1, "reject"))
    assert history.waiting_links(settings, ["test"], after(4)) == []


@pytest.mark.parametrize(("hours", "is_waiting"), [(7 * 24, True), (7 * 24 + 1, False)])
def test_a_link_is_let_go_a_week_after_it_began_to_fail(settings, hours, is_waiting):
    load(settings, refusal(0), *failed(24 * 6))
    assert bool(history.waiting_links(settings, ["test"], after(hours))) is is_waiting


def test_the_answer_does_not_depend_on_the_order_of_loading(settings, tmp_path):
    records = [
        captured(0),
        captured(2, body=b"new"),
        fetch(1, "unchanged"),
        fetch(2),
        *failed(3),
        refusal(4),
        refusal(1),
    ]
    elsewhere = replace(settings, root=tmp_path / "other")
    assert held(settings, *records) == held(elsewhere, *reversed(records))
