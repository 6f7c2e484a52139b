"""Other readings of a page's text: trafilatura's, readability's, what the publisher or the feed states.

The only door to trafilatura, which carries readability along. A reading says *which* text counts; how it is broken into
paragraphs the tree's own blocks say, because extractors drop repeated ones and merge or split others.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.external import try_readability

from flows.transform.blocks import Block, blocks_of
from flows.transform.evidence import Evidence
from flows.transform.guards import guarded
from flows.transform.text import dense, squeeze

# Every short or empty page is a warning to trafilatura; to us it is a result.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

MARKUP = re.compile(r"</?(?:p|br|div|h[1-6]|ul|ol|li|span|a|em|strong)\b", re.IGNORECASE)
# A block that is links almost to its end, in a list, is navigation unless an extractor kept it.
NAVIGATION = 0.8
# Shorter passages turn up inside others by chance.
LONG_ENOUGH = 20
# Aligning takes a step for each block and each line that are equal: some thousand on pages of the same few words.
MOST_PAIRS = 100_000
# The time of trafilatura grows with the square of the elements within a paragraph: this much is a second.
MOST_STEPS = 4_000_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of the text: how it was made, the rows of the page's blocks that it holds, and lines of its own.

    `lines` are what the page itself does not show; a candidate that has some is read from them alone.
    """

    method: str
    rows: frozenset[int]
    lines: tuple[str, ...] = ()


def is_dear(root: HtmlElement) -> bool:
    """Whether a page has paragraphs of so many elements that the others take seconds for them."""
    return sum(sum(1 for _ in paragraph.iter()) ** 2 for paragraph in root.iter("p")) > MOST_STEPS


def trafilatura_lines(root: HtmlElement, *, is_precise: bool) -> list[str]:
    """The text as trafilatura has it, line by line, without its own fallbacks.

    Those are readability, which is asked by itself, and jusText, which is worth .0008 of F1 on one gold set of six and
    costs half of trafilatura's time.
    """
    result = bare_extraction(root, fast=True, favor_precision=is_precise, include_comments=False, with_metadata=False)
    # The union with a dict is a deprecated option of the library that is not asked for.
    text: str | None = getattr(result, "text", None)
    return [line for raw in (text or "").split("\n") if (line := squeeze(raw).removeprefix("- "))]


def by_trafilatura(root: HtmlElement, blocks: list[Block]) -> Candidate:
    """The blocks of which trafilatura's text consists."""
    # In a whole page precision is asked for: it is the better judge of the pages that are hard to judge.
    return Candidate("trafilatura", frozenset(aligned(blocks, trafilatura_lines(root, is_precise=True))))


def by_readability(root: HtmlElement, blocks: list[Block]) -> Candidate:
    """The blocks of the part of the page that readability takes for the article."""
    lines = [block.text for block in blocks_of(try_readability(deepcopy(root)))]
    return Candidate("readability", frozenset(aligned(blocks, lines)))


def as_stated(statements: Evidence) -> Candidate | None:
    """The article's text in the page's JSON-LD; None where it states none."""
    return _given("json_ld", statements.article_body)


def as_fed(text: str | None) -> Candidate | None:
    """The article's text as the feed that listed it gives it; None where it gives none."""
    return _given("feed", text)


def _given(method: str, text: str | None) -> Candidate | None:
    """A text that was given as such, in lines or, as many publishers do, in markup."""
    if text and MARKUP.search(text):
        lines = [block.text for block in blocks_of(guarded(text).root.find("body"))]
    else:
        lines = [line for raw in (text or "").split("\n") if (line := squeeze(raw))]
    return Candidate(method, frozenset(), tuple(lines)) if lines else None


def aligned(blocks: list[Block], lines: list[str]) -> set[int]:
    """Indexes of the blocks that the lines of a reading consist of, aligned in order."""
    texts = [dense(block.text) for block in blocks]
    wanted = [dense(line) for line in lines]
    lines_alike = Counter(wanted)
    if sum(lines_alike[text] for text in texts) > MOST_PAIRS:
        known = set(wanted)
        return {index for index, text in enumerate(texts) if text in known}
    matcher = SequenceMatcher(None, texts, wanted, autojunk=False)
    chosen = {match.a + step for match in matcher.get_matching_blocks() for step in range(match.size)}
    # A line may hold several blocks (cells of a table, parts around a line break).
    joined = "\n".join(wanted)
    chosen.update(i for i, text in enumerate(texts) if len(text) >= LONG_ENOUGH and text in joined)
    return chosen


def is_navigation(block: Block) -> bool:
    """Whether a block is a list's item that is a link almost to its end."""
    return block.is_in_list and block.link_share >= NAVIGATION


def length(texts: Iterable[str]) -> int:
    """Characters without blanks."""
    return sum(len(dense(text)) for text in texts)
