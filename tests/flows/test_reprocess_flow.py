"""The reprocess flow as Prefect runs it: its form, its run, and its report, which is there before the views change."""

import asyncio
import re

import pytest
from prefect.client.orchestration import get_client
from prefect.utilities.callables import parameter_schema

from flows import loading
from flows.changes import TooManyLossesError
from flows.deployments import deployments
from flows.extract.sources import SourceError
from flows.ingest import ingest
from flows.reprocess import reprocess
from tests.flows.archives import PARAGRAPH, write_archive
from tests.warehouse.records import document
from warehouse import engine

pytestmark = pytest.mark.usefixtures("prefect", "root")

LEDGER = (
    "select state, detail, reprocessed_page_count, resumed_page_count, document_count from main.runs "
    "where flow = 'reprocess' order by started_at"
)


class OtherWorkers:
    """Stands in for the workers of another extractor; `started` says how often such were started."""

    started = 0

    def __init__(self, title):
        self.title = title

    def __call__(self, _):
        return self

    def __enter__(self):
        OtherWorkers.started += 1
        return self

    def __exit__(self, *_):
        return None

    def transform(self, pages, _):
        return [self.document(page) for page in pages]

    def document(self, page):
        title = self.title and f"{page.hint_title}{self.title}"
        return document(page, extractor="test/2", title=title, text=PARAGRAPH * 3)


@pytest.fixture
def other(monkeypatch):
    """Gives the flow another extractor, whose titles end in what is named."""

    def exchange(title, name="test/2"):
        monkeypatch.setattr(loading, "extractor", lambda: name)
        for module in ("flows.loading", "flows.reprocessing"):
            monkeypatch.setattr(f"{module}.workers_for", OtherWorkers(title))
        monkeypatch.setattr("flows.reprocessing.extractor", lambda: name)

    return exchange


def query(settings, text):
    with engine.published(settings) as connection:
        return connection.execute(text).fetchall()


async def artifacts(key):
    async with get_client() as client:
        found = [item for item in await client.read_artifacts() if item.key == key]
    return sorted(found, key=lambda item: item.created)


def report(key):
    return asyncio.run(artifacts(key))[-1].data


def test_stored_pages_become_what_the_new_extractor_makes_of_them(root, tmp_path, other, monkeypatch):
    ingest("archive", str(write_archive(tmp_path / "archive", range(50))), source="example")
    other("!")
    publish, seen = loading.publication.publish_run, []
    monkeypatch.setattr(
        loading.publication, "publish_run", lambda run: (seen.append(report("reprocess-changes")), publish(run))
    )
    done = reprocess()
    assert str(done).startswith("50 reprocessed, 50 documents; 50 pages compared, 50 changed")
    assert seen == [done.report]
    assert "| example.org | 50 | 50 |" in done.report
    # Which of them is the example depends on the shard that is done first.
    assert re.search(r"\| title \| changed \| Story (\d+) \| Story \1! \|", done.report)
    titles = "select count(*), count_if(title like 'Story %!'), max(version_count) from documents"
    assert query(root, titles) == [(50, 50, 1)]
    assert query(root, LEDGER) == [("completed", "50 pages compared, 50 changed", 50, 0, 50)]
    assert "50 reprocessed" in report("reprocess-report")

    OtherWorkers.started = 0
    assert str(reprocess()).startswith("no page was due")
    assert OtherWorkers.started == 0


def test_a_dry_run_reports_and_leaves_no_trace(root, tmp_path, other):
    ingest("archive", str(write_archive(tmp_path / "archive", range(30))))
    other("?")
    done = reprocess(dry_run=True)
    assert report("reprocess-trial") == done.report
    assert "30 pages compared, 30 changed" in done.report
    assert query(root, "select count(*) from runs") == [(1,)]
    assert query(root, "select count(*) from documents where title like '%?'") == [(0,)]


def test_losses_stop_it_unless_they_are_allowed(root, tmp_path, other):
    ingest("archive", str(write_archive(tmp_path / "archive", range(60))))
    other(None)
    with pytest.raises(TooManyLossesError):
        reprocess()
    assert "| title | 0 | 0 |" in report("reprocess-changes")
    ((state, detail, *counts),) = query(root, LEDGER)
    assert (state, counts) == ("failed", [0, 0, 0])
    assert "--allow-losses" in detail
    assert query(root, "select count(title) from documents") == [(60,)]
    reprocess(allow_losses=True)
    assert query(root, "select count(title), count(*) from documents") == [(0, 60)]


def test_what_a_killed_run_left_is_finished_too(root, tmp_path, other, monkeypatch):
    archive = str(write_archive(tmp_path / "archive", range(25)))
    monkeypatch.setattr("flows.steps.make_documents", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ingest("archive", archive)
    monkeypatch.undo()
    monkeypatch.setenv("BROADSHEET_ROOT", str(root.root))
    # How many it had taken in by then is a matter of chance.
    ((left,),) = query(root, "select count(*) from main.pages")
    assert left >= 20
    other("!")
    reprocess()
    assert query(root, LEDGER)[0][2:] == (0, left, left)
    assert query(root, "select count(*) from documents") == [(left,)]


def test_a_source_of_which_nothing_is_stored_is_refused_before_any_run(root):
    with pytest.raises(SourceError, match="there are: none"):
        reprocess(source="example")
    assert not root.catalog.exists()


def test_the_ui_offers_it_without_a_schedule_and_one_at_a_time():
    (offered,) = (deployment for deployment in deployments() if deployment.name == "reprocess")
    assert offered.schedules == []
    assert offered.concurrency_limit == 1
    assert offered.entrypoint.startswith("flows.reprocess")


def test_every_parameter_of_the_form_has_its_help():
    for name, field in parameter_schema(reprocess.fn).properties.items():
        assert field.get("description"), f"{name} has no help"
