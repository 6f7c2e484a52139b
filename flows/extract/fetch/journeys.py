"""From the address that was asked for to the one that answers: redirects, followed one by one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from flows.extract.fetch.asking import Asked, Asking
from flows.extract.fetch.http import Answer, Failure, Request
from flows.web.urls import request_url
from warehouse.model import Reason, Redirect

MOST_REDIRECTS = 10
"""Twice what RFC 9309 asks of a reader of robots.txt; browsers give up at 20."""

SUCCESSES = range(200, 300)
NOT_MODIFIED = 304
REDIRECTS = (301, 302, 303, 307, 308)
SHOWN = 200
"""Characters of a Location that a reject repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Where asking for an address led. `redirects` lead from it to `url`, remembered ones included.

    `is_astray`: the last answer was a redirect that could not be followed.
    """

    outcome: Answer | Failure
    url: str
    asked_at: datetime
    redirects: tuple[Redirect, ...] = ()
    request_count: int = 0
    received_bytes: int = 0
    seconds: float = 0.0
    is_astray: bool = False

    @property
    def status(self) -> int | None:
        """The status of the last answer; None where there was none."""
        return self.outcome.status if isinstance(self.outcome, Answer) else None

    @property
    def is_success(self) -> bool:
        """Whether the answer is what was asked for."""
        return self.status in SUCCESSES

    def after(self, vain: "Journey") -> "Journey":
        """The journey with what one in vain before it had cost."""
        return replace(
            self,
            request_count=vain.request_count + self.request_count,
            received_bytes=vain.received_bytes + self.received_bytes,
            seconds=vain.seconds + self.seconds,
        )


@dataclass(frozen=True, slots=True)
class Manners:
    """What is asked of a journey at each address: the delay between requests, and whether it may be asked at all."""

    delay_seconds: Callable[[str], float]
    refusal: Callable[[str], Failure | None]


def travel(asking: Asking, request: Request, manners: Manners, remembered: tuple[Redirect, ...] = ()) -> Journey:
    """Asks for an address and follows its redirects; `remembered` are those that led to it before.

    The request's conditions are for its own address: where that redirects, the page comes in full.
    """
    began = asking.clock.now()
    hops: list[tuple[Request, Asked]] = []
    onward: Request | None = request
    while onward:
        refused = manners.refusal(onward.url)
        asked = Asked(refused, asking.clock.now()) if refused else asking.ask(onward, manners.delay_seconds(onward.url))
        hops.append((onward, asked))
        onward = _onward(hops)
    addresses = [hop.url for hop, _ in hops]
    statuses = [asked.outcome.status for _, asked in hops[:-1] if isinstance(asked.outcome, Answer)]
    outcome = _outcome(hops)
    return Journey(
        outcome=outcome,
        url=addresses[-1],
        asked_at=hops[-1][1].asked_at,
        redirects=(*remembered, *map(Redirect, statuses, addresses[1:])),
        request_count=sum(asked.request_count for _, asked in hops),
        received_bytes=sum(asked.received_bytes for _, asked in hops),
        seconds=(asking.clock.now() - began).total_seconds(),
        is_astray=outcome is not hops[-1][1].outcome,
    )


def _onward(hops: list[tuple[Request, Asked]]) -> Request | None:
    """The request that the last answer sends us on with; None where it does not, or where it must not."""
    request, asked = hops[-1]
    target = _target(request, asked.outcome)
    if not target or len(hops) > MOST_REDIRECTS or any(target == hop.url for hop, _ in hops):
        return None
    # The conditions are about the page at the first address; by them, another's would be taken for unchanged.
    return replace(request, url=target, etag=None, last_modified=None)


def _target(request: Request, outcome: Answer | Failure) -> str | None:
    if not isinstance(outcome, Answer) or outcome.status not in REDIRECTS:
        return None
    return request_url(request.url, outcome.header("Location") or "")


def _outcome(hops: list[tuple[Request, Asked]]) -> Answer | Failure:
    """The last answer, or why a redirect was not followed."""
    request, asked = hops[-1]
    if not isinstance(asked.outcome, Answer) or asked.outcome.status not in REDIRECTS:
        return asked.outcome
    stated = asked.outcome.header("Location")
    if not stated:
        return _not_followed(Reason.HTTP_STATUS, f"status {asked.outcome.status} without a Location")
    target = _target(request, asked.outcome)
    if target is None:
        # Before an @ may stand a password, and these are never kept.
        shown = stated.rpartition("@")[2][:SHOWN]
        return _not_followed(Reason.ADDRESS_REFUSED, f"redirected to what is no web address: {shown!r}")
    if len(hops) > MOST_REDIRECTS:
        return _not_followed(Reason.HTTP_STATUS, f"more than {MOST_REDIRECTS} redirects, the last to {target}")
    return _not_followed(Reason.HTTP_STATUS, f"redirects go round in a circle, back to {target}")


def _not_followed(reason: Reason, detail: str) -> Failure:
    return Failure(reason=reason, detail=detail, is_transient=False)
