"""One WARC record to what it comes to: a page, a reject, a repeat, or nothing, where it is no capture."""

import re
from datetime import datetime

from flows.extract.bulk.captures import SUCCESS, Capture, Desk, plausible
from flows.extract.bulk.digests import is_intact
from flows.extract.bulk.http_messages import MOST_HEADER_BYTES, Message, body_of, message_of
from flows.extract.bulk.notes import MEDIA_TYPE, Notes, notes_from
from flows.extract.bulk.revisits import Original, Originals, bare_url, original_url, says_not_modified
from flows.extract.bulk.selection import Selection
from flows.extract.bulk.warc_records import Record, WarcFile
from flows.extract.fetch.http_exchange import NoAnswerError
from flows.web.urls import split_url
from warehouse.model import Header, Page, Reason, Reject, Repeats

CAPTURES = frozenset({"response", "resource", "revisit"})
"""Kinds of records that are inputs; `warcinfo`, `request`, `metadata`, `conversion` and `continuation` are none."""
HOLDERS = frozenset({"response", "resource"})
"""Those with a body of their own."""
CRAWLERS_OWN = frozenset({"dns", "whois", "urn", "screenshot", "thumbnail", "filedesc", "metadata", "about", "blob"})
"""Schemes under which crawlers keep what they found out or made themselves: look-ups, pictures of pages, extracts."""
NO_PAGES = re.compile(
    r"(?:image|video|audio|font)/.*|text/(?:css|javascript|csv|calendar)"
    r"|application/(?:(?:x-)?javascript|ecmascript|json|ld\+json|pdf|zip|gzip|wasm|x-protobuf|font[\w.+-]*|vnd\.ms-[\w.+-]*)",
    re.IGNORECASE,
)
"""Media types that no page is sent with; what else is not said to be HTML is looked at."""
DIGITS = re.compile(r"\d{4}(?:\d\d){0,5}", re.ASCII)
"""A date of up to fourteen digits, as archives write it in addresses and some writers do here."""


