"""Values of a result as text: JSON that a strict parser takes, and cells of CSV and of tables."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from json.encoder import encode_basestring as in_quotes
from math import isfinite
from types import NoneType
from typing import Any


def to_json(value: Any) -> str:
    """The value as JSON. What JSON has no number for (NaN, infinities) is null, at any depth; decimals keep all digits.

    The standard library's encoder writes NaN as such, takes keys of few types, and has no way to write a decimal.
    """
    return JSON.get(type(value), _quoted_text)(value)


def flat(value: Any) -> Any:
    """The value as a cell of CSV or of a table: lists and structs as JSON, the rest as a plain text or number."""
    return FLAT.get(type(value), _itself)(value)


def _itself(value: Any) -> Any:
    return value


def _quoted_text(value: Any) -> str:
    return in_quotes(str(flat(value)))


def _number(value: float) -> str:
    return repr(value) if isfinite(value) else "null"


def _decimal(value: Decimal) -> str:
    """All its digits: 0E-10 is none that people or every program would read."""
    return f"{value:f}" if value.is_finite() else "null"


def _array(values: Sequence[Any]) -> str:
    return "[" + ", ".join(map(to_json, values)) + "]"


def _object(values: Mapping[Any, Any]) -> str:
    return "{" + ", ".join(f"{_key(name)}: {to_json(value)}" for name, value in values.items()) + "}"


def _key(name: Any) -> str:
    """A map's key may be of any type, JSON's are texts."""
    if isinstance(name, str):
        return in_quotes(name)
    text = to_json(name)
    return text if text.startswith('"') else in_quotes(text if text != "null" else str(name))


JSON: Mapping[type, Callable[[Any], str]] = {
    NoneType: lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: int.__repr__,
    float: _number,
    Decimal: _decimal,
    str: in_quotes,
    list: _array,
    tuple: _array,
    dict: _object,
}
FLAT: Mapping[type, Callable[[Any], Any]] = {
    bytes: bytes.hex,
    Decimal: _decimal,
    list: to_json,
    tuple: to_json,
    dict: to_json,
}
