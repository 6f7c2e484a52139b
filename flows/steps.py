"""The steps of the street, without Prefect: take a shard of pages in, make documents of pages that are in.

Both end in `storage.append_new`, so that each can be killed at any moment and simply be done again. `ShardLine` does
them side by side.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from time import monotonic

from flows.transform.pool import WorkerPool
from warehouse import storage
from warehouse.model import Counts, Document, End, Fetch, Item, Page, PageKind, Reject, Repeats, SiteRules
from warehouse.runs import OpenRun
from warehouse.schema import DOCUMENTS, FETCHES, PAGES, REJECTS
from warehouse.settings import Settings

FIRST_SHARD_PAGES = 250
"""The first shard is small and each further one twice as large, so that the workers do not wait for a whole one."""

SHARD_BYTES = 24_000_000
"""Bodies that a shard holds at most: some five hundred whole pages, or a few very large ones. Three shards are in
memory at once, and their bodies are held twice while they are stored."""

SHARDS_UNDER_WAY = 2
"""Shards whose documents are being made at once. Two keep the workers busy while one shard is stored; every further
one is only more memory."""

SHARD_SECONDS = 60
"""The live web may be slow: what was fetched within a minute is stored, so that a kill costs no more than that."""


@dataclass(frozen=True, slots=True)
class TakenShard:
    """What one shard of the source came to: the pages that are new, by id, and the counts of the reading side."""

    page_ids: tuple[str, ...]
    counts: Counts
    read_count: int
    """Documents' pages that were read, whether new or held: what `first_pages` counts."""


class ShardLine:
    """The shards of one source, in line: while one is read and stored, documents are made of those before it.

    No dataclass: Prefect walks through those when they are a task's argument.
    """

    def __init__(self, inputs: Iterator[Item], run: OpenRun, workers: WorkerPool, threads: ThreadPoolExecutor) -> None:
        self.read_count = 0
        self._inputs, self._run, self._workers, self._threads = inputs, run, workers, threads
        self._under_way: deque[tuple[TakenShard, Future[Counts]]] = deque()

    def advance(self, settled: Callable[[], None]) -> bool:
        """Takes in what one task may have: as many pages, or a minute; False once every shard of the source is done.

        A shard ends by its bytes, a task by its pages: a task run costs as much CPU as a few whole pages, and a shard
        has no more than a hundred and fifty of those. `settled` is called when a shard is done and counted.
        """
        began, before = monotonic(), self.read_count
        while shard := take_shard(self._inputs, self._run):
            self._hand_over(shard)
            if len(self._under_way) > SHARDS_UNDER_WAY:
                self._settle(settled)
            read = self.read_count - before
            if read >= self._run.settings.shard_pages or monotonic() - began >= SHARD_SECONDS:
                return True
        while self._under_way:
            self._settle(settled)
        return False

    def _hand_over(self, shard: TakenShard) -> None:
        self.read_count += shard.read_count
        # In the context that is here, so that what is logged there belongs to the same run in Prefect.
        made = self._threads.submit(copy_context().run, make_documents, shard.page_ids, self._run, self._workers)
        self._under_way.append((shard, made))

    def _settle(self, settled: Callable[[], None]) -> None:
        """Waits for the first shard's documents and counts the shard, now that it is whole."""
        shard, made = self._under_way.popleft()
        self._run.add(shard.counts + made.result())
        settled()


def load_pages(line: ShardLine, settled: Callable[[], None]) -> bool:
    """Takes pages in and makes documents of them, as many as one task may have; False once all are done."""
    return line.advance(settled)


def first_pages(inputs: Iterable[Item], max_pages: int | None) -> Generator[Item]:
    """The inputs up to the given number of documents' pages; whatever comes on the way does not count against it."""
    pages = 0
    for item in inputs:
        yield item
        pages += _is_document(item)
        if pages == max_pages:
            return


def take_shard(inputs: Iterator[Item], run: OpenRun) -> TakenShard | None:
    """Stores the next shard's pages, rejects and fetches; None where the source has come to its end.

    Rejects come first: a listing is stored after its links, so that after a kill no failed link is forgotten. Fetches
    come last: they speak of pages.
    """
    shard = next_shard(inputs, run.settings, run.shard_count)
    if not shard:
        return None
    run.shard_count += 1
    pages = [item for item in shard if isinstance(item, Page)]
    rejects = [item for item in shard if isinstance(item, Reject)]
    storage.append_new(run.settings, REJECTS, rejects, run.run_id)
    added = storage.append_new(run.settings, PAGES, pages, run.run_id)
    storage.append_new(run.settings, FETCHES, [item for item in shard if isinstance(item, Fetch)], run.run_id)
    documents = {page.page_id: page for page in added if _is_document(page)}
    run.at_hand.update(documents)
    page_count = sum(map(_is_document, pages))
    repeat_count = sum(item.count for item in shard if isinstance(item, Repeats))
    counts = Counts(
        input_count=page_count + repeat_count + len(rejects),
        page_count=len(documents),
        unchanged_count=page_count - len(documents) + repeat_count,
        read_reject_count=len(rejects),
    )
    return TakenShard(tuple(documents), counts, page_count)


def make_documents(page_ids: Sequence[str], run: OpenRun, workers: WorkerPool) -> Counts:
    """Transforms stored pages and stores what comes out; counts only what this run stored, not what a rival did."""
    return store_ends(ends_of(run.pages(page_ids), run.rules, run.row.extractor, workers), run)


def ends_of(pages: Sequence[Page], rules: Mapping[str, SiteRules], extractor: str, workers: WorkerPool) -> list[End]:
    """What becomes of each page, in their order; a reject says, as a document does, by which extractor and rules."""
    ends = workers.transform(pages, rules)
    return [
        replace(end, extractor=extractor, rules_version=rules_version(page, rules), extraction_number=1)
        if isinstance(end, Reject)
        else end
        for page, end in zip(pages, ends, strict=True)
    ]


def store_ends(ends: Sequence[End], run: OpenRun) -> Counts:
    """Stores what became of pages; counts only what is new."""
    documents = [end for end in ends if isinstance(end, Document)]
    rejects = [end for end in ends if isinstance(end, Reject)]
    return Counts(
        document_count=len(storage.append_new(run.settings, DOCUMENTS, documents, run.run_id)),
        transform_reject_count=len(storage.append_new(run.settings, REJECTS, rejects, run.run_id)),
    )


def rules_version(page: Page, rules: Mapping[str, SiteRules]) -> int:
    """The version of the rules of the page's site; 0 where there are none."""
    return rules[page.site].rules_version if page.site in rules else 0


def resume_pages(page_ids: Sequence[str], run: OpenRun, workers: WorkerPool) -> Counts:
    """Finishes pages that a dead run left without an end."""
    made = make_documents(page_ids, run, workers)
    return made + Counts(resumed_page_count=made.document_count + made.transform_reject_count)


def next_shard(inputs: Iterator[Item], settings: Settings, number: int) -> list[Item]:
    """The items of a run's shard, counted from 0: as many inputs, as many bytes or as long a time as one may have."""
    most = min(settings.shard_pages, FIRST_SHARD_PAGES << min(number, 8))
    shard: list[Item] = []
    taken = size = 0
    began = monotonic()
    for item in inputs:
        shard.append(item)
        taken += not isinstance(item, Fetch)
        size += item.body_bytes if isinstance(item, Page) else 0
        if taken >= most or size >= SHARD_BYTES or monotonic() - began >= SHARD_SECONDS:
            break
    return shard


def _is_document(item: Item) -> bool:
    return isinstance(item, Page) and item.kind is PageKind.DOCUMENT
