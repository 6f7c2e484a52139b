"""From an address that is wanted to a page, a reject, or the knowledge that nothing has changed."""

from dataclasses import dataclass, replace

from flows.extract.fetch.asking import Asking
from flows.extract.fetch.captures import Want, fetch_of, lack_of, page_of, reject_of
from flows.extract.fetch.http import Answer, Failure, Request
from flows.extract.fetch.journeys import NOT_MODIFIED, Journey, Manners, travel
from flows.extract.fetch.robots import agent_of
from flows.extract.fetch.rulebooks import RuleBook
from flows.extract.fetch.statements import opt_out_statements, refusal, robots_statements
from flows.extract.listing.discovery import described, is_page
from warehouse.model import Fetch, Outcome, Page, PageKind, Policy, Reason, Redirect, Reject, hash_of
from warehouse.settings import Settings

GONE = (404, 410)
PERMANENT = 301


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of a want; `result` is None where nothing has changed, `fetch` where nothing was asked."""

    want: Want
    result: Page | Reject | None
    fetch: Fetch | None

    @property
    def is_unchanged(self) -> bool:
        """Whether the server said, or sent, what is held already."""
        return self.fetch is not None and self.fetch.outcome is Outcome.UNCHANGED


class Fetcher:
    """Fetches what is wanted, by the rules of hosts and sources. Shared by the threads of a run."""

    def __init__(self, asking: Asking, rules: RuleBook, settings: Settings) -> None:
        self._asking, self._rules = asking, rules
        self._agent = agent_of(settings.user_agent)

    def fetch(self, want: Want) -> Fetched:
        """Asks for one address. Expected trouble comes back as a Reject."""
        journey = self._journey(want)
        answer = journey.outcome
        if isinstance(answer, Failure):
            return _rejected(want, journey, answer.reason, answer.detail)
        if answer.status == NOT_MODIFIED and want.held and want.held.page_id:
            return _unchanged(want, journey)
        if not journey.is_success:
            reason = Reason.NOT_FOUND if answer.status in GONE else Reason.HTTP_STATUS
            return _rejected(want, journey, reason, f"status {answer.status}")
        return self._taken(want, journey, answer)

    def _journey(self, want: Want) -> Journey:
        """A permanent redirect that is remembered is taken at once; where it leads nowhere now, it is forgotten."""
        moved_to = want.held.moved_to if want.held else None
        if not moved_to:
            return self._travel(want, want.url, ())
        journey = self._travel(want, moved_to, (Redirect(PERMANENT, moved_to),))
        if journey.is_success or journey.status == NOT_MODIFIED:
            return journey
        # What is held came from the place that failed: the old one is asked without conditions.
        return self._travel(replace(want, held=None), want.url, ()).after(journey)

    def _travel(self, want: Want, url: str, remembered: tuple[Redirect, ...]) -> Journey:
        held = want.held
        request = Request(url=url, allow_private=want.source.allow_private)
        if held and held.page_id:
            request = replace(request, etag=held.etag, last_modified=held.last_modified)
        manners = Manners(lambda at: self._rules.delay_seconds(at, want.source), lambda at: self._refusal(at, want))
        return travel(self._asking, request, manners, remembered)

    def _taken(self, want: Want, journey: Journey, answer: Answer) -> Fetched:
        """What a 2xx answer is worth: the page that is held already, one that must not be kept, or a new one."""
        if want.kind is PageKind.DOCUMENT and (lack := lack_of(answer.status, answer.body)):
            return _rejected(want, journey, Reason.HTTP_STATUS, lack)
        if want.kind is PageKind.DOCUMENT and not is_page(answer.body, answer.header("Content-Type")):
            what = described(answer.body, answer.header("Content-Type"))
            return _rejected(want, journey, Reason.NOT_HTML, what, answer.body)
        page = self._page(want, journey, answer)
        denied = refusal(page.robots_statements, page.opt_out_statements, self._agent)
        if denied and want.source.policy is Policy.RESPECT and want.kind is PageKind.DOCUMENT:
            return _rejected(want, journey, Reason.ROBOTS_DENIED, denied, answer.body)
        if want.held and page.body_hash == want.held.body_hash:
            return _unchanged(want, journey)
        return Fetched(want, page, fetch_of(want, journey, Outcome.PAGE, page_id=page.page_id))

    def _page(self, want: Want, journey: Journey, answer: Answer) -> Page:
        rules = self._rules.rules(journey.url, want.source)
        robots = robots_statements(answer.headers, answer.body, self._agent)
        if not rules.robots.is_allowed(journey.url):
            robots = ("robots.txt: disallow", *robots)
        stated = (rules.robots.statements(journey.url), rules.tdmrep.statements(journey.url))
        opt_outs = opt_out_statements(answer.headers, answer.body, *stated, self._agent)
        return page_of(want, journey, answer, robots=robots, opt_outs=opt_outs)

    def _refusal(self, url: str, want: Want) -> Failure | None:
        if want.source.policy is not Policy.RESPECT:
            return None
        rules = self._rules.rules(url, want.source)
        if rules.trouble or rules.robots.is_allowed(url):
            return rules.trouble
        detail = f'robots.txt disallows {url}; a source with policy = "record" would ask all the same'
        return Failure(reason=Reason.ROBOTS_DENIED, detail=detail, is_transient=False)


def _unchanged(want: Want, journey: Journey) -> Fetched:
    page_id = want.held.page_id if want.held else None
    return Fetched(want, None, fetch_of(want, journey, Outcome.UNCHANGED, page_id=page_id))


def _rejected(want: Want, journey: Journey, reason: Reason, detail: str, body: bytes | None = None) -> Fetched:
    reject = reject_of(want, journey, reason, detail, hash_of([body]) if body else None)
    fetch = fetch_of(want, journey, Outcome.REJECT, reason=reason) if journey.request_count else None
    return Fetched(want, reject, fetch)
