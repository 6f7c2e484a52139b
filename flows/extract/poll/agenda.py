"""What a run asks for: each source's listings, then what in them is new, has changed, or failed and is due again.

All of it happens in one thread, the loop of `live.py`, so that nothing here needs a lock.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain

from flows.extract.fetch.captures import Want
from flows.extract.fetch.clocks import Clock
from flows.extract.fetch.fetching import Fetched
from flows.extract.listing.links import Link, Listing, More, Problem
from flows.extract.listing.listings import url_list_at, usual_places
from flows.extract.poll.choices import LONGEST_DAY, Choice, by_url, choice, is_bare_day, is_due
from flows.extract.poll.open_listings import OpenListings
from flows.extract.poll.polls import Read, links_held
from flows.extract.poll.windows import Window
from flows.extract.sources import Source
from flows.web.urls import CREDENTIALS
from warehouse import history
from warehouse.history import Held, Waiting
from warehouse.model import Fetch, Item, Outcome, Page, PageKind, Reason, Reject, Repeats, SourceKind, Stage
from warehouse.settings import Settings

DEEPEST = 3
"""Listings above a listing: an index of indexes exists, one that never ends is a trap."""

MOST_LISTINGS = 1000
"""Listings that one source may lead to in a poll."""

LONGEST_LOCATION = 500
"""Characters of pasted lines that a reject repeats to say where an entry stood."""

POINTLESS = frozenset({Reason.UNREACHABLE, Reason.TIMEOUT, Reason.ADDRESS_REFUSED})
"""Where a host cannot be had at all, its other places cannot either."""

STALE = timedelta(hours=1)
"""A cache may still give the sitemap of an hour ago when its index already says that it has changed."""

LISTING_KINDS = {SourceKind.FEED: PageKind.FEED, SourceKind.SITEMAP: PageKind.SITEMAP}


@dataclass(frozen=True, slots=True)
class Planned:
    """A link that a run would ask for, and why."""

    source: str
    url: str
    choice: Choice


@dataclass(frozen=True, slots=True)
class Chosen:
    """A link to be asked for: what is held of it, why it is chosen, the page_id of the listing that named it."""

    link: Link
    held: Held | None
    why: Choice
    listed_in: str | None


class Agenda:
    """Decides what is asked for and makes items of what came of it. `ask` takes the wants, `recall` hosts to be met."""

    def __init__(  # noqa: PLR0913 - two doors out, two wishes, and what it stands on
        self,
        settings: Settings,
        clock: Clock,
        *,
        ask: Callable[[Want], None],
        recall: Callable[[Collection[str]], None],
        window: Window,
        is_plan: bool,
    ) -> None:
        self._settings, self._clock, self._ask, self._recall = settings, clock, ask, recall
        self._window, self._is_plan = window, is_plan
        self.shortfalls: list[str] = []
        self.planned: list[Planned] = []
        self.open_count = 0
        """Wants that are asked for and have not come to their end."""
        self._open = OpenListings()
        self._asked: set[tuple[PageKind, str]] = set()
        self._in_progress: set[str] = set()
        self._listing_counts: Counter[str] = Counter()

    def begin(self, sources: Sequence[Source]) -> Iterator[Item]:
        """Asks for each source's own listing; a list of addresses is there already."""
        names = [source.name for source in sources]
        self._waiting: dict[str, list[Waiting]] = {}
        for link in history.waiting_links(self._settings, names, self._clock.now()):
            self._waiting.setdefault(link.source, []).append(link)
        for source_kind, page_kind in LISTING_KINDS.items():
            self._poll([source for source in sources if source.kind is source_kind], page_kind)
        for source in sources:
            if source.kind is SourceKind.URL_LIST:
                yield from self._look_through(source)

    def settle(self, event: Fetched | Read) -> Iterator[Item]:
        """What came of a want."""
        if isinstance(event, Read):
            yield from self._polled(event)
        elif event.want.kind is PageKind.DOCUMENT:
            yield from self._fetched(event)
        else:
            yield from self._not_polled(event)
        self.open_count -= 1

    def _poll(self, sources: Sequence[Source], kind: PageKind) -> None:
        """Asks for the sources' listings: at their locations, or where one was found on the same site before."""
        places = {source.name: (source.location, *usual_places(source.location, kind)) for source in sources}
        self._recall([source.location for source in sources])
        held = history.held(self._settings, list(chain.from_iterable(places.values())), kind)
        for source in sources:
            first, *rest = _promising(places[source.name], held, kind)
            self._want(Want(source=source, kind=kind, url=first, held=held.get(first), instead=tuple(rest)))

    def _look_through(self, source: Source) -> Iterator[Item]:
        """Asks for the addresses of a list; one that cannot be read harms no other source."""
        want = Want(source=source, kind=PageKind.DOCUMENT, url=source.location)
        try:
            listing = url_list_at(source.location)
        except OSError as error:
            problem = Problem(Reason.MALFORMED_INPUT, f"the list cannot be read ({error.strerror or error})")
            self.shortfalls.append(f"source {source.name}: {source.location}: {problem.detail}")
            yield self._reject(want, problem, Stage.READ)
            return
        yield from self._follow(want, listing, Listing(), ())

    def _want(self, want: Want) -> None:
        self._asked.add((want.kind, want.url))
        self.open_count += 1
        self._ask(want)

    def _fetched(self, fetched: Fetched) -> Iterator[Item]:
        """A link has come to its end."""
        if fetched.fetch:
            yield fetched.fetch
        yield fetched.result or Repeats()
        self._in_progress.discard(fetched.want.url)
        yield from self._open.settle(fetched.want.url)

    def _not_polled(self, fetched: Fetched) -> Iterator[Item]:
        """A listing is unchanged, or could not be had: then the next of its usual places is tried."""
        want = fetched.want
        if fetched.fetch:
            yield fetched.fetch
        result = fetched.result
        if isinstance(result, Reject) and want.instead and result.reason not in POINTLESS:
            self._want_instead(want)
            return
        yield result or Repeats()
        if isinstance(result, Reject):
            self.shortfalls.append(f"source {want.source.name}: {_tried(want)}: {result.detail}")
        self._ask_again(want)

    def _want_instead(self, want: Want) -> None:
        url, *rest = want.instead
        held = history.held(self._settings, [url], want.kind)
        self._want(replace(want, url=url, instead=tuple(rest), held=held.get(url)))

    def _polled(self, read: Read) -> Iterator[Item]:
        """A listing was read; what proved to be no listing counts as one that could not be had."""
        want, fetch = read.fetched.want, read.fetched.fetch
        if isinstance(read.listing, Problem):
            refused = fetch and replace(fetch, outcome=Outcome.REJECT, reason=read.listing.reason, page_id=None)
            yield from self._not_polled(Fetched(want, self._reject(want, read.listing, Stage.FETCH), refused))
            return
        if read.fetched.is_unchanged:
            yield Repeats()
        records = tuple(record for record in (read.fetched.result, fetch) if isinstance(record, Page | Fetch))
        yield from self._follow(want, read.listing, read.before, records)
        self._ask_again(want)

    def _follow(
        self, want: Want, listing: Listing, before: Listing, records: tuple[Page | Fetch, ...]
    ) -> Iterator[Item]:
        """Asks for what a listing lists and is new or has changed; the listing is kept until that has come."""
        yield from self._tell(want, listing.problems)
        yield from self._go_deeper(want, listing.more)
        links = self._window.links(listing.links) if want.kind is PageKind.SITEMAP else listing.links
        if len(links) < len(listing.links):
            records = tuple(self._window.marked(records))
        page_id = next((record.page_id for record in records if isinstance(record, Page)), None)
        chosen = self._chosen(want.source, links, before, page_id)
        # What another listing of this run has named already is not asked for again, and was new here all the same.
        asked = [one for one in chosen if (PageKind.DOCUMENT, one.link.url) not in self._asked]
        self._ask_for(want.source, asked)
        yield Repeats(len(links) - len(asked))
        counted = [_counted(record, listing, chosen) for record in records]
        yield from self._open.open(counted, [link.url for link in links if link.url in self._in_progress])

    def _tell(self, want: Want, problems: Sequence[Problem]) -> Iterator[Reject]:
        """A listing's problems; one of the whole listing means that there was more than could be read."""
        for problem in problems:
            yield self._reject(want, problem, Stage.READ)
            if problem.url is None:
                self.shortfalls.append(f"source {want.source.name}: {_tried(want)}: {problem.detail}")

    def _chosen(self, source: Source, links: Sequence[Link], before: Listing, listed_in: str | None) -> list[Chosen]:
        """The links that are new, have changed or are due again; first those that have failed the least.

        A host that fails for some addresses in a row is left alone for this run: the good ones must come before them.
        """
        held = history.held(self._settings, [link.url for link in links], PageKind.DOCUMENT)
        earlier, now = by_url(before.links), self._clock.now()
        is_watched = source.kind is SourceKind.URL_LIST
        chosen = [
            Chosen(link, held.get(link.url), why, listed_in)
            for link in links
            if (why := choice(link, held.get(link.url), earlier.get(link.url), now, is_watched=is_watched))
        ]
        return sorted(chosen, key=lambda one: one.held.failure_count if one.held else 0)

    def _ask_for(self, source: Source, chosen: Sequence[Chosen]) -> None:
        if self._is_plan:
            self.planned += [Planned(source.name, one.link.url, one.why) for one in chosen]
            self._asked.update((PageKind.DOCUMENT, one.link.url) for one in chosen)
            return
        self._recall([one.link.url for one in chosen])
        for one in chosen:
            self._in_progress.add(one.link.url)
            self._want(
                Want(
                    source=source,
                    kind=PageKind.DOCUMENT,
                    url=one.link.url,
                    held=one.held,
                    link=one.link,
                    listed_in=one.listed_in,
                )
            )

    def _ask_again(self, want: Want) -> None:
        """Asks for a source's links that failed before and are listed no longer; each with the hints it once had."""
        if want.depth:
            return
        due = [link for link in self._waiting.pop(want.source.name, ()) if self._is_due(link)]
        waiting = sorted(due, key=lambda link: link.failure_count)
        listed = links_held(self._settings, {link.location for link in waiting if link.location})
        held = history.held(self._settings, [link.url for link in waiting], PageKind.DOCUMENT)
        links = [listed.get(link.location or "", {}).get(link.url, Link(url=link.url)) for link in waiting]
        self._ask_for(
            want.source,
            [
                Chosen(link, held.get(link.url), Choice.RETRY, waited.location)
                for link, waited in zip(links, waiting, strict=True)
            ],
        )

    def _is_due(self, link: Waiting) -> bool:
        is_due_now = is_due(link.failure_count, link.failed_at, link.reason, self._clock.now())
        return is_due_now and (PageKind.DOCUMENT, link.url) not in self._asked

    def _go_deeper(self, want: Want, more: Sequence[More]) -> Iterator[Item]:
        """Asks for the listings that a listing names and that may have changed, within bounds, the newest first."""
        within = self._window.sitemaps(more) if want.kind is PageKind.SITEMAP else more
        unasked = [one for one in within if (want.kind, one.url) not in self._asked]
        held = history.held(self._settings, [one.url for one in unasked], want.kind)
        open_ones = sorted((one for one in unasked if not _is_settled(one, held.get(one.url))), key=_newest_first)
        room = MOST_LISTINGS - self._listing_counts[want.source.name] if want.depth < DEEPEST else 0
        if len(open_ones) > room:
            left = f"{len(open_ones) - room:,} listings named by {want.url} were not read: a source may lead to "
            bounds = f"{MOST_LISTINGS:,} of them, {DEEPEST} deep"
            yield self._reject(want, Problem(Reason.RESOURCE_LIMIT, left + bounds), Stage.READ)
            self.shortfalls.append(f"source {want.source.name}: {left}{bounds}")
        taken = open_ones[: max(0, room)]
        self._listing_counts[want.source.name] += len(taken)
        self._recall([one.url for one in taken])
        for one in taken:
            self._want(
                Want(source=want.source, kind=want.kind, url=one.url, held=held.get(one.url), depth=want.depth + 1)
            )

    def _reject(self, want: Want, problem: Problem, stage: Stage) -> Reject:
        """A listing's own problem (stage fetch, at this moment), or that of one of its entries (stage read)."""
        is_own = stage is Stage.FETCH
        return Reject(
            stage=stage,
            reason=problem.reason,
            detail=problem.detail,
            source=want.source.name,
            url=want.url if is_own else problem.url,
            location=CREDENTIALS.sub("", want.url)[:LONGEST_LOCATION],
            rejected_at=self._clock.now() if is_own else None,
        )


