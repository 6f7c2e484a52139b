"""Mutations through the transform, in several processes: what they came to, and those that a step broke at."""

import logging
import multiprocessing
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import flows.transform.warm  # noqa: F401  # loaded before the fork, once for all
from flows.transform.documents import transform
from tests.hostile.mutations import mutation, originals
from warehouse.model import Reason, Reject

CHUNK = 250


@dataclass(slots=True)
class Fuzzed:
    """How many mutations came to which end, and by number the exceptions of those that a step broke at."""

    ends: Counter[str] = field(default_factory=Counter)
    broken: dict[int, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The mutations that came to an end."""
        return self.ends.total()

    def add(self, other: "Fuzzed") -> None:
        """Takes in what others came to."""
        self.ends += other.ends
        self.broken |= other.broken


def fuzzed(numbers: range, processes: int) -> Iterator[Fuzzed]:
    """What each some hundred mutations came to, as they are done."""
    originals()
    chunks = [numbers[at : at + CHUNK] for at in range(0, len(numbers), CHUNK)]
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=context) as workers:
        yield from workers.map(_fuzz, chunks)


def _fuzz(numbers: range) -> Fuzzed:
    # What a step logs it also says in its reject; a warning is as good as an exception here.
    logging.disable()
    warnings.simplefilter("error")
    found = Fuzzed()
    for number in numbers:
        result = transform(mutation(number))
        found.ends[result.reason if isinstance(result, Reject) else "document"] += 1
        if isinstance(result, Reject) and result.reason is Reason.EXTRACTOR_FAILED:
            found.broken[number] = result.detail
    return found
