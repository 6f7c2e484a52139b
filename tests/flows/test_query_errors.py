"""What is said of a query that fails: one line, then the place in it, with carets under what is meant."""

import pytest

from flows.query_errors import QueryFailedError, placed_errors, told
from flows.screen import width_of
from tests.sql.rows import warehouse
from warehouse import engine


def error_of(query):
    """What is said of a query, as the command runs it."""
    connection = warehouse()
    statement, lines_before = engine.bare(query)
    with pytest.raises(QueryFailedError) as raised, placed_errors(lines_before):
        connection.execute(statement).fetchall()
    return str(raised.value)


@pytest.mark.parametrize(
    ("query", "line", "meant"),
    [
        ("select nothing", 1, "nothing"),
        ("  select nothing", 1, "nothing"),
        ("\n\n select nothing", 3, "nothing"),
        ("-- why?\nselect nothing", 2, "nothing"),
        ("-- why?\n/* because\nof */ select 1,\n  nothing -- so\n;", 4, "nothing"),
        ("/* 为什么 */ select nothing", 1, "nothing"),
        ("select 1,\n 2,\n nothing\nfrom range(2)", 3, "nothing"),
        ("select\r\n nothing\r\n", 2, "nothing"),
        ("select\t1,\tnothing", 1, "nothing"),
        ("select\n\t\t1,\tnothing,\t2", 2, "nothing"),
        ("select '新闻\t新闻',\tnothing", 1, "nothing"),
        ("select '新闻新闻' as a, nothing", 1, "nothing"),
        ("select '新闻', 没有 from range(2)", 1, "没有"),
        ("select 'e\u0301', '\u200b', nothing", 1, "nothing"),
        ("select 'a\x1b[31m', nothing", 1, "nothing"),
        ("selec 1", 1, "selec"),
        ("-- a\n-- b\n-- c\n-- d\n-- e\n-- f\n-- g\n-- h\n-- i\nselec 1", 10, "selec"),
        ("select * from nowhere", 1, "nowhere"),
        ("select count_all(1)", 1, "count_all(1)"),
        ("explain select nothing", 1, "nothing"),
        ("-- why?\nexplain /* so */ analyze select nothing;", 2, "nothing"),
        ("select " + "1, " * 100 + "nothing" + ", 2" * 100, 1, "nothing"),
        ("select '" + "新" * 200 + "', nothing, '" + "新" * 200 + "'", 1, "nothing"),
        ("select cast('x' || range as int) from range(3)", 1, "cast('x' || range as int)"),
        ("with a as (\n  select nothing\n) from a", 2, "nothing"),
    ],
)
def test_the_carets_stand_under_what_is_meant(query, line, meant):
    first, excerpt, carets = error_of(query).split("\n")
    assert "Error: " in first
    assert excerpt.startswith(f"LINE {line}: ")
    before = excerpt[: excerpt.rindex(meant)]
    assert carets == " " * width_of(before) + "^" * width_of(meant)
    assert "\t" not in excerpt
    assert "\x1b" not in excerpt


@pytest.mark.parametrize(
    "query",
    [
        "describe nothing",
        "select error('one' || chr(10) || 'two')",
        "select 1 / 0 = 1 or error('x')",
        "from range('a')",
    ],
)
def test_where_there_is_no_place_it_is_one_line(query):
    message = error_of(query)
    assert "\n" not in message or message.split("\n")[1].startswith("LINE ")


def test_what_is_said_above_the_place_is_one_line():
    assert told("Binder Error: no x\nCandidates: y\n\nLINE 9: select x\n               ^", 2) == (
        "Binder Error: no x Candidates: y\nLINE 11: select x\n                ^"
    )


@pytest.mark.parametrize(
    ("query", "statement", "lines_before"),
    [
        ("select 1", "select 1", 0),
        ("select 1;", "select 1", 0),
        (" \n-- a ; b\n select ';' as \";\" ; -- c ;\n ; ", "select ';' as \";\"", 2),
        ("/* 新\n */ select '新';;", "select '新'", 1),
        ("select $$a;b$$;", "select $$a;b$$", 0),
        ("select 1; select 2;", "select 1; select 2", 0),
        ("select 'open", "select 'open", 0),
        ("select 1 -- so", "select 1", 0),
        ("", "", 0),
        (";", ";", 0),
        ("-- nothing", "-- nothing", 0),
    ],
)
def test_a_bare_statement_has_no_comments_around_it_and_no_semicolon(query, statement, lines_before):
    assert engine.bare(query) == (statement, lines_before)
