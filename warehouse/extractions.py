"""What was made of stored pages, a document or a reject each: what counts of it, and what is to be made anew.

The same order as in `sql/derived/page_ends.sql`: what was made of a page last counts.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import pyarrow as pa

from warehouse import storage
from warehouse.model import End, PageKind, SiteRules, Stage
from warehouse.schema import DOCUMENTS, PAGES, REJECTS
from warehouse.settings import Settings

LATEST = f"""
ends as (
    select
        page_id, row_key, null::varchar as reject_id, extractor, rules_version,
        coalesce(extraction_number, 1) as extraction_number, loaded_at
    from documents
    union all by name
    select
        page_id, null::bigint as row_key, reject_id, extractor, rules_version,
        coalesce(extraction_number, 1) as extraction_number, loaded_at
    from rejects
    where stage = '{Stage.TRANSFORM}'
),
latest as (
    from ends
    qualify row_number() over (
        partition by page_id order by extraction_number desc, loaded_at desc, row_key desc nulls last, reject_id
    ) = 1
)"""

# In order of load: pages that were stored together lie in one file, and so do what was made of them.
OUTDATED = f"""
with {LATEST}
select page_id, body_bytes
from pages
join latest using (page_id)
left join rules on pages.site = rules.site
where
    kind = '{PageKind.DOCUMENT}'
    and (latest.extractor is distinct from $extractor or latest.rules_version < coalesce(rules.rules_version, 0))
    and ($source is null or pages.source = $source)
    and ($since is null or coalesce(pages.captured_at, pages.loaded_at) >= $since)
order by pages.loaded_at, page_id"""

KEYS = f"""
with {LATEST.replace("from ends", "from ends semi join wanted using (page_id)")}
select row_key, reject_id, extraction_number from latest"""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which stored pages are meant: of one source or of all, captured since a day (UTC) or ever.

    A page whose capture has no time is taken by its load.
    """

    source: str | None = None
    since: date | None = None


class Outdated:
    """Pages that were last transformed by another extractor, or by older rules of their site; in order of load.

    Held as columns: a million of them take 44 MB.
    """

    def __init__(self, rows: pa.Table) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return int(self._rows.num_rows)

    def shards(self, most_pages: int, most_bytes: int, first_pages: int) -> Iterator[list[str]]:
        """The page ids, so many pages and bytes of bodies at once; a larger body is alone.

        The first `first_pages` are drawn evenly from all, and so from many days and sites: what is wrong with an
        extractor shows before much is stored. After them each list is twice as long as the one before, up to the most.
        """
        step = max(1, len(self) // first_pages)
        is_drawn = [place % step == 0 and place < step * first_pages for place in range(len(self))]
        drawn = self._rows.filter(pa.array(is_drawn, pa.bool_()))
        others = self._rows.filter(pa.array([not drawn for drawn in is_drawn], pa.bool_()))
        yield from _cut(drawn, min(first_pages, most_pages), most_pages, most_bytes)
        yield from _cut(others, min(2 * first_pages, most_pages), most_pages, most_bytes)


def outdated(settings: Settings, extractor: str, rules: Mapping[str, SiteRules], choice: Choice) -> Outdated:
    """The pages that this extractor, with these rules of sites, has not transformed last."""
    since = choice.since and datetime.combine(choice.since, time(), UTC)
    wanted = {"extractor": extractor, "source": choice.source, "since": since}
    versions = pa.table(
        {
            "site": pa.array(rules, pa.string()),
            "rules_version": pa.array([one.rules_version for one in rules.values()], pa.int32()),
        }
    )
    with storage.tables_as_they_are(settings, DOCUMENTS, REJECTS, PAGES) as connection:
        connection.register("rules", versions)
        return Outdated(connection.sql(OUTDATED, params=wanted).to_arrow_table())


def latest_ends(settings: Settings, page_ids: Collection[str]) -> dict[str, End]:
    """What counts of each of the pages, by page id; pages that never went through the transform are left out."""
    with storage.tables_as_they_are(settings, DOCUMENTS, REJECTS) as connection:
        connection.register("wanted", pa.table({"page_id": pa.array(sorted(page_ids), pa.string())}))
        keys = connection.execute(KEYS).fetchall()
    documents = storage.read_records(settings, DOCUMENTS, "row_key", [key for key, _, _ in keys if key is not None])
    rejects = storage.read_records(settings, REJECTS, "reject_id", [key for _, key, _ in keys if key is not None])
    return {end.page_id: end for end in (*documents, *rejects)}


def page_sources(settings: Settings) -> list[str]:
    """The names of the sources of which pages are stored."""
    query = f"select distinct source from pages where kind = '{PageKind.DOCUMENT}' order by source"
    with storage.tables_as_they_are(settings, PAGES) as connection:
        return [source for (source,) in connection.execute(query).fetchall()]


def _cut(rows: pa.Table, limit: int, most_pages: int, most_bytes: int) -> Iterator[list[str]]:
    start = 0
    while start < rows.num_rows:
        ahead = rows.slice(start, limit)
        taken = _fitting(ahead.column("body_bytes").to_pylist(), most_bytes)
        yield ahead.column("page_id").slice(0, taken).to_pylist()
        start, limit = start + taken, min(2 * limit, most_pages)


def _fitting(sizes: list[int], most_bytes: int) -> int:
    """How many of the first sizes are within the limit together, but one at least."""
    total = 0
    for count, size in enumerate(sizes):
        total += size
        if count and total > most_bytes:
            return count
    return len(sizes)
