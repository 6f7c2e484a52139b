"""What the learner takes for the text of a page, what it may see of the gold, and in which form it keeps weights."""

import builtins

import numpy as np
import pytest

from flows.transform.content import scores
from tests.eval import learn, lessons
from tests.eval.lessons import UNKNOWN, snippet_labels, text_labels

FIRST = "The harbour of Lower Wick will be closed to ferries until the end of May."
SECOND = "Three piers have to be rebuilt, said the harbour master on Tuesday morning."
TEXT = f"{FIRST}\nWhy now\n{SECOND}"
BUTTON = "Sign up for the letter that tells you each day what the harbour is doing."


def test_a_block_of_the_text_is_labelled_whole_and_any_other_nought():
    assert text_labels([BUTTON, FIRST, SECOND], TEXT).tolist() == [0, 1, 1]


def test_a_long_block_that_holds_some_of_the_text_is_labelled_with_the_share():
    (share,) = text_labels([f"{FIRST} {BUTTON}"], TEXT)
    assert 0.3 < share < 0.7


def test_a_block_counts_however_its_letters_and_blanks_are_encoded():
    decomposed = "Re\u0301sume\u0301 of a long and quite eventful day in\u00a0the \u00adhar\x80bour"
    assert text_labels(["Résumé of a long and quite eventful day in the harbour"], decomposed).tolist() == [1]


def test_a_short_line_of_the_text_counts_beside_its_paragraphs():
    assert text_labels([FIRST, "Why now", SECOND], TEXT).tolist() == [1, 1, 1]


def test_the_same_short_line_far_from_the_text_is_a_button():
    blocks = ["Why now", *["Home"] * lessons.NEAR, FIRST]
    assert text_labels(blocks, TEXT)[0] == 0
    assert text_labels([*blocks[1:2], "Why now", *blocks[2:]], TEXT)[1] == 1


def test_a_short_part_of_a_line_counts_for_less_than_a_line():
    assert text_labels([FIRST, "the harbour master"], TEXT).tolist() == pytest.approx([1, lessons.PART])


def test_where_all_of_the_text_is_short_nothing_is_far_from_it():
    assert text_labels(["Closed.", *["Home"] * 20, "Until May."], "Closed.\nUntil May.").tolist() == [1, *[0] * 20, 1]


def test_a_block_without_words_is_not_the_text():
    assert text_labels(["***", "", FIRST], f"***\n{TEXT}").tolist() == [0, 0, 1]


def test_a_page_without_blocks_has_no_labels():
    assert len(text_labels([], TEXT)) == 0


def test_snippets_label_the_blocks_that_hold_them_and_no_other():
    labels = snippet_labels([BUTTON, FIRST, SECOND], ["until the\nend of May"], ["Sign up for"])
    assert labels.tolist() == [0, 1, UNKNOWN]


def test_a_snippet_of_a_few_letters_labels_nothing():
    assert snippet_labels([FIRST], ["ferry", "May"], ["The"]).tolist() == [UNKNOWN]


def test_the_learner_sees_nothing_of_the_gold_but_what_says_which_text_is_the_articles():
    known = {"text", "optional_paragraphs", "must_contain", "must_not_contain"}
    assert set(lessons.COLUMNS) - known == {"case_id", "url", "html"}


def test_all_pages_of_a_site_are_held_out_together_and_every_site_once():
    folds = [learn.fold_of(f"site{number}.example", 3) for number in range(100)]
    assert set(folds) == {0, 1, 2}
    assert folds == [learn.fold_of(f"site{number}.example", 3) for number in range(100)]


def test_the_shipped_weights_written_again_are_the_same(tmp_path):
    learn.write(scores._model(), tmp_path / "again.npz")
    with np.load(learn.WEIGHTS) as shipped, np.load(tmp_path / "again.npz") as again:
        assert set(shipped.files) == set(again.files)
        assert all(np.array_equal(shipped[name], again[name]) for name in shipped.files)
        assert all(shipped[name].dtype == again[name].dtype for name in shipped.files)


def test_without_torch_the_learner_ends_with_one_line_that_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "pages").mkdir()
    monkeypatch.setenv("BROADSHEET_GOLD_DATA", str(tmp_path))
    imported = builtins.__import__

    def without_torch(name, *rest):
        if name in ("torch", "tests.eval.network"):
            raise ModuleNotFoundError(name, name="torch")
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_torch)
    with pytest.raises(SystemExit, match=r"pip install torch==2\.13\.0$"):
        learn.main([])


@pytest.mark.parametrize("arguments", [["nowhere"], ["--folds", "1"], ["--seeds", "0"], ["--epochs", "0"]])
def test_what_cannot_be_learnt_is_refused_before_any_work(arguments, capsys):
    with pytest.raises(SystemExit):
        learn.main(arguments)
    assert "error" in capsys.readouterr().err
