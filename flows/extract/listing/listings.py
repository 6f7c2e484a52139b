"""Reading what was fetched as a listing: the links of a feed or sitemap, or the listings that a home page names."""

from pathlib import Path

from flows.extract.listing import discovery
from flows.extract.listing.feeds import read_feed
from flows.extract.listing.links import Listing, More, Problem
from flows.extract.listing.sitemaps import read_sitemap
from flows.extract.listing.url_lists import NO_ADDRESS, is_url_list, read_url_list
from flows.extract.sources import is_pasted
from flows.web.urls import split_url
from warehouse.model import Page, PageKind

MOST_FEEDS = 20
"""Feeds that a home page may name: more are those of every section or of the comments under each article."""


def read_listing(page: Page) -> Listing | Problem:
    """What a page of kind feed or sitemap lists; a home page lists the feeds that it names."""
    read = read_sitemap if page.kind is PageKind.SITEMAP else read_feed
    listing = read(page.body, url=page.url, charset=page.charset)
    if isinstance(listing, Listing) or page.kind is not PageKind.FEED:
        return listing
    if discovery.is_html(page.body, page.content_type):
        feeds = discovery.feeds_of(page.body, url=page.url, charset=page.charset)
        if feeds:
            return Listing(more=tuple(More(url) for url in feeds[:MOST_FEEDS]))
    return listing


def url_list_at(location: str) -> Listing:
    """The addresses of a list that is pasted or stands in a file.

    Raises OSError where that cannot be read, also because it is no list: nothing of it is repeated.
    """
    content = location if is_pasted(location) else Path(location).read_bytes()
    if not is_url_list(content):
        raise OSError(NO_ADDRESS)
    return read_url_list(content)


def usual_places(url: str, kind: PageKind) -> tuple[str, ...]:
    """Where a site keeps such listings, for a location that is only the site's address."""
    return discovery.usual_places(kind, url) if is_site(url) else ()


def is_site(url: str) -> bool:
    """Whether an address names a site and no place on it."""
    return split_url(url).path in ("", "/")
