"""The YAML front matter of a file: its plain fields, read as events, so that nothing is ever constructed from it."""

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, MappingStartEvent, ScalarEvent

FENCE = re.compile(r"^---[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
MAX_DEPTH = 8
"""Real front matter is two deep. The parser takes seconds over thousands of nested brackets."""


class FrontMatterError(ValueError):
    """Front matter that cannot be read: one line saying why."""


def front_matter(text: str, *, limit: int) -> tuple[dict[str, str], int]:
    """The fields of the front matter at the start of a text that are plain scalars, and where it ends.

    Lists (tags, categories) are left out. Raises FrontMatterError where it has no end within `limit`
    characters, is no YAML, or is not a mapping.
    """
    opening = FENCE.match(text)
    closing = opening and FENCE.search(text, opening.end(), limit)
    if not opening or not closing:
        raise FrontMatterError(f"no closing line `---` within {limit:,} characters")
    try:
        return _scalar_fields(text[opening.end() : closing.start()]), closing.end()
    except YAMLError as error:
        problem, mark = getattr(error, "problem", None), getattr(error, "problem_mark", None)
        # The opening fence is the file's first line, and marks count from zero.
        where = f"line {mark.line + 2}: " if mark else ""
        raise FrontMatterError(where + str(problem or error).partition("\n")[0]) from None
    except (ValueError, OverflowError) as error:
        # Escapes such as \UFFFFFFFF reach chr() unchecked.
        raise FrontMatterError(f"no YAML: {error}") from None


def _scalar_fields(content: str) -> dict[str, str]:
    children: list[str | None] = []
    depth = 0
    # Events and not values: no tags to obey, no dates to trip over, no aliases to expand, no recursion.
    for event in YAML(typ="safe", pure=True).parse(content):
        if depth == 0 and isinstance(event, ScalarEvent | AliasEvent | CollectionStartEvent):
            _must_be_mapping(event)
        elif depth == 1 and isinstance(event, ScalarEvent | AliasEvent | CollectionStartEvent):
            children.append(event.value if isinstance(event, ScalarEvent) else None)
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise FrontMatterError(f"nested deeper than {MAX_DEPTH}")
    if not children:
        raise FrontMatterError("no fields")
    pairs = zip(children[::2], children[1::2], strict=True)
    return {name: value for name, value in pairs if name is not None and value is not None}


def _must_be_mapping(event: Any) -> None:
    if not isinstance(event, MappingStartEvent):
        raise FrontMatterError("expected fields such as `title: …`")
