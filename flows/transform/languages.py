"""The language of a text with its script where it matters, and its words counted by that language's own rule."""

import re
from collections import Counter
from functools import cache
from typing import Any

from flows.transform.evidence import Evidence
from flows.web.sites import SiteFacts

# The first 1,500 characters give the answer of the whole text, at a hundredth of the price.
SAMPLE = 1500
# A text shorter than this says too little; then the page's own statement is believed.
ENOUGH = 60
SURE = 0.9
TAG = re.compile(r"([a-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_].*)?", re.IGNORECASE)
TRADITIONAL_REGIONS = frozenset(("TW", "HK", "MO"))
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
KANA = re.compile("[\u3041-\u309f\u30a1-\u30fa]")
HANGUL = re.compile("[\uac00-\ud7af]")
WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
# Scripts that have no blanks between words and no segmenter here: a letter counts as a word.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff]")


def language(text: str, headline: str | None, statements: Evidence, facts: SiteFacts) -> str | None:
    """BCP 47 tag of the text: what it is written in, with the headline and the page's statement where it is short."""
    if len(text) < ENOUGH:
        text = f"{headline or ''}\n{text}"
    stated = _stated(statements, facts)
    found = _by_script(text[:SAMPLE]) or _by_words(text[:SAMPLE], stated)
    return f"zh-{script(text)}" if found == "zh" else found


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
    letters = len(UNSPACED.findall(text))
    return letters + len(WORD.findall(UNSPACED.sub(" ", text) if letters else text))


def _stated(statements: Evidence, facts: SiteFacts) -> str | None:
    """The primary language that the page claims for itself, else the site's."""
    claims = [statements.stated("inLanguage"), statements.html_language, statements.first_meta("og:locale", "language")]
    for claim in [*claims, facts.language]:
        if isinstance(claim, str) and (match := TAG.fullmatch(claim.strip())):
            return match[1].lower()
    return None


def _by_script(text: str) -> str | None:
    """Chinese, Japanese or Korean by their characters; None where these are not the text's main script."""
    letters = sum(character.isalpha() for character in text)
    han, kana, hangul = (len(pattern.findall(text)) for pattern in (HAN, KANA, HANGUL))
    if not letters or han + kana + hangul < letters / 3:
        return None
    if hangul > han:
        return "ko"
    # Japanese prose is a third kana or more; Chinese texts quote a word of it at most.
    return "ja" if kana > (han + kana) / 10 else "zh"


def _by_words(text: str, stated: str | None) -> str | None:
    if sum(character.isalpha() for character in text) < ENOUGH and stated:
        return stated
    if not any(character.isalpha() for character in text):
        return stated
    found, probability = _identifier().classify(text)
    return stated if stated and probability < SURE else str(found)


@cache
def _identifier() -> Any:
    """The language model, loaded when the first text in an alphabet arrives: it takes half a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


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
