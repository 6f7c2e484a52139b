"""Worker processes for the transform: started warm, fed in small chunks, gone when their parent is gone."""

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from warehouse.model import Document, Page, Reject, SiteRules

if TYPE_CHECKING:
    from flows.transform.learning import Observation

logger = logging.getLogger(__name__)

CHUNK_PAGES = 20
"""Pages handed over at once: enough to make the hand-over cheap (0.1 ms a page), few enough to keep workers level."""


class WorkerPool:
    """Runs the transform over pages in worker processes; results come in the order of the pages."""

    def __init__(self, executor: ProcessPoolExecutor) -> None:
        self._executor = executor

    def transform(self, pages: Sequence[Page], rules: Mapping[str, SiteRules]) -> Iterator[Document | Reject]:
        """One document or reject for each page, by the rules of its site where there are any."""
        # Within a chunk the rules of a site are sent once: pickling keeps what is the same object the same.
        of_pages = [rules.get(page.site) for page in pages]
        return self._executor.map(_transform, pages, of_pages, chunksize=CHUNK_PAGES)

    def observe(self, pages: Sequence[Page]) -> Iterator["Observation | None"]:
        """What each page shows of its site; None for one that cannot be read."""
        return self._executor.map(_observe, pages, chunksize=CHUNK_PAGES)


@contextmanager
def worker_pool(workers: int) -> Iterator[WorkerPool]:
    """A pool that lives as long as the block; an exception in the block drops the work that has not begun.

    Workers come from a fork server that has the transform imported: a plain fork copies the threads' locks of a
    process that runs Prefect, and a spawn pays the imports (1 s) for each worker.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["flows.transform.warm"])
    executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)
    try:
        with _hidden_main():
            # Workers start when work is handed in, so some is: it returns once they are there.
            list(executor.map(_is_there, range(workers)))
        yield WorkerPool(executor)
    finally:
        executor.shutdown(cancel_futures=True)


@contextmanager
def _hidden_main() -> Iterator[None]:
    """Keeps new workers from importing the program that started them: for a served flow that is all of Prefect."""
    main = vars(sys.modules["__main__"])
    hidden: dict[str, object] = {name: main.pop(name) for name in ("__spec__", "__file__") if name in main}
    main["__spec__"] = None
    try:
        yield
    finally:
        main.update(hidden)


def _is_there(_: int) -> bool:
    return True


def _transform(page: Page, rules: SiteRules | None) -> Document | Reject:
    # Imported here, in the worker: the process that only moves pages need not load the extractor.
    from flows.transform.documents import transform

    return transform(page, rules)


def _observe(page: Page) -> "Observation | None":
    from flows.transform.learning import observe

    try:
        return observe(page)
    except Exception:
        # As at the transform's page boundary: one page must not keep its site from being learnt.
        logger.exception("page %s (%s) could not be observed", page.page_id, page.url)
        return None


def _end_with_parent() -> None:
    """Ends this worker when its parent dies: SIGKILL leaves a pool's workers waiting for ever otherwise.

    A terminal's Ctrl-C is the parent's to handle: a worker that dies of it breaks the pool under the parent's hands.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_after, args=(parent.sentinel,), daemon=True).start()


def _leave_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
