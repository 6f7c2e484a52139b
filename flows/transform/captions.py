"""Captions of pictures without the credits of photographers and agencies, and without the words of buttons."""

import re

from lxml.html import HtmlElement

from flows.transform.blocks import blocks_of
from flows.transform.text import squeeze

LONGEST_CAPTION = 1000
LABELS = (
    r"(?:(?:image|photo|picture|foto|bild) ?)?credits?|photos?|photographs?|photography|pictures?|images?"
    r"|courtesy|sources?|fotos?|bild(?:er|quelle)?|quellen?|fotograf(?:ie|in)?|cr[ée]dits?(?: photo)?"
    r"|cr[ée]dito|fuente|fonte|fot\.?|zdj\.?|zdjęcie|źródło|kuva|фото|источник|φωτογραφία|fotoğraf|kaynak|图片来源"
    r"|圖片來源|图源|摄影|攝影|写真|사진 ?출처|사진"
)
AGENCIES = (
    r"ap(?: photo)?|afp|reuters|epa|efe|dpa|ansa|apa|belga|keystone|ntb|tt|xinhua|tass|kyodo|anadolu"
    r"|pa(?: media| wire)?|sipa|zuma ?press|imago(?: images)?|picture[ -]alliance|getty(?: images)?"
    r"|shutterstock|unsplash|pexels|pixabay|i?stock|adobe ?stock|alamy|bloomberg|lapresse|europa ?press"
    r"|wikimedia(?: commons)?"
)
# What parts a caption from its credit: a stop, a bracket, a dash, or a capital after a blank; within a sentence
# `photo by` and `pictures:` are words like others. A credit is a name or two and begins with a capital.
BREAK = r"(?:[.»”\"'’!?。)\]—–|/-]\s?[(\[（【]?|\s[(\[（【«—–|/-]\s?|\s(?=[A-ZÀ-Þ\u0370-\uffff]))"
REST = r"\s?(?![a-zß-ÿ])[^.!?。！？\[\](（]{1,100}[.)\]）】]{0,2}$"
CREDITS = (
    # Photo: Ann Example/Agency · [Photo = …] · Picture by Ann Example
    re.compile(rf"{BREAK}(?i:{LABELS})\s?(?:[:：=＝]|by\s|via\s){REST}"),
    # © Ann Example
    re.compile(rf"(?:\s[(\[（|/–—-])?\s?(?:©|\([cC]\)|\b[Cc]opyright\b){REST}"),
    # (Ann Example/Agency) · (Agency)
    re.compile(rf"\s?[(\[（](?:[^()\[\]（）]{{1,60}}[/|])?\s?(?i:{AGENCIES})[)\]）]\.?$"),
    # A sentence. Ann Example/Agency
    re.compile(rf"(?<=[.!?»”\"])\s?[^.!?\d/|]{{1,40}}\s?[/|]\s?(?i:{AGENCIES})$"),
    re.compile(r"(?i)\s(?:vis mer|visa mer|show more|read more|open in gallery|view image in fullscreen)$"),
)
# At its beginning a label may also stand before a caption (`Photo: the mayor opens the bridge`); names have capitals.
ALONE = re.compile(rf"(?i:\(?(?:{LABELS})\s?(?:[:：]|by\b)|©|\(c\))\s?(?:[A-ZÀ-Þ][\w.'’-]*[ ,/|&-]{{0,3}}){{1,10}}\)?")
# Systems set credits apart in boxes of these names.
CREDIT_NAMES = frozenset((
    "credit", "credits", "copyright", "copyrights", "photographer", "photocredit", "byline", "rights", "fotograf",
    "urheber",
))  # fmt: skip
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def caption_text(element: HtmlElement, label: re.Pattern[str]) -> str | None:
    """The words of a caption's element without its label and credits; None where nothing else stands there."""
    words = " ".join(block.text for block in blocks_of(element) if not _is_credit(block.container, element))
    return without_credits(squeeze(label.sub("", words, count=1)[:LONGEST_CAPTION])) or None


def without_credits(caption: str) -> str:
    """A caption without credits and buttons at its end, empty where it is nothing else: total and idempotent."""
    while (shorter := _without_last(caption)) != caption:
        caption = shorter
    return caption


def _without_last(caption: str) -> str:
    if ALONE.fullmatch(caption):
        return ""
    for credit in CREDITS:
        # The full stop of the sentence before the credit is the caption's.
        if match := credit.search(caption):
            kept = caption[: match.start()] + ("" if match[0][:1].isspace() else match[0][:1].strip("(—–|/-©（[ "))
            return kept.strip()
    return caption


def _is_credit(container: HtmlElement, caption: HtmlElement) -> bool:
    """Whether a block stands in a box of its own for credits within the caption."""
    for box in (container, *container.iterancestors()):
        if box is caption:
            return False
        if not CREDIT_NAMES.isdisjoint(word.lower() for word in WORD.findall((box.get("class") or "")[:300])):
            return True
    return False
