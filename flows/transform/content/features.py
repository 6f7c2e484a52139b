"""What can be seen of each block without reading the page as a person would: a row of numbers for the score to weigh.

Four sorts of evidence, as in boilerplate removal since Kohlschütter et al. (2010): the words of the block, its
markup, where it stands (`surroundings.py`), and its neighbours in the same container. The weights were learnt for
exactly these columns in exactly this order.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.transform.blocks import HEADINGS, Block
from flows.transform.content.characters import Characters, Marks, Sort
from flows.transform.content.patterns import PatternSet
from flows.transform.content.surroundings import ANCESTORS, KINDS, Place, Surroundings
from flows.transform.evidence import Evidence, unescaped
from flows.transform.text import dense, squeeze

Column = NDArray[np.float32]
Indices = NDArray[np.int64]

TAGS = (
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "div", "td", "th", "blockquote", "figcaption", "pre", "dd", "dt"),
    *("section", "article", "form", "footer", "address", "caption", "body", "center", "main", "header", "aside"),
)
TAG_BITS = {tag: 1 << index for index, tag in enumerate(TAGS)}
ENDINGS = frozenset(".!?。！？…;:»”\"'’)")
ADDRESS = re.compile(r"https?://|www\.|@")
# One of these is in every address: to look for them, first in the whole page, costs less than the expression.
ADDRESS_PARTS = ("://", "www.", "@")
# What short lines around an article say, in the languages of the web's larger presses.
PHRASES = {
    "rights": r"©|copyright|all rights reserved|alle rechte|版权|版權",
    "more": r"read more|read also|related|see also|more (?:on|from)|recommended|mehr zum thema|lesen sie|lire aussi"
    r"|à lire"
    r"|leer más|lea también|leggi anche|leia|更多|相关|相關|延伸|推荐|click here|view all|show more|weiterlesen|czytaj"
    r"|zobacz|читайте|διαβάστε|関連|you may|don't miss|most (?:read|popular)|trending",
    "join": r"subscri|newsletter|sign up|log ?in|register|abonn|anmelden|cookie|privacy|terms of|e-?mail|inscri|suscr"
    r"|订阅|登录|注册|подпи|zapisz|εγγραφ",
    "share": r"\bshare|facebook|twitter|whatsapp|linkedin|instagram|teilen|partager|compart|分享|pinterest"
    r"|telegram|follow us",
    "photo": r"photo|image|foto|bild|credit|getty|reuters|图片|圖片|摄影|攝影|写真|фото|zdjęcie|φωτο|\bap\b|afp|dpa",
    "advert": r"advert|anzeige|werbung|sponsor|publicité|publicidad|广告|廣告|promo|reklam|реклама|affiliate",
    "date": r"\b(?:19|20)\d\d\b|\d{1,2}[:.]\d{2}|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|[年月]",
    "by": r"^(?:by|von|par|por|di|written by|author|autor|作者|记者|記者|posted|text|tekst)\b|updated|published"
    r"|veröffentlicht|发布|发表|来源|published",
    "comment": r"\bcomments?\b|\breply\b|kommentar|评论|評論|коммент|σχόλι|komentarz",
    "code": r"function\s*\(|\bvar\s|=>|\{\s*$|\bimport\s|</?\w+>|\bconst\s",
}
SAYINGS = PatternSet(PHRASES.values())
# A label is short; in longer blocks the same words are prose.
LABEL = 160
# Titles shorter than this stand in many lines by chance, and so do the first letters of longer ones.
SHORTEST_TITLE = 8
SHORTEST_START = 15
SHORTEST_SUMMARY = 25
COMPARED = 60
# A paragraph of prose; the containers are weighed by these.
PROSE = 80
MOSTLY_LINK = 0.5
FAR = 12
LEVELS = 4
COLUMNS = 167
"""How many columns there are; `weights.npz` has a weight for each."""


class Table:
    """The columns as they are worked out: one row for each block."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.names: list[str] = []
        self._values = np.empty((count, COLUMNS), dtype=np.float32)

    def add(self, name: str, values: Sequence[float] | NDArray[np.generic] | float) -> None:
        """One column; a number alone is that of every row."""
        self._values[:, len(self.names)] = values
        self.names.append(name)

    def add_bits(self, prefix: str, names: Sequence[str], sets: Sequence[int]) -> None:
        """One column for each name of a bit set."""
        at = len(self.names)
        self._values[:, at : at + len(names)] = np.array(sets, dtype=np.int64)[:, None] >> np.arange(len(names)) & 1
        self.names += [f"{prefix}_{name}" for name in names]

    def column(self, name: str) -> Column:
        """A column that was added."""
        return self._values[:, self.names.index(name)]

    def matrix(self) -> Column:
        """Rows are blocks, columns in the order in which they were added."""
        return self._values


