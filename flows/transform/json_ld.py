"""JSON-LD as publishers write it: read leniently, flattened into objects, its references resolved, all of it bounded.

https://json-ld.org/spec/latest/json-ld/ is what they mean; comments, trailing commas, single quotes, raw line breaks,
entities and several objects in one script are what they send.
"""

import html
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flows.transform.outline import Outline
from flows.transform.text import squeeze_or_none

Node = dict[str, Any]

# Six megabytes of JSON-LD cost 800 MB to parse; real statements are a few kilobytes, comments included some hundred.
MAX_SCRIPT = 500_000
MAX_TOTAL = 1_000_000
MAX_SCRIPTS = 60
# Mending costs more than reading, and what is long and broken is a list of products or comments.
MAX_MENDED = 200_000
MAX_OBJECTS = 20
# The largest graphs of real pages have some hundred objects, most of them entries of a menu.
MAX_NODES = 1000
MAX_DEPTH = 8
MAX_ITEMS = 50
# Raw line breaks and tabs inside strings are invalid JSON and common.
LENIENT = json.JSONDecoder(strict=False)
# What hides a script from browsers older than scripts, and from XML parsers.
OPENING = re.compile(r"(?:<!--|(?://|/\*)?[ \t]{0,20}<!\[CDATA\[(?:[ \t]{0,20}\*/)?)")
CLOSINGS = ("-->", "//", "*/", "]]>", "/*")
BETWEEN = re.compile(r"[\s,;]*")
# One piece of broken JSON. A string ends at a quotation mark with punctuation behind it, and a value behind a comma;
# others within it were not escaped. The blanks looked through are few, and what is matched is never given back: both
# keep this linear.
PIECE = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.|"(?!\s{0,80}(?:[:}\]]|/[/*]|$|,\s{0,80}(?:["'{\[}\]/\d-]|true|false|null|$))))*+")"""
    r"""|(?P<single>(?<=[:\[,{\s])'(?:[^'\\]|\\.|'(?!\s{0,80}[,:}\]]))*+')"""
    r"""|(?P<comment>//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)"""
    r"""|(?P<comma>,(?=(?:\s|//[^\n]*+\n|/\*(?:[^*]|\*(?!/)){0,500}\*/){0,80}[}\]]))""",
    re.DOTALL,
)
ESCAPE_OR_QUOTE = re.compile(r"""\\["\\/bfnrtu]|\\|\"""")
# Where objects about the page itself stand within others; those in `itemListElement`, `hasPart`, `blogPost` and the
# like are about other pages.
WITHIN = ("@graph", "mainEntity", "mainEntityOfPage", "isPartOf", "publisher", "breadcrumb", "video")


@dataclass(frozen=True, slots=True)
class Statements:
    """The objects that a page's scripts hold, and whether it has more of them, or longer scripts, than are read."""

    nodes: list[Node]
    is_cut: bool


def nodes_in(outline: Outline) -> Statements:
    """The objects of a page in their order; what only a list names (teasers, menus) is none of them."""
    found: list[Node] = []
    left = MAX_TOTAL
    scripts = (script for script in outline.of("script") if "ld+json" in (script.get("type") or "").lower())
    is_cut = False
    for script in islice(scripts, MAX_SCRIPTS):
        text = script.text or ""
        if len(text) > min(left, MAX_SCRIPT):
            is_cut = True
            continue
        left -= len(text)
        found += flattened(values_in(text), MAX_NODES - len(found))
    return Statements(found, is_cut or len(found) >= MAX_NODES or next(scripts, None) is not None)


def values_in(text: str) -> list[Any]:
    """The JSON values in a script, mended where they are broken; empty where nothing can be read."""
    stripped = _unwrapped(text)
    if stripped.startswith(("{&quot;", "[{&quot;", "{ &quot;", "&quot;")):
        stripped = html.unescape(stripped)
    values, is_whole = _decoded(stripped)
    if is_whole or len(stripped) > MAX_MENDED:
        return values
    return _decoded(mended(stripped))[0] or values


