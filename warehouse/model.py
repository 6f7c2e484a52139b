"""The nouns (Page, Document, Reject, Run, Site rules), their closed words, and the ids that make loading idempotent.

Fields are declared here once; `schema.py` derives the Arrow schemas, `catalog.py` the SQL casts.
Every id is a hash of content, so the same input always gets the same id, on any machine, in any order.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

Int32 = Annotated[int, 32]
"""An integer that is stored in 32 bits; plain `int` is stored in 64."""


class SourceKind(StrEnum):
    """What a source is, and so which reader reads it."""

    ARCHIVE = "archive"
    FEED = "feed"
    SITEMAP = "sitemap"
    URL_LIST = "url_list"
    WARC = "warc"
    PARQUET = "parquet"


class PageKind(StrEnum):
    """What a page holds; only pages of kind `document` are transformed."""

    DOCUMENT = "document"
    FEED = "feed"
    SITEMAP = "sitemap"
    ROBOTS = "robots"


class Stage(StrEnum):
    """Where on the street an input was refused."""

    READ = "read"
    FETCH = "fetch"
    TRANSFORM = "transform"


class Reason(StrEnum):
    """Why an input was refused. Closed, made to be grouped by; `Reject.detail` is for people."""

    MALFORMED_INPUT = "malformed_input"
    NOT_FOUND = "not_found"
    HTTP_STATUS = "http_status"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    TOO_LARGE = "too_large"
    ROBOTS_DENIED = "robots_denied"
    ADDRESS_REFUSED = "address_refused"
    NOT_HTML = "not_html"
    BAD_ENCODING = "bad_encoding"
    NO_TEXT = "no_text"
    TOO_SHORT = "too_short"
    PAYWALL_STUB = "paywall_stub"
    ERROR_PAGE = "error_page"
    RESOURCE_LIMIT = "resource_limit"
    EXTRACTOR_FAILED = "extractor_failed"


class Outcome(StrEnum):
    """What a fetch came to. `unchanged`: the server said so, or sent the body that is held; `absent`: no robots.txt."""

    PAGE = "page"
    UNCHANGED = "unchanged"
    ABSENT = "absent"
    REJECT = "reject"


class Policy(StrEnum):
    """What a source does about robots rules and opt-outs; they are recorded either way."""

    RESPECT = "respect"
    RECORD = "record"


class State(StrEnum):
    """How a run stands. `interrupted` is never stored: it is a run without an end that no process holds."""

    RUNNING = "running"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class TimeMeaning(StrEnum):
    """What the time that came with a page stands for (`hint_published_kind`)."""

    PUBLICATION = "publication"
    CRAWL = "crawl"
    UNKNOWN = "unknown"


class Precision(StrEnum):
    """How exact `published_at` is; `upper_bound` means published at that instant or earlier."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"
    UPPER_BOUND = "upper_bound"


class Evidence(StrEnum):
    """Where `published_at` was read from."""

    JSON_LD = "json_ld"
    META = "meta"
    TIME_ELEMENT = "time_element"
    VISIBLE = "visible"
    SCRIPT = "script"
    FEED = "feed"
    URL = "url"
    ARCHIVE_TIMESTAMP = "archive_timestamp"


class Zone(StrEnum):
    """Whence the zone of `published_at` is known."""

    EXPLICIT = "explicit"
    SITE = "site"
    ASSUMED = "assumed"


class ExtractionStatus(StrEnum):
    """Whether the whole page was read. `cheap`: under a tenth of the limits, because the page broke its worker."""

    COMPLETE = "complete"
    CUT = "cut"
    CHEAP = "cheap"


class Cut(StrEnum):
    """What of a page was more than is read, so that the rest of it was left out."""

    BYTES = "bytes"
    TAGS = "tags"
    DEPTH = "depth"
    ATTRIBUTES = "attributes"
    SCRIPTS = "scripts"
    TITLE = "title"
    METAS = "metas"
    LINK_ELEMENTS = "link_elements"
    JSON_LD = "json_ld"
    LINKS = "links"
    IMAGES = "images"


