"""Which of many patterns a text holds, found in one pass."""

import re

from hypothesis import given
from hypothesis import strategies as st

from flows.transform.content.patterns import PatternSet
from flows.transform.content.surroundings import KINDS

NAMES = PatternSet(KINDS.values())


PIECES = [*"abcdefghilmnoprstuvxy-_ ", "nav", "share", "article", "ad", "comment"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_one_pass_finds_what_each_pattern_finds_alone(names):
    alone = sum(1 << index for index, pattern in enumerate(KINDS.values()) if re.search(pattern, names))
    assert NAMES.found_in(names) == alone


def test_text_that_is_no_unicode_is_searched_all_the_same():
    assert PatternSet(["b+"]).found_in("a\ud800b") == 1
    assert PatternSet(["b+"]).found_in("") == 0
