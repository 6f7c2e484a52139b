"""Columns of a result: names that are there once, and types that Python or Parquet can carry."""

import re
from collections.abc import Iterable, Sequence

from warehouse.engine import Connection, Relation

QUOTED = r""" "(?:[^"]|"")*" | '(?:[^']|'')*' """
"""In a type: the name of a struct's field, or a value of an enum."""

BEYOND_PYTHON = re.compile(rf"{QUOTED} | \b(?P<type>INTERVAL|TIMESTAMP_NS|TIME_NS)\b", re.VERBOSE)
"""Python's `timedelta` takes no months and not all years, its times take no nanoseconds."""

BEYOND_PARQUET = re.compile(rf"{QUOTED} | \b(?P<type>INTERVAL|UHUGEINT|BIGNUM|BIT|UNION|VARIANT)\b", re.VERBOSE)
"""Intervals and unions cannot be written; of the others Arrow makes something else: the largest UHUGEINT is -1."""

WHOLE = {"UNION", "VARIANT"}
"""Of these the type has more words, so that not a part of it but all of it becomes text."""


def distinct(names: Iterable[str]) -> list[str]:
    """The names, repeated ones with a number behind them, as DuckDB names them in a subquery: `n`, `n_1`, `n_2`."""
    given: list[str] = []
    counts: dict[bytes, int] = {}
    for name in names:
        chosen = name
        while _folded(chosen) in counts:
            chosen = f"{name}_{counts[_folded(name)]}"
            counts[_folded(name)] += 1
        counts[_folded(chosen)] = 1
        given.append(chosen)
    return given


def _folded(name: str) -> bytes:
    """What two names have in common that are one to DuckDB, which folds ASCII alone."""
    return name.encode().lower()


def ask(connection: Connection, query: str) -> Connection:
    """Runs the query, what Python cannot carry as text; returns the connection, to fetch from."""
    result = connection.execute(query)
    kinds = [str(column[1]) for column in result.description or ()]
    carried = [_carried(kind, BEYOND_PYTHON) for kind in kinds]
    if carried == kinds:
        return result
    names = names_of(result)
    connection.abort()
    return connection.execute(_cast(query, names, kinds, carried))


def ask_for_parquet(connection: Connection, query: str) -> Relation:
    """The query, its columns with names that are there once, what Parquet cannot carry as text."""
    relation = connection.sql(query)
    kinds = [str(kind) for kind in relation.types]
    carried, names = [_carried(kind, BEYOND_PARQUET) for kind in kinds], distinct(relation.columns)
    if (carried, names) == (kinds, list(relation.columns)):
        return relation
    return connection.sql(_cast(query, names, kinds, carried))


def names_of(result: Connection) -> Sequence[str]:
    """The names of a result's columns, as the query gives them."""
    return [column[0] for column in result.description or ()]


def _cast(query: str, names: Iterable[str], kinds: Iterable[str], carried: Iterable[str]) -> str:
    """The query with other names of its columns, and other types where they differ."""
    places = [
        f"#{number}" if kind == given else f"cast(#{number} as {kind})"
        for number, (given, kind) in enumerate(zip(kinds, carried, strict=True), start=1)
    ]
    columns = ", ".join(f"{place} as {_identifier(name)}" for place, name in zip(places, names, strict=True))
    # In this order, so that the lines of the query keep their numbers in what may be said of it.
    return f"from ({query}\n) select {columns}"


def _carried(kind: str, beyond: re.Pattern[str]) -> str:
    """The type, with text in it where a part of it cannot be carried."""
    if any(found["type"] in WHOLE for found in beyond.finditer(kind)):
        return "VARCHAR"
    return beyond.sub(lambda found: "VARCHAR" if found["type"] else found[0], kind)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
