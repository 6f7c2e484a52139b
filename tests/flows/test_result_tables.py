"""Tables for people: as many rows as are read, the count of all, columns that fit or else a block for each row."""

import io
import time
import tracemalloc
import unicodedata

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import result_tables
from flows.result_tables import FILE_WIDTH, write_table
from flows.screen import clean, folded, padded, width_of


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        opened.execute("set timezone = 'UTC'")
        yield opened


@pytest.fixture
def shown(connection):
    """What a query becomes as a table, in lines."""

    def show(query, most=None):
        stream = io.StringIO()
        write_table(stream, connection, query, most)
        return stream.getvalue().splitlines()

    return show


def test_numbers_stand_on_the_right_under_their_names(shown):
    query = "select * from (values (1, 1.5, 'a', true), (20000, 10.25, 'bc', null)) as t(count, share, name, is_so)"
    assert shown(query) == [
        "",
        " count  share  name  is_so",
        " ─────────────────────────",
        "     1   1.50  a     True",
        " 20000  10.25  bc",
        "2 rows",
    ]


@pytest.mark.parametrize(
    "kind", ["tinyint", "ubigint", "hugeint", "uhugeint", "double", "float", "decimal(9, 2)", "int"]
)
def test_every_kind_of_number_is_one(shown, kind):
    assert shown(f"select 1::{kind} as a_long_name")[3].startswith("       ")


@pytest.mark.parametrize("kind", ["varchar", "boolean", "date", "json", "int[]"])
def test_what_is_no_number_stands_on_the_left(shown, kind):
    assert shown(f"select null::{kind} as a_long_name union all select null")[-1] == "2 rows"
    value = {"boolean": "true", "date": "'2026-01-01'", "int[]": "[1]"}.get(kind, "'1'")
    assert not shown(f"select {value}::{kind} as a_long_name")[3].startswith("  ")


@pytest.mark.parametrize(
    ("rows", "most", "ending"),
    [
        (0, None, "0 rows"),
        (1, None, "1 row"),
        (999, None, "999 rows"),
        (1000, None, "1,000 rows"),
        (1001, None, "1,000 of 1,001 rows shown; --rows all shows all, and so does --format csv"),
        (300_000, None, "1,000 of 300,000 rows shown; --rows all shows all, and so does --format csv"),
        (10, 3, "3 of 10 rows shown; --rows all shows all, and so does --format csv"),
        (3, 3, "3 rows"),
        (2, 3, "2 rows"),
        (2500, 2400, "2,400 of 2,500 rows shown; --rows all shows all, and so does --format csv"),
        (2500, 2500, "2,500 rows"),
        (2500, 0, "2,500 rows"),
        (2000, 0, "2,000 rows"),
        (0, 0, "0 rows"),
    ],
)
def test_the_last_line_counts_all_rows_and_says_how_the_rest_is_had(shown, rows, most, ending):
    lines = shown(f"select range as n, 'name ' || range as name from range({rows})", most)
    assert lines[-1] == ending
    expected = min(rows, 1000 if most is None else most or rows)
    assert [line.split()[0] for line in lines[3:-1]] == [str(number) for number in range(expected)]


def test_the_rest_is_counted_by_a_query_where_fetching_it_would_take_long(shown, monkeypatch):
    monkeypatch.setattr(result_tables, "COUNTING_SECONDS", -1e9)
    lines = shown("-- all of them\nselect range as n from range(300000) order by n desc -- so many")
    assert lines[-1].startswith("1,000 of 300,000 rows shown")
    assert lines[3].strip() == "299999"


def test_many_rows_take_about_as_long_as_to_count_them(shown):
    query = (
        "select range as n, 'row ' || range as name, range * 1.5 as x, repeat('text ', 1000) as t from range(300000)"
    )
    began = time.process_time()
    lines = shown(query)
    # It was 46 s where every row was laid out.
    assert time.process_time() - began < 10
    assert lines[-1].startswith("1,000 of 300,000 rows shown")