@dataclass(frozen=True, slots=True)
class _Layout:
    """The places of a page by their numbers, those of their parents (the body is its own), and each block's."""

    places: Sequence[Place]
    parents: Indices
    of_blocks: Indices


def features(blocks: Sequence[Block], surroundings: Surroundings, statements: Evidence) -> tuple[Column, Column]:
    """The matrix of features (a row for each block) and the number of words in each block."""
    places = [surroundings.of(block.container) for block in blocks]
    around = surroundings.places
    parents = np.array([(place.parent or place).number for place in around])
    layout = _Layout(around, parents, np.array([place.number for place in places]))
    # `dense`, of texts whose only blanks are single spaces.
    texts = [block.text.replace(" ", "") for block in blocks]
    characters = Characters([block.text for block in blocks])
    words = characters.words()
    table = Table(len(blocks))
    _add_words(table, blocks, texts, words, characters)
    _add_markup(table, blocks)
    _add_places(table, places)
    _add_statements(table, blocks, texts, statements)
    _add_position(table, words)
    is_long = np.array([len(block.text) > PROSE for block in blocks])
    _add_containers(table, layout, words, is_long)
    _add_trunk(table, blocks, layout, words, is_long)
    return table.matrix(), words


def _add_words(
    table: Table, blocks: Sequence[Block], texts: Sequence[str], words: Column, characters: Characters
) -> None:
    lengths = np.maximum(characters.non_blanks(), 1)
    sentences = characters.sentences()
    table.add("words", np.log1p(words))
    table.add("characters", np.log1p(lengths))
    table.add("sentences", np.log1p(sentences))
    table.add("sentence_rate", sentences / lengths * 50)
    table.add("comma_rate", characters.count(Sort.COMMA) / lengths * 50)
    table.add("digit_rate", characters.count(Sort.DIGIT) / lengths)
    table.add("capital_rate", characters.count(Sort.CAPITAL) / lengths)
    lasts = [block.text[-1:] for block in blocks]
    table.add("is_ended", [last in ENDINGS for last in lasts])
    table.add("is_question", [last in ("?", "？") for last in lasts])
    table.add("is_colon", [last in (":", "：") for last in lasts])
    table.add("is_cut", [block.text.endswith(("...", "…", "[…]", "[...]")) for block in blocks])
    table.add("is_capitalised", [block.text[:1].isupper() for block in blocks])
    table.add("has_separator", characters.count(Sort.SEPARATOR) > 0)
    table.add("has_address", _have_addresses(blocks))
    said = [_said(block.text) for block in blocks]
    table.add_bits("says", list(PHRASES), said)
    table.add_bits("under", list(PHRASES), _under_headings(blocks, said))
    repeated = Counter(texts)
    table.add("is_repeated", [repeated[text] > 1 for text in texts])


def _have_addresses(blocks: Sequence[Block]) -> list[bool] | float:
    whole = "\n".join([block.text for block in blocks])
    parts = [part for part in ADDRESS_PARTS if part in whole]
    if not parts:
        return 0.0
    return [any(part in block.text for part in parts) and bool(ADDRESS.search(block.text)) for block in blocks]


def _said(text: str) -> int:
    return 0 if len(text) > LABEL else _label_says(text)


# What stands in menus and boxes returns on every page of a site.
@lru_cache(maxsize=16_384)
def _label_says(text: str) -> int:
    return SAYINGS.found_in(text.lower())


