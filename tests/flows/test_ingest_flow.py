"""The flow as Prefect runs it: its form, its run, its report."""

import asyncio
import json

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ParameterTypeError
from prefect.utilities.callables import parameter_schema

from flows.extract.sources import SourceError
from flows.ingest import ingest
from tests.flows.archives import PARAGRAPH, write_archive
from tests.flows.extract.bulk.warc_making import http, record, warc_of
from warehouse import engine
from warehouse.catalog import CheckFailure, ChecksFailedError
from warehouse.model import Counts

pytestmark = pytest.mark.usefixtures("prefect", "root")


async def artifacts():
    async with get_client() as client:
        return await client.read_artifacts()


async def last_flow_run():
    async with get_client() as client:
        return (await client.read_flow_runs(sort=FlowRunSort.START_TIME_DESC))[0]


def test_a_run_loads_publishes_and_leaves_a_report(root, tmp_path):
    archive = write_archive(tmp_path / "archive", range(50))
    (archive / "broken.md").write_bytes(b"")
    counts = ingest("archive", str(archive), source="example")
    assert counts == Counts(input_count=51, page_count=50, read_reject_count=1, document_count=50)
    with engine.published(root) as connection:
        assert connection.execute("select source, count(*) from main.documents group by source").fetchall() == [
            ("example", 50)
        ]
    reports = [item for item in asyncio.run(artifacts()) if item.key == "ingest-report"]
    report = max(reports, key=lambda item: item.created)
    assert "example.org" in report.data
    assert "malformed_input" in report.data
    assert "51 read" in report.data


def test_a_trial_stops_after_so_many_pages(tmp_path):
    counts = ingest("archive", str(write_archive(tmp_path / "archive", range(50))), max_pages=7)
    assert counts == Counts(input_count=7, page_count=7, document_count=7)


def test_of_a_warc_the_hosts_that_were_asked_for_are_loaded_and_the_run_tells_of_the_rest(root, tmp_path):
    body = f"<html><body><p>{PARAGRAPH * 4}</p></body></html>".encode()
    records = [
        record(block=http(body), WARC_Target_URI=f"https://{host}/story/{number}")
        for number, host in enumerate(["www.example.org", "example.org", "other.example", "notexample.org"])
    ]
    counts = ingest("warc", str(warc_of(records, tmp_path / "a.warc.gz")), hosts="example.org")
    assert counts == Counts(input_count=2, page_count=2, document_count=2)
    with engine.published(root) as connection:
        ((state, detail, parameters),) = connection.execute(
            "select state, detail, parameters from main.runs"
        ).fetchall()
    assert (state, detail) == ("completed", "2 captures were passed over: wanted are those of hosts example.org")
    assert json.loads(parameters)["hosts"] == "example.org"


def test_a_failed_check_fails_the_run_and_keeps_the_last_good_catalog(root, tmp_path, monkeypatch):
    archive = write_archive(tmp_path / "archive", range(5))
    ingest("archive", str(archive))
    good = root.catalog.read_bytes()
    monkeypatch.setattr("warehouse.catalog.run_checks", lambda _: [CheckFailure("page_ids_are_unique", 1, ("p=1",))])
    with pytest.raises(ChecksFailedError, match="page_ids_are_unique"):
        ingest("archive", str(write_archive(tmp_path / "more", range(5, 10))))
    assert root.catalog.read_bytes() == good
    monkeypatch.undo()
    assert asyncio.run(last_flow_run()).state_type is StateType.FAILED


def test_an_order_that_cannot_be_carried_out_is_refused_before_any_work(root):
    with pytest.raises(SourceError, match="no such file"):
        ingest("archive", "/no/such/place")
    with pytest.raises(ParameterTypeError, match="kind"):
        ingest("telepathy", "/no/such/place")
    assert not (root.root / "tables").exists()


def test_every_parameter_of_the_form_has_its_help():
    for name, field in parameter_schema(ingest.fn).properties.items():
        assert field.get("description"), f"{name} has no help"
