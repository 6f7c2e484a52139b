"""Polls without a flow: what a reader gives is stored as a run stores it, and no document is made of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flows.extract.fetch.clocks import Clock
from flows.extract.poll.agenda import Planned
from flows.extract.poll.live import LiveReader
from flows.extract.sources import Source
from tests.flows.loopback import Host, Response, article
from warehouse import storage
from warehouse.model import Fetch, Item, Page, PageKind, Reason, Reject, Repeats, SourceKind
from warehouse.schema import FETCHES, PAGES, REJECTS
from warehouse.settings import Settings

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Polled:
    """What one poll gave."""

    items: list[Item]
    shortfalls: list[str]
    planned: list[Planned]

    @property
    def documents(self) -> dict[str, Page]:
        """The pages of articles, by the path that was asked for."""
        return {path_of(page.requested_url): page for page in self.pages if page.kind is PageKind.DOCUMENT}

    @property
    def pages(self) -> list[Page]:
        return [item for item in self.items if isinstance(item, Page)]

    @property
    def rejects(self) -> list[Reject]:
        return [item for item in self.items if isinstance(item, Reject)]

    @property
    def reasons(self) -> dict[str, Reason]:
        return {path_of(reject.url or ""): reject.reason for reject in self.rejects}

    @property
    def fetches(self) -> list[Fetch]:
        return [item for item in self.items if isinstance(item, Fetch)]

    @property
    def repeat_count(self) -> int:
        return sum(item.count for item in self.items if isinstance(item, Repeats))


@dataclass
class Web:
    """Hosts on loopback, the clock that they share with the polls, and the warehouse that these fill."""

    settings: Settings
    clock: Clock
    hosts: list[Host]

    @property
    def host(self) -> Host:
        return self.hosts[0]

    def poll(self, *sources: Source, settings: Settings | None = None, **wishes) -> Polled:
        """One poll, stored; the next is an hour later."""
        reader = LiveReader(sources, settings or self.settings, clock=self.clock, **wishes)
        items = list(reader)
        if not wishes.get("is_plan"):
            store(self.settings, items)
        self.clock.sleep(HOUR.total_seconds())
        return Polled(items, reader.shortfalls, reader.planned)

    def asked(self, host: Host | None = None) -> list[str]:
        """The paths that a host was asked for since the last look, but for its rules; its log is emptied."""
        host = host or self.host
        paths = [path for path in host.paths() if path not in RULES]
        host.log.clear()
        return paths


RULES = ("/robots.txt", "/.well-known/tdmrep.json")


def store(settings: Settings, items: Iterable[Item]) -> None:
    """What a run keeps, in the order in which it does."""
    for table, kind in ((REJECTS, Reject), (PAGES, Page), (FETCHES, Fetch)):
        storage.append_new(settings, table, [item for item in items if isinstance(item, kind)], "run")


def source_of(kind: SourceKind, location: str, **wishes) -> Source:
    """A source on loopback, named after its kind where it has no other name."""
    return Source(**{"name": str(kind), "kind": kind, "location": location, "allow_private": True, **wishes})


def feed_at(host: Host, path: str = "/feed", **wishes) -> Source:
    return source_of(SourceKind.FEED, host.url + path, **wishes)


def sitemap_at(host: Host, path: str = "/sitemap.xml", **wishes) -> Source:
    return source_of(SourceKind.SITEMAP, host.url + path, **wishes)


def list_of(*urls: str, **wishes) -> Source:
    """A list of addresses, pasted."""
    return source_of(SourceKind.URL_LIST, "\n".join(urls) + "\n", **wishes)


def serve(host: Host, places: dict[str, Response]) -> dict[str, Response]:
    """Lets a host answer with these places; they may be changed afterwards."""
    host.answers = places.get
    return places


def story(title: str = "A story", text: str = "What the story says.") -> Response:
    return article(title, text, START - HOUR)


def moved(to: str, status: int = 302) -> Response:
    return Response(status=status, headers=(("Location", to),))


def robots(text: str) -> Response:
    return Response(text.encode(), content_type="text/plain")


def sitemap(*entries: tuple[str, str | None]) -> Response:
    """A sitemap of (address, lastmod)."""
    return _xml("urlset", "url", entries)


def index(*entries: tuple[str, str | None]) -> Response:
    """A sitemap index of (address, lastmod)."""
    return _xml("sitemapindex", "sitemap", entries)


def _xml(root: str, name: str, entries: tuple[tuple[str, str | None], ...]) -> Response:
    listed = "".join(
        f"<{name}><loc>{url}</loc>{f'<lastmod>{modified}</lastmod>' if modified else ''}</{name}>"
        for url, modified in entries
    )
    body = f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</{root}>'
    return Response(body.encode(), content_type="application/xml")


def path_of(url: str) -> str:
    """An address without scheme and host, which are another port in each test."""
    return "/" + url.split("/", 3)[3] if url.startswith("http") else url
