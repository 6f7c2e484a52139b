"""What the weights are learnt from: each gold page as the blocks that the transform sees, and which are the text.

Gold says what the text is, not which block it came from. A block is labelled by how much of it stands in the gold
text; where gold is a few snippets, only the blocks that hold one are labelled.
"""

from bisect import bisect
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from os import cpu_count

import numpy as np
from numpy.typing import NDArray
from pyarrow import parquet

from flows.transform import images, trees
from flows.transform.article_head import headline_element
from flows.transform.blocks import Block, blocks_of
from flows.transform.content.characters import TOKEN
from flows.transform.content.features import features
from flows.transform.content.surroundings import Surroundings
from flows.transform.evidence import Evidence, read_evidence
from flows.transform.noise import remove_noise
from flows.transform.outline import Outline
from flows.transform.removals import Removals
from flows.transform.text import dense, squeeze
from flows.web.charsets import decode
from flows.web.sites import site_facts
from flows.web.urls import site_of
from tests.eval.gold import Row, folder

Labels = NDArray[np.float32]

# Of the gold only what says which text is the article's.
COLUMNS = ("case_id", "url", "html", "text", "optional_paragraphs", "must_contain", "must_not_contain")
UNKNOWN = -1.0
# Runs of four words, as the scorer counts them; a block of at least twice as many has runs enough to count.
RUN = 4
LONG_BLOCK = 8
# A shorter one is the text's if it is a line of it; if it is a part of one it may be so by chance.
SHORTEST_PART = 12
PART = 0.6
# A word or a name may be a line of the text and a button elsewhere: it counts only so near to a long block of the text.
NEAR = 6
# Shorter snippets stand in blocks by chance.
SHORTEST_SNIPPET = 6


@dataclass(frozen=True, slots=True)
class Lesson:
    """A page: its blocks' texts, features, words and labels (one row each), and its gold.

    `is_whole` says that every block is labelled; else a label may be UNKNOWN. Features are kept in half precision,
    half a million blocks of them; so are the weights.
    """

    set_name: str
    site: str
    texts: tuple[str, ...]
    features: NDArray[np.float16]
    words: NDArray[np.float32]
    labels: Labels
    is_whole: bool
    gold: Row


def lessons(sets: Iterable[str]) -> list[Lesson]:
    """All pages of the sets of which the text or a snippet is known, in the sets' order."""
    # Spawned, not forked: the parent holds torch and its threads.
    with ProcessPoolExecutor(min(cpu_count() or 1, 8), mp_context=get_context("spawn")) as pool:
        found = [lesson for name in sets for lesson in pool.map(_lesson, *zip(*_rows(name), strict=True), chunksize=8)]
    return [lesson for lesson in found if lesson]


def text_labels(blocks: Sequence[str], text: str) -> Labels:
    """How much of each block stands in the text, from 0 to 1."""
    words = [TOKEN.findall(block) for block in blocks]
    runs = set(_runs(TOKEN.findall(squeeze(text))))
    lines = [dense(squeeze(line)) for line in text.split("\n")]
    known, joined = set(lines), "".join(lines)
    labels = [
        _share(own, runs) if len(own) >= LONG_BLOCK else _short_label(dense(block) if own else "", known, joined)
        for block, own in zip(blocks, words, strict=True)
    ]
    anchors = [row for row, own in enumerate(words) if len(own) >= LONG_BLOCK and labels[row] > 0.5]
    return np.array(
        [
            label if len(own) >= LONG_BLOCK or _is_near(row, anchors) else 0.0
            for row, (label, own) in enumerate(zip(labels, words, strict=True))
        ],
        dtype=np.float32,
    )


def snippet_labels(blocks: Sequence[str], required: Iterable[str], forbidden: Iterable[str]) -> Labels:
    """1 for each block that holds a required snippet, 0 for one that holds a forbidden one, UNKNOWN for all others."""
    wanted, unwanted = _snippets(required), _snippets(forbidden)
    return np.array([_snippet_label(dense(block), wanted, unwanted) for block in blocks], dtype=np.float32)


def _rows(set_name: str) -> list[tuple[str, Row]]:
    table = parquet.read_table(folder() / "pages" / f"{set_name}.parquet", columns=list(COLUMNS))
    return [(set_name, row) for row in table.to_pylist()]


def _lesson(set_name: str, row: Row) -> Lesson | None:
    is_whole = bool(row["text"])
    if not (is_whole or row["must_contain"] or row["must_not_contain"]):
        return None
    blocks, surroundings, statements = _seen(row.pop("html"), row["url"])
    if not blocks:
        return None
    texts = tuple(block.text for block in blocks)
    table, words = features(blocks, surroundings, statements)
    labels = text_labels(texts, row["text"]) if is_whole else snippet_labels(texts, *_snippets_of(row))
    return Lesson(set_name, site_of(row["url"]), texts, table.astype(np.float16), words, labels, is_whole, row)


def _seen(body: bytes, url: str) -> tuple[list[Block], Surroundings, Evidence]:
    """The page as the text is chosen from it: the steps of `readings.py` that change the tree, in their order."""
    markup, _ = decode(body, None)
    facts = site_facts(url)
    root = trees.parse(markup)
    outline = Outline(root)
    statements = read_evidence(outline, url)
    images.reveal_lazy_pictures(root)
    headline = statements.first_meta("og:title") or statements.page_title
    removals = Removals(outline, headline_element(outline, headline))
    remove_noise(outline, facts, removals)
    images.remove_captions(root, images.marked_captions(outline, facts, removals), removals)
    cleaned = root.find("body")
    return blocks_of(cleaned), Surroundings(cleaned), statements


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Overlapping runs of words; a short text is one run."""
    return [tuple(words[start : start + RUN]) for start in range(max(1, len(words) - RUN + 1))]


def _share(words: Sequence[str], runs: set[tuple[str, ...]]) -> float:
    own = _runs(words)
    return sum(run in runs for run in own) / len(own)


def _short_label(text: str, lines: set[str], joined: str) -> float:
    if not text:
        return 0.0
    if text in lines:
        return 1.0
    return PART if len(text) >= SHORTEST_PART and text in joined else 0.0


def _is_near(row: int, anchors: Sequence[int]) -> bool:
    """Whether one of the anchors, which are in order, is near; where there are none, nothing is far."""
    after = bisect(anchors, row)
    return not anchors or any(abs(anchor - row) <= NEAR for anchor in anchors[max(after - 1, 0) : after + 1])


def _snippets_of(row: Row) -> tuple[list[str], list[str]]:
    return row["must_contain"] or [], row["must_not_contain"] or []


def _snippets(snippets: Iterable[str]) -> list[str]:
    return [dense(squeeze(snippet)) for snippet in snippets if len(snippet) >= SHORTEST_SNIPPET]


def _snippet_label(text: str, wanted: Sequence[str], unwanted: Sequence[str]) -> float:
    if any(snippet in text for snippet in wanted):
        return 1.0
    return 0.0 if any(snippet in text for snippet in unwanted) else UNKNOWN
