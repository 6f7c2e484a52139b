"""What a page says about itself, read once: JSON-LD, meta and link elements, headings, the time elements.

A fragment from a feed has next to none of it; each field is then empty, and the other steps fall back.
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

from flows.transform.text import squeeze_or_none

ARTICLE_TYPES = re.compile(r"(?:[A-Za-z]*Article|[A-Za-z]*Posting|Report|Review|NewsItem)$")
# Six megabytes of JSON-LD cost 800 MB to parse; real statements are a few kilobytes.
MAX_JSON_LD = 500_000
MAX_METAS = 500
MAX_DEPTH = 8
# Raw line breaks and tabs inside strings are invalid JSON and common.
LENIENT = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The page's own statements. `article` is its largest JSON-LD article; `meta` maps a name to its values."""

    article: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, list[str]] = field(default_factory=dict)
    canonical: str | None = None
    html_language: str | None = None
    page_title: str | None = None
    headings: tuple[str, ...] = ()
    tag_links: tuple[str, ...] = ()

    def first_meta(self, *names: str) -> str | None:
        """The first stated value under the first of these names that has one."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), None)

    def stated(self, key: str) -> Any:
        """A property of the JSON-LD article, or None."""
        return self.article.get(key)


def read_evidence(root: HtmlElement) -> Evidence:
    """All statements of a page."""
    return Evidence(
        article=max(_articles(root), key=_weight, default={}),
        meta=_metas(root),
        canonical=_canonical(root),
        html_language=root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        page_title=next((squeeze_or_none(title.text_content()) for title in root.iter("title")), None),
        tag_links=tuple(filter(None, (squeeze_or_none(link.text_content()) for link in _tag_links(root)))),
        headings=tuple(filter(None, (squeeze_or_none(heading.text_content()) for heading in root.iter("h1")))),
    )


def unescaped(value: Any) -> str | None:
    """A stated string as text: entities resolved twice, because publishers escape JSON inside HTML; None if empty."""
    if not isinstance(value, str):
        return None
    return squeeze_or_none(html.unescape(html.unescape(value)))


def strings_in(value: Any, key: str = "name", depth: int = 0) -> Iterator[str]:
    """The strings in a JSON-LD value, however it is nested: a string, a list, an object with a name, mixtures."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, str):
        if text := unescaped(value):
            yield text
    elif isinstance(value, dict):
        yield from strings_in(value.get(key), key, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item, key, depth + 1)


def _tag_links(root: HtmlElement) -> Iterator[HtmlElement]:
    """Links that the page marks as its tags (`rel=tag`, the microformat)."""
    return (link for link in root.iter("a") if "tag" in (link.get("rel") or "").split())


def _metas(root: HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for count, meta in enumerate(root.iter("meta")):
        if count >= MAX_METAS:
            break
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        value = unescaped(meta.get("content"))
        if name and value:
            found.setdefault(name.strip().lower(), []).append(value)
    return found


def _canonical(root: HtmlElement) -> str | None:
    for link in root.iter("link"):
        if (link.get("rel") or "").strip().lower() == "canonical" and link.get("href"):
            return str(link.get("href"))
    return None


def _articles(root: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            yield from _article_objects(_json(script.text or ""))


def _json(text: str) -> Any:
    if len(text) > MAX_JSON_LD:
        return None
    stripped = re.sub(r"^\s*(?:<!--|//<!\[CDATA\[)|(?:-->|//\]\]>)\s*$", "", text).strip().rstrip(";")
    try:
        return LENIENT.raw_decode(stripped)[0]
    except (ValueError, RecursionError):
        return None


def _article_objects(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _article_objects(item, depth + 1)
    elif isinstance(value, dict):
        kinds = value.get("@type")
        if any(isinstance(kind, str) and ARTICLE_TYPES.search(kind) for kind in _as_list(kinds)):
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _article_objects(value.get(key), depth + 1)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _weight(article: dict[str, Any]) -> tuple[bool, int]:
    return ("headline" in article, len(article))
