"""Feeds: RSS, Atom and JSON Feed, from fetched bytes to links with hints. The only import of feedparser."""

import json
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

import feedparser

from flows.extract.listing.hints import feed_time, plain_title, w3c_time
from flows.extract.listing.links import Item, Link, Listing, Problem, listing, usable_url
from flows.extract.listing.markup import FEED_ROOTS, document_from, is_cut_off, root_of, tag_count
from flows.web.charsets import decode
from warehouse.model import Reason

MOST_ENTRIES = 10_000
"""Entries of one feed: ten times the longest that outlets publish."""

TEASER_CHARACTERS = 500
"""A description up to here is a teaser, which is no candidate for a text; feeds that put articles there go beyond."""

MOST_TAGS = 500_000
"""Tags of one feed: fifty for each of 10,000 entries. feedparser needs 20 µs for one: these are ten seconds."""

NOT_A_FEED = "no feed: neither RSS, Atom nor JSON Feed"


def read_feed(body: bytes, *, url: str, charset: str | None) -> Listing | Problem:
    """What a feed lists; an empty feed lists nothing. `charset` is the header's. What is no feed is a Problem."""
    text, _ = decode(body, charset)
    if text.lstrip().startswith("{"):
        return _json_feed(text, url)
    root = root_of(text)
    if root is None or root[0] not in FEED_ROOTS:
        return Problem(Reason.MALFORMED_INPUT, NOT_A_FEED if text.strip() else "an empty body, no feed")
    name, start = root
    parsed = _parsed(document_from(text, start), url)
    if isinstance(parsed, Problem):
        return parsed
    if parsed.get("bozo") and not parsed["entries"]:
        return Problem(Reason.MALFORMED_INPUT, f"broken XML without an entry: {_line(parsed['bozo_exception'])}")
    return listing(_items(parsed, url, is_cut_off=is_cut_off(text, name)), limit=MOST_ENTRIES)


def _parsed(document: bytes, url: str) -> Mapping[str, Any] | Problem:
    """A stream and not a string: feedparser takes a string, or bytes, for an address or a file's name."""
    if (tags := tag_count(document)) > MOST_TAGS:
        return Problem(Reason.RESOURCE_LIMIT, f"a feed of {tags:,} tags; one may have {MOST_TAGS:,}")
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        # The transform cleans texts and resolves their links, and does so for pages as well: once is enough.
        parsed: Mapping[str, Any] = feedparser.parse(
            BytesIO(document), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
    except Exception as error:  # noqa: BLE001 - feedparser's loose parser raises what it likes on broken markup
        return Problem(Reason.MALFORMED_INPUT, f"a feed that cannot be read: {_line(error)}")
    return parsed


def _items(parsed: Mapping[str, Any], url: str, *, is_cut_off: bool) -> Iterator[Item]:
    for entry in parsed["entries"]:
        yield _item(entry, url, is_atom=str(parsed.get("version")).startswith("atom"))
    if is_cut_off:
        yield Problem(Reason.MALFORMED_INPUT, "the feed breaks off: what stood after the cut is lost")


def _item(entry: dict[str, Any], url: str, *, is_atom: bool) -> Item:
    target = _target(entry)
    # An empty reference means the feed itself, by the rules for relative addresses.
    if target is None or target == url:
        return Problem(Reason.MALFORMED_INPUT, _without_link(plain_title(entry.get("title"))), target or url)
    usable = usable_url(url, target)
    if isinstance(usable, Problem):
        return usable
    published_at, modified_at = _times(entry, is_atom=is_atom)
    return Link(
        url=usable,
        title=plain_title(entry.get("title")),
        published_at=published_at,
        modified_at=modified_at,
        text=_text(entry),
    )


def _target(entry: dict[str, Any]) -> str | None:
    """Where an entry leads; feedparser puts a permalink that stands for a link there itself."""
    link = entry.get("link")
    if link == entry.get("id") and str(link).lower().startswith(("tag:", "urn:", "uuid:")):
        # An Atom id that is a name, in an entry without a link.
        link = None
    alternates = (each.get("href") for each in entry.get("links", ()) if each.get("rel") == "alternate")
    # FeedBurner counts readers by an address of its own and keeps the article's beside it.
    candidates = (entry.get("feedburner_origlink"), link, *alternates)
    return next((str(candidate).strip() for candidate in candidates if candidate and str(candidate).strip()), None)


def _times(entry: dict[str, Any], *, is_atom: bool) -> tuple[Any, Any]:
    """When an entry was published and when it was changed after that.

    RSS has one date, which feedparser calls `updated` where it is dc:date; Atom's `updated` is a change.
    """
    # `dict.get`, because feedparser's own gives `published` for a missing `updated`.
    published_at = feed_time(dict.get(entry, "published_parsed"), dict.get(entry, "published"))
    updated_at = feed_time(dict.get(entry, "updated_parsed"), dict.get(entry, "updated"))
    if published_at is None and not is_atom:
        return updated_at, None
    is_change = updated_at is not None and (published_at is None or updated_at > published_at)
    return published_at, updated_at if is_change else None


def _text(entry: dict[str, Any]) -> str | None:
    """The entry's own text: content:encoded or Atom's content, else a description that is more than a teaser."""
    contents = [str(each.get("value") or "") for each in entry.get("content", ()) if _is_text(each.get("type"))]
    text = max(contents, key=len, default="").strip()
    summary = str(entry.get("summary") or "").strip()
    return text or (summary if len(summary) > TEASER_CHARACTERS else None)


def _is_text(content_type: object) -> bool:
    return str(content_type or "text/html").startswith(("text/", "application/xhtml"))


def _json_feed(text: str, url: str) -> Listing | Problem:
    """JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Problem(Reason.MALFORMED_INPUT, f"broken JSON: {_line(error)}")
    items = feed.get("items")
    if "jsonfeed.org/version/" not in str(feed.get("version")) or not isinstance(items, list):
        return Problem(Reason.MALFORMED_INPUT, NOT_A_FEED)
    return listing((_json_item(item, url) for item in items), limit=MOST_ENTRIES)


def _json_item(item: Any, url: str) -> Item:
    if not isinstance(item, Mapping):
        return Problem(Reason.MALFORMED_INPUT, "an entry that is no object", url)
    title = plain_title(item.get("title"))
    target = _json_target(item)
    if target is None:
        return Problem(Reason.MALFORMED_INPUT, _without_link(title), url)
    usable = usable_url(url, target)
    if isinstance(usable, Problem):
        return usable
    published_at, modified_at = _json_time(item, "date_published"), _json_time(item, "date_modified")
    is_change = modified_at is not None and (published_at is None or modified_at > published_at)
    texts = (item.get("content_html"), item.get("content_text"))
    return Link(
        url=usable,
        title=title,
        published_at=published_at,
        modified_at=modified_at if is_change else None,
        text=next((text for text in texts if isinstance(text, str) and text.strip()), None),
    )


def _json_target(item: Mapping[str, Any]) -> str | None:
    """The item's address, or an id that is one."""
    url, name = item.get("url"), item.get("id")
    if isinstance(url, str) and url.strip():
        return url
    return name if isinstance(name, str) and name.lower().startswith(("http://", "https://")) else None


def _json_time(item: Mapping[str, Any], key: str) -> Any:
    value = item.get(key)
    return w3c_time(value, is_zone_needed=True) if isinstance(value, str) else None


def _without_link(title: str | None) -> str:
    return f"an entry without a link{f' ({title[:80]})' if title else ''}"


def _line(error: object) -> str:
    """The first line of what an error says, short."""
    return (" ".join(str(error).split()) or type(error).__name__)[:200]
