"""What is told of a page that was transformed again: which field changed, how, how much, and whether that is a loss."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.changes import EXAMPLES, SHOWN_CHARACTERS, Changes, Remade, TooManyLossesError, Way, changes_of, similarity
from flows.reports import SITES_SHOWN, change_report
from tests.warehouse.records import NOON, document, page, reject
from warehouse.model import Image, Reason

SENTENCE = "The ferry to the island will sail twice a day from May, the council of the harbour town has decided. "
BEFORE = document(page(1), text=SENTENCE * 4, authors=("Ann Example",))


def told(before, now):
    return [(one.field, one.way, one.is_loss) for one in changes_of(Remade(before, now, "example.org"))]


FIELDS = {
    "nothing changed": ({}, []),
    "who extracted it, when and how sure is no change": (
        {"extractor": "test/2", "rules_version": 3, "extraction_number": 2, "text_confidence": 0.5},
        [],
    ),
    "a title changed": ({"title": "Another"}, [("title", Way.CHANGED, False)]),
    "a title lost is a loss": ({"title": None}, [("title", Way.LOST, True)]),
    "a title that is empty now is lost": ({"title": ""}, [("title", Way.LOST, True)]),
    "a time lost is a loss": ({"published_at": None}, [("published_at", Way.LOST, True)]),
    "a time moved": ({"published_at": NOON - timedelta(days=1)}, [("published_at", Way.CHANGED, False)]),
    "authors lost are no loss, as they may have been none": ({"authors": ()}, [("authors", Way.LOST, False)]),
    "a lead gained": ({"lead": "The ferry sails."}, [("lead", Way.GAINED, False)]),
    "a picture gained": ({"images": (Image("https://example.org/1.jpg"),)}, [("images", Way.GAINED, False)]),
    "a text changed": ({"text": SENTENCE * 3}, [("text", Way.CHANGED, False)]),
    "a text cut to less than half is a loss": ({"text": SENTENCE}, [("text", Way.CHANGED, True)]),
    "two fields": ({"title": "B", "section": "Sport"}, [("title", Way.CHANGED, False), ("section", Way.GAINED, False)]),
}


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_is_changed_gained_or_lost(name):
    changes, expected = FIELDS[name]
    assert told(BEFORE, replace(BEFORE, **changes)) == expected


def test_a_document_is_lost_to_a_refusal_and_gained_from_one():
    refusal = reject(page(1))
    assert told(BEFORE, refusal) == [("document", Way.LOST, True)]
    assert told(refusal, BEFORE) == [("document", Way.GAINED, False)]
    assert told(refusal, replace(refusal, detail="no text at all")) == []
    assert told(refusal, replace(refusal, reason=Reason.ERROR_PAGE)) == [("document", Way.CHANGED, False)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", 1.0),
        ("", "one", 0.0),
        ("one two three", "One, two – three!", 1.0),
        ("one two three", "one two four", 2 / 3),
        ("新华社北京电", "新华社上海电", 3 / 6),
    ],
)
def test_the_likeness_of_texts_is_that_of_the_view_edits(old, new, expected):
    assert similarity(old, new) == pytest.approx(expected)


def test_an_example_shows_both_values_from_shortly_before_where_they_part():
    end = "and then it rained. "
    (change,) = changes_of(Remade(BEFORE, replace(BEFORE, text=SENTENCE * 3 + end + SENTENCE), "example.org"))
    assert change.new.startswith("…")
    assert end in change.new
    assert len(change.new) <= SHOWN_CHARACTERS + 2
    assert change.old != change.new
    (short,) = changes_of(Remade(BEFORE, replace(BEFORE, title="Page 2"), "example.org"))
    assert (short.old, short.new) == ("Page 1", "Page 2")


def remade(number, site="example.org", **changes):
    before = document(page(number), site=site)
    return Remade(before, replace(before, **changes), site)


def test_changes_are_counted_for_all_and_for_each_site():
    changes = Changes()
    changes.add([remade(1), remade(2, title="B"), remade(3, "other.example", title="C", lead="D")])
    changes.add([remade(4, "other.example", text="text and more of it")])
    whole, other = changes.whole, changes.sites["other.example"]
    assert (whole.page_count, whole.changed_count, whole.document_count, whole.loss_count) == (4, 3, 4, 0)
    assert whole.ways == {("title", Way.CHANGED): 2, ("lead", Way.GAINED): 1, ("text", Way.CHANGED): 1}
    assert (other.page_count, other.changed_count) == (2, 2)
    assert other.similarity == whole.similarity == pytest.approx(1 / 3)
    assert changes.sites["example.org"].similarity is None
    assert changes.summary == "4 pages compared, 3 changed"


def test_examples_are_few_and_of_different_sites():
    changes = Changes()
    changes.add([remade(number, title=f"New {number}") for number in range(20)])
    changes.add([remade(number, f"{number}.example", title=f"New {number}") for number in range(20, 22)])
    examples = changes.examples["title", Way.CHANGED]
    assert len(examples) == EXAMPLES
    assert {one.site for one in examples} == {"example.org", "20.example", "21.example"}


def losing(count, of):
    return [remade(number, **({"title": None} if number < count else {})) for number in range(of)]


@pytest.mark.parametrize(("count", "of"), [(0, 100), (10, 100), (19, 19)])
def test_a_tenth_may_be_lost_and_of_a_few_documents_all(count, of):
    changes = Changes(are_losses_allowed=False)
    changes.add(losing(count, of))
    assert not changes.has_too_many_losses


def test_more_than_a_tenth_stops_a_run_unless_it_is_allowed():
    changes = Changes(are_losses_allowed=False)
    changes.add(losing(2, 30))
    with pytest.raises(TooManyLossesError, match=r"6 of 50 documents .* \(--allow-losses\)") as stopped:
        changes.add(losing(4, 20))
    assert (stopped.value.tally.loss_count, stopped.value.tally.document_count) == (6, 50)
    with pytest.raises(TooManyLossesError):
        changes.add(losing(0, 1))
    allowed = Changes(are_losses_allowed=True)
    allowed.add(losing(20, 20))
    assert allowed.has_too_many_losses


def test_pages_that_were_refused_before_have_nothing_to_lose():
    changes = Changes(are_losses_allowed=False)
    refusal = reject(page(0))
    changes.add([Remade(refusal, refusal, "example.org")] * 100)
    with pytest.raises(TooManyLossesError, match="3 of 20 documents"):
        changes.add(losing(3, 20))


def test_the_report_has_the_fields_the_sites_the_refusals_and_examples():
    changes = Changes()
    changes.add([remade(1, title="A | B"), remade(2, text="text and more of it"), remade(3)])
    changes.add([Remade(document(page(4)), replace(reject(page(4)), reason=Reason.ERROR_PAGE), "other.example")])
    report = change_report(changes)
    assert report.startswith("# What reprocess changed\n\n4 pages compared, 3 changed; documents lost: 1, gained: 0.")
    for line in (
        "| title | 1 | 0 | 0 |",
        "| document | 0 | 0 | 1 |",
        "| example.org | 3 | 2 | 0 | 0.333 | title 1, text 1 |",
        "| other.example | 1 | 1 | 1 |  | document 1 |",
        "| error_page | gained | 1 |",
        "| title | changed | Page 1 | A \\| B | https://example.org/1 |",
        "| document | lost | Page 4 | error_page: no text |  |",
    ):
        assert line in report.splitlines()
    assert "0.333 alike" in report
    assert "more than half of their text: 1." in report
    assert change_report(changes, is_trial=True).startswith("# reprocess would change")


def test_the_report_says_when_a_run_would_stop():
    changes = Changes()
    changes.add(losing(20, 20))
    assert "would stop a run" in change_report(changes, is_trial=True)


def test_a_report_of_no_change_and_of_nothing_due_is_a_line():
    changes = Changes()
    assert "no page was due" in change_report(changes)
    changes.add([remade(1)])
    assert change_report(changes) == "# What reprocess changed\n\n1 pages compared, 0 changed.\n"


def test_sites_beyond_the_first_are_summed_up():
    changes = Changes()
    changes.add([remade(number, f"{number}.example", title="New") for number in range(SITES_SHOWN + 3)])
    assert "| 3 more sites | 3 | 3 | 0 |  |  |" in change_report(changes)
