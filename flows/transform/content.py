"""The text of a page: which blocks of the cleaned tree it consists of. The only door to trafilatura.

Two readings are made. trafilatura says *which* text counts, judging a page as a whole; the tree's own blocks say
*how* it is broken into paragraphs, because trafilatura drops repeated ones and merges or splits others. The
answer is made of the tree's blocks:

- in a whole page those that trafilatura chose, and what stands between two of them in the same container;
- in a fragment all of them, since a feed carries the article alone, but for lists of links, where trafilatura decides.

If the blocks cannot account for what trafilatura found, its own lines are taken as they are.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from lxml.html import HtmlElement
from trafilatura import bare_extraction

from flows.transform.blocks import Block, blocks_of
from flows.transform.text import dense, squeeze

# Every short or empty page is a warning to trafilatura; to us it is a result.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

# A block that is links almost to its end, in a list, is navigation unless trafilatura kept it.
NAVIGATION = 0.8
# Blocks that hold less than this share of trafilatura's characters cannot stand for its answer.
ENOUGH = 0.9
# `MIN_EXTRACTED_SIZE` of trafilatura's settings.
JUDGED = 250
# Shorter passages turn up inside others by chance.
LONG_ENOUGH = 20
# Aligning and searching are quadratic; above this only blocks that are a whole line of the other reading count.
MOST_BLOCKS = 5000


@dataclass(frozen=True, slots=True)
class Content:
    """The chosen blocks, the smallest element that holds them all, how they were chosen, how far the readings agree.

    `confidence` is the share of characters, of both readings together, on which they agree: 1.0 where they
    hold the same text, 0.5 where trafilatura found nothing to compare with. It tells of agreement, not of truth.
    """

    blocks: list[Block]
    region: HtmlElement
    method: str
    confidence: float


def read_content(root: HtmlElement, *, is_fragment: bool) -> Content:
    """The text of a cleaned tree; no blocks where it has none."""
    body = root.find("body")
    blocks = blocks_of(body)
    # The fallbacks of trafilatura weigh the article against the page around it; a fragment has none around it.
    lines = _trafilatura_lines(root, is_fast=is_fragment)
    if is_fragment:
        return _fragment_content(blocks, lines, body)
    return _page_content(blocks, lines, body)


def _trafilatura_lines(root: HtmlElement, *, is_fast: bool) -> list[str]:
    result = bare_extraction(root, fast=is_fast, include_comments=False, with_metadata=False)
    # The union with a dict is a deprecated option of the library that is not asked for.
    text: str | None = getattr(result, "text", None)
    return [line for raw in (text or "").split("\n") if (line := squeeze(raw).removeprefix("- "))]


def _fragment_content(blocks: list[Block], lines: list[str], body: HtmlElement) -> Content:
    # Below its own limit trafilatura takes all there is; it has then judged nothing.
    found = {dense(line) for line in lines} if _length(lines) >= JUDGED else set()
    kept = [block for block in blocks if not _is_navigation(block) or dense(block.text) in found] or blocks
    return Content(kept, body, "fragment", _agreement(kept, lines))


def _is_navigation(block: Block) -> bool:
    return block.is_in_list and block.link_share >= NAVIGATION


def _page_content(blocks: list[Block], lines: list[str], body: HtmlElement) -> Content:
    chosen = _between(blocks, sorted(_chosen(blocks, lines)))
    kept = [blocks[index] for index in chosen]
    region = _common_element(kept, body)
    if _length(block.text for block in kept) >= ENOUGH * _length(lines):
        return Content(kept, region, "trafilatura", _agreement(kept, lines))
    # Which line a link stands in is not known then; that the text has it, is.
    anchors = [anchor for block in kept for anchor in block.anchors]
    taken = [
        Block(line, body, "p", 0.0, 0.0, 0.0, is_in_list=False, anchors=[] if number else anchors)
        for number, line in enumerate(lines)
    ]
    return Content(taken, region, "trafilatura_lines", _agreement([blocks[index] for index in chosen], lines))


def _chosen(blocks: list[Block], lines: list[str]) -> set[int]:
    """Indexes of the blocks that trafilatura's lines consist of, aligned in order."""
    texts = [dense(block.text) for block in blocks]
    wanted = [dense(line) for line in lines]
    if len(texts) > MOST_BLOCKS:
        known = set(wanted)
        return {index for index, text in enumerate(texts) if text in known}
    matcher = SequenceMatcher(None, texts, wanted, autojunk=False)
    chosen = {match.a + step for match in matcher.get_matching_blocks() for step in range(match.size)}
    # A line may hold several blocks (cells of a table, parts around a line break).
    joined = "\n".join(wanted)
    chosen.update(i for i, text in enumerate(texts) if len(text) >= LONG_ENOUGH and text in joined)
    return chosen


def _between(blocks: list[Block], chosen: list[int]) -> list[int]:
    """The chosen indexes, and those between two neighbours that share their container's parent with one of them."""
    result = chosen[:1]
    for left, right in pairwise(chosen):
        homes = {_home(blocks[left]), _home(blocks[right])}
        result += [i for i in range(left + 1, right) if _home(blocks[i]) in homes and not _is_navigation(blocks[i])]
        result.append(right)
    return result


def _common_element(blocks: list[Block], body: HtmlElement) -> HtmlElement:
    """The smallest element that holds all blocks; the body where there are none."""
    common: list[HtmlElement] | None = None
    for block in blocks:
        path = [*reversed(list(block.container.iterancestors())), block.container]
        common = path if common is None else [one for one, other in zip(common, path, strict=False) if one is other]
    return common[-1] if common else body


def _home(block: Block) -> tuple[HtmlElement | None, str]:
    return block.container.getparent(), block.tag


def _agreement(blocks: Sequence[Block], lines: Sequence[str]) -> float:
    """The share of both readings' characters that stands in the other one too."""
    if not lines:
        return 0.5
    texts, wanted = [dense(block.text) for block in blocks], [dense(line) for line in lines]
    total = sum(map(len, texts)) + sum(map(len, wanted))
    common = _found(texts, wanted) + _found(wanted, texts)
    return round(common / total, 3) if total else 0.5


def _found(passages: list[str], others: list[str]) -> int:
    """The characters of the passages that stand among the others, whole or as a part of one."""
    known = set(others)
    joined = "\n".join(others) if len(passages) <= MOST_BLOCKS else ""
    return sum(len(passage) for passage in passages if passage in known or passage in joined)


def _length(texts: Iterable[str]) -> int:
    return sum(len(dense(text)) for text in texts)
