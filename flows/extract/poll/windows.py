"""Backfill: the days of a sitemap that a poll follows, and the name under which such a sitemap is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flows.extract.listing.date_ranges import in_range, may_hold
from flows.extract.listing.links import Link, More
from warehouse.model import Fetch, Page


@dataclass(frozen=True, slots=True)
class Window:
    """Days to be backfilled from sitemaps, both included; None leaves that side open."""

    since: date | None = None
    until: date | None = None

    def links(self, listed: Sequence[Link]) -> list[Link]:
        """Those of a sitemap's links that belong to it."""
        return [link for link in listed if in_range(link, self.since, self.until)]

    def sitemaps(self, named: Sequence[More]) -> list[More]:
        """Those of an index's sitemaps that may hold such links."""
        return [one for one in named if may_hold(one, self.since, self.until)]

    def marked(self, records: Sequence[Page | Fetch]) -> Iterator[Page | Fetch]:
        """The records of a sitemap of which only this was followed, under an address that says so.

        Under its own address it would count as dealt with, and what lies outside would never be asked for.
        """
        part = f"#{self.since or ''}..{self.until or ''}"
        page_id = None
        for record in records:
            named = replace(record, requested_url=record.requested_url + part)
            if isinstance(named, Page):
                page_id = named.page_id
            elif page_id:
                named = replace(named, page_id=page_id)
            yield named
