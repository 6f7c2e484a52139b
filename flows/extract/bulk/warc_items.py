"""One WARC record to what it comes to: a page, a reject, a repeat, or nothing, where it is no capture."""

import re
from datetime import datetime
from typing import BinaryIO

from flows.extract.bulk.captures import Capture, Desk, plausible
from flows.extract.bulk.digests import is_intact
from flows.extract.bulk.http_messages import MOST_HEADER_BYTES, Message, body_of, message_of
from flows.extract.bulk.notes import MEDIA_TYPE, Notes, notes_from
from flows.extract.bulk.revisits import Originals, bare_url, is_of_same_address, original_url
from flows.extract.bulk.selection import Selection
from flows.extract.bulk.warc_records import Record, WarcFile
from flows.extract.fetch.http_exchange import NoAnswerError
from flows.web.urls import split_url
from warehouse.model import Header, Page, Reason, Reject, Repeats

CAPTURES = frozenset({"response", "resource", "revisit"})
"""Kinds of records that are inputs; `warcinfo`, `request`, `metadata`, `conversion` and `continuation` are none."""
CRAWLERS_OWN = frozenset({"dns", "whois", "urn", "screenshot", "thumbnail", "filedesc", "metadata", "about", "blob"})
"""Schemes under which crawlers keep what they found out or made themselves: look-ups, pictures of pages, extracts."""
NO_PAGES = re.compile(
    r"(?:image|video|audio|font)/.*|text/(?:css|javascript|csv|calendar)"
    r"|application/(?:(?:x-)?javascript|ecmascript|json|ld\+json|pdf|zip|gzip|wasm|x-protobuf|font[\w.+-]*|vnd\.ms-[\w.+-]*)",
    re.IGNORECASE,
)
"""Media types that no page is sent with; what else is not said to be HTML is looked at."""
MALFORMED, DATES = Reason.MALFORMED_INPUT, re.compile(r"(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?")
"""A date of fourteen digits, as archives write it in addresses and some writers do here."""