def mended(text: str) -> str:
    """Broken JSON without its comments and trailing commas, its strings in double quotes and escaped."""
    return PIECE.sub(_mended_piece, text)


def flattened(values: list[Any], most: int = MAX_NODES) -> list[Node]:
    """The typed objects in some values, those within others behind them."""
    found: list[Node] = []
    waiting: deque[tuple[Any, int]] = deque((value, 0) for value in values)
    while waiting and len(found) < most:
        value, depth = waiting.popleft()
        if isinstance(value, dict):
            if types_of(value):
                found.append(value)
            inner = [value[key] for key in WITHIN if isinstance(value.get(key), dict | list)]
        else:
            inner = value[:MAX_NODES] if isinstance(value, list) else []
        if depth < MAX_DEPTH:
            waiting.extend((item, depth + 1) for item in inner)
    return found


def types_of(node: Mapping[str, Any]) -> list[str]:
    """The names of an object's types, without the vocabulary's address before them."""
    kinds = node.get("@type")
    named = kinds[:MAX_ITEMS] if isinstance(kinds, list) else [kinds]
    return [re.split(r"[/#:]", kind.strip())[-1] for kind in named if isinstance(kind, str) and kind.strip()]


def resolved(node: Node, nodes: list[Node]) -> Node:
    """An object whose references (`{"@id": …}`) are replaced by the objects of the page that they mean."""
    known = {name: other for other in nodes if isinstance(name := other.get("@id"), str) and len(other) > 1}
    return {key: _resolved(value, known) for key, value in node.items()}


def unescaped(value: Any) -> str | None:
    """A stated string as text: entities resolved twice, because publishers escape JSON inside HTML; None if empty."""
    if not isinstance(value, str):
        return None
    return squeeze_or_none(html.unescape(html.unescape(value)) if "&" in value else value)


def strings_in(value: Any, key: str = "name", depth: int = 0) -> Iterator[str]:
    """The strings in a JSON-LD value, however it is nested: a string, a list, an object with a name, mixtures."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, str):
        if text := unescaped(value):
            yield text
    elif isinstance(value, dict):
        yield from strings_in(value.get(key, value.get("@value")), key, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item, key, depth + 1)


def _unwrapped(text: str) -> str:
    """A script without the comment or CDATA section around it."""
    inner = text.strip()
    opening = OPENING.match(inner)
    if opening is None:
        return inner
    inner = inner[opening.end() :]
    for closing in CLOSINGS * 2:
        inner = inner.removesuffix(closing).rstrip()
    return inner.lstrip()


def _decoded(text: str) -> tuple[list[Any], bool]:
    """The values in a text one behind another, and whether they are all of it."""
    values: list[Any] = []
    at = BETWEEN.match(text).end()  # type: ignore[union-attr]  # the pattern matches the empty string
    while at < len(text) and len(values) < MAX_OBJECTS:
        try:
            value, at = LENIENT.raw_decode(text, at)
        except (ValueError, RecursionError):
            return values, False
        values.append(value)
        at = BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # as above
    return values, True


def _mended_piece(piece: re.Match[str]) -> str:
    if piece["comment"] or piece["comma"]:
        return ""
    return f'"{ESCAPE_OR_QUOTE.sub(_mended_escape, piece[0][1:-1])}"'


def _mended_escape(found: re.Match[str]) -> str:
    """A quotation mark gets its escape, a backslash that escapes nothing goes."""
    return {'"': r"\"", "\\": ""}.get(found[0], found[0])


def _resolved(value: Any, known: dict[str, Node]) -> Any:
    if isinstance(value, list):
        return [_resolved(item, known) for item in value[:MAX_NODES]]
    if isinstance(value, dict) and isinstance(value.get("@id"), str):
        meant = known.get(value["@id"])
        return {**meant, **value} if meant is not None else value
    return value
