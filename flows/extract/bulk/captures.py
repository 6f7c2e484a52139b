"""One capture of a bulk source to a page, filled as a fetched one is, or to the reject that says why it is none."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.extract.archive.feed_dates import EARLIEST, LATEST
from flows.extract.bulk.notes import Notes
from flows.extract.fetch.captures import content_type_of, lack_of
from flows.extract.fetch.robots import agent_of
from flows.extract.fetch.statements import statements
from flows.extract.listing.discovery import described, is_page
from flows.extract.listing.links import LONGEST_ADDRESS
from flows.web.urls import CREDENTIALS, WEB_SCHEMES, has_credentials, request_url, site_of, split_url
from warehouse.model import Header, Page, PageKind, Reason, Reject, Stage, hash_of
from warehouse.settings import Settings

SUCCESS = range(200, 300)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
MOST_ADDRESS_CHARACTERS = 16_384
"""Twice what servers take (8,000 is what RFC 9110, 4.1 asks them to support); more is no address of a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What a bulk source says of one capture. `said_type` is its media type where no header gives one."""

    url: str
    location: str
    body: bytes
    captured_at: datetime | None
    status: int | None = None
    headers: tuple[Header, ...] = ()
    said_type: str | None = None

    def header(self, name: str) -> str | None:
        """The first header of that name, given in lower case."""
        return next((header.value for header in self.headers if header.name.lower() == name), None)


class Desk:
    """Where captures become pages: knows the source's name, the cap on bodies, and the name that statements may use.

    Statements of robots rules and against mining are recorded and not obeyed: whoever has the file has the page.
    """

    def __init__(self, source: str, settings: Settings) -> None:
        self.source, self.most_bytes = source, settings.max_page_bytes
        self._agent = agent_of(settings.user_agent)

    def page_of(self, capture: Capture, notes: Notes | None = None) -> Page | Reject:
        """The page that a capture is, with what notes know of it beyond; or the reject."""
        url, given_type = web_address(capture.url), capture.header("content-type") or capture.said_type
        if url is None:
            return self.reject(capture, Reason.MALFORMED_INPUT, "no web address: expected http or https and a host")
        if capture.status is not None and capture.status not in SUCCESS:
            return self.reject(capture, Reason.HTTP_STATUS, f"status {capture.status}")
        if len(capture.body) > self.most_bytes:
            size = f"{len(capture.body):,} bytes; a page may have {self.most_bytes:,}"
            return self.reject(capture, Reason.TOO_LARGE, size)
        if not (notes and notes.kind):
            if lack := lack_of(capture.status, capture.body):
                return self.reject(capture, Reason.HTTP_STATUS, lack)
            if not is_page(capture.body, given_type):
                return self.reject(capture, Reason.NOT_HTML, described(capture.body, given_type))
        page = self._page(capture, url, given_type)
        return notes.added_to(page) if notes else page

    def reject(self, capture: Capture, reason: Reason, detail: str) -> Reject:
        """The reject of a capture."""
        digest = hash_of([capture.body]) if capture.body else None
        return self.refused(capture.location, reason, detail, url=capture.url, digest=digest)

    def refused(
        self, location: str, reason: Reason, detail: str, *, url: str | None = None, digest: str | None = None
    ) -> Reject:
        """The reject of what stands at a place. Credentials in its address are left out: they are never stored."""
        shown = url and CONTROL.sub("", CREDENTIALS.sub("", url))[:LONGEST_ADDRESS]
        return Reject(
            stage=Stage.READ,
            reason=reason,
            detail=detail,
            source=self.source,
            url=shown or None,
            location=location,
            digest=digest,
        )

    def _page(self, capture: Capture, url: str, given_type: str | None) -> Page:
        content_type, charset = content_type_of(given_type)
        robots, opt_outs = statements(capture.headers, capture.body, self._agent)
        return Page(
            source=self.source,
            site=site_of(url),
            requested_url=url,
            url=url,
            body=capture.body,
            kind=PageKind.DOCUMENT,
            status=capture.status,
            captured_at=capture.captured_at,
            headers=capture.headers,
            content_type=content_type,
            charset=charset,
            etag=capture.header("etag"),
            last_modified=capture.header("last-modified"),
            robots_statements=robots,
            opt_out_statements=opt_outs,
            location=capture.location,
        )


def web_address(given: str) -> str | None:
    """The address as it was given, without a user and a password; None for what is no web address."""
    url = given.strip()
    if len(url) > MOST_ADDRESS_CHARACTERS or CONTROL.search(url):
        return None
    if split_url(url).scheme not in WEB_SCHEMES or not site_of(url):
        return None
    return request_url("", url) if has_credentials(url) else url


def plausible(moment: datetime) -> datetime | None:
    """A moment in UTC, or None where no page can have been captured then; without a zone it is one of UTC."""
    try:
        utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None
    return utc if EARLIEST <= utc < LATEST else None
