"""The model survives Arrow: what goes into a table comes out of it."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from warehouse.model import Document, Fetch, Image, Link, Page, Redirect, Reject, Run, SiteRules
from warehouse.schema import (
    DOCUMENTS,
    FETCHES,
    PAGES,
    REJECTS,
    RUNS,
    SITE_RULES,
    TABLES,
    arrow_schema,
    from_arrow,
    to_arrow,
)

# Arrow strings are UTF-8: a lone surrogate is no text. Times are kept to the microsecond.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
times = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
moment = datetime(2026, 11, 23, 12, tzinfo=UTC)

strategies = {str: texts, datetime: times, float: st.floats(allow_nan=False), int: st.integers(0, 2**31 - 1)}
for kind, strategy in strategies.items():
    st.register_type_strategy(kind, strategy)


@given(st.lists(st.builds(Page), max_size=4))
def test_pages_survive_the_table(pages):
    assert from_arrow(to_arrow(pages, PAGES, run_id="r", loaded_at=moment), Page) == pages


@given(st.builds(Document, images=st.lists(st.builds(Image)).map(tuple), links=st.lists(st.builds(Link)).map(tuple)))
def test_a_document_survives_the_table(document):
    assert from_arrow(to_arrow([document], DOCUMENTS, run_id="r", loaded_at=moment), Document) == [document]


@given(st.builds(Reject))
def test_a_reject_survives_the_table(reject):
    assert from_arrow(to_arrow([reject], REJECTS, run_id="r", loaded_at=moment), Reject) == [reject]


@given(st.builds(Fetch, redirects=st.lists(st.builds(Redirect)).map(tuple)))
def test_a_fetch_survives_the_table(fetch):
    assert from_arrow(to_arrow([fetch], FETCHES, run_id="r", loaded_at=moment), Fetch) == [fetch]


@given(st.builds(Run))
def test_a_run_survives_the_table(run):
    assert from_arrow(to_arrow([run], RUNS, run_id=run.run_id, loaded_at=moment), Run) == [run]


@given(st.builds(SiteRules))
def test_site_rules_survive_the_table(rules):
    assert from_arrow(to_arrow([rules], SITE_RULES, run_id="r", loaded_at=moment), SiteRules) == [rules]


def test_every_table_says_when_and_by_which_run_a_row_was_loaded():
    for table in TABLES:
        assert {"run_id", "loaded_at", "loaded_date"} <= set(arrow_schema(table).names)


def test_the_partition_is_the_utc_day_of_the_load():
    late = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
    reject = Reject(stage="read", reason="too_large", detail="", source="s")
    rows = to_arrow([reject], REJECTS, run_id="r", loaded_at=late)
    assert str(rows.column("loaded_date")[0]) == "2026-11-23"
