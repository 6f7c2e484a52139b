"""Worker processes for the transform: a page that breaks one harms no other page, and none outlives its parent."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import chain
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from flows.transform.keeper import Keeper
from flows.transform.limits import CHEAP, FULL, Limits
from flows.transform.rejects import reject
from flows.transform.worker import Allowance, Death, Work
from warehouse.model import Document, Page, Reject, SiteRules
from warehouse.settings import Settings

if TYPE_CHECKING:
    from flows.transform.learning import Observation

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
Transform = Callable[[Page, SiteRules | None, Limits], Document | Reject]

CHUNK_PAGES = 20
"""Pages that a worker is fed in one go. A page of 170 KB costs the parent 0.25 ms at 20 pages, 0.3 at 10 and 1 at one;
more at once would leave some workers idle at the end."""


class WorkerPool:
    """Runs the transform over pages in worker processes; results come in the order of the pages, one for each."""

    def __init__(self, keepers: Sequence[Keeper], work: Transform) -> None:
        self._work = work
        self._keepers = keepers
        self._idle: SimpleQueue[Keeper] = SimpleQueue()
        for keeper in keepers:
            self._idle.put(keeper)
        self._threads = ThreadPoolExecutor(len(keepers), thread_name_prefix="keeper")

    def transform(self, pages: Sequence[Page], rules: Mapping[str, SiteRules]) -> Iterator[Document | Reject]:
        """One document or reject for each page, by the rules of its site where there are any.

        A page that its worker dies of is read again the cheap way; it is a reject where the worker dies once more.
        """
        return self._in_chunks(partial(self._documents, rules), pages)

    def observe(self, pages: Sequence[Page]) -> Iterator["Observation | None"]:
        """What each page shows of its site; None for one that cannot be read."""
        return self._in_chunks(self._observations, pages)

    def close(self) -> None:
        """Ends the workers, whatever they do, and drops the work that has not begun."""
        for keeper in self._keepers:
            keeper.kill()
        self._threads.shutdown(cancel_futures=True)
        for keeper in self._keepers:
            keeper.close()

    def _in_chunks(
        self, made_of: Callable[[Keeper, Sequence[Page]], Sequence[Result]], pages: Sequence[Page]
    ) -> Iterator[Result]:
        def made(chunk: Sequence[Page]) -> Sequence[Result]:
            keeper = self._idle.get()
            try:
                return made_of(keeper, chunk)
            finally:
                self._idle.put(keeper)

        chunks = [pages[start : start + CHUNK_PAGES] for start in range(0, len(pages), CHUNK_PAGES)]
        return chain.from_iterable(self._threads.map(made, chunks))

    def _documents(
        self, rules: Mapping[str, SiteRules], keeper: Keeper, pages: Sequence[Page]
    ) -> list[Document | Reject]:
        of_sites = {page.site: rules[page.site] for page in pages if page.site in rules}
        usual, cheap = (partial(_transform, self._work, of_sites, limits) for limits in (FULL, CHEAP))
        return _each(keeper, usual, pages, partial(_second_try, keeper, cheap))

    def _observations(self, keeper: Keeper, pages: Sequence[Page]) -> list["Observation | None"]:
        return _each(keeper, _observe, pages, _unobserved)


def workers_for(settings: Settings) -> AbstractContextManager[WorkerPool]:
    """A pool of as many workers as the settings say, each page of which may take what they say."""
    allowance = Allowance(cpu_seconds=settings.page_cpu_seconds, memory_bytes=settings.page_memory_bytes)
    return worker_pool(settings.workers, allowance)


@contextmanager
def worker_pool(
    workers: int, allowance: Allowance | None = None, work: Transform | None = None
) -> Iterator[WorkerPool]:
    """A pool that lives as long as the block: when that ends, however it does, its workers are killed.

    `allowance` is what a page may take of the machine, `work` what is done to it; a function that can be imported.
    """
    keepers = [Keeper(allowance or Allowance()) for _ in range(workers)]
    pool = WorkerPool(keepers, work or _usual_transform)
    try:
        for keeper in keepers:
            keeper.start()
        yield pool
    finally:
        pool.close()


def _each(
    keeper: Keeper, work: Work, pages: Sequence[Page], after_death: Callable[[Page, Death], Result]
) -> list[Result]:
    """A result for each page: what the work gives, or what is made of its death; the pages behind it then go on."""
    results: list[Result] = []
    while len(results) < len(pages):
        answers: list[Any] = keeper.answers(work, pages[len(results) :])
        if isinstance(answers[-1], Death):
            page = pages[len(results) + len(answers) - 1]
            answers[-1] = after_death(page, answers[-1])
        results += answers
    return results


def _second_try(keeper: Keeper, cheap: Work, page: Page, first: Death) -> Document | Reject:
    logger.warning("page %s (%s) ended its worker: %s; it is read the cheap way", page.page_id, page.url, first)
    (answer,) = keeper.answers(cheap, [page])
    if isinstance(answer, Death):
        return reject(page, answer.reason, f"its worker died: {first}; and again by the cheap way: {answer}")
    result: Document | Reject = answer
    return result


def _unobserved(page: Page, death: Death) -> None:
    logger.warning("page %s (%s) could not be observed: its worker died: %s", page.page_id, page.url, death)


def _transform(work: Transform, rules: Mapping[str, SiteRules], limits: Limits, page: Page) -> Document | Reject:
    return work(page, rules.get(page.site), limits)


def _usual_transform(page: Page, rules: SiteRules | None, limits: Limits) -> Document | Reject:
    # Imported here, in the worker: the process that only moves pages need not load the extractor.
    from flows.transform.documents import transform

    return transform(page, rules, limits)


def _observe(page: Page) -> "Observation | None":
    from flows.transform.learning import observe

    try:
        return observe(page)
    except MemoryError:
        raise
    except Exception:
        # As at the transform's page boundary: one page must not keep its site from being learnt.
        logger.exception("page %s (%s) could not be observed", page.page_id, page.url)
        return None
