"""What is seen of each block: every column for any page, and a few columns that people can check."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.blocks import blocks_of
from flows.transform.content.features import ANCESTORS, COLUMNS, KINDS, PHRASES, TAGS, Table, features
from flows.transform.content.scores import _model
from flows.transform.content.surroundings import Surroundings
from flows.transform.evidence import Evidence
from flows.transform.trees import parse
from tests.flows.transform.content.layouts import ARTICLES, article_page

TITLE, ENGLISH = ARTICLES["en"]


def worked_out(markup, statements=None):
    body = parse(f"<html><body>{markup}</body></html>").find("body")
    return features(blocks_of(body), Surroundings(body), statements or Evidence())


@pytest.fixture
def column(monkeypatch):
    """A function that gives one named column of a page, which the matrix no longer names."""
    tables = []
    matrix = Table.matrix

    def remembered(table):
        tables.append(table)
        return matrix(table)

    monkeypatch.setattr(Table, "matrix", remembered)

    def named(name, markup, statements=None):
        worked_out(markup, statements)
        return [round(float(value), 3) for value in tables[-1].column(name)]

    return named


@pytest.mark.parametrize(
    "markup", ["<p>x</p>", "x", "<p>x</p>" * 5, "<p>😀👩‍👩‍👧</p>", "".join(f"<p>{p}" for p in ENGLISH)]
)
def test_there_are_as_many_columns_as_the_weights_take(markup):
    table, words = worked_out(markup)
    assert table.shape == (len(words), len(_model().mean))


def test_all_pages_have_the_same_columns_in_the_same_order(monkeypatch):
    seen = set()
    matrix = Table.matrix
    monkeypatch.setattr(Table, "matrix", lambda table: seen.add(tuple(table.names)) or matrix(table))
    # With prose and without, with a title and without: what a page lacks is a column of its own kind all the same.
    for markup in ("x", f"<h1>{TITLE}</h1><p>{ENGLISH[0]}</p>", "<ul><li><a href='/'>a</a></ul>"):
        worked_out(markup)
        worked_out(markup, Evidence(page_title=TITLE, article={"articleBody": ENGLISH[0]}))
    (columns,) = seen
    assert len(set(columns)) == COLUMNS > len(TAGS) + len(PHRASES) + 2 * len(KINDS) + len(ANCESTORS)


@pytest.mark.parametrize("language", ARTICLES)
def test_the_same_page_has_the_same_numbers_bit_for_bit(language):
    first, second = (worked_out(article_page("divisions", language)) for _ in range(2))
    assert first[0].tobytes() == second[0].tobytes()
    assert first[1].tobytes() == second[1].tobytes()


def test_five_thousand_blocks_have_a_row_each():
    table, _ = worked_out("".join(f"<div><p>Line {n} of a very long page.</p></div>" for n in range(5000)))
    assert len(table) == 5000
    assert np.isfinite(table).all()


def test_blocks_as_deep_as_a_tree_goes_have_numbers():
    table, _ = worked_out("<div>a" * 2000)
    assert np.isfinite(table).all()


def test_one_block_a_megabyte_long_has_numbers():
    table, words = worked_out(f"<p>{'word, ' * 170_000}</p>")
    assert np.isfinite(table).all()
    assert words.tolist() == [170_000]


TEXTS = st.lists(
    st.text(max_size=80) | st.sampled_from([*ENGLISH, TITLE, "©", "😀", "?", "。", "...", "「」"]), max_size=12
)
STATED = st.none() | st.text(max_size=60) | st.sampled_from([TITLE, ENGLISH[0], "", " "])


@given(TEXTS, STATED, STATED, STATED)
def test_any_blocks_and_statements_have_finite_numbers(texts, title, summary, body):
    container = parse("<html><body></body></html>").find("body")
    for text in texts:
        paragraph = container.makeelement("p")
        paragraph.text = "".join(c for c in text if c.isprintable() or c == "\n")
        container.append(paragraph)
    blocks = blocks_of(container)
    if not blocks:
        return
    meta = {"og:title": [title], "og:description": [summary]}
    statements = Evidence(
        article={"articleBody": body, "headline": title, "description": summary}, meta=meta, page_title=title
    )
    table, words = features(blocks, Surroundings(container), statements)
    assert table.dtype == words.dtype == np.float32
    assert np.isfinite(table).all()


@pytest.mark.parametrize("empty", ["", " ", "\n", " " * 40])
def test_an_empty_statement_is_like_none(empty):
    meta = {"og:title": [empty], "og:description": [empty], "description": [empty]}
    empties = Evidence(article={"headline": empty, "articleBody": empty, "description": empty}, meta=meta)
    page = article_page("semantic", "en")
    assert worked_out(page, empties)[0].tolist() == worked_out(page)[0].tolist()


@pytest.mark.parametrize("odd", [["a", "b"], {"@value": "a"}, 7, True])
def test_a_headline_that_is_no_string_breaks_nothing(odd):
    table, _ = worked_out("<p>a</p>", Evidence(article={"headline": odd, "description": odd, "articleBody": odd}))
    assert np.isfinite(table).all()


def test_a_line_that_stands_twice_is_repeated(column):
    assert column("is_repeated", "<p>again</p><p>once</p><p>a gain</p>") == [1, 0, 1]


def test_what_a_label_says_counts_in_short_lines_alone(column):
    assert column("says_rights", f"<p>© 2024 The Courier</p><p>© {ENGLISH[0]} {ENGLISH[1]}</p>") == [1, 0]


def test_lines_under_a_heading_are_told_what_it_says(column):
    assert column("under_more", "<p>a</p><h2>Read more</h2><p>b</p><h2>The boat</h2><p>c</p>") == [0, 1, 1, 0, 0]


def test_a_block_is_placed_by_the_heading_that_is_the_title(column):
    markup = f"<p>Home</p><h1>{TITLE}</h1><p>a</p><p>b</p>"
    stated = Evidence(page_title=TITLE)
    assert column("is_title", markup, stated) == [0, 1, 0, 0]
    assert column("after_title", markup, stated) == [-1, 0, 1, 2]
    assert column("after_title", markup) == [-1, -1, -1, -1]


def test_a_heading_is_the_title_before_a_menu_that_repeats_it(column):
    assert column("is_before_title", f"<p>{TITLE}</p><h1>{TITLE}</h1><p>a</p>", Evidence(page_title=TITLE)) == [1, 0, 0]


def test_a_line_that_json_ld_states_is_stated(column):
    stated = Evidence(article={"articleBody": "\n".join(ENGLISH)})
    assert column("is_stated", f"<p>{ENGLISH[2]}</p><p>Something else entirely</p><p>the</p>", stated) == [1, 0, 0]


def test_a_summary_that_was_cut_is_found_in_the_line_that_it_begins(column):
    stated = Evidence(meta={"og:description": [ENGLISH[0][:50]]})
    assert column("is_summary", f"<p>{ENGLISH[0]}</p><p>{ENGLISH[1]}</p>", stated) == [1, 0]


def test_a_line_that_ends_before_the_summary_does_is_one_too(column):
    stated = Evidence(meta={"og:description": [ENGLISH[0]]})
    assert column("is_summary", f"<p>{ENGLISH[0][:50]}</p><p>{ENGLISH[0][:20]}</p>", stated) == [1, 0]


def test_a_line_has_an_address_where_one_stands_in_it(column):
    markup = "<p>https://example.org</p><p>none://here</p><p>me@example.org</p><p>www.example.org</p><p>no</p>"
    assert column("has_address", markup) == [1, 0, 1, 1, 0]
    assert column("has_address", "<p>no</p><p>none</p>") == [0, 0]


def test_the_trunk_is_where_most_prose_stands(column):
    markup = (
        f"<div><p>{ENGLISH[0]}</p></div><main>{''.join(f'<p>{p}</p>' for p in ENGLISH)}</main><div><p>end</p></div>"
    )
    assert column("in_trunk_range", markup) == [0, 1, 1, 1, 1, 1, 0]
    assert column("trunk_down", markup) == [2, 1, 1, 1, 1, 1, 2]


def test_prose_that_is_all_link_is_no_trunk(column):
    assert column("trunk_up", f"<p><a href='/'>{ENGLISH[0]}</a></p>") == [12]
