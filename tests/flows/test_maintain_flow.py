"""The maintain flow as Prefect runs it: its run in the ledger, its report, a warehouse with nothing to learn from."""

import asyncio

import pytest
from prefect.client.orchestration import get_client
from prefect.utilities.callables import parameter_schema

from flows.deployments import NIGHTLY, deployments
from flows.ingest import ingest
from flows.maintain import Maintained, maintain
from tests.flows.archives import PARAGRAPH, feed_file
from warehouse import engine
from warehouse.model import Counts

pytestmark = pytest.mark.usefixtures("prefect", "root")

LEDGER = "select flow, state, detail, input_count, document_count from main.runs order by started_at"


async def report():
    async with get_client() as client:
        found = [item for item in await client.read_artifacts() if item.key == "maintain-report"]
    return max(found, key=lambda item: item.created).data


def archive(folder, numbers):
    """Stories with one paragraph that all of them share, and a sentence of their own."""
    for number in numbers:
        (folder / f"{number}.md").write_text(feed_file(number, text=PARAGRAPH), encoding="utf-8")
    return folder


def query(settings, text):
    with engine.published(settings) as connection:
        return connection.execute(text).fetchall()


def test_a_warehouse_without_pages_has_nothing_to_learn_from_and_is_published(root):
    assert maintain() == Maintained(0, 0)
    detail = "new rules for 0 of 0 sites with new pages"
    assert query(root, LEDGER) == [("maintain", "completed", detail, 0, 0)]


def test_what_is_learnt_in_one_night_is_used_by_the_next_ingest(root, tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("archive")
    ingest("archive", str(archive(tmp_path, range(30))), source="example")
    assert maintain() == Maintained(site_count=1, learnt_count=1)
    detail = "new rules for 1 of 1 sites with new pages"
    assert query(root, LEDGER)[1] == ("maintain", "completed", detail, 0, 0)
    said = asyncio.run(report())
    assert detail in said
    assert "| example.org | 1 | 30 | 0 | 0 | 1 |" in said

    counts = ingest("archive", str(archive(tmp_path, range(35))), source="example")
    assert counts == Counts(input_count=35, page_count=5, unchanged_count=30, document_count=5)
    found = (
        "select rules_version, count(*), bool_or(text like '%tram line%') from main.documents group by all order by all"
    )
    assert query(root, found) == [(0, 30, True), (1, 5, False)]
    assert maintain() == Maintained(site_count=1, learnt_count=0)


def test_the_ui_offers_it_every_night_and_one_at_a_time():
    offered = {deployment.name: deployment for deployment in deployments()}
    assert list(offered) == ["ingest", "refresh", "reprocess", "maintain"]
    nightly = offered["maintain"]
    assert [schedule.schedule.cron for schedule in nightly.schedules] == [NIGHTLY]
    assert nightly.concurrency_limit == 1
    assert nightly.entrypoint.startswith("flows.maintain")


def test_every_parameter_of_the_form_has_its_help():
    for name, field in parameter_schema(maintain.fn).properties.items():
        assert field.get("description"), f"{name} has no help"