class WarcItems:
    """Makes items of the records of one file, in their order."""

    def __init__(self, desk: Desk, selection: Selection, name: str, again: WarcFile, *, has_checksums: bool) -> None:
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
            # What is wanted may have its body.
            if record.kind in HOLDERS and record.length <= self._desk.most_bytes:
                self._originals.add(record, url, is_taken=False)
            return None
        return self._captured(record, url)

    def location(self, record: Record) -> str:
        """Where a record stands, for people."""
        return f"{self._name}@{record.place}"

    def _captured(self, record: Record, url: str) -> Page | Reject | Repeats | None:
        if record.length > self._desk.most_bytes + MOST_HEADER_BYTES:
            return self._too_large(record, url)
        if record.header("WARC-Segment-Number"):
            return self._refused(record, url, Reason.MALFORMED_INPUT, "a record in segments, which are not joined")
        block = record.block()
        if block is None:
            return None
        if not self._has_checksums and not is_intact(block, record.header("WARC-Block-Digest")):
            detail = "damaged: its content does not fit its digest"
            return self._refused(record, url, Reason.MALFORMED_INPUT, detail)
        try:
            return self._revisit(record, url, block) if record.kind == "revisit" else self._original(record, url, block)
        except NoAnswerError as trouble:
            is_cut = trouble.reason is Reason.UNREACHABLE
            detail = "the body breaks off" if is_cut else str(trouble)
            return self._refused(record, url, Reason.MALFORMED_INPUT if is_cut else trouble.reason, detail)

    def _too_large(self, record: Record, url: str) -> Reject | None:
        """The reject of a record larger than any page, of which only the headers are read: it may be no page at all."""
        head = record.head(MOST_HEADER_BYTES)
        if head is None:
            return None
        message = message_of(head) if record.kind == "response" else None
        size = f"a record of {record.length:,} bytes; a page may have {self._desk.most_bytes:,}"
        unlikely = self._unlikely(record, url, message) if message else None
        return unlikely or self._refused(record, url, Reason.TOO_LARGE, size)

    def _original(self, record: Record, url: str, block: bytes) -> Page | Reject:
        """What a response comes to, or a resource, which is a body without a response around it."""
        notes, message = self._notes_on(record), _sent(record, block)
        if message is None:
            detail = f"no HTTP response: it begins with {block[:16]!r}"
            return self._refused(record, url, Reason.MALFORMED_INPUT, detail)
        if not (notes and notes.kind) and (unlikely := self._unlikely(record, url, message)):
            return unlikely
        page = self._desk.page_of(self._capture(record, url, message, record, message), notes)
        if isinstance(page, Page):
            self._originals.add(record, url, is_taken=True)
        return page

    def _unlikely(self, record: Record, url: str, message: Message) -> Reject | None:
        """The reject of a response that is no page by its headers alone."""
        if message.status is not None and message.status not in SUCCESS:
            return self._refused(record, url, Reason.HTTP_STATUS, f"status {message.status}")
        stated = message.header("content-type") or ""
        if NO_PAGES.fullmatch(stated.partition(";")[0].strip()):
            return self._refused(record, url, Reason.NOT_HTML, f"{stated}, a record of {record.length:,} bytes")
        return None

    def _revisit(self, record: Record, url: str, block: bytes) -> Page | Reject | Repeats:
        """A repeat of what was taken before, or a page of its own with the body of another capture of the file.

        An address that is said to have given the same before, nobody knows when, is a repeat too: it is how crawlers
        write what they hold in an earlier file.
        """
        message = message_of(block)
        same, other = self._originals.at_the_same_address(record, url), self._originals.at_any(record)
        is_unchanged = says_not_modified(record, message.status if message else None)
        stated = original_url(record)
        is_same = is_unchanged or stated == url or (stated is None and bool(same or not other))
        if is_same and (same is None or same.is_taken):
            return Repeats()
        # That nothing has changed is no answer of the page: it has the one that it had before.
        said = None if is_unchanged else message
        if said and (unlikely := self._unlikely(record, url, said)):
            return unlikely
        return self._with_body(record, url, said, same if is_same else other)

    def _with_body(self, record: Record, url: str, message: Message | None, original: Original | None) -> Page | Reject:
        """The page that a revisit is with the body of its original, which is read once more."""
        holder = self._again.record_at(original.place) if original else None
        block = holder.block() if holder else None
        sent = _sent(holder, block) if holder and block is not None else None
        if holder is None or sent is None:
            lack = "cannot be read once more" if original else "is not in this file"
            earlier = f"the capture of {original_url(record) or url}, whose body this one has, {lack}"
            return self._refused(record, url, Reason.NOT_FOUND, earlier)
        said = message if message and message.headers else sent
        return self._desk.page_of(self._capture(record, url, said, holder, sent))

    def _capture(self, record: Record, url: str, said: Message, holder: Record, sent: Message) -> Capture:
        """A capture of what was said, with the body that was sent, which another record may hold: then it is a revisit.

        How the body was packed was said when it was sent. Raises NoAnswerError where it cannot be unpacked.
        """
        cut = holder.header("WARC-Truncated")
        return Capture(
            url=url,
            location=self.location(record),
            body=body_of(sent, self._desk.most_bytes, is_known_cut=cut is not None),
            captured_at=warc_date(record.header("WARC-Date")),
            status=said.status,
            # A page says of itself that it is cut, where one looks for what was said of it when it came.
            headers=(*said.headers, Header("WARC-Truncated", cut)) if cut else said.headers,
            said_type=holder.header("Content-Type") if holder.kind == "resource" else None,
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


def _sent(record: Record, block: bytes) -> Message | None:
    """What a record's block holds: a response, or of a resource the body alone; None where it holds neither."""
    return Message(None, (), block) if record.kind == "resource" else message_of(block)


def warc_date(given: str | None) -> datetime | None:
    """The moment of a WARC-Date; None for what is none, or none at which a page can have been captured."""
    text = given or ""
    try:
        if DIGITS.fullmatch(text):
            return plausible(datetime.strptime(f"{text}{'00000101000000'[len(text) :]}Z", "%Y%m%d%H%M%S%z"))
        return plausible(datetime.fromisoformat(f"{text}-01" if len(text) == len("2026-11") else text))
    except ValueError:
        return None
