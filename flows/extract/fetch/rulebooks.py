"""What each host asks of us: its robots.txt and tdmrep.json, asked for once a day and remembered by the warehouse."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock

from flows.extract.fetch.asking import Asking
from flows.extract.fetch.captures import Want, fetch_of, page_of
from flows.extract.fetch.http import Answer, Failure, Request
from flows.extract.fetch.journeys import NOT_MODIFIED, Journey, Manners, travel
from flows.extract.fetch.robots import Robots, Tdmrep, agent_of, robots_url
from flows.extract.sources import Source
from warehouse.model import Fetch, Outcome, Page, PageKind, Reason
from warehouse.settings import Settings

FRESH = timedelta(hours=24)
"""RFC 9309, section 2.4: a robots.txt should not be used for longer without asking again."""

ROBOTS = "/robots.txt"
NO_ANSWER = frozenset({429, *range(500, 600)})
"""Statuses after which RFC 9309, section 2.3.1.4, takes a robots.txt for unreachable and not for absent."""


Recall = Callable[[Collection[str]], dict[str, tuple[Page | None, datetime]]]
"""Looks addresses up: the page of each (None: there was none), and when it was asked for."""


@dataclass(frozen=True, slots=True)
class HostRules:
    """The rules of one host; `trouble` is why they are unknown, and then nothing may be asked of the host."""

    robots: Robots
    tdmrep: Tdmrep
    trouble: Failure | None = None


class RuleBook:
    """The rules of every host that a run meets. Shared by its threads; each host's files are asked for by one of them.

    `recall` gives what the warehouse holds of such files; `keep` takes what was fetched now, to be stored.
    """

    def __init__(
        self, asking: Asking, settings: Settings, *, recall: Recall, keep: Callable[[Page | Fetch], None]
    ) -> None:
        self._asking, self._settings, self._recall, self._keep = asking, settings, recall, keep
        self._agent = agent_of(settings.user_agent)
        self._remembered: dict[str, tuple[Page | None, datetime] | None] = {}
        self._rules: dict[tuple[str, bool], HostRules] = {}
        self._locks: dict[str, Lock] = {}
        self._lock = Lock()

    def recall(self, urls: Collection[str]) -> None:
        """Looks up at once what the warehouse holds of the rules for many addresses."""
        wanted = {place for url in urls for place in _places(url)} - self._remembered.keys()
        found = self._recall(wanted) if wanted else {}
        self._remembered.update({place: found.get(place) for place in wanted})

    def rules(self, url: str, source: Source) -> HostRules:
        """The rules for an address, asked for on behalf of a source where they are not known or a day old."""
        robots_place, tdmrep_place = _places(url)
        # A host that a guarded source may not ask can be another's all the same.
        known = robots_place, source.allow_private
        with self._lock:
            lock = self._locks.setdefault(robots_place, Lock())
        with lock:
            if known not in self._rules:
                self.recall([url])
                self._rules[known] = self._read(robots_place, tdmrep_place, source)
        return self._rules[known]

    def delay_seconds(self, url: str, source: Source) -> float:
        """The time between two requests to an address's host: what the source wishes, or more by its robots.txt."""
        return max(self._wished_delay(source), self.rules(url, source).robots.crawl_delay or 0.0)

    def _wished_delay(self, source: Source) -> float:
        return self._settings.delay_seconds if source.delay_seconds is None else source.delay_seconds

    def _read(self, robots_place: str, tdmrep_place: str, source: Source) -> HostRules:
        text = self._file(robots_place, source, 0.0)
        if isinstance(text, Failure):
            why = f"the host is left alone while its robots.txt cannot be had (RFC 9309): {text.detail}"
            return HostRules(Robots.deny_all(why), Tdmrep.read(b""), replace(text, detail=why))
        robots = Robots.read(text, self._agent) if text is not None else Robots.allow_all()
        # A host that lets nobody in need not be asked what its pages may be used for.
        tdmrep = (
            self._file(tdmrep_place, source, robots.crawl_delay or 0.0) if robots.is_allowed(tdmrep_place) else None
        )
        return HostRules(robots, Tdmrep.read(tdmrep if isinstance(tdmrep, bytes) else b""))

    def _file(self, place: str, source: Source, crawl_delay: float) -> bytes | Failure | None:
        """A file's bytes; None where there is none; why it cannot be had, where no older copy is held either."""
        page, asked_at = self._remembered.get(place) or (None, None)
        if asked_at and self._asking.clock.now() - asked_at < FRESH:
            return page.body if page else None
        want = Want(source=source, kind=PageKind.ROBOTS, url=place)
        conditions = {"etag": page.etag, "last_modified": page.last_modified} if page and page.url == place else {}
        request = Request(url=place, allow_private=source.allow_private, **conditions)
        delay = max(crawl_delay, self._wished_delay(source))
        manners = Manners(lambda _: delay, lambda _: None)
        journey = travel(self._asking, request, manners)
        answer = journey.outcome
        if isinstance(answer, Failure) and _is_unavailable(journey, answer):
            self._keep(fetch_of(want, journey, Outcome.ABSENT, reason=answer.reason))
            return None
        if isinstance(answer, Failure) or answer.status in NO_ANSWER:
            return self._without_answer(want, journey, page)
        return self._with_answer(want, journey, answer, page)

    def _with_answer(self, want: Want, journey: Journey, answer: Answer, held: Page | None) -> bytes | None:
        if journey.is_success:
            page = page_of(want, journey, answer, robots=(), opt_outs=())
            if held is None or page.body_hash != held.body_hash:
                self._keep(page)
                self._keep(fetch_of(want, journey, Outcome.PAGE, page_id=page.page_id))
                return page.body
        elif not (answer.status == NOT_MODIFIED and held):
            self._keep(fetch_of(want, journey, Outcome.ABSENT))
            return None
        assert held  # noqa: S101 - what is unchanged is held
        self._keep(fetch_of(want, journey, Outcome.UNCHANGED, page_id=held.page_id))
        return held.body

    def _without_answer(self, want: Want, journey: Journey, held: Page | None) -> bytes | Failure:
        failure = journey.outcome
        if isinstance(failure, Answer):
            failure = Failure(reason=Reason.HTTP_STATUS, detail=f"status {failure.status}", is_transient=False)
        if journey.request_count:
            is_let_go = held is None and not want.url.endswith(ROBOTS) and failure.reason is not Reason.ADDRESS_REFUSED
            # Only a robots.txt that cannot be had keeps us away: another file need not be asked for in every run.
            outcome = Outcome.ABSENT if is_let_go else Outcome.REJECT
            self._keep(fetch_of(want, journey, outcome, reason=failure.reason))
        return held.body if held else failure


def _is_unavailable(journey: Journey, failure: Failure) -> bool:
    """Whether the host was there and has no file to be read: RFC 9309, section 2.3.1.3, takes it for none.

    Among these are redirects that lead nowhere (section 2.3.1.2), and what is larger than any such file.
    """
    return journey.is_astray or failure.reason is Reason.TOO_LARGE


@lru_cache(maxsize=1024)
def _places(url: str) -> tuple[str, str]:
    """Where the rules for an address stand: its host's robots.txt and tdmrep.json."""
    robots_place = robots_url(url)
    return robots_place, robots_place.removesuffix(ROBOTS) + "/.well-known/tdmrep.json"