@dataclass(frozen=True, slots=True)
class Header:
    """One HTTP response header, in the order received."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """One redirect that was followed: the status that sent us on, and where to."""

    status: Int32
    url: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in a document: absolute address, unproxied, and its caption where one is given."""

    url: str
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An outgoing link in a document's text: absolute address and anchor text."""

    url: str
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One capture of one URL: the body as received and the hints that came with it.

    `location` says where in the source it stood, for people; it takes no part in the id, nor does the source:
    the same page through another door is a repeat.
    """

    source: str
    site: str
    requested_url: str
    url: str
    body: bytes
    kind: PageKind = PageKind.DOCUMENT
    status: Int32 | None = None
    captured_at: datetime | None = None
    headers: tuple[Header, ...] = ()
    content_type: str | None = None
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    hint_title: str | None = None
    hint_published_at: datetime | None = None
    hint_published_kind: TimeMeaning | None = None
    hint_text: str | None = None
    robots_statements: tuple[str, ...] = ()
    opt_out_statements: tuple[str, ...] = ()
    location: str | None = None
    page_id: str = field(init=False)
    body_hash: str = field(init=False)
    body_bytes: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "body_hash", hash_of([self.body]))
        object.__setattr__(self, "body_bytes", len(self.body))
        hints = [self.hint_title, self.hint_published_at, self.hint_text]
        object.__setattr__(self, "page_id", hash_of([self.requested_url, self.captured_at, *hints, self.body_hash]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The normalised record of a page. Column meanings: `sql/columns.toml`.

    `content_hash` tells versions apart (title, lead and text); `row_key` is a 63-bit number for the row,
    by which the views set superseded rows aside at the price of an integer comparison.

    `extraction_number` counts what was made of one page, refusals among it, from 1: the highest counts. It takes part
    in the key, so that going back to an earlier extractor is an extraction of its own and counts. Null, in rows from
    before it was kept, is 1.
    """

    page_id: str
    source: str
    site: str
    requested_url: str
    url: str
    canonical_url: str
    declared_canonical_url: str | None
    title: str | None
    lead: str | None
    text: str
    authors: tuple[str, ...]
    agency: str | None
    section: str | None
    tags: tuple[str, ...]
    language: str | None
    published_at: datetime | None
    modified_at: datetime | None
    published_precision: Precision | None
    published_evidence: Evidence | None
    published_raw: str | None
    published_zone: Zone | None
    has_date_conflict: bool
    image_url: str | None
    images: tuple[Image, ...]
    links: tuple[Link, ...]
    is_free: bool | None
    word_count: Int32 | None
    character_count: Int32
    text_hash: str
    minhash: bytes | None
    text_method: str
    text_confidence: float | None
    extraction_status: ExtractionStatus | None
    cuts: tuple[Cut, ...]
    captured_at: datetime | None
    extractor: str
    rules_version: Int32
    extraction_number: Int32 | None = 1
    document_id: str = field(init=False)
    content_hash: str = field(init=False)
    row_key: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "document_id", hash_of([self.canonical_url]))
        object.__setattr__(self, "content_hash", hash_of([self.title, self.lead, self.text]))
        key = hash_of([self.page_id, *_made_by(self.extractor, self.rules_version, self.extraction_number)])
        object.__setattr__(self, "row_key", int(key[:16], 16) >> 1)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text's blocks in order. Not stored: the text is these, joined by line feeds, and the views split it."""
        return tuple(self.text.split("\n")) if self.text else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """What was learnt about a site from its own stored pages; frozen while a run lasts.

    `title_suffixes` and `title_prefixes` are what the site puts around its headlines, word for word and with their
    separators; `noise_lines` are blocks of text that stand on many of its pages and so belong to none of them.
    `rules_version` counts the sets of rules of one site, from 1; a site without rules has version 0.
    """

    site: str
    rules_version: Int32
    title_suffixes: tuple[str, ...] = ()
    title_prefixes: tuple[str, ...] = ()
    noise_lines: tuple[str, ...] = ()
    page_count: Int32 = 0
    learned_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """An input that did not become the next thing: where, why, and where to find it.

    `location` is the place inside the source (an archive's member, a file's path within its folder), so that an
    archive and its unpacked folder give the same id; for a link it is the page_id of the feed or sitemap that listed
    it. `digest` is the hash of the refused bytes, where there are any. `rejected_at` is when a server was asked (or
    was not, because it must be left alone): each failure of a fetch is a row of its own.

    A reject of the transform is what was made of its page, as a document is: `extractor`, `rules_version` and
    `extraction_number` are as there, and null for other rejects and for those from before they were kept.
    """

    stage: Stage
    reason: Reason
    detail: str
    source: str
    url: str | None = None
    location: str | None = None
    page_id: str | None = None
    digest: str | None = None
    rejected_at: datetime | None = None
    extractor: str | None = None
    rules_version: Int32 | None = None
    extraction_number: Int32 | None = None
    reject_id: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reject_id", hash_of([self.stage, *self._input(), self.reason]))

    def _input(self) -> tuple["Part", ...]:
        """What tells the refused input from others."""
        if self.stage == Stage.FETCH:
            return self.source, self.url, self.rejected_at
        if self.extractor is not None:
            return self.page_id, *_made_by(self.extractor, self.rules_version or 0, self.extraction_number)
        if self.page_id or self.digest:
            return self.page_id or self.location, self.digest
        # An input that was refused unread has no digest: its detail, which says how large it is, tells it from others,
        # and so does its address, where places have the same name in many files (`pages.parquet#5`).
        return self.location, self.detail, *([self.url] if self.url else [])


