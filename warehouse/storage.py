"""The Delta tables: append exactly once, read, and list the files of a snapshot. The only door to them.

Exactly once rests on one rule, tested with two writers: the version of the app-transaction, and the files whose keys
are already there, are read through the *same* table handle that then commits. A rival's commit in between is refused
by Delta; a fresh handle would not notice it.
"""

import random
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.writer.properties import BloomFilterProperties, ColumnProperties
from pyarrow import parquet

from warehouse import engine, remembered
from warehouse.engine import Connection
from warehouse.model import Page, PageKind
from warehouse.schema import (
    ALIKE_ROWS,
    DOCUMENTS,
    FETCHES,
    PAGES,
    REJECTS,
    RUNS,
    SITE_RULES,
    Layout,
    Table,
    arrow_schema,
    from_arrow,
    to_arrow,
)
from warehouse.settings import Settings

PARTITION = "loaded_date"
APPLICATION = "load"
ATTEMPTS = 30
"""Refused commits in a row before giving up: with rivals that commit in 20 ms, bad luck of this length is a fault."""

ROW_GROUP_ROWS = 20_000
"""Row groups of 3 KB rows at this size let DuckDB read in parallel and skip by id; one group of a million cannot."""

STATISTICS_BYTES = 64
"""Of a text no more than this is kept as a row group's least or greatest. Without a bound the writer keeps them whole:
a shard of pages then carries two to four of them once more, not packed, in a footer that every query reads."""

NO_VERSION = -1
"""Of a table that is not there: no commit has this number."""

SNAPSHOT_ORDER = (RUNS, DOCUMENTS, REJECTS, FETCHES, PAGES, SITE_RULES)
"""A page, and the rules of its site, are committed before its document, and all before the end of their run. Read
backwards, a snapshot taken while others load never shows a document without its page, or an ended run without its
rows."""


class TableBusyError(RuntimeError):
    """Other writers kept committing first; carries the table's name and how often it was tried."""

    def __init__(self, table: str, attempts: int) -> None:
        super().__init__(
            f"table {table}: {attempts} commits in a row were refused because others came first; run again"
        )
        self.table, self.attempts = table, attempts


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The Parquet files of every table at one moment, as paths relative to the root."""

    root: Path
    files: dict[str, tuple[str, ...]]

    def paths(self, table: Table) -> list[str]:
        """Absolute paths of one table's files."""
        return [str(self.root / path) for path in self.files[table.name]]


def append_new(settings: Settings, table: Table, records: Sequence[Any], run_id: str) -> list[Any]:
    """Appends those records whose key the table does not hold yet, in one commit, and returns them.

    Safe against kills (a commit is whole or absent) and against rivals (a refused commit is tried again with the keys
    that are there by then). Raises TableBusyError after ATTEMPTS refusals; disk trouble comes through as it is.
    """
    fresh = _distinct(records, table)
    if not fresh:
        return []
    for attempt in range(ATTEMPTS):
        handle = _open(settings, table)
        fresh = _absent(settings, handle, table, fresh)
        if not fresh:
            return []
        try:
            _commit(handle, table, to_arrow(_laid(fresh, table), table, run_id=run_id, loaded_at=datetime.now(UTC)))
        except CommitFailedError:
            time.sleep(random.uniform(0, min(1.0, 0.02 * 2**attempt)))  # noqa: S311 - jitter, not a secret
        else:
            return fresh
    raise TableBusyError(table.name, ATTEMPTS)


def snapshot(settings: Settings) -> Snapshot:
    """The files of all tables now, taken in an order that cannot tear a run apart."""
    files = {table.name: tuple(_files(settings, _open(settings, table))) for table in SNAPSHOT_ORDER}
    return Snapshot(settings.root, files)


def snapshot_of(settings: Settings, table: Table) -> Snapshot:
    """The files of one table now; none, and nothing is made, where there is no table."""
    handle = _existing(settings, table)
    return Snapshot(settings.root, {table.name: tuple(_files(settings, handle)) if handle else ()})


