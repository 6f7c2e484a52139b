"""The steps of the street, without Prefect: take a shard of pages in, make documents of pages that are in.

Both end in `storage.append_new`, so that each can be killed at any moment and simply be done again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from flows.transform.pool import WorkerPool
from warehouse import storage
from warehouse.model import Counts, Document, Page, PageKind, Reject
from warehouse.runs import OpenRun
from warehouse.schema import DOCUMENTS, PAGES, REJECTS

FIRST_SHARD_PAGES = 250
"""The first shard is small and each further one twice as large, so that the workers do not wait for a whole one."""

SHARD_BYTES = 64_000_000
"""Bodies that a shard holds at most: a thousand pages of news, or a few very large ones, without a peak in memory."""


@dataclass(frozen=True, slots=True)
class TakenShard:
    """What one shard of the source came to: the pages that are new, by id, and the counts of the reading side."""

    page_ids: tuple[str, ...]
    counts: Counts


def first_pages(inputs: Iterable[Page | Reject], max_pages: int | None) -> Iterator[Page | Reject]:
    """The inputs up to the given number of pages; rejects on the way do not count against it."""
    pages = 0
    for item in inputs:
        yield item
        pages += isinstance(item, Page)
        if pages == max_pages:
            return


def take_shard(inputs: Iterator[Page | Reject], run: OpenRun) -> TakenShard | None:
    """Stores the next shard's pages and rejects; None where the source has come to its end."""
    shard = list(_next_shard(inputs, min(run.settings.shard_pages, FIRST_SHARD_PAGES << min(run.shard_count, 8))))
    if not shard:
        return None
    run.shard_count += 1
    pages = [item for item in shard if isinstance(item, Page)]
    rejects = [item for item in shard if isinstance(item, Reject)]
    added = storage.append_new(run.settings, PAGES, pages, run.run_id)
    storage.append_new(run.settings, REJECTS, rejects, run.run_id)
    documents = {page.page_id: page for page in added if page.kind is PageKind.DOCUMENT}
    run.at_hand.update(documents)
    counts = Counts(
        input_count=len(shard),
        page_count=len(added),
        unchanged_count=len(pages) - len(added),
        read_reject_count=len(rejects),
    )
    return TakenShard(tuple(documents), counts)


def make_documents(page_ids: Sequence[str], run: OpenRun, workers: WorkerPool) -> Counts:
    """Transforms stored pages and stores what comes out; counts only what this run stored, not what a rival did."""
    results = list(workers.transform(run.pages(page_ids)))
    documents = [item for item in results if isinstance(item, Document)]
    rejects = [item for item in results if isinstance(item, Reject)]
    return Counts(
        document_count=len(storage.append_new(run.settings, DOCUMENTS, documents, run.run_id)),
        transform_reject_count=len(storage.append_new(run.settings, REJECTS, rejects, run.run_id)),
    )


def resume_pages(page_ids: Sequence[str], run: OpenRun, workers: WorkerPool) -> Counts:
    """Finishes pages that a dead run left without an end."""
    made = make_documents(page_ids, run, workers)
    return made + Counts(resumed_page_count=made.document_count + made.transform_reject_count)


def _next_shard(inputs: Iterator[Page | Reject], shard_pages: int) -> Iterator[Page | Reject]:
    taken = 0
    for item in islice(inputs, shard_pages):
        yield item
        taken += item.body_bytes if isinstance(item, Page) else 0
        if taken >= SHARD_BYTES:
            return
