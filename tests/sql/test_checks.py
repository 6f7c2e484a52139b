"""Each check stays silent over sound rows and names what is wrong otherwise."""

import pytest

from tests.sql.rows import NOON, at, warehouse
from warehouse import catalog

SOUND = {
    "pages": [{"run_id": "r1"}],
    "documents": [{"run_id": "r1"}],
    "runs": [{"state": "running"}, {"input_count": 1, "page_count": 1, "document_count": 1}],
}
UNDER_WAY = {
    # Pages are listed last, so those of a run that goes on meanwhile may have no document yet; a killed one's neither.
    "pages": [{"run_id": "r1"}, {"run_id": "r2", "page_id": "p2"}],
    "rejects": [{"run_id": "r2"}],
    "runs": [{"state": "running"}, {"run_id": "r2", "state": "running"}],
    "live_runs": [{"run_id": "r1"}],
}
RESUMED = {
    "pages": [{"run_id": "dead"}],
    "documents": [{"run_id": "r1"}],
    "runs": [{"run_id": "dead", "state": "running"}, {"resumed_page_count": 1, "document_count": 1}],
}
REFUSED = {
    "pages": [{"run_id": "r1"}],
    "rejects": [{"run_id": "r1", "stage": "transform", "reason": "no_text", "page_id": "p1"}],
    # Three inputs were refused before this run too, so that their rejects carry another run's id.
    "runs": [{"input_count": 4, "page_count": 1, "read_reject_count": 3, "transform_reject_count": 1}],
}
BROKEN_OFF = {
    # The last shard was stored and not counted.
    "pages": [{"run_id": "r1"}],
    "documents": [{"run_id": "r1"}],
    "runs": [{"state": "failed"}],
}
FETCHED = {
    # A feed, its document and a link that failed; the document's fetch was not yet stored when its run was killed.
    "pages": [{"page_id": "p0", "kind": "feed", "run_id": "r1"}, {"run_id": "r1"}, {"page_id": "p2", "run_id": "r2"}],
    "fetches": [
        {"fetch_id": "f1", "kind": "feed", "outcome": "page", "page_id": "p0", "run_id": "r1"},
        {"fetch_id": "f2", "outcome": "page", "page_id": "p1", "run_id": "r1"},
        {"fetch_id": "f3", "outcome": "reject", "reason": "timeout", "run_id": "r1"},
        {"fetch_id": "f4", "kind": "robots", "outcome": "absent", "run_id": "r1"},
        {"fetch_id": "f5", "kind": "feed", "outcome": "unchanged", "page_id": "p0", "run_id": "r2"},
    ],
    "documents": [{"run_id": "r1"}],
    "rejects": [{"run_id": "r1", "stage": "fetch", "reason": "timeout"}],
    "runs": [
        {"flow": "refresh", "input_count": 2, "page_count": 1, "read_reject_count": 1, "document_count": 1},
        {"flow": "refresh", "run_id": "r2", "state": "running"},
    ],
    "sources": [{"name": "test", "kind": "feed", "policy": "respect"}],
}
EDITED = {
    "pages": [{"page_id": "p1"}, {"page_id": "p2"}],
    "documents": [{"page_id": "p1", "title": "A"}, {"page_id": "p2", "title": "B", "captured_at": at(13)}],
}
AGAIN = {
    # Three pages were transformed again: one has a document as before, one is refused now, one no longer is. Then the
    # earlier extractor was gone back to, for the first.
    "pages": [{"page_id": page_id, "run_id": "r1"} for page_id in ("p1", "p2", "p3")],
    "documents": [
        {"run_id": "r1"},
        {"run_id": "r1", "page_id": "p2", "document_id": "d2"},
        {"run_id": "r2", "extractor": "test/2", "extraction_number": 2},
        {"run_id": "r2", "page_id": "p3", "document_id": "d3", "extractor": "test/2", "extraction_number": 2},
        {"run_id": "r3", "extraction_number": 3},
    ],
    "rejects": [
        {"run_id": "r1", "stage": "transform", "reason": "no_text", "page_id": "p3"},
        {
            "run_id": "r2",
            "reject_id": "j2",
            "stage": "transform",
            "reason": "error_page",
            "page_id": "p2",
            "extractor": "test/2",
            "extraction_number": 2,
        },
    ],
    "runs": [
        {"input_count": 3, "page_count": 3, "document_count": 2, "transform_reject_count": 1},
        {
            "flow": "reprocess",
            "run_id": "r2",
            "reprocessed_page_count": 3,
            "document_count": 2,
            "transform_reject_count": 1,
        },
        {"flow": "reprocess", "run_id": "r3", "reprocessed_page_count": 1, "document_count": 1},
    ],
}
RULED = {
    "pages": [{"page_id": "p1"}, {"page_id": "p2"}],
    "documents": [{"rules_version": 1}, {"document_id": "d2", "page_id": "p2"}],
    "site_rules": [{}, {"rules_version": 2}],
}

