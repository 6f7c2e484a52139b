"""From the model to Arrow: the schema of each table, and records to and from Arrow tables.

Fields are declared once, in `model.py`; types follow from the annotations.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from itertools import accumulate
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

from warehouse.model import Document, Fetch, Page, Reject, Run, SiteRules

T = TypeVar("T")

TIMESTAMP = pa.timestamp("us", tz="UTC")
SCALARS: dict[type, pa.DataType] = {
    str: pa.string(),
    bytes: pa.binary(),
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    datetime: TIMESTAMP,
    date: pa.date32(),
}


ALIKE_ROWS = 1.7
"""Pages of a site in a shard of 24 MB: 1.7 to 5 in sets of a few dozen sites, 1.0 to 1.4 in those of the wide web; what
is between is rare."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of one commit lie in their file: plain Parquet with ZSTD whatever it says, for any reader.

    `order` names the columns they are sorted by: what is alike packs well where it stands together. `level` is ZSTD's,
    `level_of_alike` that of rows of which ALIKE_ROWS or more, on average, share their first sorted column. A row group
    holds `group_bytes` before it is packed; of that, a column of `large_columns` is packed in one piece (the others in
    pieces of 1 MB) and without a dictionary, which whole pages would fill in vain.

    The defaults are for rows of some KB: for documents neither order nor larger pieces save anything, and level 6 saves
    5 % for three times the time.
    """

    order: tuple[str, ...] = ()
    level: int = 3
    level_of_alike: int = 3
    group_bytes: int = 64_000_000
    large_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the warehouse: the record it holds, what makes a row unique, which ids get a bloom filter."""

    name: str
    record: type
    key: tuple[str, ...]
    ids: tuple[str, ...] = ()
    layout: Layout = Layout()


BODIES = Layout(
    order=("site", "url"), level=4, level_of_alike=6, group_bytes=16_000_000, large_columns=("body", "hint_text")
)
"""Pages of a site have most of their markup in common, and ZSTD finds that only within one piece, and no further back
than its window (2 MB at level 6). To find it two pages back takes level 6, which packs at a third of the speed of level
4: that is for shards of few sites. 2,724 whole pages of 162 KB on average, 621 of 77 KB (few sites) and 40 of 394 KB
(eight sites), as an ingest stores them, to a .warc.gz of level 6 and the processor time of its gzip:

| | all | 621 | 40 | time, all |
| --- | --- | --- | --- | --- |
| level 3 | .81 | .44 | .34 | .4 |
| level 4 | .80 | .43 | .34 | .5 |
| level 5 | .76 | .41 | .33 | .7 |
| level 6 | .73 | .40 | .28 | .8 |
| level 9 | .69 | .38 | .26 | 1.1 |
| 4, and 6 for shards of few sites | .79 | .40 | .28 | .5 |

Whoever reads one body unpacks its row group: a group of 8 MB would be quicker to read from, but stores 1 to 6 % more.
"""

PAGES = Table("pages", Page, key=("page_id",), ids=("page_id",), layout=BODIES)
DOCUMENTS = Table("documents", Document, key=("row_key",), ids=("page_id", "document_id"))
REJECTS = Table("rejects", Reject, key=("reject_id",), ids=("reject_id",))
FETCHES = Table("fetches", Fetch, key=("fetch_id",), ids=("fetch_id",))
RUNS = Table("runs", Run, key=("run_id", "state"))
SITE_RULES = Table("site_rules", SiteRules, key=("site", "rules_version"))
TABLES = (PAGES, DOCUMENTS, REJECTS, FETCHES, RUNS, SITE_RULES)

LOAD_FIELDS = (
    pa.field("run_id", pa.string()),
    pa.field("loaded_at", TIMESTAMP),
    pa.field("loaded_date", pa.date32()),
)
"""What the load adds to every row; `loaded_date`, the UTC day, is the partition."""