def _counted(record: Page | Fetch, listing: Listing, chosen: Sequence[Chosen]) -> Page | Fetch:
    """A listing's line in the log of requests, with what it listed; an index of sitemaps lists no links."""
    if isinstance(record, Page) or (listing.more and not listing.links):
        return record
    new_count = sum(one.why is Choice.NEW for one in chosen)
    return replace(record, link_count=len(listing.links), new_link_count=new_count)


def _tried(want: Want) -> str:
    location = want.source.location
    is_elsewhere = not want.depth and want.url != location
    return f"{location} names none, and of the usual places the last is {want.url}" if is_elsewhere else want.url


def _promising(places: Sequence[str], held: Mapping[str, Held], kind: PageKind) -> list[str]:
    """A location and the usual places on its site, first those where a listing was found before.

    Only a sitemap's location always comes first: it stands for robots.txt, which is at hand.
    """
    is_found = {place for place in places if place in held and held[place].page_id}
    if kind is PageKind.SITEMAP:
        is_found.add(places[0])
    return sorted(places, key=lambda place: place not in is_found)


def _newest_first(one: More) -> float:
    """Orders listings by their last change, the newest first; those that do not say it come before all."""
    return -one.modified_at.timestamp() if one.modified_at else -math.inf


def _is_settled(one: More, held: Held | None) -> bool:
    """Whether a sitemap has not changed, by its index, since it was last looked at."""
    checked_at = held.checked_at if held and held.page_id and not held.failure_count else None
    if one.modified_at is None or checked_at is None:
        return False
    return one.modified_at + (LONGEST_DAY if is_bare_day(one.modified_at) else STALE) < checked_at
