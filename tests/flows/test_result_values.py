"""Values of every type in every format: nothing raises, strict parsers take it, and it reads back as what it was."""

import csv
import io
import json
import math
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from flows.outputs import Output
from flows.result_columns import distinct
from flows.result_values import to_json
from flows.results import Format, write_result

VALUES = {
    # A value in SQL, and the same as JSON.
    "null": None,
    "true": True,
    "170141183460469231731687303715884105727::hugeint": 170141183460469231731687303715884105727,
    "(-170141183460469231731687303715884105727)::hugeint - 1": -170141183460469231731687303715884105728,
    "340282366920938463463374607431768211455::uhugeint": 340282366920938463463374607431768211455,
    "99999999999999999999999999999999999999::decimal(38,0)": 99999999999999999999999999999999999999,
    "1.50": Decimal("1.50"),
    "0::decimal(38,10)": Decimal("0.0000000000"),
    "12345678901234567890.12345::decimal(38,5)": Decimal("12345678901234567890.12345"),
    "1e300": Decimal("1e300"),
    "'nan'::double": None,
    "'inf'::float": None,
    "'-inf'::double": None,
    "[1.0, 'nan'::double, null]": [1.0, None, None],
    "{'a': 'inf'::double, 'b': [{'c': 'nan'::float}]}": {"a": None, "b": [{"c": None}]},
    "map {'a': 'nan'::double}": {"a": None},
    "map {'nan'::double: 1}": {"nan": 1},
    "map {1: 'a', 2: 'b'}": {"1": "a", "2": "b"},
    "map {true: 1, false: 2}": {"true": 1, "false": 2},
    "map {1.50: 1}": {"1.50": 1},
    "map {date '2026-01-01': 1}": {"2026-01-01": 1},
    "map {'\\xAA'::blob: 1}": {"aa": 1},
    "map {'a\"b': map {1: [2]}}": {'a"b': {"1": [2]}},
    "map {[1]: 2}": {"key": [[1]], "value": [2]},
    "'\\xAA\\x00'::blob": "aa00",
    "['\\xAA'::blob]": ["aa"],
    "'101'::bit": "101",
    "'a'::enum('a', 'INTERVAL')": "a",
    "'6e55caf3-7b51-4bca-a8f7-039b9c04c886'::uuid": "6e55caf3-7b51-4bca-a8f7-039b9c04c886",
    "union_value(k := 1)": 1,
    "[union_value(k := 'a')]": ["a"],
    "array_value(1, 2)": [1, 2],
    "row(1, 'a')": [1, "a"],
    "[]": [],
    "''": "",
    "'{\"a\": 1}'::json": '{"a": 1}',
    "chr(0) || 'a' || chr(10) || chr(13) || '\"新闻😀'": '\0a\n\r"新闻😀',
    "date '2026-01-01'": "2026-01-01",
    "date '0044-03-15 (BC)'": "0044-03-15 (BC)",
    "timestamp '12000-01-01 00:00:00'": "12000-01-01 00:00:00",
    "timestamptz '2026-01-01 00:00:00.5+02'": "2025-12-31 22:00:00.500000+00:00",
    "timestamp_ns '2026-01-01 00:00:00.123456789'": "2026-01-01 00:00:00.123456789",
    "time_ns '01:02:03.123456789'": "01:02:03.123456789",
    "time '24:00:00'": "24:00:00",
    "timetz '10:00:00+05:30'": "10:00:00+05:30",
    "interval '1 month 2 days 3 seconds'": "1 month 2 days 00:00:03",
    "interval '-1 day' + interval '1 hour'": "-1 day 01:00:00",
    "interval '3000000 years'": "3000000 years",
    "[interval '1 month']": ["1 month"],
    "{'INTERVAL': interval '1 day', 'x y': [time_ns '01:02:03.123456789']}": {
        "INTERVAL": "1 day",
        "x y": ["01:02:03.123456789"],
    },
    "12345678901234567890123456789012345678901234567890::bignum": "12345678901234567890123456789012345678901234567890",
    "1::variant": 1,
}


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        opened.execute("set timezone = 'UTC'")
        yield opened


@pytest.fixture
def written(connection, settings, tmp_path):
    """What a query becomes in a format, as bytes."""

    def write(query, output_format):
        write_result(connection, query, output_format, Output.checked(tmp_path / "result", settings, can_replace=True))
        return (tmp_path / "result").read_bytes()

    return write


