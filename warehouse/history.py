"""What the warehouse remembers of the live web: what it holds of an address, which robots.txt counts, what still waits.

Read from the tables alone, so that a run knows what any run before it did. Only narrow columns are touched: bodies and
texts make up nearly all of a file's bytes, and asking what is held must stay cheap.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from warehouse import storage
from warehouse.engine import Connection
from warehouse.model import Outcome, Page, PageKind, Reason, Stage
from warehouse.schema import FETCHES, PAGES, REJECTS
from warehouse.settings import Settings

WAITING = timedelta(days=7)
"""How long a link that failed is tried for once nothing lists it any longer: an outage over a weekend is survived, a
dead link is let go. One that is still listed goes on being tried, at the longest wait between two tries."""

NEVER_ASKED = (Reason.ROBOTS_DENIED, Reason.ADDRESS_REFUSED, Reason.MALFORMED_INPUT)
"""Reasons that are failures of the address itself, though nothing is asked; other refusals unasked are its host's."""

PERMANENT = (301, 308)
"""Statuses by which a server says that an address has moved for good (RFC 9110, 15.4.2 and 15.4.9)."""

COLUMNS = {
    REJECTS: ("source", "url", "stage", "reason", "location", "rejected_at", "loaded_at"),
    FETCHES: ("requested_url", "url", "fetched_at", "kind", "outcome", "redirects", "page_id"),
    PAGES: (
        *("page_id", "requested_url", "kind", "captured_at", "body_hash", "etag", "last_modified"),
        *("hint_title", "hint_published_at", "loaded_at"),
    ),
}
"""What is asked for here, of each table."""

RELATIONS = f"""
asked as (
    select requested_url as url, url as end_url, fetched_at, kind, outcome, redirects, page_id
    from fetches
    semi join wanted on fetches.requested_url = wanted.url and fetches.kind = coalesce(wanted.kind, fetches.kind)
),
answered as (
    select url, max(fetched_at) as answered_at from asked where outcome <> '{Outcome.REJECT}' group by url
),
stored as (
    select requested_url as url, page_id, body_hash, captured_at, etag, last_modified, hint_title, hint_published_at
    from pages
    semi join wanted on pages.requested_url = wanted.url and pages.kind = coalesce(wanted.kind, pages.kind)
    qualify row_number() over (
        partition by requested_url order by captured_at desc nulls last, loaded_at desc, page_id
    ) = 1
),
-- A page is committed before its fetch: after a kill its capture alone says that the address was reached.
reached as (
    select url, greatest(answered_at, captured_at) as checked_at from stored full join answered using (url)
),
-- Where its host was given up, or wanted to be left alone, an address was not asked: that is in no log, and says
-- nothing of the address. Counted as its failure, it would be put off in step with the links that keep its host down.
failed as (
    select
        rejects.*, coalesce(rejects.rejected_at, rejects.loaded_at) as failed_at,
        rejects.rejected_at is null or rejects.reason in {tuple(map(str, NEVER_ASKED))}
        or (rejects.url, rejects.rejected_at) in (select (url, fetched_at) from asked) as is_own
    from rejects semi join wanted on rejects.url = wanted.url
    left join reached on rejects.url = reached.url
    where stage = '{Stage.FETCH}'
        and (checked_at is null or coalesce(rejects.rejected_at, rejects.loaded_at) > checked_at)
)"""
"""What is known of the wanted addresses: what was asked and answered, the latest page, the failures since."""

FAILURES = """
    count(*) filter (where is_own) as failure_count,
    coalesce(max(failed_at) filter (where is_own), max(failed_at)) as failed_at,
    coalesce(arg_max(reason, failed_at) filter (where is_own), arg_max(reason, failed_at)) as failed_reason"""
"""The failures of an address; where it was only left unasked, none, and the latest time and reason of that."""

HELD = f"""
with {RELATIONS},
latest as (
    from asked qualify row_number() over (partition by url order by fetched_at desc) = 1
),
failures as (
    select url, {FAILURES} from failed group by url
)
select
    wanted.url, stored.page_id, body_hash, captured_at, etag, last_modified, hint_title, hint_published_at, checked_at,
    case when outcome <> '{Outcome.REJECT}' and end_url <> wanted.url
        and len(list_filter(redirects, lambda step: step.status not in {PERMANENT})) = 0 then end_url end as moved_to,
    coalesce(failure_count, 0), failures.failed_at, failed_reason
from wanted
left join stored on wanted.url = stored.url
left join reached on wanted.url = reached.url
left join latest on wanted.url = latest.url
left join failures on wanted.url = failures.url
where coalesce(stored.url, latest.url, failures.url) is not null"""