def newest_days(now: Snapshot, table: Table, least: int) -> Snapshot:
    """So much of the snapshot: one table's files of the newest days that have at least so many, or all there are."""
    kept: list[str] = []
    days = groupby(sorted(now.files[table.name], key=_day, reverse=True), key=_day)
    while len(kept) < least and (day := next(days, None)):
        kept.extend(day[1])
    return Snapshot(now.root, {table.name: tuple(kept)})


def _day(path: str) -> str:
    """The day of the load, as the path says it."""
    return next(part for part in Path(path).parts if part.startswith(f"{PARTITION}="))


def table_files(settings: Settings, table: Table) -> list[str]:
    """Absolute paths of the files that one table consists of now; none where there is no table."""
    return _paths(settings, _existing(settings, table))


def _existing(settings: Settings, table: Table) -> DeltaTable | None:
    """A handle on the table as it is now; None where there is none."""
    try:
        return DeltaTable(settings.tables / table.name)
    except TableNotFoundError:
        return None


@contextmanager
def narrow_tables(settings: Settings, columns: Mapping[Table, tuple[str, ...]]) -> Iterator[Connection]:
    """A connection, in UTC, that sees these columns of these tables as they are now, whatever is published.

    For what a run asks again and again: of tables that are not too large each file is read once (`remembered.py`).
    """
    with engine.reader(settings) as connection:
        connection.execute("set timezone = 'UTC'")
        for table, names in columns.items():
            rows = remembered.newest(_remembered_columns(settings, table, names), partial(_stamp, settings, table))
            if rows is not None:
                relation = _registered(connection, table, rows)
            else:
                relation = _of_all(connection, settings, table, names, _existing(settings, table))
            connection.execute(f"create or replace temp view {table.name} as from {relation}")
        yield connection


@contextmanager
def tables_as_they_are(settings: Settings, *tables: Table) -> Iterator[Connection]:
    """A connection, in UTC, that sees these tables as they are now, whatever is published."""
    with engine.reader(settings) as connection:
        connection.execute("set timezone = 'UTC'")
        for table in tables:
            _show_table(connection, table, table_files(settings, table))
        yield connection


def _show_table(connection: Connection, table: Table, files: Collection[str]) -> None:
    """The table under its own name, with every declared column."""
    relation = _relation(connection, table, files)
    connection.execute(f"create or replace temp view {table.name} as {relation}")


def _relation(connection: Connection, table: Table, files: Collection[str], *, has_filename: bool = False) -> str:
    """A select of every declared column from the files: those from before a column was declared give nulls."""
    empty = arrow_schema(table).empty_table()
    if has_filename:
        empty = empty.append_column("filename", pa.array([], pa.string()))
    connection.register(f"no_{table.name}", empty)
    relation = f"from no_{table.name}"
    if files:
        relation += f" union all by name from {_read_parquet(files, has_filename=has_filename)}"
    return relation


def _read_parquet(files: Collection[str], *, has_filename: bool) -> str:
    """The files as one relation; DuckDB opens each of them to know its columns only where those differ."""
    are_alike = len(set(map(_columns_of, files))) == 1
    options = f"union_by_name = {str(not are_alike).lower()}, filename = {str(has_filename).lower()}"
    return f"read_parquet({engine.listed(files)}, {options})"


@lru_cache(maxsize=100_000)
def _columns_of(path: str) -> frozenset[str]:
    # A file of a Delta table is never written twice.
    return frozenset(parquet.read_schema(path).names)


def held_columns(now: Snapshot, table: Table) -> tuple[set[str], bool]:
    """The columns that any file of the snapshot has, and whether every file has all of them.

    Files written before a column was declared lack it.
    """
    names = [_columns_of(path) for path in now.paths(table)]
    return {PARTITION}.union(*names), len(set(names)) <= 1


def read_pages(settings: Settings, page_ids: Collection[str]) -> list[Page]:
    """The pages with these ids, bodies included; ids that are not there are left out."""
    return read_records(settings, PAGES, "page_id", page_ids)


