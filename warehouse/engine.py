"""DuckDB: how a connection is made, limited and locked. The only import of duckdb."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb

from warehouse.settings import Settings

Connection = duckdb.DuckDBPyConnection
Relation = duckdb.DuckDBPyRelation
Error = duckdb.Error

CATALOG_VERSION = "v1.0.0"
"""Storage version of the published file: drivers of DuckDB 1.x, which most BI tools still ship, cannot open newer.
The views need 1.1 or later, for `getvariable`."""

BLANK = r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*"
EXPLAIN = re.compile(rf"{BLANK}explain\b{BLANK}(?:analyze\b)?{BLANK}(?:\([^()]*\))?", re.IGNORECASE | re.DOTALL)
"""The words before what is explained, comments among them."""

INTERRUPTED = "Query interrupted"
"""What DuckDB says where a signal came during a query."""


class QueryRefusedError(ValueError):
    """A query that is not one SELECT or EXPLAIN; `statements` names what it holds."""

    def __init__(self, statements: tuple[str, ...]) -> None:
        found = ", ".join(statements) or "no statement"
        super().__init__(f"only one SELECT or EXPLAIN can be run here, and this is: {found}")
        self.statements = statements


class NotPublishedError(FileNotFoundError):
    """There is no catalog to query; `catalog` is where it would be."""

    def __init__(self, catalog: Path) -> None:
        super().__init__(f"no catalog at {catalog}: load something first (broadsheet ingest), or broadsheet publish")
        self.catalog = catalog


@contextmanager
def _closed_behind(connection: Connection) -> Iterator[Connection]:
    """The connection around a block, closed behind it; an interruption during a query stays one.

    What a signal's handler raises then is lost in DuckDB, which raises a RuntimeError of its own instead: by that a
    cancelled run would be taken for a failed one.
    """
    try:
        yield connection
    except RuntimeError as error:
        if str(error) == INTERRUPTED:
            raise KeyboardInterrupt from error
        raise
    finally:
        connection.close()


@contextmanager
def in_memory(settings: Settings) -> Iterator[Connection]:
    """A database of its own in memory; spills to the warehouse's folder, not the working one."""
    with _closed_behind(duckdb.connect(":memory:", config=_limits(settings))) as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


@contextmanager
def reader(settings: Settings) -> Iterator[Connection]:
    """A connection for reading the tables' files, on an instance that the process shares.

    Starting an instance takes 10 ms, and every append asks for one; what is registered is seen by its own cursor only.
    """
    with _closed_behind(_shared_instance(settings).cursor()) as cursor:
        yield cursor


@cache
def _shared_instance(settings: Settings) -> Connection:
    instance = duckdb.connect(":memory:", config=_limits(settings))
    instance.execute("load parquet")
    # A file of a table never changes: its footer is read once, which is nearly half of what asking small files costs.
    instance.execute("set parquet_metadata_cache = true")
    return instance


@contextmanager
def new_catalog(path: Path, settings: Settings) -> Iterator[Connection]:
    """A connection whose default database is a new file at `path`, readable by any DuckDB from 1.0 on."""
    with in_memory(settings) as connection:
        connection.execute(f"attach {quoted(str(path))} as warehouse (storage_version '{CATALOG_VERSION}')")
        connection.execute("use warehouse")
        yield connection
        connection.execute("use memory")
        connection.execute("detach warehouse")


@contextmanager
def published(settings: Settings) -> Iterator[Connection]:
    """The published catalog, read-only, unable to write or to read anything but the files that its views name.

    `allowed_paths` and not `allowed_directories`: the latter would permit COPY over the tables' own files.
    Raises NotPublishedError where there is no catalog yet.
    """
    if not settings.catalog.exists():
        raise NotPublishedError(settings.catalog)
    root = settings.root
    with _closed_behind(duckdb.connect(str(settings.catalog), read_only=True, config=_limits(settings))) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"set variable broadsheet_root = {quoted(str(root))}")
        files = [str(root / path) for (path,) in connection.execute("select path from raw.files").fetchall()]
        connection.execute(f"set allowed_paths = {listed(files)}")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection


def refuse_writes(connection: Connection, query: str) -> None:
    """Raises QueryRefusedError unless the query is exactly one SELECT, or one EXPLAIN of a SELECT.

    What is explained counts, because EXPLAIN ANALYZE carries it out.
    """
    kinds = _kinds(connection, query)
    explained = EXPLAIN.match(query)
    if kinds == ("EXPLAIN",) and explained:
        kinds = _kinds(connection, query[explained.end() :])
    if kinds != ("SELECT",):
        raise QueryRefusedError(kinds)


def bare(query: str) -> tuple[str, int]:
    """The statement without comments before it, and comments and semicolons behind it; and the number of lines before.

    Behind a comment DuckDB 2.0.0 misplaces what it points at in an error, and what has a semicolon can be no subquery.
    """
    text = query.encode()
    tokens = [(start, kind) for start, kind in duckdb.tokenize(query)]
    kept = [start for start, kind in tokens if kind != duckdb.token_type.comment and text[start : start + 1] != b";"]
    if not kept:
        return query, 0
    end = next((start for start, _ in tokens if start > kept[-1]), len(text))
    return text[kept[0] : end].decode().rstrip(), text[: kept[0]].count(b"\n")


def _kinds(connection: Connection, query: str) -> tuple[str, ...]:
    return tuple(statement.type.name for statement in connection.extract_statements(query))


def quoted(text: str) -> str:
    """The text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def listed(texts: Iterable[str]) -> str:
    """The texts as an SQL list of string literals."""
    return "[" + ", ".join(map(quoted, texts)) + "]"


def _limits(settings: Settings) -> dict[str, str | bool | int | float | list[str]]:
    return {"memory_limit": settings.memory_limit, "temp_directory": str(settings.root / ".spill")}
