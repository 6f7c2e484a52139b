"""The lines over a text that say who wrote it and when; they are read and taken out of the text."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from flows.transform.blocks import Block
from flows.transform.bylines import byline_names
from flows.transform.dates import Dated
from flows.transform.noise import is_noise_line
from flows.transform.written_dates import read_date
from flows.web.sites import SiteFacts
from warehouse.model import Evidence

# Author, place, date: a head is no longer than this, and none of its lines is prose.
MOST_LINES = 6
LONGEST_LINE = 80
# Credits stand at the head or the foot of a text; in its midst such a line quotes somebody else's.
EDGE = 3
SENTENCE_ENDS = ("。", ".", "！", "？", "!", "?", "；", "”", "」", "…")


@dataclass(frozen=True, slots=True)
class Parts:
    """The blocks of a text without the lines about it, and what these say."""

    blocks: list[Block]
    bylines: list[str]
    dates: list[Dated]


def split_header(blocks: list[Block], facts: SiteFacts, *, has_head: bool = True) -> Parts:
    """The text's blocks apart from the lines over it (up to a line that is a date) and the author lines in it.

    Where the page came with its publication time there is no need to look for a head (`has_head`): what looks like
    one is then part of the text, a diary's date or a list of cases.
    """
    end = _date_line(blocks, facts) if has_head else 0
    head = [block.text for block in blocks[:end]]
    dates = [text for text in head if read_date(text, is_day_first=facts.is_day_first)]
    bylines = [text for text in head if text not in dates and not is_noise_line(text, facts)]
    rest = []
    edges = _edges(blocks[end:], facts)
    for number, block in enumerate(blocks[end:]):
        if names := byline_names(block.text, facts, is_edge=number in edges):
            bylines.append(names)
        else:
            rest.append(block)
    return Parts(rest, bylines, [Dated(Evidence.VISIBLE, text) for text in dates])


def _edges(blocks: list[Block], facts: SiteFacts) -> set[int]:
    """Which blocks stand at the head or the foot of the text; noise behind the foot does not make it the midst."""
    numbers = range(len(blocks))
    head_end, foot_start = (_edge(order, blocks, facts) for order in (numbers, reversed(numbers)))
    return {number for number in numbers if number <= head_end or number >= foot_start}


def _edge(order: Iterable[int], blocks: list[Block], facts: SiteFacts) -> int:
    """The block that is the last of an edge, in the order from that end; 0 where all is noise."""
    said = (number for number in order if not is_noise_line(blocks[number].text, facts))
    edge = list(islice(said, EDGE))
    return edge[-1] if edge else 0


def _date_line(blocks: list[Block], facts: SiteFacts) -> int:
    """How many blocks the head has; 0 where no date stands over the text."""
    for index, block in enumerate(blocks[:MOST_LINES]):
        # The lines of a head stand in one cell; a first paragraph stands apart from a date further down.
        if block.container is not blocks[0].container:
            break
        if read_date(block.text, is_day_first=facts.is_day_first):
            return _last_date(blocks, index, facts)
        if len(block.text) > LONGEST_LINE or block.text.endswith(SENTENCE_ENDS):
            break
    return 0


def _last_date(blocks: list[Block], first: int, facts: SiteFacts) -> int:
    """How far the head goes: a second date right behind the first is that of a change."""
    following = blocks[first + 1 : first + 2]
    has_second = any(read_date(block.text, is_day_first=facts.is_day_first) for block in following)
    return first + (2 if has_second else 1)
