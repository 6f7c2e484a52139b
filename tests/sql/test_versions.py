"""Which rows of documents count: captures, versions, extractions and edits."""

import pytest

from tests.sql.rows import at, select


def capture(number, title, hour=None, **changes):
    """A capture of one document with this title."""
    return {"page_id": f"p{number}", "title": title, "captured_at": at(hour) if hour else None, **changes}


HISTORIES = {
    "one capture is one version": ([capture(1, "A", 1)], [("A", 1, 1, None)]),
    "equal captures are one version": ([capture(1, "A", 1), capture(2, "A", 2)], [("A", 1, 1, None)]),
    "a change is a version": ([capture(1, "A", 1), capture(2, "B", 2)], [("A", 1, 1, 2), ("B", 2, 2, None)]),
    "a return to earlier content is not a new version, and the one shown stays valid": (
        [capture(1, "A", 1), capture(2, "B", 2), capture(3, "A", 3)],
        [("A", 1, 1, None), ("B", 2, 2, 3)],
    ),
    "a version that came and went twice ends where it first went": (
        [capture(1, "A", 1), capture(2, "B", 2), capture(3, "A", 3), capture(4, "C", 4)],
        [("A", 1, 1, 2), ("B", 2, 2, 3), ("C", 3, 4, None)],
    ),
    "a capture without a time comes first": (
        [capture(1, "B", 2), capture(2, "A")],
        [("A", 1, None, 2), ("B", 2, 2, None)],
    ),
    "captures of the same moment are ordered by page": (
        [capture(2, "B", 1), capture(1, "A", 1)],
        [("A", 1, 1, 1), ("B", 2, 1, None)],
    ),
    "extracting again replaces, and makes no version": (
        [capture(1, "A", 1, loaded_at=at(1)), capture(1, "A2", 1, loaded_at=at(2), extractor="test/2")],
        [("A2", 1, 1, None)],
    ),
    "the highest extraction counts, whenever it was stored": (
        [
            capture(1, "A2", 1, loaded_at=at(1), extractor="test/2", extraction_number=2),
            capture(1, "A", 1, loaded_at=at(2)),
        ],
        [("A2", 1, 1, None)],
    ),
    "going back to an earlier extractor makes no version either": (
        [
            capture(1, "A", 1),
            capture(1, "A2", 1, extractor="test/2", extraction_number=2),
            capture(1, "A", 1, extraction_number=3),
        ],
        [("A", 1, 1, None)],
    ),
    "versions that a better extractor finds equal are one": (
        [
            capture(1, "A - Site", 1),
            capture(2, "A", 2),
            capture(1, "A", 1, extractor="test/2", extraction_number=2),
            capture(2, "A", 2, extractor="test/2", extraction_number=2),
        ],
        [("A", 1, 1, None)],
    ),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_versions_in_order_of_capture(name):
    rows, versions = HISTORIES[name]
    query = """
        select title, version_number, hour(valid_from), hour(valid_to)
        from main.document_versions order by version_number
    """
    assert select(query, documents=rows) == versions


@pytest.mark.parametrize("name", HISTORIES)
def test_the_document_is_the_version_that_is_still_valid(name):
    rows, versions = HISTORIES[name]
    shown = [(title, number, len(versions)) for title, number, _, end in versions if end is None]
    assert select("select title, version_number, version_count from main.documents", documents=rows) == shown


def test_a_version_is_represented_by_its_latest_capture():
    rows = [capture(1, "A", 1), capture(2, "A", 2)]
    assert select("select page_id from main.documents", documents=rows) == [("p2",)]
    assert select("select page_id, hour(valid_from) from main.document_versions", documents=rows) == [("p2", 1)]


def test_a_page_that_got_another_address_leaves_its_old_document():
    rows = [capture(1, "A", 1), capture(1, "A", 1, document_id="d2", loaded_at=at(13), extractor="test/2")]
    assert select("select document_id from main.documents", documents=rows) == [("d2",)]


def refusal(number, **changes):
    """A refusal of that page by the transform."""
    return {"stage": "transform", "reason": "no_text", "page_id": f"p{number}", **changes}


SUPERSEDED = {
    "a refusal sets an earlier document aside": (
        [capture(1, "A", 1)],
        [refusal(1, extraction_number=2)],
        ([], ["j1"]),
    ),
    "a document sets an earlier refusal aside": (
        [capture(1, "A", 1, extraction_number=2)],
        [refusal(1)],
        (["p1"], []),
    ),
    "of two refusals the later one is shown": (
        [],
        [refusal(1), refusal(1, reject_id="j2", extraction_number=2)],
        ([], ["j2"]),
    ),
    "what is refused now leaves the document to its earlier capture": (
        [capture(1, "A", 1), capture(2, "B", 2)],
        [refusal(2, extraction_number=2)],
        (["p1"], ["j1"]),
    ),
    "a failed fetch that names a page sets nothing aside": (
        [capture(1, "A", 1)],
        [refusal(1, stage="fetch", reason="timeout")],
        (["p1"], ["j1"]),
    ),
}


@pytest.mark.parametrize("name", SUPERSEDED)
def test_a_page_shows_as_a_document_or_as_a_reject_and_never_as_both(name):
    documents, rejects, (pages, refused) = SUPERSEDED[name]
    rows = {"documents": documents, "rejects": rejects}
    assert select("select page_id from main.documents", **rows) == [(page_id,) for page_id in pages]
    assert select("select reject_id from main.rejects", **rows) == [(reject_id,) for reject_id in refused]


def test_an_extraction_stands_beside_the_one_that_it_followed():
    again = {"extractor": "test/2", "extraction_number": 2}
    rows = {
        "documents": [
            capture(1, "A", 1),
            capture(1, "A2", 1, authors=["Ann"], **again),
            capture(2, "B", 2),
            capture(3, "C", 3, **again),
            capture(4, "D", 4),
            capture(1, "A", 1, extraction_number=3),
        ],
        "rejects": [refusal(2, reject_id="j2", **again), refusal(3, reject_id="j3"), refusal(5, reject_id="j5")],
    }
    query = """
        select page_id, extraction_number, old_extractor, extractor, old_reason, reason, old_title, new_title,
            is_title_changed, is_text_changed, is_authors_changed, is_published_at_changed
        from main.extractions order by all
    """
    assert select(query, **rows) == [
        ("p1", 2, "test/1", "test/2", None, None, "A", "A2", True, False, True, False),
        ("p1", 3, "test/2", "test/1", None, None, "A2", "A", True, False, True, False),
        ("p2", 2, "test/1", "test/2", None, "no_text", "B", None, True, True, True, False),
        ("p3", 2, None, "test/2", "no_text", None, None, "C", True, True, True, False),
    ]


def test_of_two_extractions_with_one_number_the_later_counts():
    rows = [capture(1, "A", 1)] + [
        capture(1, title, 1, extractor=title, extraction_number=2, loaded_at=at(hour))
        for title, hour in (("B", 5), ("C", 4))
    ]
    assert select("select title from main.documents", documents=rows) == [("B",)]
    assert select("select old_title, new_title from main.extractions", documents=rows) == [("A", "B")]


def test_only_ends_of_pages_with_several_are_settled():
    rows = {
        "documents": [
            capture(1, "A", 1, row_key=7),
            capture(2, "B", 2, row_key=8),
            capture(2, "B", 2, row_key=9, extraction_number=3),
            capture(4, "D", 4, row_key=10),
        ],
        "rejects": [refusal(1, extraction_number=2), refusal(3, reject_id="j3")],
    }
    query = "select row_key, reject_id, is_current from derived.page_ends order by row_key nulls last"
    assert select(query, **rows) == [(7, None, False), (8, None, False), (9, None, True), (None, "j1", True)]


def test_only_rows_with_rivals_are_settled():
    rows = [capture(1, "A", 1), capture(2, "B", 2), capture(3, "C", 3, document_id="d2")]
    assert select("select page_id from derived.repeated_rows order by all", documents=rows) == [("p1",), ("p2",)]
    query = "select version_number, is_document from derived.document_history order by all"
    assert select(query, documents=rows) == [(1, False), (2, True)]


def test_every_row_is_there_with_what_it_counts_as():
    rows = [capture(1, "A", 1), capture(2, "A", 2), capture(3, "C", 3, document_id="d2")]
    query = "select page_id, is_document, is_version from staging.documents order by all"
    assert select(query, documents=rows) == [("p1", False, False), ("p2", True, True), ("p3", True, True)]


def test_a_title_edited_under_the_same_time_is_an_edit():
    query = """
        select version_number, hour(edited_at), is_title_changed, is_lead_changed, is_text_changed,
            old_title, new_title, similarity
        from main.edits
    """
    rows = [capture(1, "A", 1), capture(2, "B", 1)]
    assert select(query, documents=rows) == [(2, 1, True, False, False, "A", "B", 1.0)]


@pytest.mark.parametrize(
    ("old", "new", "similarity"),
    [
        ("", "one", 0.0),
        ("one two three", "One, two – three!", 1.0),
        ("one two three", "one two four", 2 / 3),
        ("新华社北京电", "新华社上海电", 3 / 6),
        ("a" * 100_000, "b" * 100_000, 0.0),
        ("word " * 20_000 + "old", "word " * 20_000 + "new", 2 / 3),
    ],
)
def test_similarity_is_the_share_of_neighbouring_words_in_common(old, new, similarity):
    rows = [capture(1, "A", 1, text=old), capture(2, "A", 2, text=new)]
    ((found,),) = select("select similarity from main.edits", documents=rows)
    assert found == pytest.approx(similarity)