ROBOTS = f"""
with {RELATIONS}
select
    asked.url, outcome, fetched_at,
    case when outcome <> '{Outcome.ABSENT}' then coalesce(asked.page_id, stored.page_id) end as page_id
from asked left join stored on asked.url = stored.url
where kind = '{PageKind.ROBOTS}' and outcome <> '{Outcome.REJECT}'
qualify row_number() over (partition by asked.url order by fetched_at desc) = 1"""

WANTED_LINKS = f"""
select distinct url, null::varchar as kind from rejects semi join wanted_sources using (source)
where stage = '{Stage.FETCH}' and url is not null and coalesce(rejected_at, loaded_at) >= $since"""

WAITING_LINKS = f"""
with {RELATIONS}
select
    source, url, arg_max(location, failed_at) filter (where location is not null),
    min(failed_at) as first_failed_at, {FAILURES}
from failed semi join wanted_sources using (source)
anti join (select url from asked where kind <> '{PageKind.DOCUMENT}') as listings using (url)
-- A listing that was refused unasked is in no log; its reject says that the address itself is the place.
where location is distinct from url
group by source, url
having first_failed_at >= $since
order by first_failed_at, source, url"""


@dataclass(frozen=True, slots=True)
class Held:
    """What the warehouse holds of one requested address.

    The page is the latest by capture; its columns are null where there is none. `checked_at` is when
    the address last gave an answer, also that nothing had changed. `moved_to` is where permanent redirects led the
    latest fetch; after a failure it is None, so that the address itself is asked again. The failures are those since
    `checked_at`; an address that was only left unasked since has none, and a `failed_at`.
    """

    url: str
    page_id: str | None
    body_hash: str | None
    captured_at: datetime | None
    etag: str | None
    last_modified: str | None
    hint_title: str | None
    hint_published_at: datetime | None
    checked_at: datetime | None
    moved_to: str | None
    failure_count: int
    failed_at: datetime | None
    failed_reason: Reason | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A link to a document that failed, or was left unasked, and was never got since.

    `location` is the page_id of the listing it is from. `first_failed_at` is of both; the rest is of its failures,
    where there are any.
    """

    source: str
    url: str
    location: str | None
    first_failed_at: datetime
    failure_count: int
    failed_at: datetime
    reason: Reason


def held(settings: Settings, urls: Collection[str], kind: PageKind | None = None) -> dict[str, Held]:
    """What is held of each of the addresses; those of which nothing is known are left out.

    With a kind, only what was asked for as such: a home page that is kept because it names feeds is no document yet.
    """
    if not urls:
        return {}
    with _tables(settings, wanted=_wanted(urls, kind)) as connection:
        rows = connection.execute(HELD).fetchall()
    return {row[0]: Held(*_with_reason(row)) for row in rows}


def robots_pages(settings: Settings, urls: Collection[str]) -> dict[str, tuple[Page | None, datetime]]:
    """Each robots.txt address with the page that its latest answer stands for, and when that was given.

    The page is None where the answer was that there is none. An address that never answered is left out, and so is one
    whose page has been erased.
    """
    with _tables(settings, wanted=_wanted(urls)) as connection:
        rows = connection.execute(ROBOTS).fetchall()
    found = {page.page_id: page for page in storage.read_pages(settings, [row[-1] for row in rows if row[-1]])}
    return {
        url: (found.get(page_id), fetched_at)
        for url, outcome, fetched_at, page_id in rows
        if outcome == Outcome.ABSENT or page_id in found
    }


def waiting_links(settings: Settings, sources: Collection[str], now: datetime) -> list[Waiting]:
    """The links of these sources that began to fail within WAITING before `now` and were not got since, oldest first.

    Feeds, sitemaps and robots.txt are not among them: they are asked anyway.
    """
    since = {"since": now - WAITING}
    with _tables(settings, wanted_sources=_column("source", sources)) as connection:
        connection.register("wanted", connection.sql(WANTED_LINKS, params=since).to_arrow_table())
        rows = connection.execute(WAITING_LINKS, since).fetchall()
    return [Waiting(*_with_reason(row)) for row in rows]


@contextmanager
def _tables(settings: Settings, **registered: pa.Table) -> Iterator[Connection]:
    """A connection that sees COLUMNS of the tables as they are now, and the registered tables."""
    with storage.narrow_tables(settings, COLUMNS) as connection:
        for name, rows in registered.items():
            connection.register(name, rows)
        yield connection


def _with_reason(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row, its last value a Reason where it has one."""
    return *row[:-1], Reason(row[-1]) if row[-1] else None


def _column(name: str, values: Collection[str]) -> pa.Table:
    """A table of one column, each value once."""
    return pa.table({name: pa.array(sorted(set(values)), pa.string())})


def _wanted(urls: Collection[str], kind: PageKind | None = None) -> pa.Table:
    """The addresses that a query is about, and of which kind; None for any."""
    table = _column("url", urls)
    return table.append_column("kind", pa.array([kind] * len(table), pa.string()))
