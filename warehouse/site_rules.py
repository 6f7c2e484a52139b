"""What was learnt about sites: the newest rules, and the pages to learn from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from warehouse import storage
from warehouse.model import SiteRules, State
from warehouse.schema import DOCUMENTS, PAGES, RUNS, SITE_RULES, from_arrow
from warehouse.settings import Settings

SAMPLE_PAGES = 50
"""Pages that a site is known by: what the learner calls common stands on ten of them, and reading them takes .2 s."""

FEWEST_PAGES = 3
"""With fewer there is nothing to learn."""

LARGEST_PAGE = 2_000_000
"""Bytes: few pages of news are larger, and fifty such would fill the memory of a small machine."""

SHARD_BYTES = 24_000_000
"""Bodies that are in memory at once: as many as a shard of new pages has."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)

NEWEST = "from site_rules qualify row_number() over (partition by site order by rules_version desc) = 1"

# Fifty pages of one morning share that morning's news, one page of each day what stays: each day's latest come first.
SAMPLES = f"""
with
held as (
    select
        documents.site, page_id, document_id, text_hash, body_bytes, documents.loaded_at, row_key,
        coalesce(documents.captured_at, documents.loaded_at) as seen_at
    from documents join pages using (page_id)
    where documents.site <> '' and body_bytes <= {LARGEST_PAGE}
),
distinct_documents as (
    from held qualify row_number() over (
        partition by site, document_id order by seen_at desc, page_id, loaded_at desc, row_key
    ) = 1
),
distinct_texts as (
    from distinct_documents qualify row_number() over (partition by site, text_hash order by seen_at desc, page_id) = 1
),
of_each_day as (
    select *, row_number() over (partition by site, seen_at::date order by seen_at desc, page_id) as place
    from distinct_texts
),
sampled as (
    from of_each_day
    qualify row_number() over (partition by site order by place, seen_at desc, page_id) <= {SAMPLE_PAGES}
)
select site, list(page_id order by page_id), sum(body_bytes)::bigint
from sampled
semi join (from held where loaded_at >= $since) as new using (site)
group by site
having count(*) >= {FEWEST_PAGES}
order by site"""

LAST_LEARNT = """
select max(started_at) from runs where flow = $flow and state = $state and extractor = $extractor"""


@dataclass(frozen=True, slots=True)
class Sample:
    """A site and the pages that its rules are to be learnt from."""

    site: str
    page_ids: tuple[str, ...]
    body_bytes: int


def newest_rules(settings: Settings) -> dict[str, SiteRules]:
    """The rules of each site of which something was learnt, in their newest version."""
    with storage.tables_as_they_are(settings, SITE_RULES) as connection:
        rows = from_arrow(connection.sql(NEWEST).to_arrow_table(), SiteRules)
    return {rules.site: rules for rules in rows}


def samples(settings: Settings, flow: str, extractor: str) -> Iterator[list[Sample]]:
    """The sites with documents that are new since `flow` was last completed with that extractor, some at a time.

    The pages of a site are the latest of as many days as can be, each of a document and a text of its own. Those of
    one list fit into memory together.
    """
    with storage.tables_as_they_are(settings, RUNS, DOCUMENTS, PAGES) as connection:
        wanted = {"flow": flow, "state": State.COMPLETED, "extractor": extractor}
        ((last,),) = connection.execute(LAST_LEARNT, wanted).fetchall()
        rows = connection.execute(SAMPLES, {"since": last or NEVER}).fetchall()
    yield from _shards([Sample(site, tuple(page_ids), size) for site, page_ids, size in rows])


def _shards(found: Sequence[Sample]) -> Iterator[list[Sample]]:
    """The samples in lists whose pages fit into memory together; one that does not is alone."""
    shard: list[Sample] = []
    for sample in found:
        if shard and sum(one.body_bytes for one in shard) + sample.body_bytes > SHARD_BYTES:
            yield shard
            shard = []
        shard.append(sample)
    if shard:
        yield shard
