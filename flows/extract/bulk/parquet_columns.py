"""The columns of a Parquet file of pages: which it must and may have, of what types, and what a row's values mean."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pyarrow as pa
from pyarrow import types

from flows.extract.bulk.captures import plausible
from warehouse.model import Header

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECONDS = {"s": 1_000_000, "ms": 1_000, "us": 1}
NAMES = ("name", "key")


class Column(NamedTuple):
    """What a column may be: which types do, these in words, and whether it must be there."""

    is_right: Callable[[pa.DataType], bool]
    expected: str
    is_required: bool = False


def is_text(kind: pa.DataType) -> bool:
    """Whether a type is that of text."""
    if types.is_dictionary(kind):
        return is_text(kind.value_type)
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    if types.is_dictionary(kind):
        return _is_bytes(kind.value_type)
    is_binary = types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind)
    return bool(is_binary) or is_text(kind)


def _is_number(kind: pa.DataType) -> bool:
    # pandas makes floating-point numbers of whole ones as soon as one of them is missing.
    return bool(types.is_integer(kind) or types.is_floating(kind))


def _is_headers(kind: pa.DataType) -> bool:
    if types.is_map(kind):
        return is_text(kind.key_type) and is_text(kind.item_type)
    if types.is_list(kind) or types.is_large_list(kind):
        item = kind.value_type
        names = {item.field(number).name for number in range(item.num_fields)} if types.is_struct(item) else set()
        return "value" in names and not names.isdisjoint(NAMES)
    return is_text(kind)


COLUMNS = {
    "url": Column(is_text, "text", is_required=True),
    "html": Column(_is_bytes, "binary, or text", is_required=True),
    "captured_at": Column(types.is_timestamp, "a timestamp"),
    "status": Column(_is_number, "a whole number"),
    "headers": Column(_is_headers, "a list of structs (name, value), a map, or JSON as text"),
}


def column_problem(schema: pa.Schema) -> str | None:
    """What is wrong with the columns of a file, in one line; None where they will do."""
    for name, column in COLUMNS.items():
        number = len(schema.get_all_field_indices(name))
        if number > 1:
            return f"column {name} stands there {number} times; expected it once"
        if number == 0 and column.is_required:
            there = ", ".join(schema.names[:12]) or "none"
            return f"no column {name}; expected url (text) and html (binary), and there are: {there}"
        if number and not column.is_right(schema.field(name).type):
            return f"column {name} is of type {schema.field(name).type}; expected {column.expected}"
    return None


def wanted_columns(schema: pa.Schema) -> list[str]:
    """Those of the columns that the file has."""
    return [name for name in COLUMNS if name in schema.names]


def as_bytes(column: pa.Array) -> pa.Array:
    """A column of text or bytes as bytes: what is no UTF-8 must not end the reading."""
    plain = column.dictionary_decode() if types.is_dictionary(column.type) else column
    return plain.cast(pa.large_binary())


def readable(column: pa.Array) -> list[Any]:
    """The values of a column with text in it; None for one whose text is no UTF-8."""
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        return [_readable(value) for value in column]


def _readable(value: pa.Scalar) -> Any:
    try:
        return value.as_py()
    except UnicodeDecodeError:
        return None


def moments(column: pa.Array) -> list[datetime | None]:
    """A column of timestamps as moments; those without a zone are of UTC, those that cannot be are None."""
    return [
        None if value is None else _moment(value, column.type.unit) for value in column.cast(pa.int64()).to_pylist()
    ]


def statuses(column: pa.Array) -> list[int | None]:
    """A column of numbers as statuses."""
    return [None if value is None or value != value else _whole(value) for value in column.to_pylist()]  # noqa: PLR0124


def headers(given: Any) -> tuple[Header, ...]:
    """The headers of a row, in any of the forms that they may have; none where they cannot be read."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            return ()
    pairs = given.items() if isinstance(given, dict) else given or ()
    return tuple(header for pair in (pairs if isinstance(pairs, Iterable) else ()) for header in _named(pair))


def _named(pair: Any) -> Iterable[Header]:
    """One header, or several of one name."""
    if isinstance(pair, dict):
        name, value = next((pair[key] for key in NAMES if key in pair), None), pair.get("value")
    elif isinstance(pair, list | tuple) and len(pair) == 2:  # noqa: PLR2004 - a pair
        name, value = pair
    else:
        return
    for said in value if isinstance(value, list) else [value]:
        if isinstance(name, str) and isinstance(said, str | int | float) and name.strip():
            yield Header(_storable(name.strip()), _storable(str(said)))


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _moment(value: int, unit: str) -> datetime | None:
    try:
        since = value // 1000 if unit == "ns" else value * MICROSECONDS[unit]
        return plausible(EPOCH + timedelta(microseconds=since))
    except OverflowError:
        return None


def _whole(value: float) -> int:
    return int(max(-1, min(value, 9999)))
