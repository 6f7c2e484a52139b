"""URL lists: one address a line, from a file, from standard input or pasted into one field."""

import re
from collections.abc import Iterator
from itertools import chain

from flows.extract.listing.links import Item, Link, Listing, Problem, listing, usable_url
from flows.web.charsets import decode
from warehouse.model import Reason

MOST_LINES = 1_000_000
"""Lines of one list: as links some 500 MB of memory. A longer one is better cut into several."""

# No scheme, a host with a dot, and perhaps a port, a path or a query: `example.org/path`.
WITHOUT_SCHEME = re.compile(r"[^\s:/?#@,;\"'<>\\]+\.[^\s:/?#@,;\"'<>\\.]{2,}(?::\d+)?(?:[/?]\S*)?")
WEB_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
WITH_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d+(?:/|$))", re.IGNORECASE)
NO_ADDRESS = "no line of it is a web address"
HINT = "expected one address such as https://example.org/article"


def read_url_list(content: str | bytes) -> Listing:
    """The links of a list; an address without a scheme is meant with https.

    Empty lines and those that begin with `#` are left out; any other line is a Problem with its number.
    """
    return listing(_items(_text(content)), limit=MOST_LINES)


def is_url_list(content: str | bytes) -> bool:
    """Whether a text is a list of addresses: one of its lines is one, or all are empty.

    Any other is some other file, or one that nobody meant to show, and nothing of it may be kept, not even as refused.
    """
    items = _items(_text(content))
    first = next(items, None)
    return first is None or any(isinstance(item, Link) for item in chain([first], items))


def _text(content: str | bytes) -> str:
    return (decode(content)[0] if isinstance(content, bytes) else content).removeprefix("\ufeff")


def _items(text: str) -> Iterator[Item]:
    # Not str.splitlines: it also breaks at U+2028 and form feeds, and the numbers would not be those of an editor.
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        written = line.strip().strip("\ufeff\u200b").strip()
        if written and not written.startswith("#"):
            yield _item(number, written)


def _item(number: int, written: str) -> Item:
    if WEB_ADDRESS.fullmatch(written):
        address = written
    elif (scheme := WITH_SCHEME.match(written)) and scheme[1].lower() not in ("http", "https"):
        detail = f"line {number:,}: {scheme[1][:20]}: is no web address; only http and https are read"
        return Problem(Reason.ADDRESS_REFUSED, detail, written)
    elif WITHOUT_SCHEME.fullmatch(written):
        address = f"https://{written}"
    else:
        return Problem(Reason.MALFORMED_INPUT, f"line {number:,}: no address; {HINT}", written)
    usable = usable_url("", address)
    if isinstance(usable, Problem):
        return Problem(usable.reason, f"line {number:,}: {usable.detail}", written)
    return Link(url=usable)
