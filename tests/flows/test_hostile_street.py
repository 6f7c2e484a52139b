"""A folder of WARCs with hostile pages strewn among decent ones, from its files to the published views."""

import pytest

from flows.extract.readers import open_reader
from flows.extract.sources import Source
from tests.flows.plain import load_plainly
from tests.hostile.strewn import misfits, strew
from warehouse import engine
from warehouse.model import SourceKind

SMALL = 300_000
"""The larger pages of the corpus are met one by one in `tests/hostile`, and all at once in the drill."""
DECENT = 90
TEXT = "The harbour ferry will run later on Fridays from the spring, the council said, so that the last train is met. "


def decent_pages():
    for number in range(DECENT):
        url = f"https://decent.example/story/{number}"
        head = f"<title>Ferry report {number}</title>"
        paragraphs = "".join(f"<p>{TEXT * 2}Report {number}, part {part}.</p>" for part in range(4))
        yield url, f"<html><head>{head}</head><body><article>{paragraphs}</article></body></html>".encode()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The expected ends, the run's counts and the settings of one load."""
    from warehouse.settings import Settings

    folder = tmp_path_factory.mktemp("strewn")
    expected = strew(folder / "warcs", decent_pages(), most_bytes=SMALL)
    settings = Settings(root=folder / "data", workers=2)
    source = Source(name="warc", kind=SourceKind.WARC, location=str(folder / "warcs"))
    counts = load_plainly(open_reader(source, settings), settings, flow="ingest", source="warc")
    return expected, counts, settings


def test_every_record_is_accounted_for(loaded):
    expected, counts, _ = loaded
    assert len(expected) > 70
    assert counts.is_balanced
    assert counts.input_count == DECENT + len(expected)
    assert counts.unchanged_count == 0


def test_every_hostile_page_comes_to_its_own_end(loaded):
    expected, _, settings = loaded
    assert misfits(settings, expected) == []


def test_its_neighbours_are_unharmed(loaded):
    _, _, settings = loaded
    with engine.published(settings) as connection:
        rows = connection.execute(
            "select count(*), count(distinct text_hash), min(length(text)), max(extraction_status) "
            "from main.documents where site = 'decent.example'"
        ).fetchall()
    (count, texts, shortest, status) = rows[0]
    assert (count, texts, status) == (DECENT, DECENT, "complete")
    assert shortest > len(TEXT) * 8
