"""Plain text: one form for blanks and characters, counts, fingerprints. Each function is total and idempotent."""

import hashlib
import re
from unicodedata import normalize

# Soft hyphen, zero-width space, direction marks, word joiner, byte order mark: layout, not text.
INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
# The joiners spell words in Persian and Indic scripts and glue emoji; after Latin, Cyrillic and CJK they are debris.
STRAY_JOINERS = re.compile(
    "(?<![\u0590-\u0fff\u1000-\u109f\u1780-\u17ff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]+"
)
CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Vowel signs and points that belong to the letter before them, which `\w` does not know: combining accents, Hebrew and
# Arabic points, and the Indic blocks but for their full stops. Without them a word of Hindi counts as its syllables.
MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0963\u0966-\u096f\u0971-\u0dff"
)


def squeeze(text: str) -> str:
    """One line: NFC, no invisible or control characters, every run of blanks one space, none at the ends."""
    joined = " ".join(text.split())
    if joined.isprintable():
        # None of the characters below is printable, and all blanks are single spaces by now.
        return joined if joined.isascii() else normalize("NFC", joined)
    visible = STRAY_JOINERS.sub("", INVISIBLE.sub("", CONTROL.sub("", text)))
    return " ".join(normalize("NFC", visible).split())


def squeeze_or_none(text: str | None) -> str | None:
    """The text as `squeeze` gives it; None where nothing is left."""
    return squeeze(text) or None if text else None


def dense(text: str) -> str:
    """The text without any blank, to compare passages however they are broken."""
    return "".join(text.split())


def character_count(text: str) -> int:
    """Characters without white space."""
    return len(dense(text))


def text_hash(text: str) -> str:
    """Fingerprint of the text's characters: equal for texts that differ in blanks and line breaks alone."""
    return hashlib.sha256(dense(text).encode("utf-8", "surrogatepass")).hexdigest()[:32]