def _under_headings(blocks: Sequence[Block], said: Sequence[int]) -> list[int]:
    """What the last heading above each block says."""
    result, current = [], 0
    for block, phrases in zip(blocks, said, strict=True):
        if block.tag in HEADINGS:
            current = phrases
        result.append(current)
    return result


def _add_markup(table: Table, blocks: Sequence[Block]) -> None:
    table.add("link_share", [block.link_share for block in blocks])
    table.add("strong_share", [block.strong_share for block in blocks])
    table.add("small_share", [block.small_share for block in blocks])
    table.add("is_in_list", [block.is_in_list for block in blocks])
    table.add("anchors", np.log1p([len(block.anchors) for block in blocks]))
    table.add_bits("is", TAGS, [TAG_BITS.get(block.tag, 0) for block in blocks])


def _add_places(table: Table, places: Sequence[Place]) -> None:
    outside = [place.outside for place in places]
    table.add_bits("near", list(KINDS), [place.near for place in places])
    table.add_bits("around", list(KINDS), [place.around if place else 0 for place in outside])
    table.add_bits("in", ANCESTORS, [place.tags for place in places])
    far = np.array([place.text_count if place else 0 for place in outside])
    table.add("text_near", np.array([place.text_count for place in places]) - far)
    table.add("text_far", far)
    table.add("depth", [place.depth for place in places])
    table.add("is_hidden", [place.is_hidden for place in places])


def _add_statements(table: Table, blocks: Sequence[Block], texts: Sequence[str], statements: Evidence) -> None:
    folded = [text.casefold() for text in texts]
    is_title = _are_titles(folded, _titles(statements))
    heading = _first(is_title, [block.tag in ("h1", "h2", "h3") for block in blocks])
    rows = np.arange(table.count)
    table.add("is_title", is_title)
    table.add("has_title", heading is not None)
    table.add("after_title", -1 if heading is None else np.clip(rows - heading, -60, 60))
    table.add("is_before_title", 0 if heading is None else rows < heading)
    table.add(
        "is_summary", _are_summaries(folded, [dense(text).casefold()[:COMPARED] for text in _summaries(statements)])
    )
    body = dense(squeeze(statements.article_body or "")).casefold()
    table.add("is_stated", [len(text) >= SHORTEST_TITLE and text in body for text in folded] if body else 0)
    table.add("has_stated", bool(body))


def _titles(statements: Evidence) -> list[str]:
    stated = (statements.stated("headline"), statements.first_meta("og:title"), *statements.headings[:1])
    titles = (unescaped(text) for text in (*stated, statements.page_title))
    return [dense(text).casefold() for text in titles if text]


def _are_titles(texts: Sequence[str], titles: Sequence[str]) -> list[bool]:
    """Whether each text is a title, or its beginning."""
    # Few of them begin like one, and that is one look.
    beginnings = {title[:SHORTEST_TITLE] for title in titles}
    return [
        len(text) >= SHORTEST_TITLE
        and text[:SHORTEST_TITLE] in beginnings
        and any(text == title or (len(text) >= SHORTEST_START and title.startswith(text)) for title in titles)
        for text in texts
    ]


def _first(chosen: Sequence[bool], preferred: Sequence[bool]) -> int | None:
    """The first chosen row that is preferred, else the first chosen."""
    rows = [row for row, is_chosen in enumerate(chosen) if is_chosen]
    return next((row for row in rows if preferred[row]), rows[0] if rows else None)


def _summaries(statements: Evidence) -> list[str]:
    stated = (statements.first_meta("og:description", "twitter:description"), statements.first_meta("description"))
    summaries = (unescaped(text) for text in (*stated, statements.stated("description")))
    return [text for text in summaries if text and len(text) >= SHORTEST_SUMMARY]


def _are_summaries(texts: Sequence[str], summaries: Sequence[str]) -> list[bool]:
    """Whether each text begins with a summary, or a summary with it."""
    shared = min([SHORTEST_SUMMARY, *map(len, summaries)])
    beginnings = {summary[:shared] for summary in summaries}
    return [
        len(text) >= SHORTEST_SUMMARY
        and text[:shared] in beginnings
        and any(text.startswith(summary) or summary.startswith(text) for summary in summaries)
        for text in texts
    ]


