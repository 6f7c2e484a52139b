"""What feeds, sitemaps and URL lists give: links with their hints, listings, and what in them was no link."""

from dataclasses import dataclass
from datetime import datetime

from warehouse.model import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A URL that a source told us about, with the hints that came with it.

    `url` is absolute and ready to be asked for (`web.urls.link_url`). `published_at` and `modified_at` are aware;
    `text` is the source's own text of the item (HTML or plain), kept as a candidate.
    """

    url: str
    title: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry, or a whole listing, that cannot be used: why, in a closed word and for people; `url` as it stood."""

    reason: Reason
    detail: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What one feed, sitemap, URL list or home page lists, in its order and each link once.

    `more` are further listings to be read: a sitemap index's sitemaps, the feeds that a home page names.
    """

    links: tuple[Link, ...] = ()
    more: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
