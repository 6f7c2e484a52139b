"""The published DuckDB file: built aside from `sql/`, checked, then swapped in with one rename.

The live file is never written, so a reader never meets a lock: open sessions keep the state they see, new ones get
the new. It holds views, macros, comments and small derived tables; every fact stays in the tables' Parquet files.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from stat import S_IMODE
from tomllib import loads
from typing import Any

import pyarrow as pa
from filelock import FileLock

from warehouse import runs, storage
from warehouse.engine import Connection, in_memory, listed, new_catalog, quoted
from warehouse.schema import RUNS, TABLES, Table, arrow_schema
from warehouse.settings import Settings
from warehouse.storage import Snapshot

SQL = Path(__file__).parent.parent / "sql"
SHOWN_ROWS = 5
"""Offending rows that a failed check shows; the rest are counted."""

SOURCE_SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("kind", pa.string()),
        ("location", pa.string()),
        ("language", pa.string()),
        ("time_zone", pa.string()),
        ("licence", pa.string()),
        ("is_enabled", pa.bool_()),
        ("disabled_reason", pa.string()),
        ("policy", pa.string()),
        ("delay_seconds", pa.float64()),
        ("allow_private", pa.bool_()),
    ]
)
"""What a configured source says of itself, for the view `sources`."""


CATALOG_MODE = 0o444
"""Nobody writes to the published file. A tool that opens it read-write, as most do unless told otherwise, would lock
every reader out for as long as it stays open; so it fails at once. Those that the system lets write anywhere, such as
root, are not kept out."""


FILES_SCHEMA = pa.schema([("table_name", pa.string()), ("path", pa.string())])
LIVE_RUNS_SCHEMA = pa.schema([("run_id", pa.string())])


LEDGER_FILES = 100
"""Files of the ledger that are read, at least, to show how the newest runs stand: those of some fifty runs."""


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """A check that returned rows: its name, how many, and the first few as text."""

    check: str
    row_count: int
    rows: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.check}: {self.row_count} row(s): {'; '.join(self.rows)}"


class ChecksFailedError(RuntimeError):
    """The new catalog was not published; the last good one stays. `failures` names the offending rows."""

    def __init__(self, failures: Sequence[CheckFailure]) -> None:
        super().__init__("not published; a catalog from before stays as it was. " + " | ".join(map(str, failures)))
        self.failures = tuple(failures)


@dataclass(frozen=True, slots=True)
class Definition:
    """One file of `sql/`: the relation it defines, its grain (first line) and its select."""

    name: str
    grain: str
    select: str

    @property
    def parameters(self) -> str:
        """A macro's parameters, from its line `-- parameters: …`."""
        found = re.search(r"^-- parameters:(.*)$", self.select, re.MULTILINE)
        return found[1].strip() if found else ""


def publish(settings: Settings, sources: Sequence[Mapping[str, Any]]) -> Path:
    """Builds the catalog from the tables as they are now and swaps it in; returns its path.

    `sources` are the configured sources (SOURCE_SCHEMA). Raises ChecksFailedError, leaving the last good catalog.
    """
    settings.root.mkdir(parents=True, exist_ok=True)
    # The lock comes before the snapshot: otherwise a slow publisher could replace a newer catalog by an older one.
    with FileLock(settings.root / ".publish.lock"):
        for stale in settings.root.glob(".warehouse-*"):
            stale.unlink(missing_ok=True)
        draft = settings.root / f".warehouse-{os.getpid()}.duckdb"
        try:
            with new_catalog(draft, settings) as connection:
                build(connection, settings, sources)
                failures = run_checks(connection)
            if failures:
                raise ChecksFailedError(failures)
            draft.chmod(S_IMODE(draft.stat().st_mode) & CATALOG_MODE)
            draft.replace(settings.catalog)
        finally:
            draft.unlink(missing_ok=True)
    return settings.catalog


def check(settings: Settings, sources: Sequence[Mapping[str, Any]]) -> list[CheckFailure]:
    """Runs every check against the tables as they are now, publishing nothing."""
    with in_memory(settings) as connection:
        build(connection, settings, sources)
        return run_checks(connection)


