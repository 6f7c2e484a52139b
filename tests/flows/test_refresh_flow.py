"""The refresh flow as Prefect runs it: its form, a task for each host, its report, and what a dry run leaves alone."""

import asyncio
from datetime import UTC, datetime

import pytest
from prefect.client.orchestration import get_client
from prefect.exceptions import ParameterTypeError
from prefect.utilities.callables import parameter_schema

from flows.extract.fetch.clocks import SystemClock
from flows.extract.sources import SourceError
from flows.refresh import refresh
from tests.flows.archives import write_archive
from tests.flows.loopback import Response, article, feed, hosts
from warehouse import engine
from warehouse.model import Counts

pytestmark = pytest.mark.usefixtures("prefect", "root", "configured")

PUBLISHED = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
SOURCE = """
[[sources]]
name = "{name}"
kind = "{kind}"
location = "{location}"
allow_private = true
delay_seconds = 0
"""


@pytest.fixture
def outlets():
    """Two outlets with three articles each; the second one's feed can be broken."""
    with hosts(2, SystemClock()) as servers:
        for host in servers:
            host.answers = answers()
        yield servers


def answers():
    paths = [f"/{number}" for number in range(3)]
    pages = {path: article(f"Article {path}", f"What article {path} says.", PUBLISHED) for path in paths}
    listed = [(path, f"Article {path}", PUBLISHED, None) for path in paths]
    return lambda path: feed(listed) if path == "/feed" else pages.get(path)


@pytest.fixture
def configured(outlets, tmp_path, monkeypatch):
    """A sources file that names both outlets, a disabled source and an archive."""
    archive = write_archive(tmp_path / "archive", range(4))
    tables = [
        SOURCE.format(name=f"outlet{n}", kind="feed", location=f"{host.url}/feed") for n, host in enumerate(outlets)
    ]
    tables.append(SOURCE.format(name="off", kind="feed", location="http://127.0.0.1:9/feed"))
    tables[-1] += 'is_enabled = false\ndisabled_reason = "for the test"\n'
    tables.append(SOURCE.format(name="mirror", kind="archive", location=archive))
    path = tmp_path / "sources.toml"
    path.write_text("".join(tables))
    monkeypatch.setenv("BROADSHEET_SOURCES", str(path))
    return path


def query(settings, text):
    with engine.published(settings) as connection:
        return connection.execute(text).fetchall()


async def report(key):
    async with get_client() as client:
        found = [item for item in await client.read_artifacts() if item.key == key]
    return max(found, key=lambda item: item.created).data


async def task_runs():
    async with get_client() as client:
        return {run.name for run in await client.read_task_runs()}


def test_all_enabled_sources_are_polled_and_a_second_time_only_asked_whether_they_changed(root, outlets):
    assert refresh() == Counts(input_count=10, page_count=10, document_count=10)
    asked = [len(host.log) for host in outlets]
    counts = refresh()
    assert (counts.page_count, counts.unchanged_count) == (0, 6)
    for host, before in zip(outlets, asked, strict=True):
        assert [(one.path, one.status) for one in host.log[before:]] == [("/feed", 304)]
    assert query(root, "select state, source from main.runs order by started_at") == [("completed", None)] * 2
    assert query(root, "select source, count(*) from main.documents group by all order by all") == [
        ("mirror", 4),
        ("outlet0", 3),
        ("outlet1", 3),
    ]
    assert {f"fetch {host.url.removeprefix('http://')}" for host in outlets} <= asyncio.run(task_runs())


def test_a_source_that_fails_harms_no_other_and_the_run_is_partial_with_its_reason(root, outlets):
    good = outlets[0].answers
    outlets[0].answers = lambda path: Response(status=403) if path == "/feed" else good(path)
    counts = refresh("outlet0, outlet1")
    assert (counts.page_count, counts.read_reject_count) == (3, 1)
    ((state, detail),) = query(root, "select state, detail from main.runs")
    assert state == "partial"
    assert "outlet0" in detail
    assert "403" in detail
    said = asyncio.run(report("refresh-report"))
    assert "outlet0" in said
    assert "http_status" in said
    assert query(root, "select problem from main.source_health where source = 'outlet0'") != [(None,)]


def test_an_archive_that_is_gone_harms_no_feed_and_the_run_is_partial_with_its_reason(root, tmp_path):
    (tmp_path / "archive").rename(tmp_path / "elsewhere")
    assert refresh("mirror outlet0") == Counts(input_count=4, page_count=3, document_count=3, read_reject_count=1)
    ((state, detail),) = query(root, "select state, detail from main.runs")
    assert state == "partial"
    assert "source mirror was not read" in detail
    ((source, stage, reason, location),) = query(root, "select source, stage, reason, location from main.rejects")
    assert (source, stage, reason, location) == ("mirror", "read", "not_found", str(tmp_path / "archive"))


def test_a_dry_run_plans_and_neither_fetches_pages_nor_stores_anything(root, outlets):
    assert refresh("outlet0", dry_run=True) == Counts()
    assert outlets[0].paths() == ["/robots.txt", "/.well-known/tdmrep.json", "/feed"]
    assert not root.catalog.exists()
    assert not root.tables.exists()
    plan = asyncio.run(report("refresh-plan"))
    assert "would fetch 3 links" in plan
    assert f"{outlets[0].url}/2" in plan
    assert refresh("outlet0").page_count == 3


def test_a_trial_stops_after_so_many_pages_and_the_next_run_goes_on(root):
    assert refresh("outlet0", max_pages=2).page_count == 2
    assert refresh("outlet0").page_count == 1
    assert query(root, "select count(*) from main.documents") == [(3,)]


def test_a_trial_stops_after_so_many_pages_of_the_whole_run(tmp_path):
    assert refresh("outlet0 mirror", max_pages=4).page_count == 4
    (tmp_path / "archive").rename(tmp_path / "elsewhere")
    counts = refresh("outlet1 mirror", max_pages=3)
    assert (counts.page_count, counts.read_reject_count) == (3, 0)


def test_a_source_that_is_named_is_polled_though_it_is_disabled(root):
    refresh("off")
    assert query(root, "select source, state from main.runs") == [("off", "partial")]


@pytest.mark.parametrize(
    ("wishes", "problem"),
    [
        ({"sources": "outlet0 nobody"}, "unknown source 'nobody'; expected some of: outlet0, outlet1, off, mirror"),
        ({"since": "2026-11-05", "until": "2026-11-04"}, "until 2026-11-04: expected a day that is not before since"),
        ({"max_pages": 0}, "max_pages 0: expected a positive number"),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_refused_before_any_work(root, wishes, problem):
    with pytest.raises(SourceError, match=problem):
        refresh(**wishes)
    assert not (root.root / "tables").exists()


def test_a_day_that_is_none_does_not_pass_the_form():
    with pytest.raises(ParameterTypeError, match="since"):
        refresh(since="yesterday")


def test_every_parameter_of_the_form_has_its_help():
    for name, field in parameter_schema(refresh.fn).properties.items():
        assert field.get("description"), f"{name} has no help"
