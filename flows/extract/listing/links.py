"""What feeds, sitemaps and URL lists give: links with their hints, listings, and what in them was no link."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flows.web.urls import CREDENTIALS, link_url, split_url
from warehouse.model import Reason

LONGEST_ADDRESS = 2048
"""Characters of a web address: what browsers and servers agree to bear; sitemaps.org allows no more either."""


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
class More:
    """A further listing that a listing names, and when it says that it last changed."""

    url: str
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry, or a whole listing, that cannot be used: why, in a closed word and for people; `url` as it stood.

    A user and a password in `url` are left out: credentials are never stored.
    """

    reason: Reason
    detail: str
    url: str | None = None

    def __post_init__(self) -> None:
        if self.url is not None:
            object.__setattr__(self, "url", CREDENTIALS.sub("", self.url)[:LONGEST_ADDRESS])


@dataclass(frozen=True, slots=True)
class Listing:
    """What one feed, sitemap, URL list or home page lists, in its order and each link once.

    `more` are further listings to be read: a sitemap index's sitemaps, the feeds that a home page names.
    """

    links: tuple[Link, ...] = ()
    more: tuple[More, ...] = ()
    problems: tuple[Problem, ...] = ()


Item = Link | More | Problem
"""What a reader makes of one entry."""


def listing(items: Iterable[Item], *, limit: int) -> Listing:
    """The listing of so many items, of which the first of a URL stays; what is past the limit is one problem.

    A problem without a URL is of the whole listing and always kept.
    """
    links: dict[str, Link] = {}
    more: dict[str, More] = {}
    problems: list[Problem] = []
    rest = 0
    for number, item in enumerate(items):
        if isinstance(item, Problem) and item.url is None:
            problems.append(item)
        elif number >= limit:
            rest += 1
        elif isinstance(item, Link):
            links.setdefault(item.url, item)
        elif isinstance(item, More):
            more.setdefault(item.url, item)
        else:
            problems.append(item)
    if rest:
        problems.append(Problem(Reason.RESOURCE_LIMIT, f"{rest:,} entries past the first {limit:,} were not read"))
    return Listing(tuple(links.values()), tuple(more.values()), tuple(problems))


def usable_url(base: str, url: str) -> str | Problem:
    """The address that a listing at `base` means by `url`, or why nobody may ask for it."""
    usable = link_url(base, url)
    if usable is None:
        scheme = split_url(url).scheme
        if scheme and scheme not in ("http", "https"):
            return Problem(
                Reason.ADDRESS_REFUSED, f"{scheme[:20]}: is no web address; only http and https are read", url
            )
        return Problem(Reason.MALFORMED_INPUT, "no web address", url)
    if len(usable) > LONGEST_ADDRESS:
        detail = f"an address of {len(usable):,} characters; one may have {LONGEST_ADDRESS:,}"
        return Problem(Reason.MALFORMED_INPUT, detail, url)
    return usable
