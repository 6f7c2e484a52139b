"""Transforming stored pages again, without Prefect: which are due, what becomes of them now, what that changes.

It ends in `storage.append_new`, so it can be killed at any moment and simply be done again: pages whose new extraction
is stored are due no longer. Two of it at once give an extraction the same number, so the same key: it is stored once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from flows.changes import Changes, Remade
from flows.orders import ReprocessOrder
from flows.steps import FIRST_SHARD_PAGES, SHARD_BYTES, ends_of, rules_version, store_ends
from flows.transform.pool import WorkerPool, workers_for
from flows.transform.versions import extractor
from warehouse import extractions, storage
from warehouse.extractions import Outdated
from warehouse.model import Counts, End, SiteRules
from warehouse.runs import OpenRun
from warehouse.settings import Settings
from warehouse.site_rules import newest_rules


def reprocess_shards(batch: Sequence[Sequence[str]], run: OpenRun, workers: WorkerPool, changes: Changes) -> Counts:
    """Transforms shard after shard again and stores what comes out of each, once it is counted what that changes.

    Raises TooManyLossesError, and stores nothing of that shard, where more is lost than is allowed.
    """
    return sum((_reprocessed(shard, run, workers, changes) for shard in batch), Counts())


def _reprocessed(page_ids: Sequence[str], run: OpenRun, workers: WorkerPool, changes: Changes) -> Counts:
    remade = transformed_again(page_ids, run.settings, run.row.extractor, run.rules, workers)
    changes.add(remade)
    made = store_ends([one.now for one in remade], run)
    return made + Counts(reprocessed_page_count=made.document_count + made.transform_reject_count)


def due_pages(order: ReprocessOrder, settings: Settings) -> Outdated:
    """The pages that this extractor, with the newest rules of their sites, has not transformed last."""
    return extractions.outdated(settings, extractor(), newest_rules(settings), order.choice)


def changes_to_come(order: ReprocessOrder, settings: Settings) -> Changes:
    """What reprocessing would change; nothing is stored."""
    changes = Changes()
    rules = newest_rules(settings)
    due = due_pages(order, settings)
    if len(due):
        with workers_for(settings) as workers:
            for shard in shards(due, settings):
                changes.add(transformed_again(shard, settings, extractor(), rules, workers))
    return changes


def shards(due: Outdated, settings: Settings) -> Iterator[list[str]]:
    """The ids of pages in shards that fit into memory, the first one small so that the workers begin."""
    return due.shards(settings.shard_pages, SHARD_BYTES, FIRST_SHARD_PAGES)


def batches(due: Outdated, settings: Settings) -> Iterator[list[list[str]]]:
    """The shards of as many pages as one task may have: a task run costs as much CPU as a few whole pages."""
    batch: list[list[str]] = []
    for shard in shards(due, settings):
        batch.append(shard)
        if sum(map(len, batch)) >= settings.shard_pages:
            yield batch
            batch = []
    if batch:
        yield batch


def transformed_again(
    page_ids: Sequence[str], settings: Settings, by: str, rules: Mapping[str, SiteRules], workers: WorkerPool
) -> list[Remade]:
    """What becomes of these pages by that extractor; those for which a rival has done it meanwhile are left out.

    What counts is read before the pages are transformed: the number of the new extraction follows from it, and so a
    rival's has the same.
    """
    before = extractions.latest_ends(settings, page_ids)
    pages = [
        page
        for page in storage.read_pages(settings, page_ids)
        if page.page_id in before and is_due(before[page.page_id], by, rules_version(page, rules))
    ]
    ends = ends_of(pages, rules, by, workers)
    return [
        Remade(before[page.page_id], following(before[page.page_id], end), page.site)
        for page, end in zip(pages, ends, strict=True)
    ]


def is_due(end: End, by: str, version: int) -> bool:
    """Whether another extractor, or older rules of the site, made it."""
    return end.extractor != by or (end.rules_version or 0) < version


def following(before: End, end: End) -> End:
    """The end with its place after the one that counted before."""
    return replace(end, extraction_number=(before.extraction_number or 1) + 1)