def _add_position(table: Table, words: Column) -> None:
    before = np.cumsum(words) - words
    total = max(float(words.sum()), 1.0)
    table.add("row_share", np.arange(table.count) / max(table.count, 1))
    table.add("word_share", before / total)
    table.add("words_left", np.log1p(total - before))
    table.add("page_blocks", np.log1p(table.count))
    table.add("page_words", np.log1p(total))


def _add_containers(table: Table, layout: _Layout, words: Column, is_long: Marks) -> None:
    """How much text, and how much of it link, stands in the elements around each block, level by level."""
    free = words * (1 - table.column("link_share"))
    prose = free * is_long
    boxes = layout.of_blocks
    for level in range(LEVELS):
        group, boxes = boxes, layout.parents[boxes]
        own, long, blocks_in = _summed(free, group), _summed(prose, group), _summed(np.ones(table.count), group)
        table.add(f"box{level}_words", np.log1p(own))
        table.add(f"box{level}_blocks", np.log1p(blocks_in))
        table.add(f"box{level}_free", own / np.maximum(_summed(words, group), 1))
        table.add(f"box{level}_share", own / max(float(free.sum()), 1.0))
        table.add(f"box{level}_best", long / max(float(long.max()), 1.0))
        table.add(f"box{level}_mean", np.log1p(own / blocks_in))


def _summed(values: NDArray[np.floating[Any]], group: NDArray[np.integer[Any]]) -> NDArray[np.floating[Any]]:
    """For each row the sum over its group."""
    result: NDArray[np.floating[Any]] = np.bincount(group, values)[group]
    return result


def _add_trunk(table: Table, blocks: Sequence[Block], layout: _Layout, words: Column, is_long: Marks) -> None:
    """How far each block is from the element with the most prose, in the tree and in the order of reading."""
    shares = np.array([block.link_share for block in blocks])
    prose = np.flatnonzero(is_long & (shares < MOSTLY_LINK))
    if not len(prose):
        for name in ("trunk_up", "trunk_down"):
            table.add(name, FAR)
        for name in ("in_trunk_range", "from_trunk", "to_trunk_end", "is_trunk_tag", "is_trunk_class"):
            table.add(name, 0)
        return
    numbers, owners = layout.of_blocks, layout.parents[layout.of_blocks]
    totals = np.bincount(owners[prose], words[prose] * (1 - shares[prose]))
    best = owners[prose[np.argmax(totals[owners[prose]])]]
    inside = np.flatnonzero(is_long & (owners == best))
    first, last = inside[0], inside[-1]
    rows = np.arange(table.count)
    ups, downs = _steps(layout.places, best)
    tag, class_name = blocks[first].tag, layout.places[numbers[first]].class_name
    is_alike = np.array([place.class_name == class_name for place in layout.places])
    table.add("trunk_up", np.minimum(ups, FAR)[numbers])
    table.add("trunk_down", np.minimum(downs, FAR)[numbers])
    table.add("in_trunk_range", (rows >= first) & (rows <= last))
    table.add("from_trunk", np.sign(rows - first) * np.log1p(np.abs(rows - first)))
    table.add("to_trunk_end", np.sign(rows - last) * np.log1p(np.abs(rows - last)))
    table.add("is_trunk_tag", [block.tag == tag for block in blocks])
    table.add("is_trunk_class", is_alike[numbers] * table.column("is_trunk_tag"))


def _steps(places: Sequence[Place], trunk: int) -> tuple[list[int], list[int]]:
    """For each place the steps from the trunk up to what it has in common with it, and from there down to it."""
    ups, downs = [0] * len(places), [0] * len(places)
    around: Place | None = places[trunk]
    distances: dict[int, int] = {}
    while around is not None:
        distances[around.number] = len(distances)
        around = around.parent
    # A place comes behind its parent.
    for number, place in enumerate(places):
        if number in distances:
            ups[number] = distances[number]
        elif place.parent is not None:
            ups[number], downs[number] = ups[place.parent.number], downs[place.parent.number] + 1
    return ups, downs