def test_all_rows_are_written_block_by_block_and_not_held(connection):
    class Nowhere(io.StringIO):
        def write(self, text):
            return len(text)

    tracemalloc.start()
    write_table(Nowhere(), connection, "select range as n, repeat('x', 50) as text from range(30000)", 0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000


def test_later_blocks_keep_the_widths_of_the_first_and_numbers_whole(shown):
    lines = shown("select range as n, if(range < 1000, 'a', 'bb ccc dd') as text from range(1001)", 0)
    # A little room is left for longer texts that may come.
    assert lines[2:4] == [" " + "─" * (3 + 2 + 10), "   0  a"]
    assert lines[1003] == " 1000  bb ccc dd"


def test_long_texts_are_folded_between_words_and_the_line_is_not_overrun(shown):
    words = "the harbour council met on Tuesday to talk about the new tram line " * 5
    lines = shown(f"select 1 as n, '{words}' as first, '{words}' as second, 'short' as third")
    assert max(map(width_of, lines)) <= FILE_WIDTH
    assert all(not line.strip().startswith(("arbour", "ouncil")) for line in lines)
    assert len(lines) < 12


def test_a_line_break_in_a_text_is_one_in_its_cell(shown):
    assert shown("select 1 as n, 'one' || chr(10) || 'two' as text")[3:5] == [" 1  one", "    two"]


@pytest.mark.parametrize("columns", [20, 40, 300])
def test_where_the_columns_do_not_fit_each_row_is_a_block_of_names_and_values(shown, columns):
    names = ", ".join(f"repeat('word ', 20) as column_{number}" for number in range(columns))
    lines = shown(f"select {names} from range(3)")
    assert lines[:3] == [
        "",
        "── row 1 ".ljust(60, "─"),
        "column_0:".ljust(len(f"column_{columns - 1}") + 2) + ("word " * 20).strip(),
    ]
    assert sum("column_7:" in line for line in lines) == 3
    assert lines[-1] == "3 rows"
    assert max(map(width_of, lines)) <= FILE_WIDTH


def test_of_blocks_a_hundred_are_shown_and_more_where_they_are_asked_for(shown):
    query = "select " + ", ".join(f"repeat('x', 20) as c{n}" for n in range(40)) + " from range(1500)"
    lines = shown(query)
    assert sum(line.startswith("── row") for line in lines) == 100
    assert lines[-1].startswith("100 of 1,500 rows shown")
    lines = shown(query, 0)
    assert [line.split()[2] for line in lines if line.startswith("── row")][-1] == "1,500"
    assert lines[-1] == "1,500 rows"
    assert shown(f"from ({query}) where false")[-1] == "0 rows"


def test_many_narrow_columns_stand_beside_each_other(shown):
    lines = shown("select " + ", ".join(f"{number} as c{number}" for number in range(30)))
    assert len(lines) == 5


def test_a_long_name_is_in_nobodys_way(shown):
    lines = shown("select " + ", ".join(f"'{'v' * 30}' as \"{'name ' * 30}{n}\"" for n in range(20)))
    assert max(len(line) for line in lines if line.startswith(" ")) <= FILE_WIDTH
    assert sum("v" * 30 in line for line in lines) == 20


def test_a_cell_shows_the_first_five_hundred_characters(shown):
    text = "".join(shown("select repeat('x', 10000) as text")[3:-1]).replace(" ", "")
    assert text == "x" * 499 + "…"


def test_chinese_takes_two_places_a_character(shown):
    lines = shown("select * from (values ('新闻', 1), ('news', 22), ('e' || chr(769), 3)) as t(title, n)")
    assert lines[3:6] == [" 新闻    1", " news   22", " e\u0301       3"]


def test_what_a_terminal_would_obey_is_shown_and_not_done(shown):
    (line,) = shown("select 'a' || chr(27) || '[31mred' || chr(7) || chr(9) || 'b' || chr(8238) || 'c' as title")[3:-1]
    assert line == " a\\x1b[31mred\\x07 b\\x202ec"


def test_times_have_seconds_and_a_short_zone(shown):
    assert shown("select timestamptz '2026-01-01 10:00:00.5+00' as at")[3] == " 2026-01-01 10:00:00Z"


@pytest.mark.parametrize("kind", ["explain", "explain analyze", "explain (format json)"])
def test_a_plan_is_shown_as_it_is_drawn(shown, connection, kind):
    query = f"{kind} select * from range(10) as a(n) join range(20) as b(n) using (n) where n > 3"
    lines = shown(query)
    assert "rows" not in lines[-1]
    if kind == "explain":
        ((_, plan),) = connection.execute(query).fetchall()
        assert lines == plan.rstrip().splitlines()
    if "json" not in kind:
        assert lines[0].startswith("╭─")
        edges = [line.index("╮") for line in lines[:1]]
        assert all(line[edges[0]] in "│╯┤╮" for line in lines[:3])


def test_in_a_terminal_its_width_counts(connection, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setenv("COLUMNS", "40")
    stream = Terminal()
    write_table(stream, connection, "select repeat('word ', 30) as a, 1 as b")
    assert max(map(len, stream.getvalue().splitlines())) <= 40


@given(st.text(), st.integers(1, 30))
def test_a_folded_text_loses_nothing_but_blanks_and_fits(text, width):
    text = clean(text)
    lines = folded(text, width)
    assert "".join(lines).replace(" ", "") == text.replace("\n", "").replace(" ", "")
    for line in lines:
        # One wide character is wider than a column of one place.
        assert width_of(line) <= max(width, 2)
        assert width_of(padded(line, 40)) == 40


@given(st.text())
def test_a_clean_text_has_no_control_and_is_cleaned_once(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert {character for character in cleaned if unicodedata.category(character) == "Cc"} <= {"\n"}