def read_records(settings: Settings, table: Table, column: str, values: Collection[Any]) -> list[Any]:
    """The table's records with one of these values in the column, in no order; what is not there is left out."""
    handle = _existing(settings, table) if values else None
    if handle is None:
        return []
    with engine.reader(settings) as connection:
        wanted = pa.array(sorted(values), arrow_schema(table).field(column).type)
        connection.register("wanted", pa.table({column: wanted}))
        # Ids first, over all files, then rows from the few that hold them: a join alone would unpack every body.
        places = _of_all(connection, settings, table, (column, "filename"), handle)
        holding = connection.execute(f"select distinct filename from {places} semi join wanted using ({column})")
        files = [path for (path,) in holding.fetchall()]
        if not files:
            return []
        rows = connection.sql(f"from ({_relation(connection, table, files)}) semi join wanted using ({column})")
        return from_arrow(rows.to_arrow_table(), table.record)


def _of_all(
    connection: Connection, settings: Settings, table: Table, names: tuple[str, ...], handle: DeltaTable | None
) -> str:
    """A relation with these columns of all rows that the handle sees; `filename`, a row's file, may be among them."""

    def read(files: Collection[str]) -> pa.Table:
        relation = _relation(connection, table, files, has_filename=True)
        return connection.sql(f"select {', '.join(names)} from ({relation})").to_arrow_table()

    version = handle.version() if handle else NO_VERSION
    stamp, paths = _stamp(settings, table, version), _paths(settings, handle)
    state = remembered.State(version, stamp, frozenset(paths))
    columns = _remembered_columns(settings, table, names)
    rows = remembered.at(columns, state, handle.count if handle else lambda: 0, read)
    if rows is None:
        return f"({_relation(connection, table, paths, has_filename=True)})"
    return _registered(connection, table, rows)


def _remembered_columns(settings: Settings, table: Table, names: tuple[str, ...]) -> remembered.Columns:
    return remembered.Columns(settings.tables / table.name, names)


def _stamp(settings: Settings, table: Table, version: int) -> remembered.Stamp | None:
    """What tells the commit with this number from another; None where there is none, or its file was tidied away."""
    try:
        # https://github.com/delta-io/delta/blob/master/PROTOCOL.md#delta-log-entries
        found = (settings.tables / table.name / "_delta_log" / f"{version:020}.json").stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def _registered(connection: Connection, table: Table, rows: pa.Table) -> str:
    name = f"remembered_{table.name}"
    connection.register(name, rows)
    return name


def pages_without_end(settings: Settings) -> list[tuple[str, str]]:
    """(page_id, run_id) of each page to be transformed that has neither a document nor a reject, oldest first."""
    # Pages are listed before documents: a document that lands in between makes its page look finished, not lost.
    paths = {table: _paths(settings, _open(settings, table)) for table in (PAGES, DOCUMENTS, REJECTS)}
    if not paths[PAGES]:
        return []
    ended = " ".join(
        f"anti join read_parquet({engine.listed(paths[table])}) as {table.name} using (page_id)"
        for table in (DOCUMENTS, REJECTS)
        if paths[table]
    )
    with engine.reader(settings) as connection:
        return connection.execute(
            f"select page_id, pages.run_id from read_parquet({engine.listed(paths[PAGES])}) as pages {ended} "
            f"where kind = '{PageKind.DOCUMENT}' order by pages.loaded_at, page_id"
        ).fetchall()


def _paths(settings: Settings, handle: DeltaTable | None) -> list[str]:
    """Absolute paths of the files of the handle's version; none where there is no table."""
    return [str(settings.root / path) for path in _files(settings, handle)] if handle else []


