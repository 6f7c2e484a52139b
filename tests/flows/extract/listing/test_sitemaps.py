"""Sitemaps of every make, packed, broken and hostile ones among them."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.extract.listing import sitemaps
from flows.extract.listing.links import Link, Listing, More, Problem
from flows.extract.listing.sitemaps import read_sitemap
from warehouse.model import Reason

URL = "https://news.example.org/sitemap.xml"
URLSET = '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>'
ONE = "<url><loc>https://news.example.org/1</loc></url>"
NEWS = (
    '<urlset xmlns="http://www.google.com/schemas/sitemap/0.84" xmlns:n="https://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url>'
    "<image:image><image:loc>https://img.example.org/1.jpg</image:loc></image:image>"
    "<loc>https://news.example.org/1</loc><lastmod>2024-05-17T11:00:00+02:00</lastmod><n:news>"
    "<n:publication><n:name>The Harbour</n:name><n:language>en</n:language></n:publication>"
    "<n:publication_date>2024-05-17T10:00:00+02:00</n:publication_date><n:title>High &amp;amp; low tide</n:title>"
    "</n:news></url></urlset>"
)


def read(sitemap, charset=None):
    return read_sitemap(sitemap if isinstance(sitemap, bytes) else sitemap.encode(), url=URL, charset=charset)


def urls(sitemap):
    result = read(sitemap)
    assert isinstance(result, Listing)
    return [link.url for link in result.links]


def changed_at(lastmod):
    (link,) = read(URLSET.format(f"<url><loc>https://news.example.org/1</loc><lastmod>{lastmod}</lastmod></url>")).links
    return link.modified_at


def test_a_sitemap_lists_its_addresses_in_order():
    assert urls(URLSET.format(ONE + ONE.replace("/1<", "/0<"))) == [
        "https://news.example.org/1",
        "https://news.example.org/0",
    ]


def test_a_news_sitemap_says_when_an_article_was_published_and_changed():
    link = Link(
        url="https://news.example.org/1",
        title="High & low tide",
        published_at=datetime(2024, 5, 17, 8, tzinfo=UTC),
        modified_at=datetime(2024, 5, 17, 9, tzinfo=UTC),
    )
    assert read(NEWS) == Listing((link,))


def test_names_count_without_their_namespace():
    undeclared = "<urlset><url><loc>https://news.example.org/1</loc><news:news><news:title>T</news:title></news:news></url></urlset>"
    (link,) = read(undeclared).links
    assert link.title == "T"


def test_an_index_lists_further_sitemaps_and_when_they_changed():
    entry = "<sitemap><loc>/s-1.xml</loc><lastmod>2024-05-17</lastmod></sitemap>"
    expected = More("https://news.example.org/s-1.xml", datetime(2024, 5, 17, tzinfo=UTC))
    assert read(INDEX.format(entry + entry)) == Listing(more=(expected,))


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2024-05-17", datetime(2024, 5, 17, tzinfo=UTC)),
        ("2024-05-17T10:00+02:00", datetime(2024, 5, 17, 8, tzinfo=UTC)),
        ("2024-05-17T08:00:00.5Z", datetime(2024, 5, 17, 8, 0, 0, 500_000, tzinfo=UTC)),
        ("2024-05-17 10:00:00 +0200", datetime(2024, 5, 17, 8, tzinfo=UTC)),
        ("2024-05-17T08:00:00", datetime(2024, 5, 17, 8, tzinfo=UTC)),
        ("2024-05", None),
        ("2024", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("1970-01-01", None),
        ("2024-13-01", None),
        ("lately", None),
        ("", None),
    ],
)
def test_a_lastmod_is_an_instant_or_nothing(written, read_as):
    assert changed_at(written) == read_as


def test_a_publication_without_a_zone_is_no_instant():
    (link,) = read(NEWS.replace("2024-05-17T10:00:00+02:00", "2024-05-17T10:00:00")).links
    assert link.published_at is None


@pytest.mark.parametrize(
    "loc", ["https://e.org/?a=1&b=2", "https://e.org/?a=1&amp;b=2", "<![CDATA[https://e.org/?a=1&b=2]]>"]
)
def test_an_ampersand_in_an_address_is_itself_however_it_is_written(loc):
    assert urls(URLSET.format(f"<url><loc> {loc}\n</loc></url>")) == ["https://e.org/?a=1&b=2"]


def test_a_packed_sitemap_is_unpacked_once_for_each_of_its_parts():
    whole = URLSET.format(ONE).encode()
    assert urls(gzip.compress(whole)) == ["https://news.example.org/1"]
    assert urls(gzip.compress(whole[:50]) + gzip.compress(whole[50:])) == ["https://news.example.org/1"]


def test_a_packed_sitemap_that_breaks_off_gives_what_it_has_and_says_so():
    whole = gzip.compress(
        URLSET.format(ONE + "".join(f"<url><loc>/{n * 7919}</loc></url>" for n in range(999))).encode()
    )
    result = read(whole[: len(whole) // 2])
    assert 1 < len(result.links) < 1000
    assert "breaks off" in result.problems[-1].detail


def test_a_gzip_bomb_is_refused():
    bomb = gzip.compress(b" " * (sitemaps.MOST_BYTES + 1))
    assert len(bomb) < 100_000
    result = read(bomb)
    assert isinstance(result, Problem)
    assert result.reason is Reason.TOO_LARGE


def test_a_list_of_addresses_is_a_sitemap():
    result = read("\ufeffhttps://news.example.org/1\r\n\r\nhttps://news.example.org/2\r\nnot one\r\n")
    assert [link.url for link in result.links] == ["https://news.example.org/1", "https://news.example.org/2"]
    assert [problem.url for problem in result.problems] == ["not one"]


def test_a_feed_may_stand_for_a_sitemap():
    assert urls("<rss><channel><item><link>https://news.example.org/1</link></item></channel></rss>") == [
        "https://news.example.org/1"
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"<!doctype html><html><body>Not here</body></html>",
        b"just words",
        b"\x1f\x8bnot gzip at all",
        b"\x00\xff",
        b'{"a": 1}',
    ],
)
def test_what_is_no_sitemap_is_one_problem_in_one_line(body):
    result = read(body)
    assert isinstance(result, Problem)
    assert result.reason is Reason.MALFORMED_INPUT
    assert "\n" not in result.detail


def test_an_empty_sitemap_lists_nothing():
    assert read(URLSET.format("")) == read("<urlset/>") == Listing()


def test_broken_xml_is_read_as_far_as_it_goes():
    result = read(URLSET.format(ONE + "<url><loc>https://news.example.org/2</loc><b></url>")[:-20])
    assert result.links[0].url == "https://news.example.org/1"
    assert "breaks off" in result.problems[-1].detail


def test_bad_addresses_are_problems_and_the_rest_is_read():
    bad = "<url><loc>file:///etc/passwd</loc></url><url></url><url><loc>https://a b</loc><lastmod/></url>"
    result = read(URLSET.format(bad + ONE))
    assert result.links[-1].url == "https://news.example.org/1"
    assert [problem.reason for problem in result.problems[:2]] == [Reason.ADDRESS_REFUSED, Reason.MALFORMED_INPUT]


def test_what_is_past_the_cap_is_counted(monkeypatch):
    monkeypatch.setattr(sitemaps, "MOST_LINKS", 2)
    monkeypatch.setattr(sitemaps, "MOST_SITEMAPS", 1)
    many = read(URLSET.format("".join(ONE.replace("/1<", f"/{n}<") for n in range(5))))
    assert (len(many.links), many.problems[0].detail) == (2, "3 entries past the first 2 were not read")
    index = read(INDEX.format("".join(f"<sitemap><loc>/s-{n}.xml</loc></sitemap>" for n in range(3))))
    assert (len(index.more), index.problems[0].reason) == (1, Reason.RESOURCE_LIMIT)


def test_entities_are_neither_expanded_nor_read_from_files(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("https://news.example.org/secret", encoding="utf-8")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY l0 "ha">{laughs}]>'
    body = doctype + URLSET.split("?>", 1)[1].format(
        "<url><loc>&x;</loc></url><url><loc>https://e.org/&l9;x</loc></url>"
    )
    result = read(body)
    assert "secret" not in str(result.links)
    assert result.links[-1].url == "https://e.org/&l9;x"


@given(st.binary(max_size=300))
def test_any_bytes_are_a_listing_or_a_problem(body):
    assert isinstance(read(body), Listing | Problem)
    assert isinstance(read(b"\x1f\x8b" + body), Listing | Problem)


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_sitemap_is_a_listing_or_a_problem(data):
    whole = data.draw(st.sampled_from([NEWS.encode(), gzip.compress(NEWS.encode(), mtime=0), INDEX.encode()]))
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 40)))
    piece = data.draw(
        st.one_of(st.binary(max_size=20), st.sampled_from([b"<", b"]]>", b"<![CDATA[", b"<!--", b"<url>"]))
    )
    assert isinstance(read(whole[:start] + piece + whole[end:]), Listing | Problem)
