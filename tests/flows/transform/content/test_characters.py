"""Characters counted for a whole page at once are those that a search through each text finds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.content.characters import KINDS, character_counts


@given(st.lists(st.text(st.characters(max_codepoint=0xFFFF), min_size=1, max_size=30), min_size=1, max_size=8))
def test_every_text_gets_its_own_counts(texts):
    found = [column.tolist() for column in character_counts(texts)]
    assert found == [[len(re.findall(kind, text)) for text in texts] for kind in KINDS]


@pytest.mark.parametrize(("text", "counts"), [("A1, b;", (2, 1, 1)), ("，٣Ж😀", (1, 1, 1)), ("abc", (0, 0, 0))])
def test_commas_digits_and_capitals_are_those_of_many_scripts(text, counts):
    assert tuple(int(column[0]) for column in character_counts([text])) == counts
