"""What is wanted of the web, and the records that an answer is made into: a page, and a line in the log of requests."""

from dataclasses import dataclass
from email.message import Message
from functools import lru_cache

from flows.extract.fetch.hosts import host_key
from flows.extract.fetch.http import Answer
from flows.extract.fetch.journeys import Journey
from flows.extract.listing.links import Link
from flows.extract.sources import Source
from flows.web.urls import site_of
from warehouse.history import Held
from warehouse.model import Fetch, Outcome, Page, PageKind, Reason, Reject, Stage, TimeMeaning

PAGELESS = (202, 204)
"""An answer that is still to come, as robots are told that are being looked at, and none: not yet the article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """One address to be asked for on behalf of a source.

    `held` is what the warehouse holds of it, `link` the hints that came with it, `listed_in` the page_id of the feed
    or sitemap that named it; `depth` counts the listings above a listing, and `instead` are the addresses to be tried
    one by one where this one turns out to be no listing.
    """

    source: Source
    kind: PageKind
    url: str
    held: Held | None = None
    link: Link | None = None
    listed_in: str | None = None
    depth: int = 0
    instead: tuple[str, ...] = ()


def page_of(
    want: Want, journey: Journey, answer: Answer, *, robots: tuple[str, ...], opt_outs: tuple[str, ...]
) -> Page:
    """The page that an answer is."""
    content_type, charset = content_type_of(answer.header("Content-Type"))
    link = want.link or Link(url=want.url)
    return Page(
        source=want.source.name,
        site=site_of(journey.url),
        requested_url=want.url,
        url=journey.url,
        body=answer.body,
        kind=want.kind,
        status=answer.status,
        captured_at=journey.asked_at,
        headers=answer.headers,
        content_type=content_type,
        charset=charset,
        etag=answer.header("ETag"),
        last_modified=answer.header("Last-Modified"),
        hint_title=link.title,
        hint_published_at=link.published_at,
        hint_published_kind=TimeMeaning.PUBLICATION if link.published_at else None,
        hint_text=link.text,
        robots_statements=robots,
        opt_out_statements=opt_outs,
        location=want.listed_in,
    )


def fetch_of(
    want: Want, journey: Journey, outcome: Outcome, *, page_id: str | None = None, reason: Reason | None = None
) -> Fetch:
    """The line in the log of requests."""
    return Fetch(
        source=want.source.name,
        kind=want.kind,
        host=host_key(want.url),
        requested_url=want.url,
        url=journey.url,
        fetched_at=journey.asked_at,
        outcome=outcome,
        status=journey.status,
        reason=reason,
        redirects=journey.redirects,
        request_count=journey.request_count,
        seconds=journey.seconds,
        received_bytes=journey.received_bytes,
        page_id=page_id,
    )


def reject_of(want: Want, journey: Journey, reason: Reason, detail: str, digest: str | None = None) -> Reject:
    """The refusal of an address, at the moment when it was asked for; a listing stands in no other, but for itself."""
    return Reject(
        stage=Stage.FETCH,
        reason=reason,
        detail=detail,
        source=want.source.name,
        url=want.url,
        location=want.listed_in if want.kind is PageKind.DOCUMENT else want.url,
        digest=digest,
        rejected_at=journey.asked_at,
    )


def lack_of(status: int | None, body: bytes) -> str | None:
    """What a success lacks to be a page; kept, it would stand for the article for ever."""
    if status in PAGELESS:
        return f"status {status} without a page"
    return None if body.strip() else "an empty page"


# A site says the same with each page, and taking it apart costs as much as hashing one.
@lru_cache(maxsize=64)
def content_type_of(header: str | None) -> tuple[str | None, str | None]:
    """Media type and charset of a Content-Type, whatever its quoting."""
    if not header:
        return None, None
    message = Message()
    message["Content-Type"] = " ".join(header.split())
    return message.get_content_type() if "/" in header else None, message.get_content_charset()
