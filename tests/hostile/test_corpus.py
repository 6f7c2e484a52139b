"""Every hostile page comes to its expected end, within 5 seconds and a gigabyte, and to the same one again."""

import json
import os
import subprocess
import sys

import pytest

from tests.hostile.corpus import corpus
from tests.hostile.ordeal import Ordeal

MOST_SECONDS = 5
MOST_MEGABYTES = 1000


@pytest.fixture(scope="module")
def ordeals():
    """Two runs over the corpus at once, each with its own order of hashes; by name what each came to."""
    command = [sys.executable, "-m", "tests.hostile.ordeal"]
    runs = [
        subprocess.Popen(command, env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True)
        for seed in ("1", "2")
    ]
    printed = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    lines = [[Ordeal(**json.loads(line)) for line in output.splitlines()] for output in printed]
    return {first.name: (first, second) for first, second in zip(*lines, strict=True)}


@pytest.mark.parametrize("hostile", corpus(), ids=lambda hostile: hostile.name)
def test_a_hostile_page_comes_to_its_end_within_its_bounds_and_to_the_same_one_again(hostile, ordeals):
    first, second = ordeals[hostile.name]
    assert list(first.differences) == []
    assert max(first.seconds, second.seconds) <= MOST_SECONDS
    assert max(first.peak, second.peak) <= MOST_MEGABYTES
    assert first.digest == second.digest