class WarcItems:
    """Makes items of the records of one file, in their order."""

    def __init__(self, desk: Desk, selection: Selection, name: str, again: BinaryIO, *, has_checksums: bool) -> None:
        """Takes the file's name for people, and the file opened once more, for what revisits point back to.

        `has_checksums`: what is damaged has been noticed by then, and digests need not be looked at.
        """
        self._desk, self._selection, self._name, self._again = desk, selection, name, again
        self._has_checksums = has_checksums
        self._originals = Originals()
        self._notes: tuple[str, Notes] | None = None
        self.passed_over = 0
        """Captures that the selection leaves out."""

    def item_of(self, record: Record) -> Page | Reject | Repeats | None:
        """What a record comes to; None for what is no input, and for a damaged block, of which the walk tells."""
        if record.kind == "metadata":
            self._remember(record)
        url = bare_url(record.header("WARC-Target-URI")) or ""
        if record.kind not in CAPTURES or split_url(url).scheme in CRAWLERS_OWN:
            return None
        if not self._selection.is_wanted(url, warc_date(record.header("WARC-Date"))):
            self.passed_over += 1
            return None
        return self._captured(record, url)

    def location(self, record: Record) -> str:
        """Where a record stands, for people."""
        return f"{self._name}@{record.place}"

    def _captured(self, record: Record, url: str) -> Page | Reject | Repeats | None:
        most = self._desk.most_bytes + MOST_HEADER_BYTES
        if record.length > most:
            return self._too_large(record, url)
        if record.header("WARC-Segment-Number"):
            return self._refused(record, url, MALFORMED, "a record in segments, which are not joined")
        block = record.block()
        if block is None:
            return None
        if not self._has_checksums and not is_intact(block, record.header("WARC-Block-Digest")):
            return self._refused(record, url, MALFORMED, "damaged: its content does not fit its digest")
        if record.kind == "resource":
            return self._resource(record, url, block)
        return self._response(record, url, block)

    def _too_large(self, record: Record, url: str) -> Reject | None:
        """The reject of a record larger than any page, of which only the headers are read: it may be no page at all."""
        head = record.head(MOST_HEADER_BYTES)
        if head is None:
            return None
        message = message_of(head) if record.kind == "response" else None
        size = f"a record of {record.length:,} bytes; a page may have {self._desk.most_bytes:,}"
        unlikely = self._unlikely(record, url, message) if message else None
        return unlikely or self._refused(record, url, Reason.TOO_LARGE, size)

    def _resource(self, record: Record, url: str, block: bytes) -> Page | Reject:
        """A resource record: a body without a response around it."""
        capture = self._capture(record, url, block, (), None)
        page = self._desk.page_of(capture, self._notes_on(record))
        self._originals.add(record, url)
        return page

    def _response(self, record: Record, url: str, block: bytes) -> Page | Reject | Repeats:
        message = message_of(block)
        if record.kind == "revisit":
            return self._revisit(record, url, message)
        if message is None:
            return self._refused(record, url, MALFORMED, f"no HTTP response: it begins with {block[:16]!r}")
        return self._unlikely(record, url, message) or self._page(record, record, url, message)

    def _unlikely(self, record: Record, url: str, message: Message) -> Reject | None:
        """The reject of a response that is no page by its headers alone."""
        if not 200 <= message.status < 300:  # noqa: PLR2004 - success, RFC 9110, 15.3
            return self._refused(record, url, Reason.HTTP_STATUS, f"status {message.status}")
        stated = message.header("content-type") or ""
        if NO_PAGES.fullmatch(stated.partition(";")[0].strip()):
            return self._refused(record, url, Reason.NOT_HTML, f"{stated}, a record of {record.length:,} bytes")
        return None

    def _revisit(self, record: Record, url: str, message: Message | None) -> Page | Reject | Repeats:
        status = message.status if message else None
        if is_of_same_address(record, url, status):
            return Repeats()
        if message and (unlikely := self._unlikely(record, url, message)):
            return unlikely
        earlier = f"the capture of {original_url(record)}, whose body this one has, is not in this file"
        place = self._originals.place_of(record)
        original = WarcFile(self._again).record_at(place) if place else None
        block = original.block() if original else None
        if original is None or block is None:
            return self._refused(record, url, Reason.NOT_FOUND, earlier)
        if original.kind == "resource":
            return self._desk.page_of(self._capture(record, url, block, (), None))
        first = message_of(block)
        if first is None:
            return self._refused(record, url, Reason.NOT_FOUND, earlier)
        # How the body is packed was said when it was sent; what else the later response said is its own.
        own = message or first
        return self._page(record, original, url, Message(own.status, own.headers or first.headers, first.body), first)

    def _page(
        self, record: Record, held: Record, url: str, message: Message, packed: Message | None = None
    ) -> Page | Reject:
        """The page of a response; `held` is the record that has the body, `packed` the response as that one has it."""
        cut = held.header("WARC-Truncated")
        try:
            body = body_of(packed or message, self._desk.most_bytes, is_known_cut=cut is not None)
        except NoAnswerError as trouble:
            is_cut = trouble.reason is Reason.UNREACHABLE
            detail = "the body ends before its end" if is_cut else str(trouble)
            return self._refused(record, url, MALFORMED if is_cut else trouble.reason, detail)
        # The page says of itself that it is cut, where one looks for what the server and the crawler said of it.
        headers = (*message.headers, Header("WARC-Truncated", cut)) if cut else message.headers
        item = self._desk.page_of(self._capture(record, url, body, headers, message.status), self._notes_on(record))
        if held is record and isinstance(item, Page):
            self._originals.add(record, url)
        return item

    def _capture(
        self, record: Record, url: str, body: bytes, headers: tuple[Header, ...], status: int | None
    ) -> Capture:
        return Capture(
            url=url,
            location=self.location(record),
            body=body,
            captured_at=warc_date(record.header("WARC-Date")),
            status=status,
            headers=headers,
            said_type=record.header("Content-Type") if record.kind == "resource" else None,
        )

    def _refused(self, record: Record, url: str, reason: Reason, detail: str) -> Reject:
        return self._desk.refused(self.location(record), reason, detail, url=url)

    def _remember(self, record: Record) -> None:
        """Keeps the notes of a metadata record for the record that they are on, which follows."""
        if record.header("Content-Type") != MEDIA_TYPE or record.length > self._desk.most_bytes:
            return
        block, wanted = record.block(), record.header("WARC-Refers-To")
        notes = notes_from(block) if block else None
        self._notes = (wanted, notes) if wanted and notes else None

    def _notes_on(self, record: Record) -> Notes | None:
        wanted, notes = self._notes or (None, None)
        return notes if wanted and wanted == record.header("WARC-Record-ID") else None


def warc_date(given: str | None) -> datetime | None:
    """The moment of a WARC-Date; None for what is none, or none at which a page can have been captured."""
    text = given or ""
    digits = DATES.fullmatch(text)
    try:
        if digits:
            return plausible(datetime.strptime(f"{text}{'00000101000000'[len(text) :]}Z", "%Y%m%d%H%M%S%z"))
        return plausible(datetime.fromisoformat(f"{text}-01" if len(text) == len("2026-11") else text))
    except ValueError:
        return None
