"""One hostile page through the transform in a process of its own: what came of it, what it cost, and that it repeats."""

import multiprocessing
import os
import resource
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

from flows.transform.documents import transform
from tests.hostile.corpus import HostilePage
from warehouse.model import Document, Page, Reject

MOST_SECONDS = 120
"""After so much processor time the kernel ends a child: far above the limit that is asserted, to measure what breaks it."""


@dataclass(frozen=True, slots=True)
class Ordeal:
    """How a page fared: its result (None where its process died), processor seconds, and peak memory in MB."""

    result: Document | Reject | None
    seconds: float
    peak: float


def page_of(hostile: HostilePage) -> Page:
    """The hostile page as if it had been fetched."""
    url = f"https://hostile.example/{hostile.name}"
    return Page(
        source="hostile",
        site="hostile.example",
        requested_url=url,
        url=url,
        body=hostile.body(),
        content_type=hostile.content_type,
    )


def undergo(hostile: HostilePage) -> Ordeal:
    """Runs the transform in a fork, so that its memory is told apart and its death harms nobody."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(hostile, sender))
    child.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        return Ordeal(None, float(MOST_SECONDS), 0.0)
    finally:
        child.join()


def _child(hostile: HostilePage, sender: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    page = page_of(hostile)
    started = time.process_time()
    result = transform(page)
    seconds = time.process_time() - started
    sender.send(Ordeal(result, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000))
    sender.close()
    os._exit(0)
