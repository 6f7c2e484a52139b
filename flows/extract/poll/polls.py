"""One look at a listing: fetched, read, and laid beside what it listed when it was last held."""

from collections.abc import Collection
from dataclasses import dataclass, field

from flows.extract.fetch.captures import Want
from flows.extract.fetch.fetching import Fetched, Fetcher
from flows.extract.fetch.rulebooks import RuleBook
from flows.extract.listing.links import Listing, More, Problem
from flows.extract.listing.listings import is_site, read_listing
from warehouse import storage
from warehouse.model import Page, PageKind
from warehouse.settings import Settings


@dataclass(frozen=True, slots=True)
class Read:
    """A listing that was fetched, what it lists now, and what it listed before."""

    fetched: Fetched
    listing: Listing | Problem
    before: Listing = field(default_factory=Listing)


class Poller:
    """Looks at listings. Shared by the threads of a run."""

    def __init__(self, fetcher: Fetcher, rules: RuleBook, settings: Settings) -> None:
        self._fetcher, self._rules, self._settings = fetcher, rules, settings

    def poll(self, want: Want) -> Fetched | Read:
        """What a listing lists; only what was fetched, where it is unchanged or could not be had."""
        if want.kind is PageKind.SITEMAP and is_site(want.url):
            named = self._rules.rules(want.url, want.source).robots.sitemaps
            if named:
                return Read(Fetched(want, None, None), Listing(more=tuple(map(More, named))))
        fetched = self._fetcher.fetch(want)
        if isinstance(fetched.result, Page):
            return Read(fetched, read_listing(fetched.result), self._before(want))
        if fetched.is_unchanged and (more := self._before(want).more):
            # What an index lists may have changed although the index has not.
            return Read(fetched, Listing(more=more))
        return fetched

    def _before(self, want: Want) -> Listing:
        """What the listing that is held lists."""
        held = storage.read_pages(self._settings, [want.held.page_id]) if want.held and want.held.page_id else []
        listing = read_listing(held[0]) if held else Listing()
        return listing if isinstance(listing, Listing) else Listing()


def links_held(settings: Settings, page_ids: Collection[str]) -> dict[str, Listing]:
    """What stored listings list, by page_id: where the hints of a link are found that is listed no longer."""
    listings = {page.page_id: read_listing(page) for page in storage.read_pages(settings, page_ids)}
    return {page_id: listing for page_id, listing in listings.items() if isinstance(listing, Listing)}
