"""The language of a text with its script where it matters, and its words counted by that language's own rule."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from flows.transform.claims import Claim, first_possible, with_choice
from flows.transform.evidence import Evidence, strings_in
from flows.transform.text import MARKS
from flows.web.sites import SiteFacts

# The first 1,500 characters give the answer of the whole text, at a hundredth of the price.
SAMPLE = 1500
# A text shorter than this says too little; then the page's own statement is believed.
ENOUGH = 60
SURE = 0.9
# What is less likely, of all languages that the model knows, is no prose: a table, or characters read in a wrong code.
LIKELY = 0.5
# A glimpse of the text is told right nearly as often as a sample of it, at a quarter of the price.
GLIMPSE = 400
CERTAIN = 0.99
LONGEST_TAG = 40
NO_LANGUAGE = "zxx"
STATED_IN = ("og:locale", "content-language", "language", "dc.language", "dcterms.language")
# Languages that the words of a news text hardly tell apart: a statement of the page does. (`no` is no such statement:
# it covers both `nb` and `nn`.)
ALIKE = (
    frozenset(("nb", "nn", "da")),
    frozenset(("sr", "hr", "bs", "sh")),
    frozenset(("id", "ms")),
    frozenset(("en", "pcm")),
    frozenset(("fa", "prs")),
    frozenset(("hi", "mr", "ne", "bho", "mai")),
    frozenset(("pt", "gl")),
)
# Older or wider names of a language: Norwegian without more is Bokmål, as nine in ten of its pages are written.
RENAMED = {"no": "nb", "iw": "he", "in": "id", "ji": "yi", "cn": "zh", "jp": "ja", "kr": "ko", "cmn": "zh", "mo": "ro"}
CYRILLIC_OR_LATIN = frozenset(("sr", "uz"))
CYRILLIC = re.compile("[\u0400-\u04ff]")
TAG = re.compile(r"([a-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_].*)?", re.IGNORECASE)
TRADITIONAL_REGIONS = frozenset(("TW", "HK", "MO"))
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
KANA = re.compile("[\u3041-\u309f\u30a1-\u30fa]")
HANGUL = re.compile("[\uac00-\ud7af]")
WORD = re.compile(rf"[^\W_]+(?:[{MARKS}]+[^\W_]*)*(?:['’.-][^\W_]+(?:[{MARKS}]+[^\W_]*)*)*")
PLAIN_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
# Scripts that have no blanks between words and no segmenter here: a letter counts as a word.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff]")
# Most texts have none of these, and their words are found in half the time.
SPECIAL = re.compile(f"[_{MARKS}{UNSPACED.pattern[1:]}")


def language_claims(text: str, headline: str | None, statements: Evidence, facts: SiteFacts) -> list[Claim]:
    """What speaks for each language, by rank: the text, then the page's statements, then what is known of its site.

    Statements are often those of a template. They decide where the text is too short or of no clear language, and
    between languages that are written nearly alike.
    """
    if len(text) < ENOUGH:
        text = f"{headline or ''}\n{text}"
    stated = [claim for place, tag in _statements(statements, facts) if (claim := _stated(place, tag))]
    found = _found(text, [str(claim.value) for claim in stated])
    claims = [*([found] if found else []), *stated]
    if not any(map(str.isalpha, text[:SAMPLE])):
        claims = [replace(claim, refused="the page has no words") for claim in claims]
    claims = [replace(claim, value=_with_script(claim.value, text)) for claim in claims]
    return with_choice(claims, first_possible(claims))


def script(text: str) -> str:
    """`Hans` or `Hant`: which of the two characters that only one of them uses are more frequent in the text."""
    simplified, traditional = _characters()
    counted = Counter(text)
    ours = sum(count for character, count in counted.items() if character in simplified)
    theirs = sum(count for character, count in counted.items() if character in traditional)
    return "Hant" if theirs > ours else "Hans"


def word_count(text: str, tag: str | None) -> int:
    """Words as the language has them: between blanks, or by segmentation in Chinese."""
    if tag and tag.startswith("zh"):
        import rjieba

        return sum(word.isalnum() or bool(WORD.search(word)) for word in rjieba.cut(text))
    if not SPECIAL.search(text):
        return len(PLAIN_WORD.findall(text))
    letters = len(UNSPACED.findall(text))
    return letters + len(WORD.findall(UNSPACED.sub(" ", text) if letters else text))


def _statements(statements: Evidence, facts: SiteFacts) -> Iterator[tuple[str, Any]]:
    yield "json_ld inLanguage", next(strings_in(statements.stated("inLanguage"), "alternateName"), None)
    yield "html lang", statements.html_language
    for name in STATED_IN:
        yield name, statements.first_meta(name)
    yield (
        "json_ld inLanguage of the page",
        next(strings_in(statements.web_page.get("inLanguage"), "alternateName"), None),
    )
    yield "site", facts.language


def _stated(place: str, tag: Any) -> Claim | None:
    """A statement as a claim for the primary language that it names."""
    match = TAG.fullmatch(tag.strip()) if isinstance(tag, str) and len(tag) <= LONGEST_TAG else None
    return Claim(match[1].lower(), place, raw=str(tag)) if match else None


def _found(text: str, stated: list[str]) -> Claim | None:
    """What the text is written in, refused where the page's statement knows better."""
    if by_script := _by_script(text[:SAMPLE]):
        return Claim(by_script, "script of the text")
    if not any(map(str.isalpha, text[:SAMPLE])):
        return None
    found, probability = _by_words(text, stated)
    refused = _why_not(found, probability, text, stated)
    return Claim(found, "words of the text", score=probability, refused=refused)


