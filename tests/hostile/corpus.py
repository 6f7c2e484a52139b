"""The hostile corpus: every page with its name, its bytes, what it is served as, and the end that it must come to."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import getmembers, isfunction
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from tests.hostile import bait, masses, nesting, octets, statements
from tests.hostile.article import KEPT, LAST
from warehouse.model import Document, Reject

MODULES = (nesting, masses, statements, bait, octets)
# Parts of pages, and makers of makers.
NO_PAGES = ("in_a_paragraph", "everywhere", "chinese_page", "japanese_page")
ARTICLE = {"all": (KEPT, LAST), "beginning": (KEPT,), "nothing": ()}
EXPECTED = Path(__file__).with_name("expected.toml")


@dataclass(frozen=True, slots=True)
class Expected:
    """The end of a page: a reason, or a document with its cuts, and what its text has or lacks.

    `keeps` says how much of the article is in the text, in the middle or beside which the harm stands.
    """

    reason: str | None = None
    cuts: tuple[str, ...] = ()
    keeps: Literal["all", "beginning", "nothing"] = "all"
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """The document's `extraction_status`."""
        return "cut" if self.cuts else "complete"

    def differences(self, result: Document | Reject | None) -> list[str]:
        """In what a result is another one than this, in words."""
        if result is None:
            return ["the process died"]
        if isinstance(result, Reject):
            return [] if result.reason == self.reason else [f"{result.reason}: {result.detail}"]
        if self.reason:
            return [f"a document instead of {self.reason}"]
        wrong = [f"lacks {words!r}" for words in (*ARTICLE[self.keeps], *self.has) if words not in result.text]
        wrong += [f"has {words!r}" for words in self.lacks if words in result.text]
        if (result.extraction_status, result.cuts) != (self.status, self.cuts):
            wrong.append(f"{result.extraction_status} {list(result.cuts)}")
        return wrong


@dataclass(frozen=True, slots=True)
class HostilePage:
    """One page of the corpus; its body is made when it is asked for, as some have fifty megabytes."""

    name: str
    make: Callable[[], str | bytes]
    content_type: str
    expected: Expected

    def body(self) -> bytes:
        """The bytes as they are served: the same ones every time."""
        made = self.make()
        return made.encode() if isinstance(made, str) else made


def corpus() -> list[HostilePage]:
    """All pages, in the order of their names; nothing is made yet."""
    expected = tomllib.loads(EXPECTED.read_text(encoding="utf-8"))
    pages = dict(_makers())
    if strangers := expected.keys() - pages.keys():
        raise ValueError(f"{EXPECTED.name} knows pages that nobody makes: {', '.join(sorted(strangers))}")
    return [_page(name, pages[name], expected.get(name, {})) for name in sorted(pages)]


def hostile_pages() -> Iterator[tuple[str, bytes, str, Expected]]:
    """Name, body, content type and expected end of each page, made one at a time."""
    return ((page.name, page.body(), page.content_type, page.expected) for page in corpus())


def _page(name: str, make: Callable[[], str | bytes], expected: dict[str, Any]) -> HostilePage:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in expected.items()}
    content_type = values.pop("content_type", "text/html")
    return HostilePage(name, make, content_type, Expected(**values))


def _makers() -> Iterator[tuple[str, Callable[[], str | bytes]]]:
    for module in MODULES:
        yield from _makers_of(module)
    for name in bait.RUNS:
        yield f"run_of_{name}", bait.in_a_paragraph(name)
        yield f"{name}_everywhere", bait.everywhere(name)


def _makers_of(module: ModuleType) -> Iterator[tuple[str, Callable[[], str | bytes]]]:
    for name, maker in getmembers(module, isfunction):
        if maker.__module__ == module.__name__ and not name.startswith("_") and name not in NO_PAGES:
            yield name, maker
