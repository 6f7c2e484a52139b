"""The saved examples run as they stand."""

import pytest

from tests.sql.rows import NOON, at, warehouse
from warehouse import catalog

QUERIES = {item.name.partition(".")[2]: item for item in catalog.definitions("queries")}
EXACT = {"published_at": NOON, "published_precision": "minute", "published_evidence": "meta", "captured_at": at(13)}


@pytest.mark.parametrize("name", QUERIES)
def test_a_saved_query_says_its_question_and_finds_an_answer(name):
    connection = warehouse(
        pages=[{}],
        documents=[
            {"title": "Before", **EXACT},
            {
                "title": "After",
                "page_id": "p2",
                **EXACT,
                "authors": ["A"],
                "links": [{"url": "https://other.example/"}],
            },
            {"title": "Before, read wrongly", "extraction_number": 0, "extractor": "test/0", **EXACT},
        ],
        rejects=[{}],
        # A feed that once answered and now does not.
        fetches=[
            {"kind": "feed"},
            {"kind": "feed", "fetched_at": at(13), "outcome": "reject", "reason": "timeout", "run_id": "r1"},
        ],
        runs=[{"state": "failed"}],
    )
    assert QUERIES[name].grain.partition("?")[1] == "?"
    assert connection.execute(QUERIES[name].select).fetchall()
