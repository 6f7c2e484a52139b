"""Mutations by the million: how many of them break a step of the transform, and at what.

    python -m tests.bench fuzz --mutations 1000000
    python -m tests.bench fuzz --mutations 500000 --first 500000

A mutation is known by its number: a run that was stopped goes on from the last count that it printed.
"""

import os
import time

from tests.hostile.fuzzing import Fuzzed, fuzzed

REPORTED = 25_000


def main(mutations: int, first: int) -> int:
    """Prints the count as it goes and each broken one at once; the exit status says whether there was any."""
    print("\n## Fuzzing\n", flush=True)
    numbers = range(first, first + mutations)
    total = Fuzzed()
    started = time.monotonic()
    for some in fuzzed(numbers, len(os.sched_getaffinity(0))):
        for number, detail in some.broken.items():
            print(f"- mutation {number}: {detail}", flush=True)
        before = total.count
        total.add(some)
        if total.count // REPORTED > before // REPORTED:
            print(f"<!-- up to {first + total.count:,}: {time.monotonic() - started:,.0f} s -->", flush=True)
    print("\n| end | mutations |\n| --- | ---: |")
    for end, count in total.ends.most_common():
        print(f"| {end} | {count:,} |")
    print(f"\n{total.count:,} mutations of pages, {len(total.broken):,} of them broke a step.", flush=True)
    return int(bool(total.broken) or total.count < mutations)
