"""The bundled sample through the whole street: what a reader of its pages would say is what SQL says."""

import tomllib
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from flows.extract.sources import load_sources
from tests.flows.plain import ingest_plainly
from warehouse import engine
from warehouse.model import Counts
from warehouse.settings import Settings

EXPECTED = tomllib.loads((Path(__file__).parents[1] / "sample" / "expected.toml").read_text(encoding="utf-8"))
SAMPLE = next(source for source in load_sources(None) if source.name == "sample")


@pytest.fixture(scope="module")
def ingested(tmp_path_factory):
    settings = Settings(root=tmp_path_factory.mktemp("sample") / "data", workers=1)
    return settings, ingest_plainly(settings, SAMPLE.location, source="sample")


def instant(written):
    """A bare day stands at 00:00 UTC of that day."""
    return written if isinstance(written, datetime) else datetime.combine(written, time(), UTC)


def asked(ingested, query, *values):
    with engine.published(ingested[0]) as connection:
        return connection.execute(query, list(values)).fetchall()


def test_every_file_is_accounted_for(ingested):
    assert ingested[1] == Counts(
        input_count=35, page_count=31, unchanged_count=1, read_reject_count=3, document_count=31
    )


def test_the_broken_files_are_refused_with_their_reasons(ingested):
    assert asked(ingested, "select reason, count(*) from main.rejects group by reason order by reason") == [
        ("bad_encoding", 1),
        ("malformed_input", 2),
    ]


def test_the_edited_story_is_one_document_of_two_versions(ingested):
    ((title, versions),) = asked(ingested, "select title, version_count from main.documents where version_count > 1")
    assert versions == 2
    ((old, new),) = asked(ingested, "select old_title, new_title from main.edits")
    assert new == title != old


@pytest.mark.parametrize("page", EXPECTED["pages"], ids=lambda page: page["file"])
def test_a_page_of_the_sample_says_what_its_reader_would_say(ingested, page):
    rows = asked(
        ingested,
        "select title, published_at, published_precision, language, authors, agency from main.document_versions "
        "where url = ? and title = ?",
        page["url"],
        page["title"],
    )
    assert rows == [
        (
            page["title"],
            instant(page["published_at"]),
            page["published_precision"],
            page["language"],
            page["authors"],
            page.get("agency"),
        )
    ]


@pytest.mark.parametrize("outlet", EXPECTED["noise"])
def test_no_text_of_the_sample_holds_its_outlets_noise(ingested, outlet):
    for noise in EXPECTED["noise"][outlet]:
        found = asked(
            ingested,
            "select title from main.document_versions where contains(site, ?) and contains(text, ?)",
            outlet,
            noise,
        )
        assert found == [], f"{noise!r} is in {found}"
