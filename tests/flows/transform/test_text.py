"""Plain text, languages and words."""

import time
from unicodedata import is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.claims import chosen_value
from flows.transform.evidence import Evidence
from flows.transform.languages import PLAIN_WORD, SPECIAL, WORD, language_claims, script, word_count
from flows.transform.text import character_count, dense, squeeze, text_hash
from flows.web.sites import SiteFacts

ENGLISH = (
    "The ferry to the island was late again this morning, and the passengers had begun to sing in order to keep warm."
)


@given(st.text())
def test_squeezing_is_total_and_idempotent_and_gives_nfc(text):
    once = squeeze(text)
    assert squeeze(once) == once
    assert is_normalized("NFC", once)


@given(st.text(), st.text())
def test_the_fingerprint_ignores_blanks_alone(left, right):
    assert (text_hash(left) == text_hash(right)) == (dense(left) == dense(right))


@given(st.text())
def test_characters_are_counted_without_blanks(text):
    assert character_count(text) == sum(not character.isspace() for character in text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("不\u200b肯 \u3000 报时", "不肯 报时"),
        ("e\u0301te\u0301", "été"),
        ("co\u00adoperate\ufeff", "cooperate"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
    ],
)
def test_invisible_characters_go_and_those_that_spell_words_stay(text, plain):
    assert squeeze(text) == plain


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        (ENGLISH, "en"),
        ("这座桥在建成五十年后终于有了名字，居民们投票选出了它。", "zh-Hans"),
        ("這座橋在建成五十年後終於有了名字，居民們投票選出了它。", "zh-Hant"),
        ("この橋は五十年たってようやく名前がつきました。", "ja"),
        ("이 다리는 오십 년 만에 이름을 얻었습니다.", "ko"),
        (
            "Der Müller sucht seit Dienstag seine Säge und verspricht dem Finder ein Brot und keine weiteren Fragen.",
            "de",
        ),
    ],
)
def test_the_language_is_that_of_the_text(text, tag):
    assert chosen_value(language_claims(text, None, Evidence(), SiteFacts())) == tag


def test_a_short_text_is_in_the_language_that_the_page_states():
    assert chosen_value(language_claims("OK", None, Evidence(html_language="da-DK"), SiteFacts())) == "da"
    assert chosen_value(language_claims("", "桥有了名字", Evidence(), SiteFacts())) == "zh-Hans"


def test_a_text_without_letters_has_no_language():
    assert chosen_value(language_claims("1234", None, Evidence(), SiteFacts())) is None


@given(st.text())
def test_language_script_and_words_are_total(text):
    chosen_value(language_claims(text, text, Evidence(), SiteFacts()))
    assert script(text) in ("Hans", "Hant")
    assert word_count(text, "zh-Hans") >= 0
    assert word_count(text, None) >= 0


def test_words_are_counted_by_the_languages_own_rule():
    assert word_count("It's a state-of-the-art ferry, no. 7.", "en") == 6
    assert word_count("今天天气很好。", "zh-Hans") < len("今天天气很好")
    assert word_count("橋です", "ja") == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("पुल अगले वसंत में खुलेगा।", 5),
        ("সেতু আগামী বসন্তে খুলবে।", 4),
        ("பாலம் அடுத்த வசந்தத்தில் திறக்கும்.", 4),
        ("فُتِحَ الجِسْرُ اليَوْمَ", 3),
        ("הַגֶּשֶׁר נִפְתָּח", 2),
        ("o\u0308ffnet um\u0301", 2),
    ],
    ids=["Hindi", "Bengali", "Tamil", "Arabic", "Hebrew", "decomposed"],
)
def test_vowel_signs_belong_to_their_word(text, words):
    assert word_count(text, None) == words


@given(st.text() | st.text("aé_1橋ไ\u0301\u0915\u093f .-’"))
def test_where_no_special_character_is_the_plain_words_are_the_words(text):
    if not SPECIAL.search(text):
        assert PLAIN_WORD.findall(text) == WORD.findall(text)


def test_a_long_row_of_letters_and_signs_is_counted_at_once():
    began = time.process_time()
    word_count("क" * 50_000 + "ि" * 50_000 + "-" * 50_000, "hi")
    assert time.process_time() - began < 1
