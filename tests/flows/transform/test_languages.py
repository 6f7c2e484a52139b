"""What a text is written in, by its words, its characters and the page's statements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.claims import chosen_value
from flows.transform.evidence import Evidence
from flows.transform.languages import language_claims
from flows.web.sites import SiteFacts

# Made-up sentences, long enough to be told apart.
ENGLISH = (
    "The harbour wall gave way on Tuesday night, and the mayor said that it would be rebuilt before the winter. " * 2
)
GERMAN = (
    "Die Hafenmauer brach in der Nacht zum Dienstag, und die Bürgermeisterin will sie vor dem Winter erneuern. " * 2
)
BOKMAAL = "Havnemuren brast natt til tirsdag, og ordføreren sier at den skal bygges opp igjen før vinteren. " * 2
NYNORSK = (
    "Hamnemuren brast natt til tysdag, og ordføraren seier at han skal byggjast opp att før vinteren, ikkje etter. "
)
SERBIAN_LATIN = (
    "Lučki zid je popustio u noći između ponedeljka i utorka, a gradonačelnica kaže da će biti obnovljen. " * 2
)
SERBIAN = "Лучки зид је попустио у ноћи између понедељка и уторка, а градоначелница каже да ће бити обновљен. " * 2
SIMPLIFIED = "港口的墙在星期二夜里倒塌，市长说冬天以前会重新修建，学校也将关闭。" * 3
TRADITIONAL = "港口的牆在星期二夜裡倒塌，市長說冬天以前會重新修建，學校也將關閉。" * 3
JAPANESE = "港の壁が火曜日の夜に崩れ、市長は冬までに建て直すと話した。" * 3
KOREAN = "항구의 벽이 화요일 밤에 무너졌고 시장은 겨울 전에 다시 세우겠다고 말했다. " * 3


def told(text, lang=None, headline=None, **meta):
    named = {name.replace("_", "-"): [value] for name, value in meta.items()}
    return chosen_value(language_claims(text, headline, Evidence(html_language=lang, meta=named), SiteFacts()))


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        (ENGLISH, "en"),
        (GERMAN, "de"),
        (SIMPLIFIED, "zh-Hans"),
        (TRADITIONAL, "zh-Hant"),
        (JAPANESE, "ja"),
        (KOREAN, "ko"),
        (SERBIAN, "sr-Cyrl"),
    ],
)
@pytest.mark.parametrize("stated", [None, "en-US", "x-default", "und"])
def test_the_text_tells_its_language_whatever_the_template_states(text, tag, stated):
    assert told(text, stated) == tag


@pytest.mark.parametrize(
    ("text", "stated", "tag"),
    [
        (BOKMAAL, "no", "nb"),
        (BOKMAAL, "nb-NO", "nb"),
        (BOKMAAL, "nn", "nn"),
        (NYNORSK * 2, "no", "nn"),
        (SERBIAN_LATIN, "sr", "sr-Latn"),
        (SERBIAN_LATIN, "hr-HR", "hr"),
        (SERBIAN_LATIN, "bs", "bs"),
    ],
)
def test_between_languages_written_alike_the_page_decides(text, stated, tag):
    assert told(text, stated) == tag


@pytest.mark.parametrize(("stated", "tag"), [("de_AT", "de"), ("zh-TW", "zh-Hans"), ("iw", "he"), ("no", "nb")])
def test_a_text_of_a_few_words_has_the_language_that_its_page_states(stated, tag):
    assert told("OK 1", stated) == tag


def test_the_headline_helps_a_short_text():
    assert told("Video", headline=GERMAN) == "de"


def test_a_text_without_letters_has_no_language():
    assert told("12 : 3", "en") is None
    assert told("") is None


def test_characters_read_in_a_wrong_code_are_no_language():
    garbled = SIMPLIFIED.encode("gb18030").decode("latin-1")
    assert told(garbled) is None
    assert told(garbled, "zh-CN") == "zh-Hans"


def test_content_language_and_open_graph_are_statements_too():
    assert told("OK 1") is None
    assert chosen_value(language_claims("OK 1", None, Evidence(meta={"og:locale": ["fr_FR"]}), SiteFacts())) == "fr"
    assert told("OK 1", content_language="sv") == "sv"


def test_claims_say_why_the_text_was_not_believed():
    claims = language_claims("Go now", None, Evidence(html_language="nl"), SiteFacts())
    assert [(claim.value, claim.evidence, claim.refused, claim.is_chosen) for claim in claims][1:] == [
        ("nl", "html lang", None, True)
    ]
    assert claims[0].refused == "the text is too short to tell"


@given(st.text(max_size=200), st.none() | st.text(max_size=12))
def test_any_text_and_statement_has_a_language_or_none(text, stated):
    assert told(text, stated) is None or told(text, stated).split("-")[0].isalpha()
