"""A warehouse of a few rows: plain tables stand in for `raw.*`, everything above them is the real SQL."""

from dataclasses import asdict
from datetime import UTC, datetime
from itertools import count
from typing import Any

import duckdb
import pyarrow as pa

from warehouse import catalog
from warehouse.model import Counts, hash_of
from warehouse.schema import TABLES, arrow_schema

SCHEMAS = {
    **{table.name: arrow_schema(table) for table in TABLES},
    "sources": catalog.SOURCE_SCHEMA,
    "live_runs": pa.schema([("run_id", pa.string())]),
}
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DEFAULTS: dict[str, dict[str, Any]] = {
    "pages": {
        "page_id": "p1",
        "kind": "document",
        "source": "test",
        "site": "example.org",
        "url": "https://example.org/1",
        "body": b"<p>text</p>",
        "run_id": "r0",
        "loaded_at": NOON,
    },
    "documents": {
        "document_id": "d1",
        "page_id": "p1",
        "source": "test",
        "site": "example.org",
        "url": "https://example.org/1",
        "title": "Title",
        "text": "One two three.",
        "authors": [],
        "images": [],
        "links": [],
        "character_count": 12,
        "captured_at": NOON,
        "extractor": "test/1",
        "rules_version": 0,
        "run_id": "r0",
        "loaded_at": NOON,
    },
    "rejects": {
        "reject_id": "j1",
        "stage": "read",
        "reason": "malformed_input",
        "detail": "no header",
        "run_id": "r0",
        "loaded_at": NOON,
    },
    "fetches": {
        "fetch_id": "f1",
        "source": "test",
        "kind": "document",
        "host": "example.org",
        "requested_url": "https://example.org/1",
        "url": "https://example.org/1",
        "fetched_at": NOON,
        "outcome": "unchanged",
        "request_count": 1,
        "seconds": 0.5,
        "received_bytes": 100,
        "run_id": "r0",
        "loaded_at": NOON,
    },
    "runs": {
        "run_id": "r1",
        "flow": "ingest",
        "source": "test",
        "state": "completed",
        "started_at": NOON,
        "parameters": "{}",
        "loaded_at": NOON,
        **asdict(Counts()),
    },
    "site_rules": {
        "site": "example.org",
        "rules_version": 1,
        "title_suffixes": [" | Example"],
        "title_prefixes": [],
        "noise_lines": ["Share this"],
        "page_count": 3,
        "learned_at": NOON,
        "run_id": "r0",
        "loaded_at": NOON,
    },
    "sources": {},
    "live_runs": {},
}

Rows = list[dict[str, Any]]


def warehouse(**tables: Rows) -> duckdb.DuckDBPyConnection:
    """A connection with the whole catalog over the given rows; what a row leaves out has its default, else null."""
    connection = duckdb.connect(":memory:")
    connection.execute("set timezone = 'UTC'")
    for schema in ("raw", "derived", "staging"):
        connection.execute(f"create schema {schema}")
    keys = count(1)
    for name, schema in SCHEMAS.items():
        given = [_completed({**DEFAULTS[name], **row}, keys) for row in tables.get(name, [])]
        rows = pa.Table.from_pylist([{key: row[key] for key in row if key in schema.names} for row in given], schema)
        connection.register("given", rows)
        connection.execute(f"create table raw.{name} as from given")
    catalog.create_relations(connection)
    return connection


def select(query: str, **tables: Rows) -> list[tuple[Any, ...]]:
    """The rows of a query over a warehouse of these rows."""
    return warehouse(**tables).execute(query).fetchall()


def at(hour: int) -> datetime:
    """That hour of the one day on which everything here happens."""
    return NOON.replace(hour=hour)


def _completed(row: dict[str, Any], keys: "count[int]") -> dict[str, Any]:
    content = hash_of([row.get("title"), row.get("lead"), row.get("text")])
    return {"row_key": next(keys), "content_hash": content, **row}