@cache
def arrow_schema(table: Table) -> pa.Schema:
    """The table's columns: the record's fields in order, then what the load adds."""
    own = record_schema(table.record)
    return pa.schema([*own, *(added for added in LOAD_FIELDS if added.name not in own.names)])


def record_schema(record: type[Any]) -> pa.Schema:
    """One Arrow field for each field of a record."""
    hints = get_type_hints(record, include_extras=True)
    return pa.schema([pa.field(item.name, _arrow_type(hints[item.name])) for item in fields(record)])


def to_arrow(records: Iterable[Any], table: Table, *, run_id: str, loaded_at: datetime) -> pa.Table:
    """Records as rows of the table, stamped with the run and the moment of the load (UTC, aware)."""
    rows = list(records)
    stamp = {"run_id": run_id, "loaded_at": loaded_at, "loaded_date": loaded_at.astimezone(UTC).date()}
    columns = [
        _column([getattr(row, column.name, stamp.get(column.name)) for row in rows], column.type)
        for column in arrow_schema(table)
    ]
    return pa.Table.from_arrays(columns, schema=arrow_schema(table))


def from_arrow(rows: pa.Table, record: type[T]) -> list[T]:
    """Rows back into records; columns that the load added, and fields that the record derives, are left out."""
    given = [item.name for item in fields(record) if item.init]  # type: ignore[arg-type]
    hints = get_type_hints(record)
    columns = [_typed_column(rows.column(name), hints[name]) for name in given]
    return [record(**dict(zip(given, values, strict=True))) for values in zip(*columns, strict=True)]


def _arrow_type(hint: Any) -> pa.DataType:
    if get_origin(hint) is Annotated:
        return pa.int32()
    if get_origin(hint) in (UnionType, Union):
        return _arrow_type(_present(hint))
    if get_origin(hint) is tuple:
        return pa.list_(_arrow_type(get_args(hint)[0]))
    if isinstance(hint, type) and is_dataclass(hint):
        return pa.struct(list(record_schema(hint)))
    if issubclass(hint, StrEnum):
        return pa.string()
    return SCALARS[hint]


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_binary(kind) and None not in values:
        return _joined(values)
    if _is_nested(kind):
        names = [field.name for field in kind.value_type]
        values = [[{name: getattr(item, name) for name in names} for item in items] for items in values]
    return pa.array(values, type=kind)


def _joined(values: Sequence[bytes]) -> pa.Array:
    """Bytes in one buffer of their size.

    Arrow lets its buffer grow, and copies what is there each time: for 18 shards of 24 MB that took .40 s and not .14,
    and 75 MB more at the peak.
    """
    offsets = pa.array(accumulate(map(len, values), initial=0), pa.int32())
    data = pa.py_buffer(b"".join(values))
    return pa.Array.from_buffers(pa.binary(), len(values), [None, offsets.buffers()[1], data])


def _present(hint: Any) -> Any:
    """The one type of an optional field."""
    (present,) = (option for option in get_args(hint) if option is not NoneType)
    return present


def _is_nested(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) and pa.types.is_struct(kind.value_type))


def _typed_column(column: pa.ChunkedArray, hint: Any) -> list[Any]:
    """A column's values as the record has them; plain ones come out of Arrow as they are."""
    plain = _present(hint) if get_origin(hint) in (UnionType, Union) else hint
    values: list[Any] = column.to_pylist()
    return values if plain in SCALARS else [_typed(value, plain) for value in values]


def _typed(value: Any, hint: Any) -> Any:
    """A value from Arrow as the record's field has it: enums, tuples and nested records restored."""
    if value is None:
        return None
    if get_origin(hint) in (UnionType, Union):
        return _typed(value, _present(hint))
    if get_origin(hint) is tuple:
        return tuple(_typed(item, get_args(hint)[0]) for item in value)
    if is_dataclass(hint):
        return hint(**value)  # type: ignore[operator]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    return value
