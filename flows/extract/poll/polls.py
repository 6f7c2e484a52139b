"""One look at a listing: fetched, read, and laid beside what it listed when it was last held."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from flows.extract.fetch.captures import Want
from flows.extract.fetch.fetching import Fetched, Fetcher
from flows.extract.fetch.robots import robots_url
from flows.extract.fetch.rulebooks import RuleBook
from flows.extract.listing.links import Link, Listing, More, Problem, listing, usable_url
from flows.extract.listing.listings import is_site, read_listing
from flows.extract.poll.choices import by_url
from warehouse import storage
from warehouse.model import Page, PageKind, Reason
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
            rules = self._rules.rules(want.url, want.source)
            if not rules.trouble:
                return Read(Fetched(want, None, None), _named(want.url, rules.robots.sitemaps))
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
        read = read_listing(held[0]) if held else Listing()
        return read if isinstance(read, Listing) else Listing()


def links_held(settings: Settings, page_ids: Collection[str]) -> dict[str, Mapping[str, Link]]:
    """The links of stored listings, by page_id and address: where those keep their hints that are listed no longer."""
    read = {page.page_id: read_listing(page) for page in storage.read_pages(settings, page_ids)}
    return {page_id: by_url(each.links) for page_id, each in read.items() if isinstance(each, Listing)}


def _named(url: str, written: Sequence[str]) -> Listing | Problem:
    """The sitemaps that the robots.txt of a site names; a Problem where it names none that can be asked for."""
    place = robots_url(url)
    usable = (usable_url(place, each) for each in written)
    named = listing((More(each) if isinstance(each, str) else each for each in usable), limit=len(written))
    if named.more:
        return named
    unusable = f" that can be used: {named.problems[0].detail}" if named.problems else ""
    return Problem(Reason.NOT_FOUND, f"robots.txt names no sitemap{unusable}")
