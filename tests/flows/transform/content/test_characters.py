"""What is counted for a whole page at once is what a search through each text finds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.content.characters import PATTERNS, TOKEN, Characters, Sort, word_count

TEXTS = st.lists(
    st.text(st.characters(max_codepoint=0xFFFF), min_size=1, max_size=30)
    | st.sampled_from(["One. Two… 三。", "“Quoted.” End!", "a.b 1.5", "渡船 x_1", "?", "\n", "..."]),
    max_size=8,
)
SENTENCE_END = re.compile(r"[.!?…](?=\s|[\"”»’)]|\Z)|[。！？]")


def counted(column):
    return [int(value) for value in column]


@given(st.lists(st.text(min_size=1, max_size=30) | st.sampled_from(["𝐁𝐫𝐞𝐚𝐤𝐢𝐧𝐠 news", "𞤀𞤁 𞤂", "😀 a"]), max_size=8))
def test_words_are_counted_beyond_the_basic_plane_too(texts):
    assert counted(Characters(texts).words()) == [len(TOKEN.findall(text)) for text in texts]


@given(TEXTS)
def test_every_text_gets_its_own_counts(texts):
    characters = Characters(texts)
    for sort, pattern in PATTERNS.items():
        if sort is not Sort.BLANK:
            assert counted(characters.count(sort)) == [len(re.findall(pattern, text)) for text in texts]
    assert counted(characters.non_blanks()) == [len(re.sub(r"\s", "", text)) for text in texts]
    assert counted(characters.words()) == [len(TOKEN.findall(text)) for text in texts] == list(map(word_count, texts))
    assert counted(characters.sentences()) == [len(SENTENCE_END.findall(text)) for text in texts]


@pytest.mark.parametrize(("text", "counts"), [("A1, b;", (2, 1, 1)), ("，٣Ж😀", (1, 1, 1)), ("abc", (0, 0, 0))])
def test_commas_digits_and_capitals_are_those_of_many_scripts(text, counts):
    characters = Characters([text])
    assert tuple(int(characters.count(sort)[0]) for sort in (Sort.COMMA, Sort.DIGIT, Sort.CAPITAL)) == counts


@pytest.mark.parametrize(
    ("text", "count"),
    [("It's 7 o'clock.", 5), ("渡船重新开航", 6), ("去 Bremen 的船", 4), ("เรือ", 4), ("😀 …", 0), ("état", 1)],
)
def test_a_word_is_a_word_or_one_character_of_a_script_without_blanks(text, count):
    assert word_count(text) == count
    assert counted(Characters([text, "behind"]).words()) == [count, 1]
