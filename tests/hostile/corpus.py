"""The hostile corpus: every page with its name, its bytes, what it is served as, and the end that it must come to."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import getmembers, isfunction
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.hostile import bait, masses, nesting, octets, statements

MODULES = (nesting, masses, statements, bait, octets)
MAKERS_OF_MAKERS = ("in_a_paragraph", "everywhere")
EXPECTED = Path(__file__).with_name("expected.toml")


@dataclass(frozen=True, slots=True)
class Expected:
    """The end of a page: a reason, or a document with its status, its cuts, and words that are and are not in its text.

    `text_of` None means that nothing is said of the text.
    """

    reason: str | None = None
    status: str | None = None
    cuts: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


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
    expected = tomllib.loads(EXPECTED.read_text(encoding="utf-8")) if EXPECTED.exists() else {}
    pages = dict(_makers())
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
        is_own = maker.__module__ == module.__name__ and not name.startswith("_")
        if is_own and name not in (*MAKERS_OF_MAKERS, "chinese_page", "japanese_page"):
            yield name, maker