WRONG = {
    "closed_words_are_known": ({"rejects": [{"reason": "bored"}]}, ("rejects", "reason", "bored", 1)),
    "dates_are_whole": (
        {"documents": [{"published_at": NOON}]},
        ("d1", "https://example.org/1", NOON, None, None),
    ),
    "document_rows_are_unique": ({"documents": [{}, {}]}, ("p1", "test/1", 0, 1, 2)),
    "documents_have_rules": (
        {"documents": [{"rules_version": 2}], "site_rules": [{}, {"site": "example.net", "rules_version": 2}]},
        ("p1", "d1", "example.org", 2, "r0"),
    ),
    "documents_have_pages": ({"documents": [{}]}, ("p1", "d1", "https://example.org/1", "r0")),
    "fetch_ids_are_unique": ({"fetches": [{}, {}]}, ("f1", 2)),
    "fetches_have_pages": (
        {"fetches": [{"outcome": "page", "page_id": "p9"}]},
        ("f1", "p9", "https://example.org/1", "r0"),
    ),
    "page_ids_are_unique": ({"pages": [{}, {}]}, ("p1", 2)),
    "pages_have_an_end": (
        {"pages": [{"run_id": "r1"}], "runs": [{}]},
        ("p1", "https://example.org/1", "r1"),
    ),
    "published_before_capture": (
        {"documents": [{"published_at": NOON, "captured_at": NOON.replace(day=21, hour=11)}]},
        ("d1", "https://example.org/1", NOON, NOON.replace(day=21, hour=11), None, None),
    ),
    "reject_ids_are_unique": ({"rejects": [{}, {}]}, ("j1", 2)),
    "row_keys_are_unique": (
        {"documents": [{"row_key": 7}, {"row_key": 7, "page_id": "p2", "document_id": "d2"}]},
        (7, "p1", "test/1", 0),
        (7, "p2", "test/1", 0),
    ),
    "site_rules_are_unique": ({"site_rules": [{}, {}, {"rules_version": 2}]}, ("example.org", 1, 2)),
    "runs_balance": ({"runs": [{"state": "failed", "input_count": 1}]}, ("r1", "failed", 1, 0, 0, 0)),
    "runs_count_their_rows": (
        {"pages": [{"run_id": "r1"}], "runs": [{"page_count": 2, "document_count": 2}]},
        ("r1", "completed", 2, 1, 2, 0, 0, 0, 0, 0),
    ),
    "transform_rejects_have_pages": (
        {"rejects": [{"stage": "transform", "page_id": "p9"}]},
        ("j1", "p9", "malformed_input", "r0"),
    ),
}
SETTLED = {
    # No row can break these as long as the settling is right: here its result is spoilt.
    "document_ids_are_unique": ("update derived.document_history set is_document = true", ("d1", 2)),
    "versions_are_numbered": (
        "update derived.document_history set version_number = 2",
        ("d1", 2, 1, 2, 2, 2, 1),
    ),
}


@pytest.mark.parametrize("rows", [{}, SOUND, UNDER_WAY, RESUMED, REFUSED, BROKEN_OFF, FETCHED, EDITED, RULED, AGAIN])
def test_sound_rows_pass_every_check(rows):
    assert catalog.run_checks(warehouse(**rows)) == []


@pytest.mark.parametrize("check", WRONG)
def test_a_check_names_what_is_wrong(check):
    rows, *offending = WRONG[check]
    assert sorted(found(warehouse(**rows), check)) == offending


@pytest.mark.parametrize("check", SETTLED)
def test_a_check_guards_the_settling_of_versions(check):
    spoil, offending = SETTLED[check]
    connection = warehouse(**EDITED)
    connection.execute(spoil)
    assert found(connection, check) == [offending]


def test_a_count_below_the_stored_rows_is_wrong_for_a_whole_run():
    rows = {**BROKEN_OFF, "runs": [{"state": "completed"}]}
    assert found(warehouse(**rows), "runs_count_their_rows") == [("r1", "completed", 0, 1, 0, 1, 0, 0, 0, 0)]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("pages", "kind"),
        ("fetches", "kind"),
        ("fetches", "outcome"),
        ("fetches", "reason"),
        ("sources", "policy"),
        ("documents", "extraction_status"),
    ],
)
def test_a_word_that_the_contract_does_not_know_is_named_with_its_place(table, column):
    rows = {table: [{column: "odd"}]}
    assert found(warehouse(**rows), "closed_words_are_known") == [(table, column, "odd", 1)]


def test_a_cut_that_the_contract_does_not_know_is_named_and_counted():
    rows = [
        {"cuts": ["tags", "odd"]},
        {"page_id": "p2", "document_id": "d2", "cuts": ["odd"]},
        {"page_id": "p3", "cuts": None},
    ]
    assert found(warehouse(documents=rows), "closed_words_are_known") == [("documents", "cuts", "odd", 2)]


def found(connection, check):
    (item,) = (item for item in catalog.definitions("checks") if item.name == f"checks.{check}")
    return connection.execute(item.select).fetchall()