@contextmanager
def ledger(settings: Settings) -> Iterator[Connection]:
    """A connection in which `main.runs` shows the newest runs as they stand now, whatever is published.

    Those of the newest days: each run leaves two files, and to open those of a year takes a minute. What a run that
    began on those days has left is there as a whole; `raw.files` has all files of the ledger. Reads only: where there
    is no ledger, there are no rows, and none is made.
    """
    now, live = _with_live_runs(settings, lambda: storage.snapshot_of(settings, RUNS))
    newest = storage.newest_days(now, RUNS, LEDGER_FILES)
    (view,) = (item for item in definitions("main") if item.name == "main.runs")
    with in_memory(settings) as connection:
        connection.execute("create schema raw")
        connection.execute(f"create view raw.runs as {raw_select(RUNS, newest)}")
        _fill(connection, "raw.files", FILES_SCHEMA, _file_rows(now))
        _fill(connection, "raw.live_runs", LIVE_RUNS_SCHEMA, live)
        connection.execute(f"create view {view.name} as {view.select}")
        yield connection


def build(connection: Connection, settings: Settings, sources: Sequence[Mapping[str, Any]]) -> None:
    """Everything that the catalog holds, in the connection's default database."""
    now, live = _with_live_runs(settings, lambda: storage.snapshot(settings))
    for schema in ("raw", "derived", "staging"):
        connection.execute(f"create schema {schema}")
    for table in TABLES:
        connection.execute(f"create view raw.{table.name} as {raw_select(table, now)}")
    _fill(connection, "raw.files", FILES_SCHEMA, _file_rows(now))
    _fill(connection, "raw.sources", SOURCE_SCHEMA, sources)
    _fill(connection, "raw.live_runs", LIVE_RUNS_SCHEMA, live)
    create_relations(connection)
    comment_columns(connection)


def create_relations(connection: Connection) -> None:
    """Derived tables, views and macros, each with its grain, over whatever `raw` holds."""
    for item in in_order(connection, definitions("derived")):
        connection.execute(f"create table {item.name} as {item.select}")
    for item in in_order(connection, [*definitions("staging"), *definitions("main")]):
        connection.execute(f"create view {item.name} as {item.select}")
        connection.execute(f"comment on view {item.name} is {quoted(item.grain)}")
    for item in definitions("macros", schema="main"):
        connection.execute(f"create macro {item.name}({item.parameters}) as table {item.select}")
        connection.execute(f"comment on macro table {item.name} is {quoted(item.grain)}")


def comment_columns(connection: Connection) -> None:
    """The meaning of each public column. Issued on every build: replacing a view drops its comments."""
    meanings: dict[str, str] = loads((SQL / "columns.toml").read_text(encoding="utf-8"))
    columns = connection.execute(
        "select table_name, column_name from duckdb_columns() "
        "where schema_name = 'main' and not internal and database_name = current_database()"
    ).fetchall()
    for view, column in columns:
        connection.execute(f'comment on column main.{view}."{column}" is {quoted(meanings[column])}')


def run_checks(connection: Connection) -> list[CheckFailure]:
    """Every check that returns rows, with the first few of them."""
    return [failure for item in definitions("checks") if (failure := _failure(connection, item))]


def definitions(folder: str, schema: str | None = None) -> list[Definition]:
    """The files of one folder of `sql/`, sorted by name."""
    return [_definition(path, schema or folder) for path in sorted((SQL / folder).glob("*.sql"))]


def in_order(connection: Connection, items: Sequence[Definition]) -> Iterator[Definition]:
    """The definitions, each after those that it reads, as DuckDB's own parser sees them."""
    by_name = {item.name: item for item in items}
    graph = {item.name: relations(connection, item.select) & by_name.keys() for item in items}
    return (by_name[name] for name in TopologicalSorter(graph).static_order())


def relations(connection: Connection, select: str) -> set[str]:
    """`schema.name` of each qualified relation that a select reads."""
    (tree,) = connection.execute("select json_serialize_sql(?)", [select]).fetchone() or ("{}",)
    return set(_base_tables(json.loads(tree)))


