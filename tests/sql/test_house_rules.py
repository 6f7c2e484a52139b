"""What holds for every file of `sql/`."""

import re
from pathlib import Path
from tomllib import loads

import pytest

from tests.sql.rows import warehouse
from tests.sql.test_checks import SETTLED, WRONG
from warehouse import catalog, model

CONTRACT = {
    "documents": (
        "document_id page_id source site requested_url url canonical_url declared_canonical_url title lead text "
        "paragraphs authors agency section tags language published_at modified_at published_precision "
        "published_evidence published_raw published_zone has_date_conflict image_url images links is_free word_count "
        "character_count text_hash minhash text_method text_confidence captured_at loaded_at extractor rules_version "
        "version_number version_count"
    ),
    "edits": (
        "document_id version_number edited_at is_title_changed is_lead_changed is_text_changed old_title new_title "
        "old_text new_text similarity"
    ),
    "pages": (
        "page_id kind source site requested_url url status captured_at content_type charset etag last_modified "
        "body_hash body_bytes hint_title hint_published_at hint_published_kind robots_statements opt_out_statements "
        "run_id loaded_at"
    ),
    "page_bodies": "page_id body hint_text",
    "rejects": "reject_id stage reason detail url location page_id source run_id rejected_at",
    "runs": "run_id flow source state started_at finished_at",
    "fetches": (
        "fetch_id source kind host requested_url url fetched_at outcome status reason redirects request_count seconds "
        "received_bytes page_id link_count new_link_count run_id loaded_at"
    ),
    "source_health": (
        "source kind is_enabled last_polled_at last_success_at last_new_document_at document_count "
        "usual_cadence_seconds silent_seconds is_silent error_share usual_error_share has_error_jump last_link_count "
        "usual_link_count is_shrunken lost_window_count last_lost_window_at failing_since last_problem problem"
    ),
    "site_rules": "site rules_version title_suffixes title_prefixes noise_lines page_count learned_at run_id loaded_at",
    "links": "document_id position url site text is_external",
    "images": "document_id position url caption",
}
CONTRACT["document_versions"] = f"{CONTRACT['documents']} valid_from valid_to extraction_status cuts"
CONTRACT["documents"] += " extraction_status cuts"
CLOSED_WORDS = {
    "kind": model.PageKind,
    "hint_published_kind": model.TimeMeaning,
    "published_precision": model.Precision,
    "published_evidence": model.Evidence,
    "published_zone": model.Zone,
    "extraction_status": model.ExtractionStatus,
    "cut": model.Cut,
    "stage": model.Stage,
    "reason": model.Reason,
    "state": model.State,
    "outcome": model.Outcome,
    "policy": model.Policy,
}
FILES = sorted(catalog.SQL.glob("*/*.sql"))
BUILT = [path for path in FILES if path.parent.name in {"main", "staging", "derived"}]


def columns(view):
    return [name for name, *_ in warehouse().execute(f"describe main.{view}").fetchall()]


@pytest.mark.parametrize("path", BUILT, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_each_relation_has_a_case(path):
    cases = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    assert re.search(rf"from {path.parent.name}\.{path.stem}\b", cases)


def test_each_check_has_a_case_in_which_it_speaks():
    assert WRONG.keys() | SETTLED.keys() == {path.stem for path in FILES if path.parent.name == "checks"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_each_file_opens_with_one_sentence(path):
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert re.fullmatch(r"-- [A-Z].*[.?]", first)


@pytest.mark.parametrize("view", CONTRACT)
def test_a_view_begins_with_the_columns_of_the_contract(view):
    promised = CONTRACT[view].split()
    assert columns(view)[: len(promised)] == promised


def test_each_public_column_has_a_meaning_and_no_meaning_is_unused():
    meanings = loads((catalog.SQL / "columns.toml").read_text(encoding="utf-8"))
    query = "select distinct column_name from duckdb_columns() where schema_name = 'main' and not internal"
    assert sorted(name for (name,) in warehouse().execute(query).fetchall()) == list(meanings)


@pytest.mark.parametrize("column", CLOSED_WORDS)
def test_the_check_knows_the_closed_words_of_the_model(column):
    check = (catalog.SQL / "checks" / "closed_words_are_known.sql").read_text(encoding="utf-8")
    (listed,) = re.findall(rf"\b{column} not in \(([^)]*)\)", check)
    assert re.findall(r"'(\w+)'", listed) == list(CLOSED_WORDS[column])
