"""What stands in a page's text and is not part of it: widgets, adverts, share blocks, credits, footers.

Elements are taken out before extraction, because an extractor that never sees them cannot be misled; what
can only be told by its words is taken out of the blocks afterwards.
"""

import re
from collections.abc import Iterable
from functools import cache

from flows.transform.blocks import Block
from flows.transform.outline import Outline
from flows.transform.removals import RAW, Removals
from flows.transform.selectors import compiled
from flows.web.sites import SiteFacts

# A credit line names people and their parts in a few words; a longer block that begins like one is prose.
LONGEST_CREDIT = 160
# A label and the titles of other articles behind it: most of the line is link.
MOSTLY_LINK = 0.5
ALL_LINK = 0.95
LONGEST_TITLE = 60
QUOTES = ("blockquote", "q")
LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def remove_noise(outline: Outline, facts: SiteFacts, removals: Removals) -> None:
    """Take the elements out that the facts name, with all that is in them; text behind them stays."""
    words = []
    # Code and fields show none of the page's words, of which no other element must take most: they go first. A field
    # with paragraphs in it was left open.
    for element in compiled(facts.noise_selectors).among(outline):
        if element.tag not in RAW:
            words.append(element)
        elif element.getparent() is not None:
            element.drop_tree()
    removals.open_links(outline)
    fields = [element for element in outline.of("select") if removals.is_of_article(element)]
    for element in (*fields, *words):
        removals.take_out(element)


def without_noise(blocks: Iterable[Block], facts: SiteFacts) -> list[Block]:
    """The blocks that are text, with noise cut out of those that hold some."""
    kept: list[Block] = []
    is_related = False
    for block in blocks:
        if is_tail(block.text, facts):
            break
        label = _any_of(facts.related_labels).match(block.text)
        is_label = label is not None and (label.end() == len(block.text) or block.link_share >= MOSTLY_LINK)
        # Under the label of related articles every block that is a link belongs to it, up to the first that is text.
        is_related = is_label or (is_related and block.link_share >= ALL_LINK)
        block.text = without_noise_texts(block.text, facts)
        if block.text and not is_related and not is_noise_line(block.text, facts):
            kept.append(block)
    return _without_link_tail(kept)


def _without_link_tail(blocks: list[Block]) -> list[Block]:
    """The blocks without links to other articles at their end; a text of links alone stays as it is."""
    end = len(blocks)
    while end and _is_link_line(blocks[end - 1]):
        end -= 1
    return blocks[:end] if end else blocks


def _is_link_line(block: Block) -> bool:
    """Whether a block is the title of another article: a link, perhaps behind a label, and no sentence or quotation."""
    is_title = len(block.text) <= LONGEST_TITLE and not block.text.endswith(("。", "！", "？", ".", "”"))
    return block.tag not in QUOTES and is_title and block.link_share >= MOSTLY_LINK


def is_noise_line(text: str, facts: SiteFacts) -> bool:
    """Whether a whole block is noise or a credit."""
    if not LETTER_OR_DIGIT.search(text):
        # Rules of signs (=====) and stray brackets; an ellipsis on its own stands for text left out.
        return "…" not in text
    if _any_of(facts.noise_lines).fullmatch(text):
        return True
    return len(text) <= LONGEST_CREDIT and bool(_any_of(facts.credit_lines).fullmatch(text))


def is_tail(text: str, facts: SiteFacts) -> bool:
    """Whether the article is over here: all that follows belongs to the page, not to the text."""
    return bool(facts.tail_lines) and bool(_any_of(facts.tail_lines).fullmatch(text))


def without_noise_texts(text: str, facts: SiteFacts) -> str:
    """The text without the pieces that are noise wherever they stand."""
    return _any_of(facts.noise_texts).sub("", text).strip() if facts.noise_texts else text


@cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for all; an empty set matches nothing."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) if patterns else r"(?!)", re.IGNORECASE)
