"""Listings whose links are still being fetched. A listing is stored after its links, never before.

Its ETag would otherwise make the server say "unchanged" after a kill, and links that nobody fetched would be lost.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from warehouse.model import Fetch, Page


@dataclass(slots=True)
class OpenListing:
    """A listing's records, and the addresses that it waits for."""

    records: tuple[Page | Fetch, ...]
    awaited: set[str] = field(default_factory=set)


class OpenListings:
    """Which listings wait for which addresses; two may wait for the same."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, list[OpenListing]] = defaultdict(list)

    def open(self, records: Sequence[Page | Fetch], awaited: Collection[str]) -> Iterator[Page | Fetch]:
        """Keeps a listing until its addresses are settled; gives its records at once where there are none."""
        if not awaited:
            yield from records
            return
        listing = OpenListing(tuple(records), set(awaited))
        for url in listing.awaited:
            self._waiting[url].append(listing)

    def settle(self, url: str) -> Iterator[Page | Fetch]:
        """Takes note that an address is dealt with; gives the records of each listing that waited for it alone."""
        for listing in self._waiting.pop(url, ()):
            listing.awaited.discard(url)
            if not listing.awaited:
                yield from listing.records