def raw_select(table: Table, now: Snapshot) -> str:
    """A select of every declared column from the snapshot's files; what no file has yet is a typed null.

    Paths are absolute and can be relocated: `SET VARIABLE broadsheet_root = '/mnt/x'`.
    """
    declared = {column.name: sql_type(column.type) for column in arrow_schema(table)}
    if not now.files[table.name]:
        return f"select {_columns(declared, set())} where false"
    held, is_uniform = storage.held_columns(now, table)
    root = quoted(str(now.root))
    moved = f"lambda x: coalesce(getvariable('broadsheet_root'), {root}) || '/' || x"
    files = f"list_transform({listed(now.files[table.name])}, {moved})"
    options = f"hive_partitioning = true, hive_types = {{'loaded_date': date}}, union_by_name = {not is_uniform}"
    return f"select {_columns(declared, held)} from read_parquet({files}, {options})"


def sql_type(kind: pa.DataType) -> str:
    """The DuckDB type of an Arrow type."""
    if pa.types.is_list(kind):
        return sql_type(kind.value_type) + "[]"
    if pa.types.is_struct(kind):
        return f"struct({', '.join(f'{item.name} {sql_type(item.type)}' for item in kind)})"
    if pa.types.is_timestamp(kind):
        return "timestamptz"
    names = {"string": "varchar", "binary": "blob", "bool": "boolean", "int32": "integer", "int64": "bigint"}
    return names.get(str(kind)) or {"double": "double", "date32[day]": "date"}[str(kind)]


def _file_rows(now: Snapshot) -> list[dict[str, str]]:
    return [{"table_name": name, "path": path} for name, paths in now.files.items() for path in paths]


def _with_live_runs(settings: Settings, take: Callable[[], Snapshot]) -> tuple[Snapshot, list[dict[str, str]]]:
    """A snapshot, and the runs that are alive.

    Those are asked for before and after it, so that a run that starts or ends meanwhile is not taken for an interrupted
    one.
    """
    live = set(runs.live_run_ids(settings))
    now = take()
    live |= set(runs.live_run_ids(settings))
    return now, [{"run_id": run_id} for run_id in sorted(live)]


def _columns(declared: Mapping[str, str], held: set[str]) -> str:
    return ", ".join(
        f"cast({name} as {kind}) as {name}" if name in held else f"cast(null as {kind}) as {name}"
        for name, kind in declared.items()
    )


def _fill(connection: Connection, name: str, schema: pa.Schema, rows: Sequence[Mapping[str, Any]]) -> None:
    """A small table holding the rows; columns that a row does not name are null."""
    columns = [pa.array([row.get(column.name) for row in rows], type=column.type) for column in schema]
    connection.register("filling", pa.Table.from_arrays(columns, schema=schema))
    connection.execute(f"create table {name} as from filling")
    connection.unregister("filling")


def _definition(path: Path, schema: str) -> Definition:
    text = path.read_text(encoding="utf-8")
    return Definition(f"{schema}.{path.stem}", text.partition("\n")[0].removeprefix("--").strip(), text)


def _base_tables(node: Any) -> Iterator[str]:
    """Every `schema.name` that a serialised query refers to; unqualified names are CTEs."""
    if isinstance(node, list):
        for item in node:
            yield from _base_tables(item)
    elif isinstance(node, dict):
        if node.get("type") == "BASE_TABLE" and node.get("schema_name"):
            yield f"{node['schema_name']}.{node['table_name']}"
        for item in node.values():
            yield from _base_tables(item)


def _failure(connection: Connection, item: Definition) -> CheckFailure | None:
    result = connection.execute(item.select)
    rows = result.fetchmany(SHOWN_ROWS)
    names = [column[0] for column in result.description or ()]
    shown = tuple(", ".join(f"{name}={value}" for name, value in zip(names, row, strict=True)) for row in rows)
    return CheckFailure(item.name.partition(".")[2], len(rows) + len(result.fetchall()), shown) if rows else None
