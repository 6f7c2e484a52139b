"""The F1 that is to be expected of a candidate, by which one is chosen."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.content.candidates import Candidate
from flows.transform.content.choice import UNSURE, _Judged

PAGES = st.lists(st.tuples(st.floats(0, 1, width=32), st.integers(0, 400)), min_size=1, max_size=7)


def judged(rows):
    probabilities, words = zip(*rows, strict=True)
    return _Judged(np.array(probabilities, dtype=np.float32), np.array(words, dtype=np.float32))


def blocks(*rows):
    return Candidate("some", frozenset(rows))


def likely(rows):
    """The subsets of what is not out of the question."""
    possible = [row for row, (probability, _) in enumerate(rows) if probability >= UNSURE]
    return (blocks(*some) for size in range(len(possible) + 1) for some in combinations(possible, size))


@given(PAGES)
def test_no_other_set_of_blocks_promises_more_than_the_best(rows):
    page = judged(rows)
    best = page.expected(page.best("blocks"))
    assert all(page.expected(other) <= best + 1e-5 for other in likely(rows))


@given(PAGES, st.lists(st.text(max_size=40), max_size=4))
def test_what_is_expected_is_a_share(rows, lines):
    page = judged(rows)
    for candidate in (page.best("blocks"), blocks(), blocks(0), Candidate("given", frozenset(), tuple(lines))):
        assert 0 <= page.expected(candidate) <= 1 + 1e-6


@given(PAGES)
def test_the_best_set_is_the_same_on_a_second_run_and_holds_rows_of_the_page_alone(rows):
    best = judged(rows).best("blocks")
    assert best == judged(rows).best("blocks")
    assert best.rows <= set(range(len(rows)))


def test_blocks_that_are_certain_are_expected_in_full():
    page = judged([(1.0, 30), (1.0, 50), (0.0, 400)])
    assert page.best("blocks").rows == {0, 1}
    assert page.expected(page.best("blocks")) == pytest.approx(1.0)


def test_a_block_that_is_as_likely_as_not_is_taken_where_most_of_the_rest_is_sure():
    assert judged([(0.95, 100), (0.6, 100)]).best("blocks").rows == {0, 1}
    assert judged([(0.95, 100), (0.2, 100)]).best("blocks").rows == {0}


def test_what_is_next_to_impossible_is_never_text():
    assert judged([(0.04, 100), (0.01, 3)]).best("blocks").rows == frozenset()


def test_nothing_is_expected_of_nothing():
    assert judged([(0.5, 0)]).expected(blocks()) == 0.0