End = Document | Reject
"""What a page becomes in the transform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One address that was asked for over HTTP, and what came of it: the log of requests, and the memory of them.

    `host` is the one first asked, with its port where that is not the scheme's own; `request_count` counts redirects
    and retries; `received_bytes` are those on the wire. `link_count` and `new_link_count` are what a feed or sitemap
    listed, and how much of that was never seen before; null where it was not read.
    """

    source: str
    kind: PageKind
    host: str
    requested_url: str
    url: str
    fetched_at: datetime
    outcome: Outcome
    status: Int32 | None = None
    reason: Reason | None = None
    redirects: tuple[Redirect, ...] = ()
    request_count: Int32 = 1
    seconds: float = 0.0
    received_bytes: int = 0
    page_id: str | None = None
    link_count: Int32 | None = None
    new_link_count: Int32 | None = None
    fetch_id: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fetch_id", hash_of([self.kind, self.requested_url, self.fetched_at]))


@dataclass(frozen=True, slots=True)
class Repeats:
    """Inputs that are held already, as many as `count` says: they are counted and not stored."""

    count: int = 1


Item = Page | Reject | Fetch | Repeats
"""What readers give: inputs, and for the live web the requests that they took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a run, or one shard of it, did. The contract's two balances hold for each (`is_balanced`)."""

    input_count: int = 0
    page_count: int = 0
    unchanged_count: int = 0
    read_reject_count: int = 0
    resumed_page_count: int = 0
    reprocessed_page_count: int = 0
    document_count: int = 0
    transform_reject_count: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})

    @property
    def is_balanced(self) -> bool:
        """Whether every input and every page that entered is accounted for."""
        read = self.page_count + self.unchanged_count + self.read_reject_count
        entered = self.page_count + self.resumed_page_count + self.reprocessed_page_count
        return self.input_count == read and entered == self.document_count + self.transform_reject_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a flow; written when it starts and again when it ends, the newest row counts.

    Counts are null until the run has ended. They cover the shards that it finished: what a failing or cancelled run
    left half done is counted by the run that resumes it, so that every run that ended balances.
    """

    run_id: str
    flow: str
    source: str | None
    state: State
    started_at: datetime
    finished_at: datetime | None = None
    broadsheet_version: str
    extractor: str
    parameters: str
    detail: str | None = None
    input_count: int | None = None
    page_count: int | None = None
    unchanged_count: int | None = None
    read_reject_count: int | None = None
    resumed_page_count: int | None = None
    reprocessed_page_count: int | None = None
    document_count: int | None = None
    transform_reject_count: int | None = None


Part = str | bytes | datetime | None


def hash_of(parts: Iterable[Part]) -> str:
    """32 hexadecimal digits (the first 128 bits of SHA-256) of the parts, each with its length before it.

    The length keeps ("ab", "c") apart from ("a", "bc"); an absent part differs from an empty one.
    """
    digest = hashlib.sha256()
    for part in parts:
        encoded = _encode(part)
        digest.update(b"-" if encoded is None else b"%d:" % len(encoded))
        # On its own, and not joined to its length first: a body may be large, and would be copied twice.
        digest.update(encoded or b"")
    return digest.hexdigest()[:32]


def _made_by(extractor: str, rules_version: int, extraction_number: int | None) -> tuple[str, ...]:
    """What tells one extraction of a page from others.

    The number of the first is left out: so its key is what it was before there were any further ones.
    """
    number = extraction_number or 1
    return (extractor, str(rules_version), *([str(number)] if number > 1 else []))


def _encode(part: Part) -> bytes | None:
    if isinstance(part, str):
        # Lone surrogates can come out of broken file names; an id must not depend on their being valid.
        return part.encode("utf-8", "surrogatepass")
    if isinstance(part, datetime):
        return part.astimezone(UTC).isoformat().encode()
    return part
