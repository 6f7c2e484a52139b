"""Near-duplicate fingerprints: the same text gives the same bytes everywhere and for ever, alike texts alike ones."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.fingerprints import LAYOUT, PLAIN_TOKEN, SPECIAL, TOKEN, minhash, similarity

HARBOUR = (
    "The harbour council met on Tuesday to talk about the new tram line, and did not agree on where it should end. "
    "Three members want it to reach the old lighthouse; the others fear for the price, which has doubled since spring. "
    "A decision is now expected in May, when the engineers will have measured the ground below the eastern pier. "
    "Until then the ferry goes on running every twenty minutes, also at night, and its tickets stay as they are. "
)
LIBRARY = (
    "A library with a garden opens next spring beside the town hall, with rooms for children and for those who read "
    "aloud. Its architect calls it a house of quiet corners, and the mayor hopes that it will be anything but quiet. "
)
GOLDEN = "7e6edad46cf1cad2ec0abeda5ea276dc"
"""The first bytes of one sentence's fingerprint, as rensa 0.5.0 made it: stored ones are compared with new ones."""


def test_a_fingerprint_stays_what_it_was_when_libraries_change():
    assert minhash("One two three four five six.")[:16].hex() == GOLDEN


def test_another_process_makes_the_same_fingerprint():
    code = f"from flows.transform.fingerprints import minhash; print(minhash({HARBOUR!r}).hex())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == minhash(HARBOUR).hex()


@pytest.mark.parametrize("text", ["", "\n", "… — !"])
def test_a_text_without_words_has_no_fingerprint(text):
    assert minhash(text) is None


def test_case_punctuation_and_line_breaks_make_no_difference():
    assert minhash(HARBOUR.upper().replace(". ", "\n\n")) == minhash(HARBOUR)


def test_an_edited_text_is_alike_and_another_one_is_not():
    edited = HARBOUR.replace("twenty minutes", "half hour")
    assert 0.75 < similarity(minhash(HARBOUR), minhash(edited)) < 1
    assert similarity(minhash(HARBOUR), minhash(LIBRARY)) < 0.1
    assert similarity(minhash(HARBOUR), minhash(HARBOUR)) == 1


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("市议会周二讨论了新的电车线路，没有就终点站达成一致，决定预计将在五月公布。", "周三"),
        ("市議会は火曜日に新しい路面電車について話し合い、終点の場所では合意に至らなかったと発表した。", "水曜"),
        ("สภาเมืองหารือเรื่องรถรางสายใหม่เมื่อวันอังคารและยังตกลงกันไม่ได้ว่าปลายทางควรอยู่ที่ใด", "พุธ"),
    ],
)
def test_scripts_without_blanks_are_compared_by_their_characters(text, edited):
    changed = text[:6] + edited + text[6:]
    assert 0.5 < similarity(minhash(text), minhash(changed)) < 1


def test_what_is_no_fingerprint_is_not_compared():
    with pytest.raises(ValueError, match="512 bytes"):
        similarity(b"", minhash(HARBOUR))


def test_a_word_with_vowel_signs_is_one_token():
    six = "पुल अगले वसंत में खुलेगा शायद"
    assert similarity(minhash(six), minhash(six + " और")) > 0.5


@given(st.text())
def test_every_text_has_a_fingerprint_of_one_size_or_none(text):
    made = minhash(text)
    assert made is None or len(made) == LAYOUT.size


@given(st.text() | st.text("aé_1橋ไ\u0301\u0915\u093f .-’"))
def test_where_no_special_character_is_the_plain_tokens_are_the_tokens(text):
    if not SPECIAL.search(text):
        assert PLAIN_TOKEN.findall(text) == TOKEN.findall(text)
