"""What the public views show of the rows beneath them. Versions have a file of their own."""

from datetime import date

import pytest

from tests.sql.rows import NOON, at, select, warehouse


def test_pages_show_captures_without_their_bytes():
    assert select("select page_id, status from main.pages", pages=[{"status": 200}]) == [("p1", 200)]
    assert select("select page_id, body from main.page_bodies", pages=[{}]) == [("p1", b"<p>text</p>")]


def test_a_reject_is_dated_by_its_refusal_or_else_by_its_load():
    rows = [{}, {"reject_id": "j2", "rejected_at": at(9)}]
    query = "select reject_id, rejected_at, loaded_at from main.rejects order by reject_id"
    assert select(query, rejects=rows) == [("j1", NOON, NOON), ("j2", at(9), NOON)]


@pytest.mark.parametrize(
    ("rows", "live", "state"),
    [
        ([{"state": "running"}, {"state": "completed"}], [], "completed"),
        ([{"state": "completed", "loaded_at": at(1)}, {"state": "running", "loaded_at": at(2)}], [], "completed"),
        ([{"state": "completed", "loaded_at": at(1)}, {"state": "failed", "loaded_at": at(2)}], [], "failed"),
        ([{"state": "running"}], [{"run_id": "r1"}], "running"),
        ([{"state": "running"}], [{"run_id": "r2"}], "interrupted"),
    ],
)
def test_a_run_stands_as_its_newest_end_says_or_whether_a_process_holds_it(rows, live, state):
    assert select("select state from main.runs", runs=rows, live_runs=live) == [(state,)]


def test_sources_are_those_configured_and_those_that_only_runs_or_fetches_name():
    newest = '{"kind": "archive", "location": "x.tar"}'
    runs = [
        {"run_id": "r1", "source": "known"},
        {"run_id": "r2", "source": "once", "parameters": '{"kind": "archive", "location": "old.tar"}'},
        {"run_id": "r3", "source": "once", "parameters": newest, "started_at": at(20)},
        {"run_id": "r4", "source": "odd", "parameters": "no JSON"},
        {"run_id": "r5", "source": None},
    ]
    query = "select source, kind, location, is_enabled, is_configured from main.sources order by source"
    fetches = [{"source": source} for source in ("known", "once", "removed", "removed")]
    sources = [{"name": "known", "kind": "feed", "is_enabled": True}]
    assert select(query, runs=runs, fetches=fetches, sources=sources) == [
        ("known", "feed", None, True, True),
        ("odd", None, None, False, False),
        ("once", "archive", "x.tar", False, False),
        ("removed", None, None, False, False),
    ]


def test_a_source_says_how_it_is_asked():
    row = {"name": "known", "kind": "feed", "policy": "record", "delay_seconds": 2.5, "allow_private": False}
    query = "select policy, delay_seconds, allow_private from main.sources"
    assert select(query, sources=[row]) == [("record", 2.5, False)]


def test_documents_per_day_count_by_the_utc_day_and_own_up_to_the_undated():
    late = {"published_at": at(23), "captured_at": at(23)}
    rows = [
        {"document_id": "d1", "page_id": "p1", **late, "published_precision": "minute", "authors": ["A"]},
        {"document_id": "d2", "page_id": "p2", **late, "published_precision": "upper_bound", "images": [{"url": "u"}]},
        {"document_id": "d3", "page_id": "p3"},
    ]
    # In a reader's own zone the evening of the 23rd is already the 24th.
    connection = warehouse(documents=rows)
    # In this reader's own zone that evening is already the 24th.
    connection.execute("set timezone = 'Asia/Shanghai'")
    found = connection.execute("select * from main.documents_per_day order by published_date").fetchall()
    assert found == [
        ("example.org", date(2026, 11, 23), 2, 24, 1, 0.5, 0.5, 1),
        ("example.org", None, 1, 12, 0, 0.0, 0.0, 1),
    ]


def test_images_stand_in_order():
    rows = [{"images": [{"url": "a", "caption": "A"}, {"url": "b", "caption": None}]}]
    query = "select document_id, position, url, caption from main.images order by position"
    assert select(query, documents=rows) == [("d1", 1, "a", "A"), ("d1", 2, "b", None)]


@pytest.mark.parametrize(
    ("url", "site", "is_external"),
    [
        ("https://example.org/a", "example.org", False),
        ("https://News.Example.org:443/a", "example.org", False),
        ("https://notexample.org/", "notexample.org", True),
        ("https://www.bbc.co.uk/x?y=https://example.org/", "bbc.co.uk", True),
        ("http://a.b.news.com.cn#x", "news.com.cn", True),
        ("https://a.blogspot.com/", "a.blogspot.com", True),
        ("https://user@mail.t.co/1", "t.co", True),
        ("http://192.0.2.7:8080/", "192.0.2.7", True),
        ("http://[2001:db8::1]/", "[2001:db8::1]", True),
        ("mailto:a@example.org", None, True),
    ],
)
def test_a_link_leads_to_a_site_of_its_own_or_another(url, site, is_external):
    rows = [{"links": [{"url": url, "text": "here"}]}]
    query = "select document_id, position, url, site, text, is_external from main.links"
    assert select(query, documents=rows) == [("d1", 1, url, site, "here", is_external)]


def test_the_rules_of_a_site_are_the_newest_that_were_learnt():
    rows = [
        {"rules_version": 2, "title_suffixes": [" - Example"]},
        {"rules_version": 1, "loaded_at": at(20)},
        {"site": "example.net", "noise_lines": []},
    ]
    query = "select site, rules_version, title_suffixes, noise_lines from main.site_rules order by site"
    assert select(query, site_rules=rows) == [
        ("example.net", 1, [" | Example"], []),
        ("example.org", 2, [" - Example"], ["Share this"]),
    ]


def test_freshness_has_a_row_per_table():
    query = "select table_name, row_count, newest_loaded_at from main.freshness order by table_name"
    found = select(query, pages=[{}], documents=[{}], fetches=[{"loaded_at": at(9)}], runs=[{"finished_at": at(14)}])
    assert found == [
        ("documents", 1, NOON),
        ("fetches", 1, at(9)),
        ("pages", 1, NOON),
        ("rejects", 0, None),
        ("runs", 1, at(14)),
        ("site_rules", 0, None),
    ]
