"""The text of a page: every block is scored, the candidates are weighed by these scores, the best one is the text.

In a whole page each block has a probability of belonging to the text (`scores.py`). The score of a candidate is the
F1 that is to be expected of it: twice the words that it is expected to have right, over its words and all that are
expected to be the text's. The first candidate is the set of blocks for which that is highest. Where even that is not
sure, and the page has not too many blocks, trafilatura and readability are asked, and their votes count as much as the
score does. What JSON-LD or the feed gives competes where the page shows far less.

A fragment is the article alone, since a feed carries nothing else: all its blocks are the text, but for lists of
links, where trafilatura decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from flows.transform.blocks import Block, blocks_of
from flows.transform.claims import Claim
from flows.transform.content.candidates import (
    Candidate,
    as_fed,
    as_stated,
    by_readability,
    by_trafilatura,
    is_dear,
    is_navigation,
    length,
    trafilatura_lines,
)
from flows.transform.content.characters import word_count
from flows.transform.content.features import features
from flows.transform.content.scores import scores
from flows.transform.content.surroundings import Surroundings
from flows.transform.evidence import Evidence
from flows.transform.limits import FULL, Limits
from flows.transform.text import dense

Numbers = NDArray[np.float32]

# Below this expected F1 (some 1 % of pages) the others are asked. On sites that were held out of the learning their
# votes change little: on the gold set `trafilatura` .1 points more of what must be in the text, for .1 more of what
# must not, and .04 points of F1 at most on the six others. From here to .9, as many pages again, they gain .1 points of
# F1 on two sets and lose as much on two, and cost 40 ms each, on pages that are slow already. Readability's alone
# changes none of these by .1, but it finds texts where nothing else does: in pages that are one long link.
SURE = 0.85
# More than half of the unsure pages have more blocks: lists, shops and wikis. There the others take 15 to 590 ms a
# page, six sevenths of all that they cost. Asked there too they gain, of held-out sites again, .4 points more of what
# must be in the text on that set, and less than .1 of F1 on the others.
MOST_ASKED_ABOUT = 150
# Searching is quadratic; above this only blocks that are a whole line of the other reading count.
MOST_BLOCKS = 5000
# How likely a line is to be the article's that the publisher or the feed gives and the page does not show; and how much
# more text they must give than the page shows to be taken for it: what they give is often one long line, or cut.
GIVEN = 0.7
MUCH_MORE = 2.0
# Below this a text is no more than a line or two, and nothing speaks for it.
UNSURE = 0.05
# `MIN_EXTRACTED_SIZE` of trafilatura's settings: below it trafilatura takes all there is, and has judged nothing.
JUDGED = 250


@dataclass(frozen=True, slots=True)
class Content:
    """The chosen blocks, the smallest element that holds them all, how they were chosen, how sure that is.

    `confidence` is the F1 that is expected of the choice. Of a fragment it is the share of characters on which
    trafilatura agrees, 0.5 where that found nothing to compare with. `claims` are the candidates with their scores.
    """

    blocks: list[Block]
    region: HtmlElement
    method: str
    confidence: float
    claims: list[Claim]


def read_content(
    root: HtmlElement, statements: Evidence, fed: str | None = None, *, is_fragment: bool, limits: Limits = FULL
) -> Content:
    """The text of a cleaned tree, `fed` being what the feed gives of it; no blocks where there is none."""
    body = root.find("body")
    blocks = blocks_of(body)
    if is_fragment:
        return _fragment_content(root, blocks, body, limits)
    given = [candidate for candidate in (as_stated(statements), as_fed(fed)) if candidate]
    if not blocks:
        return _given_content(given, body)
    table, words = features(blocks, Surroundings(body), statements)
    return _page_content(root, blocks, _Judged(scores(table, words), words), given, limits)


def _page_content(
    root: HtmlElement, blocks: list[Block], judged: "_Judged", given: list[Candidate], limits: Limits
) -> Content:
    candidates = [judged.best("blocks")]
    is_unsure = judged.expected(candidates[0]) < SURE and len(blocks) <= MOST_ASKED_ABOUT
    if is_unsure and limits.has_fallbacks and not is_dear(root):
        others = [by_trafilatura(root, blocks), by_readability(root, blocks)]
        judged = judged.with_votes(others)
        candidates += [*others, judged.best("vote")]
    candidates += [one for one in given if _word_count(one.lines) > MUCH_MORE * judged.word_count(candidates[-1])]
    scored = [(judged.expected(candidate), candidate) for candidate in candidates]
    # Of two that hold the same the first one names the method.
    score, winner = max(scored, key=lambda pair: pair[0])
    body = root.find("body")
    chosen = [blocks[row] for row in sorted(winner.rows)]
    claims = [_claim(candidate, score, is_chosen=candidate is winner) for score, candidate in scored]
    kept = _blocks_of_lines(winner.lines, body) if winner.lines else chosen
    return Content(kept, _common_element(chosen, body), winner.method, round(score, 3), claims)


class _Judged:
    """A page's blocks with their probabilities and words, by which candidates are scored."""

    def __init__(self, probabilities: Numbers, words: Numbers) -> None:
        self._probabilities = probabilities
        self._words = words
        self._expected_words = probabilities * words

    def with_votes(self, others: Sequence[Candidate]) -> "_Judged":
        """The same blocks, judged by the mean of their probability and of what each of the others says of them."""
        votes = np.zeros_like(self._probabilities)
        for other in others:
            votes[sorted(other.rows)] += 1
        mean = (self._probabilities + votes) / np.float32(1 + len(others))
        return _Judged(mean.astype(np.float32), self._words)

    def best(self, method: str) -> Candidate:
        """The blocks of which the highest F1 is to be expected: the likeliest ones, down to where more would cost."""
        order = np.argsort(-self._probabilities, kind="stable")
        right, taken = np.cumsum(self._expected_words[order]), np.cumsum(self._words[order])
        expected = 2 * right / np.maximum(taken + self._expected_words.sum(), 1)
        likely = order[: int(np.argmax(expected)) + 1]
        return Candidate(method, frozenset(int(row) for row in likely if self._probabilities[row] >= UNSURE))

    def expected(self, candidate: Candidate) -> float:
        """The F1 that is to be expected of a candidate."""
        rows = sorted(candidate.rows)
        given = _word_count(candidate.lines)
        right = float(self._expected_words[rows].sum()) + GIVEN * given
        every = max(float(self._expected_words.sum()), right)
        return 2 * right / max(self.word_count(candidate) + every, 1.0)

    def word_count(self, candidate: Candidate) -> float:
        """The words of a candidate."""
        return float(self._words[sorted(candidate.rows)].sum()) + _word_count(candidate.lines)


