"""Hostile pages through the transform, each in a process of its own: what came of it, what it cost.

`python -m tests.hostile.ordeal [NAME …]` prints one line of JSON for each page.
"""

import json
import logging
import multiprocessing
import os
import resource
import sys
import time
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection

import flows.transform.warm  # noqa: F401  # what is loaded before the fork is no page's cost
from flows.transform.documents import transform
from tests.hostile.corpus import HostilePage, corpus
from warehouse.model import Document, Page, Reject, hash_of

MOST_SECONDS = 60
"""After so much processor time the kernel ends a child: far above what is asserted, to see by how much it is missed."""
MOST_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Ordeal:
    """How a page fared: a digest of its result, in what that is not as expected, processor seconds, peak in MB."""

    name: str
    digest: str
    end: str
    differences: tuple[str, ...]
    seconds: float
    peak: float


def page_of(hostile: HostilePage) -> Page:
    """The hostile page as if it had been fetched."""
    url = f"https://hostile.example/{hostile.name}"
    given = {"source": "hostile", "site": "hostile.example", "content_type": hostile.content_type}
    return Page(requested_url=url, url=url, body=hostile.body(), **given)


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
        return Ordeal(hostile.name, "", "died", tuple(hostile.expected.differences(None)), float(MOST_SECONDS), 0.0)
    finally:
        child.join()


def _child(hostile: HostilePage, sender: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    page = page_of(hostile)
    started = time.process_time()
    result = transform(page)
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    differences = tuple(hostile.expected.differences(result))
    sender.send(Ordeal(hostile.name, _digest(result), _end(result), differences, round(seconds, 3), round(peak)))
    sender.close()
    os._exit(0)


def _digest(result: Document | Reject) -> str:
    return hash_of([repr(result)])


def _end(result: Document | Reject) -> str:
    if isinstance(result, Reject):
        return f"{result.reason}: {result.detail}"
    return " ".join([result.extraction_status, *result.cuts, f"({result.character_count:,} characters)"])


def main(names: list[str]) -> None:
    """Prints how the pages fared, all of them or those named."""
    logging.disable()
    for hostile in corpus():
        if not names or hostile.name in names:
            print(json.dumps(asdict(undergo(hostile))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
