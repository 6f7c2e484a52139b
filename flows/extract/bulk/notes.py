"""What Broadsheet knows of a page and a WARC record has no place for: written beside it, so that nothing is lost.

In a WARC it is the `metadata` record in front of the page's own, which it names by `WARC-Refers-To`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from flows.web.urls import WEB_SCHEMES, has_credentials, split_url
from warehouse.model import Header, Page, PageKind, TimeMeaning

MEDIA_TYPE = "application/vnd.broadsheet.page+json"

KNOWN_OTHERWISE = frozenset({"source", "location", "site", "url", "body"})
"""Fields that the source gives, or the record itself; `site` follows from the address."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Fields of a page by name, as the page has them."""

    values: Mapping[str, Any]

    @property
    def kind(self) -> PageKind | None:
        """What the page holds, where the notes say it: then nobody has to guess."""
        return self.values.get("kind")

    def added_to(self, page: Page) -> Page:
        """The page with what the notes know."""
        return replace(page, **self.values)

    def as_json(self) -> bytes:
        """The notes as they are written."""
        return json.dumps(self.values, ensure_ascii=False, default=_plain, indent=1).encode("utf-8", "replace")


def notes_on(page: Page, read_back: Page | None) -> Notes | None:
    """What must be noted so that the record gives this page again; `read_back` is what it gives without notes.

    None where nothing has to be; where the record alone gives no page, everything.
    """
    names = [field.name for field in fields(Page) if field.init and field.name not in KNOWN_OTHERWISE]
    if read_back is None:
        return Notes({name: getattr(page, name) for name in names})
    differing = {name: value for name in names if (value := getattr(page, name)) != getattr(read_back, name)}
    return Notes(differing) if differing else None


def notes_from(data: bytes) -> Notes | None:
    """The notes as they were written; None for anything else, since anybody can write such a record."""
    try:
        given = json.loads(data)
        values = {name: FIELDS[name](value) for name, value in given.items()}
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None
    return Notes(values)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Header):
        return [value.name, value.value]
    raise TypeError(type(value).__name__)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value.encode("utf-8", "replace").decode()


def _address(value: Any) -> str:
    if split_url(_text(value)).scheme not in WEB_SCHEMES or has_credentials(value):
        raise ValueError
    return _text(value)


def _status(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value < 1000:  # noqa: PLR2004 - three digits
        raise TypeError
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


def _optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(_text, list(value)))


def _headers(value: Any) -> tuple[Header, ...]:
    return tuple(Header(_text(name), _text(said)) for name, said in value)


FIELDS: dict[str, Callable[[Any], Any]] = {
    "requested_url": _address,
    "kind": PageKind,
    "status": _optional(_status),
    "captured_at": _optional(_moment),
    "headers": _headers,
    "content_type": _optional(_text),
    "charset": _optional(_text),
    "etag": _optional(_text),
    "last_modified": _optional(_text),
    "hint_title": _optional(_text),
    "hint_published_at": _optional(_moment),
    "hint_published_kind": _optional(TimeMeaning),
    "hint_text": _optional(_text),
    "robots_statements": _texts,
    "opt_out_statements": _texts,
}
"""How each field is read; what is wrong raises."""