def strict(text):
    """What a parser makes of JSON that takes nothing beyond the standard."""
    return json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"), parse_float=Decimal)


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_in_json_what_it_is_in_the_warehouse(written, value):
    (row,) = strict(written(f"select {value} as v", Format.JSON))
    (line,) = written(f"select {value} as v", Format.JSONL).splitlines()
    assert row == strict(line)
    assert row["v"] == VALUES[value]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_one_field_of_csv_whatever_is_in_it(written, connection, tmp_path, value):
    text = written(f"select 1 as a, {value} as v, 2 as b", Format.CSV).decode()
    (names, row) = csv.reader(io.StringIO(text, newline=""))
    assert (names, row[0], row[2]) == (["a", "v", "b"], "1", "2")
    expected = VALUES[value]
    if isinstance(expected, str) and "::json" not in value:
        assert row[1] == expected
    read = connection.execute(f"from read_csv('{tmp_path}/result', header = true, all_varchar = true)").fetchall()
    assert read == [("1", row[1] or None, "2")]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_stands_in_a_table_and_is_carried_by_parquet(written, connection, tmp_path, value):
    assert "1 row" in written(f"select {value} as v", Format.TABLE).decode()
    if value.endswith("::hugeint - 1"):
        pytest.skip("a decimal of Parquet has 38 digits at most; DuckDB refuses it, and says so")
    written(f"select {value} as v", Format.PARQUET)
    assert parquet.read_table(tmp_path / "result").num_rows == 1
    (read,) = connection.execute(f"from read_parquet('{tmp_path}/result')").fetchone()
    if isinstance(VALUES[value], int):
        assert int(read) == VALUES[value]


def test_csv_of_one_empty_column_has_a_line_for_each_row(written):
    assert written("select null as v union all select ''", Format.CSV) == b'v\n""\n""\n'


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (["n", "n"], ["n", "n_1"]),
        (["n", "n", "n"], ["n", "n_1", "n_2"]),
        (["n", "n_1", "n"], ["n", "n_1", "n_2"]),
        (["n", "n", "n_1"], ["n", "n_1", "n_1_1"]),
        (["N", "n"], ["N", "n_1"]),
        (["Ä", "ä", 'a "b', 'a "b'], ["Ä", "ä", 'a "b', 'a "b_1']),
        (["", ""], ["", "_1"]),
    ],
)
def test_columns_of_one_name_are_told_apart_as_a_subquery_does_it(written, connection, tmp_path, names, keys):
    assert distinct(names) == keys
    if "" in names:
        return
    columns = ", ".join(f'{number} as "{name.replace(chr(34), chr(34) * 2)}"' for number, name in enumerate(names))
    assert [column[0] for column in connection.execute(f"from (select {columns})").description] == keys
    row = dict(zip(keys, range(len(keys)), strict=True))
    assert strict(written(f"select {columns}", Format.JSON)) == [row]
    assert strict(written(f"select {columns}", Format.JSONL)) == row
    written(f"select {columns}", Format.PARQUET)
    assert parquet.read_table(tmp_path / "result").to_pylist() == [row]
    read = connection.execute(f"from read_parquet('{tmp_path}/result')")
    assert ([column[0] for column in read.description], read.fetchall()) == (keys, [tuple(range(len(keys)))])
    assert written(f"select {columns}", Format.CSV).decode().splitlines()[1] == ",".join(map(str, range(len(keys))))


def test_columns_of_one_name_of_which_one_has_to_be_made_text_stay_apart(written, tmp_path):
    query = "select null as i, interval '1 month' as i, [] as i, 'a'::enum('a') as i"
    expected = [{"i": None, "i_1": "1 month", "i_2": [], "i_3": "a"}]
    assert strict(written(query, Format.JSON)) == expected
    written(query, Format.PARQUET)
    assert parquet.read_table(tmp_path / "result").to_pylist() == expected


@given(st.lists(st.sampled_from(["a", "A", "a_1", "a_2", "a_1_1", "b", ""]), max_size=8))
def test_names_told_apart_are_all_different_and_need_no_more_telling(names):
    keys = distinct(names)
    assert len({key.lower() for key in keys}) == len(names)
    assert distinct(keys) == keys


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def finite(value):
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [finite(item) for item in value]
    return {key: finite(item) for key, item in value.items()} if isinstance(value, dict) else value


@given(TREES)
def test_whatever_is_nested_is_valid_json_of_the_same_value(value):
    assert json.loads(to_json(value), parse_constant=pytest.fail) == finite(value)