def _why_not(found: str, probability: float, text: str, stated: list[str]) -> str | None:
    is_short = sum(map(str.isalpha, text[:SAMPLE])) < ENOUGH
    if is_short and (stated or probability < SURE):
        return "the text is too short to tell"
    if not stated and found != NO_LANGUAGE and probability >= LIKELY:
        return None
    if not stated or found == NO_LANGUAGE or (probability < SURE and found not in stated):
        return "the text is of no clear language"
    alike = next((group for group in ALIKE if found in group), frozenset())
    if alike and stated[0] in alike and stated[0] != found:
        return "the page states one that is written nearly alike"
    return None


def _by_script(text: str) -> str | None:
    """Chinese, Japanese or Korean by their characters; None where these are not the text's main script."""
    letters = sum(map(str.isalpha, text))
    han, kana, hangul = (len(pattern.findall(text)) for pattern in (HAN, KANA, HANGUL))
    if not letters or han + kana + hangul < letters / 3:
        return None
    if hangul > han:
        return "ko"
    # Japanese prose is a third kana or more; Chinese texts quote a word of it at most.
    return "ja" if kana > (han + kana) / 10 else "zh"


def _by_words(text: str, stated: list[str]) -> tuple[str, float]:
    """The language of the words and its probability; a few lines are enough where they agree with a statement."""
    found, probability = _identifier().classify(text[:GLIMPSE])
    if found not in stated or probability < CERTAIN:
        found, probability = _identifier().classify(text[:SAMPLE])
    return RENAMED.get(found, str(found)), float(probability)


def _with_script(primary: str, text: str) -> str:
    """A language by its present name, with its script where it is written in two."""
    primary = RENAMED.get(primary, primary)
    if primary == "zh":
        return f"zh-{script(text)}"
    if primary in CYRILLIC_OR_LATIN:
        return f"{primary}-{'Cyrl' if len(CYRILLIC.findall(text[:SAMPLE])) > len(text[:SAMPLE]) / 4 else 'Latn'}"
    return primary


@cache
def _identifier() -> Any:
    """The language model, loaded when the first text in an alphabet arrives: it takes a second."""
    from flows.transform.language_model import CompactIdentifier

    return CompactIdentifier()


@cache
def _characters() -> tuple[frozenset[str], frozenset[str]]:
    """Characters that only simplified, and only traditional text uses, by OpenCC's character tables."""
    import opencc

    every = [chr(code) for code in range(0x3400, 0xA000)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(every)).split("\n")
    traditional = opencc.OpenCC("s2t").convert("\n".join(every)).split("\n")
    only_traditional = frozenset(c for c, s, t in zip(every, simplified, traditional, strict=True) if s != c and t == c)
    only_simplified = frozenset(c for c, s, t in zip(every, simplified, traditional, strict=True) if t != c and s == c)
    return only_simplified, only_traditional
