"""Ids are hashes of content: equal content, equal id; anything that matters differing, another id."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse.records import document, page, reject
from warehouse.model import Counts, Page, Reason, hash_of

PAGE = Page(
    source="a", site="example.org", requested_url="https://example.org/1", url="https://example.org/1", body=b"x"
)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_source_and_the_place_take_no_part_in_a_pages_id():
    assert replace(PAGE, source="b", location="elsewhere").page_id == PAGE.page_id


def test_an_edited_title_under_the_same_date_is_another_page():
    assert replace(PAGE, hint_title="new").page_id != replace(PAGE, hint_title="old").page_id


def test_what_is_known_of_a_hints_meaning_takes_no_part_in_the_id():
    """Learning that a site's number is the crawl must not double its pages."""
    assert replace(PAGE, hint_published_kind="crawl").page_id == PAGE.page_id


def test_a_further_extraction_is_another_row_and_one_from_before_they_were_counted_is_the_first():
    first = document(page(1))
    assert first.row_key == replace(first, extraction_number=None).row_key
    others = [{"extraction_number": 2}, {"extraction_number": 3}, {"extractor": "test/2"}, {"rules_version": 1}]
    assert len({first.row_key, *(replace(first, **changes).row_key for changes in others)}) == 5


def test_a_refusal_by_another_extractor_or_of_a_further_extraction_is_another_reject():
    by_nobody = reject(page(1))
    first = replace(by_nobody, extractor="test/1", rules_version=0, extraction_number=1)
    others = [{"extraction_number": 2}, {"extractor": "test/2"}, {"rules_version": 1}, {"reason": Reason.TOO_SHORT}]
    ids = {by_nobody.reject_id, first.reject_id, *(replace(first, **changes).reject_id for changes in others)}
    assert len(ids) == 6
    assert replace(first, detail="other words", source="b").reject_id == first.reject_id


def test_the_same_instant_in_another_zone_is_the_same_page():
    elsewhere = NOON.astimezone(timezone(timedelta(hours=8)))
    assert replace(PAGE, captured_at=NOON).page_id == replace(PAGE, captured_at=elsewhere).page_id


def test_an_absent_part_differs_from_an_empty_one():
    assert hash_of([None]) != hash_of([""])


@given(st.lists(st.text() | st.none() | st.binary()), st.lists(st.text() | st.none() | st.binary()))
def test_different_parts_have_different_hashes(left, right):
    if [part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in left] != [
        part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in right
    ]:
        assert hash_of(left) != hash_of(right)


@st.composite
def balanced(draw):
    pages, unchanged, refused, resumed = (draw(st.integers(0, 1000)) for _ in range(4))
    documents = draw(st.integers(0, pages + resumed))
    return Counts(
        input_count=pages + unchanged + refused,
        page_count=pages,
        unchanged_count=unchanged,
        read_reject_count=refused,
        resumed_page_count=resumed,
        document_count=documents,
        transform_reject_count=pages + resumed - documents,
    )


@given(balanced(), balanced())
def test_balanced_shards_add_up_to_a_balanced_run(left, right):
    assert (left + right).is_balanced


def test_a_page_without_an_end_is_out_of_balance():
    assert not Counts(input_count=1, page_count=1).is_balanced
    assert Counts(input_count=1, page_count=1, document_count=1).is_balanced
