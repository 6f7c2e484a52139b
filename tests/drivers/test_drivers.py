"""One published catalog, read by each driver that is promised: every view, and every query that we tell people of."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows import publication
from tests.drivers import REQUIREMENTS, ask, interpreter
from tests.flows.plain import ingest_plainly
from tests.warehouse.records import NOON, document, page
from warehouse import catalog, runs, storage
from warehouse.model import Counts, Fetch, Link, Outcome, PageKind, Reason, SiteRules
from warehouse.schema import DOCUMENTS, FETCHES, PAGES, SITE_RULES
from warehouse.settings import Settings

CHECKOUT = Path(__file__).parents[2]
VIEWS = [item.name for item in catalog.definitions("main")]
FEED = "https://example.org/feed"


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """A catalog in which no view is empty: the sample, a polled feed, a page that was made a document twice."""
    settings = Settings(root=tmp_path_factory.mktemp("drivers") / "data", workers=1)
    ingest_plainly(settings, CHECKOUT / "flows" / "sample" / "articles")
    story = page(1)
    linked = document(story, links=(Link("https://www.example.com/", "elsewhere"),))
    made_again = replace(linked, title="Read anew", extractor="test/2", extraction_number=2)
    with runs.recorded(settings, flow="test", source="feed", parameters={}, versions=("0", "test/1")) as run:
        storage.append_new(settings, PAGES, [story], run.run_id)
        storage.append_new(settings, DOCUMENTS, [linked, made_again], run.run_id)
        run.add(Counts(input_count=1, page_count=1, reprocessed_page_count=1, document_count=2))
        polled = [fetch(hour, link_count=3, new_link_count=1) for hour in (1, 2)]
        failed = fetch(3, outcome=Outcome.REJECT, reason=Reason.TIMEOUT, status=None)
        storage.append_new(settings, FETCHES, [*polled, failed], run.run_id)
        rules = SiteRules(site="example.org", rules_version=1, noise_lines=("Share this",), learned_at=NOON)
        storage.append_new(settings, SITE_RULES, [rules], run.run_id)
    publication.publish(settings)
    return settings


def fetch(hour, **changes):
    given = {"outcome": Outcome.UNCHANGED, "status": 304, "seconds": 0.5, "host": "example.org"}
    asked = {"requested_url": FEED, "url": FEED, "fetched_at": NOON + timedelta(hours=hour)}
    return Fetch(source="feed", kind=PageKind.FEED, **{**given, **asked, **changes})


@pytest.fixture(scope="module")
def questions():
    """Every view whole, every saved query, and the queries of the README, those in its sentences too."""
    saved = {f"queries/{path.name}": path.read_text(encoding="utf-8") for path in catalog.SQL.glob("queries/*.sql")}
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    blocks = [query for block in re.findall(r"```sql\n(.*?)```", readme, re.DOTALL) for query in block.split(";")]
    sentences = re.findall(r"`(select [^`]*)`", readme)
    assert len(sentences) >= 2
    shown = {f"README {number}": query for number, query in enumerate([*blocks, *sentences]) if query.strip()}
    # In its own words and by the default schema, as people type.
    return {view: f"select * from {view.partition('.')[2]}" for view in VIEWS} | saved | shown


def answers(version, catalog, questions, *root):
    if not interpreter(version).exists():
        pytest.skip(f"DuckDB {version} has no environment here: make drivers")
    command = [interpreter(version), "-I", ask.__file__, catalog, *root]
    done = subprocess.run(command, input=json.dumps(questions), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("version", REQUIREMENTS)
def test_a_driver_answers_every_question_as_the_engine_does(version, settings, questions):
    expected = json.loads(json.dumps(ask.answers(str(settings.catalog), questions)))
    assert all(expected[view] for view in VIEWS)
    assert answers(version, settings.catalog, questions) == expected


@pytest.mark.parametrize("version", REQUIREMENTS)
def test_a_warehouse_that_was_moved_answers_once_the_driver_is_told_where_it_is(version, settings, questions, tmp_path):
    expected = json.loads(json.dumps(ask.answers(str(settings.catalog), questions)))
    moved = shutil.copytree(settings.root, tmp_path / "moved")
    hidden = settings.root.rename(settings.root.with_name("hidden"))
    try:
        assert answers(version, moved / "warehouse.duckdb", questions, moved) == expected
    finally:
        hidden.rename(settings.root)


def test_the_oldest_and_the_newest_driver_that_are_promised_are_among_those_tried():
    assert {version.rpartition(".")[0] for version in REQUIREMENTS} >= {"1.1", "1.3", "1.4", "1.5", "2.0"}