def _open(settings: Settings, table: Table) -> DeltaTable:
    """A handle on the table as it is now; the table is made where there is none."""
    path = settings.tables / table.name
    try:
        return DeltaTable(path)
    except DeltaError:
        pass
    path.mkdir(parents=True, exist_ok=True)
    try:
        return DeltaTable.create(
            path,
            schema=arrow_schema(table),
            mode="ignore",
            partition_by=[PARTITION],
            configuration={"delta.checkpointInterval": "10"},
        )
    except DeltaError:
        # Another process made it in the same moment.
        return DeltaTable(path)


def _files(settings: Settings, handle: DeltaTable) -> list[str]:
    """Files of the handle's version, relative to the root, in a stable order."""
    # deltalake gives paths percent-encoded; a root with a percent sign of its own is refused by the settings.
    return sorted(str(Path(unquote(uri)).relative_to(settings.root)) for uri in handle.file_uris())


def _distinct(records: Sequence[Any], table: Table) -> list[Any]:
    """The records with repeats inside the batch dropped; the first of each key stays."""
    distinct: dict[tuple[Any, ...], Any] = {}
    for record in records:
        distinct.setdefault(_key(record, table), record)
    return list(distinct.values())


def _key(record: object, table: Table) -> tuple[Any, ...]:
    return tuple(getattr(record, name) for name in table.key)


def _absent(settings: Settings, handle: DeltaTable, table: Table, records: list[Any]) -> list[Any]:
    """Those of the records whose key is in none of the handle's files."""
    keys = [_key(record, table) for record in records]
    columns = {name: [key[position] for key in keys] for position, name in enumerate(table.key)}
    names = ", ".join(table.key)
    with engine.reader(settings) as connection:
        connection.register("wanted", pa.table(columns))
        held = _of_all(connection, settings, table, table.key, handle)
        found = connection.execute(f"select {names} from {held} semi join wanted using ({names})").fetchall()
    present = set(found)
    return [record for record, key in zip(records, keys, strict=True) if key not in present]


def _laid(records: list[Any], table: Table) -> list[Any]:
    """The records in the order in which the table keeps those of one commit."""
    return sorted(records, key=lambda record: tuple(getattr(record, name) for name in table.layout.order))


def _commit(handle: DeltaTable, table: Table, rows: pa.Table) -> None:
    version = handle.transaction_version(APPLICATION) or 0
    known = {column.name for column in handle.schema().fields}
    write_deltalake(
        handle,
        rows,
        mode="append",
        # A table made before a column was declared gets it with the first rows that have it.
        schema_mode="merge" if known < set(rows.schema.names) else None,
        writer_properties=_writer(table, rows),
        commit_properties=CommitProperties(
            app_transactions=[Transaction(APPLICATION, version + 1)],
            max_commit_retries=0,
        ),
    )


def _writer(table: Table, rows: pa.Table) -> WriterProperties:
    """How these rows are written: by the table's layout."""
    layout = table.layout
    row_bytes = max(1, rows.nbytes // max(1, len(rows)))
    group_rows = max(1, min(ROW_GROUP_ROWS, layout.group_bytes // row_bytes))
    # The writer folds a filter to what it holds: a small commit does not pay for the ids it might have had.
    bloom = BloomFilterProperties(set_bloom_filter_enabled=True, ndv=ROW_GROUP_ROWS)
    ids = ColumnProperties(dictionary_enabled=False, bloom_filter_properties=bloom)
    large = ColumnProperties(dictionary_enabled=False)
    return WriterProperties(
        compression="ZSTD",
        compression_level=_level(layout, rows),
        max_row_group_size=group_rows,
        data_page_size_limit=layout.group_bytes if layout.large_columns else None,
        statistics_truncate_length=STATISTICS_BYTES,
        column_properties={**dict.fromkeys(table.ids, ids), **dict.fromkeys(layout.large_columns, large)},
    )


def _level(layout: Layout, rows: pa.Table) -> int:
    """How hard these rows are packed: to look far back for what is alike pays where there is much of it."""
    if not layout.order:
        return layout.level
    values = len(rows.column(layout.order[0]).unique())
    return layout.level_of_alike if len(rows) >= ALIKE_ROWS * values else layout.level
