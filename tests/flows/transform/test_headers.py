"""The author lines at the head and the foot of a text, which are read and taken out of it."""

import pytest

from flows.transform.blocks import blocks_of
from flows.transform.headers import split_header
from flows.transform.trees import parse
from flows.web.sites import site_facts

FACTS = site_facts("https://gazette.example/2024/harbour")
PROSE = [f"In the year {1900 + number} the harbour had {number} boats and a crane." for number in range(8)]
CREDIT = "By Ann Example"
NOISE = ["* * *", "=====", "---"]


def parts_of(lines):
    return split_header(blocks_of(parse("".join(f"<p>{line}</p>" for line in lines)).find("body")), FACTS)


@pytest.mark.parametrize(
    "lines",
    [[CREDIT, *PROSE], [*PROSE, CREDIT], [*PROSE, CREDIT, *NOISE], [*NOISE, CREDIT, *PROSE]],
    ids=["head", "foot", "foot before noise", "head behind noise"],
)
def test_an_author_line_at_an_edge_is_a_byline_whatever_noise_stands_outside(lines):
    parts = parts_of(lines)
    assert len(parts.bylines) == 1
    assert [block.text for block in parts.blocks] == [line for line in lines if line != CREDIT]


def test_an_author_line_in_the_midst_quotes_somebody_elses():
    lines = [*PROSE[:4], CREDIT, *PROSE[4:]]
    assert [block.text for block in parts_of(lines).blocks] == lines


def test_a_text_of_noise_alone_has_no_byline():
    assert [block.text for block in parts_of(NOISE).blocks] == NOISE