def _given_content(given: list[Candidate], body: HtmlElement) -> Content:
    """What the publisher or the feed gives, where the page shows nothing."""
    if not given:
        return Content([], body, "none", 0.0, [])
    longest = max(given, key=lambda candidate: _word_count(candidate.lines))
    claims = [_claim(candidate, GIVEN, is_chosen=candidate is longest) for candidate in given]
    return Content(_blocks_of_lines(longest.lines, body), body, longest.method, GIVEN, claims)


def _fragment_content(root: HtmlElement, blocks: list[Block], body: HtmlElement, limits: Limits) -> Content:
    lines = trafilatura_lines(root, is_precise=False) if limits.has_fallbacks and not is_dear(root) else []
    # Below its own limit trafilatura takes all there is; it has then judged nothing.
    found = {dense(line) for line in lines} if length(lines) >= JUDGED else set()
    kept = [block for block in blocks if not is_navigation(block) or dense(block.text) in found] or blocks
    confidence = _agreement(kept, lines)
    claim = Claim(length(block.text for block in kept), "fragment", score=confidence, is_chosen=True)
    return Content(kept, body, "fragment", confidence, [claim])


def _claim(candidate: Candidate, score: float, *, is_chosen: bool) -> Claim:
    value = f"{len(candidate.rows)} blocks" if candidate.rows else f"{len(candidate.lines)} lines"
    return Claim(value, candidate.method, score=score, is_chosen=is_chosen)


def _word_count(lines: Iterable[str]) -> int:
    return sum(map(word_count, lines))


def _blocks_of_lines(lines: Iterable[str], body: HtmlElement) -> list[Block]:
    """Lines that stand nowhere on the page, as if they were paragraphs of it."""
    return [Block(line, body, "p", 0.0, 0.0, 0.0, is_in_list=False, anchors=[]) for line in lines]


def _common_element(blocks: list[Block], body: HtmlElement) -> HtmlElement:
    """The smallest element that holds all blocks; the body where there are none."""
    first, *others = dict.fromkeys(block.container for block in blocks) or (body,)
    around = [first, *first.iterancestors()]
    levels = {element: level for level, element in enumerate(around)}
    return around[max((_level(other, levels) for other in others), default=0)]


def _level(element: HtmlElement, levels: Mapping[HtmlElement, int]) -> int:
    """How far out the innermost element is that holds this one and is among those of known levels."""
    while element not in levels:
        element = element.getparent()
    return levels[element]


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
