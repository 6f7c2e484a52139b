"""Subscriptions become sources, and a sources file keeps all that stood in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.listing.links import Problem
from flows.extract.listing.opml import add_sources, import_file, read_opml, unusable_outlines
from flows.extract.sources import Source, SourceError, load_sources
from warehouse.model import Policy, Reason, SourceKind

OPML = '<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>{}</body></opml>'
TWO = (
    '<outline text="News"><outline type="rss" text="x" title="The Harbour &amp; Port" language="en-gb"'
    ' xmlUrl="https://news.example.org/feed?a=1&amp;b=2" htmlUrl="https://news.example.org/"/>'
    '<outline text="Deep">'
    '<outline text="港口新闻" xmlurl="https://zh.example.org/rss" language="unknown"/></outline></outline>'
)
FILE = """# Ours, by hand.
[[sources]]
name = "wire"  # the first
kind = "feed"
location = 'https://wire.example.org/feed'

# The end."""


def feed(name, location, **more):
    return Source(name=name, kind=SourceKind.FEED, location=location, **more)


def subscriptions(inside):
    return read_opml(OPML.format(inside).encode())


def test_outlines_at_any_depth_become_feeds():
    assert subscriptions(TWO) == (
        feed("the-harbour-port", "https://news.example.org/feed?a=1&b=2", language="en-gb"),
        feed("港口新闻", "https://zh.example.org/rss"),
    )


def test_names_are_unique_and_made_of_the_host_where_there_is_no_title():
    names = [
        source.name
        for source in subscriptions(
            '<outline text="A!" xmlUrl="https://a.example.org/1"/><outline text="a" xmlUrl="https://a.example.org/2"/>'
            '<outline xmlUrl="https://b.example.org/"/><outline text="***" xmlUrl="https://c.example.org/"/>'
        )
    ]
    assert names == ["a", "a-2", "b.example.org", "feed"]


def test_a_feed_that_is_subscribed_twice_is_one_source():
    assert len(subscriptions(TWO + TWO)) == 2


def test_subscriptions_without_a_usable_address_are_told():
    bad = '<outline text="x" xmlUrl="file:///etc/passwd"/><outline text="y" xmlUrl=""/><outline text="group"/>'
    assert len(subscriptions(bad + TWO)) == 2
    problems = unusable_outlines(OPML.format(bad + TWO).encode())
    assert [problem.reason for problem in problems] == [Reason.ADDRESS_REFUSED, Reason.MALFORMED_INPUT]


def test_entities_are_neither_expanded_nor_read_from_files(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("tell nobody", encoding="utf-8")
    doctype = f'<!DOCTYPE opml [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    body = doctype + OPML.split("?>", 1)[1].format('<outline text="a &x;" xmlUrl="https://a.example.org/"/>')
    (source,) = read_opml(body.encode())
    assert source.name == "a-x"


@pytest.mark.parametrize("body", [b"", b"<html><body/></html>", b"<rss/>", b"words", b"\xff\xfe\x00"])
def test_what_is_no_opml_is_one_problem(body):
    refused = read_opml(body)
    assert isinstance(refused, Problem)
    assert refused.reason is Reason.MALFORMED_INPUT


def test_broken_opml_is_read_as_far_as_it_goes():
    result = read_opml(OPML.format(TWO).encode()[:-30])
    assert isinstance(result, tuple)
    assert len(result) == 2


def test_an_opml_file_may_be_empty():
    assert subscriptions("") == ()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "sources.toml"


def test_a_file_is_made_where_there_is_none(file):
    sources = subscriptions(TWO)
    assert add_sources(file, sources) == 2
    assert load_sources(file) == sources
    assert [each.name for each in file.parent.iterdir()] == ["sources.toml"]


def test_what_stood_in_the_file_stays_as_it_was(file):
    file.write_text(FILE, encoding="utf-8")
    assert add_sources(file, subscriptions(TWO)) == 2
    assert file.read_text(encoding="utf-8").startswith(FILE)
    assert [source.name for source in load_sources(file)] == ["wire", "the-harbour-port", "港口新闻"]


def test_what_is_there_already_is_left_out(file):
    add_sources(file, subscriptions(TWO))
    before = file.read_bytes()
    assert add_sources(file, subscriptions(TWO)) == 0
    assert file.read_bytes() == before


def test_a_name_that_is_taken_gets_a_number(file):
    file.write_text(FILE, encoding="utf-8")
    assert add_sources(file, [feed("wire", "https://a.example.org/"), feed("wire", "https://b.example.org/")]) == 2
    assert [source.name for source in load_sources(file)] == ["wire", "wire-2", "wire-3"]


def test_all_that_is_said_of_a_source_is_written(file):
    source = feed(
        "odd",
        'https://a.example.org/"quoted"\\',
        is_enabled=False,
        disabled_reason="sold\nand gone",
        language="zh-Hans",
        time_zone="Asia/Shanghai",
        licence="CC0",
        policy=Policy.RECORD,
        delay_seconds=2.5,
        allow_private=True,
    )
    add_sources(file, [source])
    assert load_sources(file) == (source,)


@pytest.mark.parametrize("text", ["no toml at all", "[[sources]]\nname = 1\n", "sources = []\n"])
def test_a_file_that_cannot_be_added_to_stays_as_it_was(file, text):
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        add_sources(file, subscriptions(TWO))
    assert str(file) in str(caught.value)
    assert file.read_text(encoding="utf-8") == text
    assert len(list(file.parent.iterdir())) == 1


def test_a_source_that_would_not_load_is_not_written(file):
    with pytest.raises(SourceError) as caught:
        add_sources(file, [feed("a b", "https://a.example.org/")])
    assert str(caught.value).startswith(f"{file}: sources[1].name is 'a b'")
    assert list(file.parent.iterdir()) == []


def test_a_file_is_imported_once(file, tmp_path):
    subscribed = tmp_path / "mine.opml"
    subscribed.write_text(OPML.format(TWO), encoding="utf-8")
    assert import_file(subscribed, file) == (2, 0)
    assert import_file(subscribed, file) == (0, 2)


def test_a_file_that_is_no_opml_or_not_there_is_named(file, tmp_path):
    wrong = tmp_path / "mine.opml"
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            import_file(wrong, file)
        assert str(caught.value).startswith(f"{wrong}: ")
        assert not file.exists()
        wrong.write_text("<html></html>", encoding="utf-8")


@given(st.binary(), st.text())
def test_any_bytes_are_subscriptions_or_a_problem(body, title):
    assert isinstance(read_opml(body), tuple | Problem)
    damaged = OPML.format(f'<outline text="{title}" xmlUrl="https://a.example.org/"/>').encode("utf-8", "replace")
    assert isinstance(read_opml(damaged), tuple | Problem)
