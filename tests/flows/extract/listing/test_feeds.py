"""Feeds of every make, broken and hostile ones among them, and the links that they give."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.extract.listing import feeds
from flows.extract.listing.feeds import read_feed
from flows.extract.listing.links import Listing, Problem
from warehouse.model import Reason

URL = "https://news.example.org/feeds/all.xml"
ITEM = "<item><title>Tide tables</title><link>https://news.example.org/tide</link>{}</item>"
RSS = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
    "<channel><title>The Harbour</title><link>https://news.example.org/</link>{}</channel></rss>"
)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Harbour</title>{}</feed>'
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example.org/"><title>H</title>'
    '</channel><item rdf:about="https://news.example.org/tide"><title>Tide tables</title>'
    "<link>https://news.example.org/tide</link><dc:date>2024-05-17T10:00:00+02:00</dc:date></item></rdf:RDF>"
)
EIGHT = datetime(2024, 5, 17, 8, 0, tzinfo=UTC)
NINE = datetime(2024, 5, 17, 9, 0, tzinfo=UTC)


def read(feed, *, charset=None, url=URL):
    return read_feed(feed if isinstance(feed, bytes) else feed.encode(), url=url, charset=charset)


def only(feed, **more):
    result = read(feed, **more)
    assert isinstance(result, Listing)
    assert result.problems == ()
    (link,) = result.links
    return link


def item(inside):
    return only(RSS.format(ITEM.format(inside)))


def problem(feed, **more):
    result = read(feed, **more)
    assert isinstance(result, Problem)
    return result


def test_an_rss_item_gives_its_link_and_title():
    link = item("")
    assert (link.url, link.title, link.published_at, link.text) == (
        "https://news.example.org/tide",
        "Tide tables",
        None,
        None,
    )


def test_rss_1_has_its_date_from_dublin_core():
    assert only(RDF).published_at == EIGHT


def test_rss_0_91_with_its_document_type_is_a_feed():
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss.dtd">'
    feed = f'{doctype}<rss version="0.91"><channel>{ITEM.format("")}</channel></rss>'
    assert only(feed).url == "https://news.example.org/tide"


def test_an_atom_entry_leads_to_its_alternate():
    entry = (
        '<entry><title type="html">Tide &amp;amp; &lt;b&gt;tables&lt;/b&gt;</title><id>tag:example.org,2024:1</id>'
        '<link rel="self" href="https://news.example.org/1.atom"/><link href="https://news.example.org/tide"/>'
        '<link rel="enclosure" href="https://news.example.org/tide.mp3"/><published>2024-05-17T08:00:00Z</published>'
        "<updated>2024-05-17T09:00:00Z</updated></entry>"
    )
    link = only(ATOM.format(entry))
    assert (link.url, link.title) == ("https://news.example.org/tide", "Tide & tables")
    assert (link.published_at, link.modified_at) == (EIGHT, NINE)


def test_an_updated_alone_is_a_change_in_atom_and_no_publication():
    entry = '<entry><link href="https://news.example.org/tide"/><updated>2024-05-17T09:00:00Z</updated></entry>'
    link = only(ATOM.format(entry))
    assert (link.published_at, link.modified_at) == (None, NINE)


def test_an_updated_that_is_the_publication_is_no_change():
    entry = (
        '<entry><link href="https://news.example.org/tide"/><published>2024-05-17T09:00:00Z</published>'
        "<updated>2024-05-17T11:00:00+02:00</updated></entry>"
    )
    assert only(ATOM.format(entry)).modified_at is None


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Fri, 17 May 2024 10:00:00 +0200", EIGHT),
        ("Fri, 17 May 2024 04:00:00 EDT", EIGHT),
        ("Fri, 17 May 2024 08:00:00 GMT", EIGHT),
        ("2024-05-17T10:00:00+02:00", EIGHT),
        ("2024-05-17T08:00:00.123Z", EIGHT),
        ("Fri, 17 May 2024", datetime(2024, 5, 17, tzinfo=UTC)),
        ("Fri, 17 May 2024 10:00:00", None),
        ("Fri, 17 May 2024 10:00:00 CEST", None),
        ("Fri, 17 May 0024 10:00:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("2999-01-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_publication_is_an_instant_or_nothing(written, read_as):
    assert item(f"<pubDate>{written}</pubDate>").published_at == read_as


def test_a_dublin_core_date_of_an_rss_item_is_its_publication():
    assert item("<dc:date>2024-05-17T10:00:00+02:00</dc:date>").published_at == EIGHT


def test_an_rss_item_that_says_when_it_was_changed():
    link = item(
        "<pubDate>Fri, 17 May 2024 08:00:00 GMT</pubDate><dcterms:modified>2024-05-17T09:00Z</dcterms:modified>"
    )
    assert (link.published_at, link.modified_at) == (EIGHT, NINE)


def test_the_full_text_is_kept_and_a_teaser_is_not():
    assert item("<description>Short.</description>").text is None
    link = item(
        "<description>Short.</description><content:encoded><![CDATA[<p>All &amp; whole</p>]]></content:encoded>"
    )
    assert link.text == "<p>All &amp; whole</p>"


def test_a_description_that_holds_the_article_is_kept():
    article = "&lt;p&gt;" + "Water stood high. " * 40 + "&lt;/p&gt;"
    text = item(f"<description>{article}</description>").text
    assert text is not None
    assert text.startswith("<p>Water stood high.")


def test_atom_content_is_a_text_and_a_film_is_none():
    entry = '<entry><link href="https://news.example.org/tide"/><content type="{}">{}</content></entry>'
    assert only(ATOM.format(entry.format("html", "&lt;p&gt;All&lt;/p&gt;"))).text == "<p>All</p>"
    assert only(ATOM.format(entry.format("video/mp4", "AAAA"))).text is None


def test_scripts_in_a_text_are_left_to_the_transform():
    text = item("<content:encoded>&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;A&lt;/p&gt;</content:encoded>").text
    assert text == "<script>x()</script><p>A</p>"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("<![CDATA[<b>High</b>&nbsp;tide]]>", "High tide"),
        ("  High\n tide ", "High tide"),
        ("A &amp;amp; B", "A & B"),
        ("cafe\u0301", "café"),
        ("3 &lt; 4", "3 < 4"),
        ("High&nbsp;tide", "High tide"),
        ("high\u200btide", "hightide"),
        ("", None),
    ],
)
def test_a_title_is_plain_text(written, title):
    assert (
        only(RSS.format(f"<item><title>{written}</title><link>https://news.example.org/1</link></item>")).title == title
    )


def test_a_title_without_end_is_cut():
    endless = RSS.format(f"<item><link>https://news.example.org/1</link><title>{'&lt;!--' * 50_000}</title></item>")
    assert len(only(endless).title) == 2000


def test_the_article_s_address_is_preferred_to_the_counting_one():
    link = item("<feedburner:origLink>https://news.example.org/origin?utm_source=feed</feedburner:origLink>")
    assert link.url == "https://news.example.org/origin"


def test_a_permalink_stands_for_a_missing_link():
    assert only(RSS.format("<item><guid>https://news.example.org/g</guid></item>")).url == "https://news.example.org/g"


def test_a_guid_that_is_no_permalink_and_a_name_in_atom_are_no_links():
    guid = '<item><title>T</title><guid isPermaLink="false">https://news.example.org/?p=1</guid></item>'
    for feed in (RSS.format(guid), ATOM.format("<entry><title>T</title><id>tag:example.org,2024:1</id></entry>")):
        (entry,) = read(feed).problems
        assert (entry.reason, entry.detail) == (Reason.MALFORMED_INPUT, "an entry without a link (T)")


def test_an_enclosure_is_no_link():
    enclosed = '<item><enclosure url="https://news.example.org/a.mp3" type="audio/mpeg" length="1"/></item>'
    result = read(RSS.format(enclosed))
    assert result.links == ()
    assert len(result.problems) == 1


def test_relative_links_are_meant_from_the_feed_or_its_base():
    relative = '<entry><link href="tide?a=1&amp;b=2"/></entry>'
    assert only(ATOM.format(relative)).url == "https://news.example.org/feeds/tide?a=1&b=2"
    based = ATOM.replace("<feed", '<feed xml:base="https://www.example.org/news/"')
    assert only(based.format(relative)).url == "https://www.example.org/news/tide?a=1&b=2"


@pytest.mark.parametrize(
    "bad", ["javascript:alert(1)", "file:///etc/passwd", "ftp://example.org/x", "data:text/html,x"]
)
def test_a_link_to_no_web_page_is_refused_and_the_rest_is_read(bad):
    result = read(RSS.format(f"<item><link>{bad}</link></item>" + ITEM.format("")))
    assert len(result.links) == 1
    (refused,) = result.problems
    assert refused.reason is Reason.ADDRESS_REFUSED
    assert refused.url is not None
    assert refused.url.startswith(bad[:5])


def test_credentials_are_not_kept():
    assert (
        only(RSS.format("<item><link>https://a:b@news.example.org/1</link></item>")).url == "https://news.example.org/1"
    )
    (refused,) = read(RSS.format("<item><link>ftp://a:b@news.example.org/1</link></item>")).problems
    assert refused.url == "ftp://news.example.org/1"


def test_the_first_of_two_entries_with_one_link_stays():
    second = "<item><title>Again</title><link>https://news.example.org/tide?utm_medium=rss</link></item>"
    assert only(RSS.format(ITEM.format("") + second)).title == "Tide tables"


def test_an_empty_feed_lists_nothing():
    for feed in (RSS.format(""), ATOM.format(""), '{"version": "https://jsonfeed.org/version/1.1", "items": []}'):
        assert read(feed) == Listing()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n",
        b"<!doctype html><html><head><title>Not found</title></head><body><p>x</p></body></html>",
        b"<html><body><feed>x</feed></body></html>",
        b"\x00\x01\x02\xff\xfe",
        b"https://news.example.org/feed",
        b"/etc/passwd",
        b"<?xml version='1.0'?><urlset><url><loc>https://news.example.org/1</loc></url></urlset>",
        b"{}",
        b"[1]",
        b'{"version": "https://jsonfeed.org/version/1.1", "items": {}}',
        b"{" * 100_000,
        b'{"a":' * 100_000,
        b"<rss",
        b"<rss><channel>",
    ],
)
def test_what_is_no_feed_is_one_problem_in_one_line(body):
    refused = problem(body)
    assert refused.reason is Reason.MALFORMED_INPUT
    assert "\n" not in refused.detail


def test_broken_xml_is_read_as_far_as_it_goes():
    links = read(
        RSS.format(
            "<item><link>https://news.example.org/1</link><description>A <b>&nbsp; C < D</description></item>"
            + ITEM.format("")
        )
    )
    assert [link.url for link in links.links] == ["https://news.example.org/1", "https://news.example.org/tide"]


def test_words_before_the_feed_and_forbidden_characters_do_no_harm():
    feed = "\n\n<br />\n<b>Warning</b>: a script\n" + RSS.format("<item><link>https://news.example.org/1</link></item>")
    assert only(feed.replace("The Harbour", "The \x0b Harbour")).url == "https://news.example.org/1"


def test_a_feed_that_breaks_off_gives_what_it_has_and_says_so():
    whole = RSS.format(ITEM.format("") + ITEM.format("").replace("tide<", "ebb<"))
    result = read(whole[: whole.rindex("ebb") + 1])
    assert [link.url for link in result.links] == ["https://news.example.org/tide"]
    assert "breaks off" in result.problems[-1].detail


@pytest.mark.parametrize(
    ("written", "declared", "header"),
    [
        ("gb18030", "gb2312", None),
        ("gb18030", "utf-8", "gbk"),
        ("gb18030", "utf-8", None),
        ("utf-8", "gb2312", "gb2312"),
        ("utf-8", "iso-8859-1", "iso-8859-1"),
        ("utf-8-sig", "gbk", None),
        ("utf-16", "utf-16", None),
        ("big5", "big5", "big5"),
    ],
)
def test_the_charset_is_the_one_that_fits(written, declared, header):
    title = "港口水位今天上午达到全年最高，渔船全部留在港内" if written != "big5" else "港口水位今天上午最高"
    feed = RSS.replace('encoding="utf-8"', f'encoding="{declared}"').replace("The Harbour", "港口新闻报道每天更新" * 20)
    if written == "big5":
        feed = feed.replace("港口新闻报道每天更新", "港口水位")
    body = feed.format(f"<item><title>{title}</title><link>https://news.example.org/1</link></item>").encode(written)
    assert only(body, charset=header).title == title


def test_entities_are_not_expanded():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    feed = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>' + RSS.split("?>", 1)[1].format(
        "<item><title>&l9;</title><link>https://news.example.org/1</link></item>"
    )
    assert only(feed).title == "&l9;"


def test_no_file_is_read_for_an_entity(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("tell nobody", encoding="utf-8")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    inside = "<item><title>A &x;</title><link>https://news.example.org/1</link></item>"
    result = read(doctype + RSS.split("?>", 1)[1].format(inside))
    assert "tell nobody" not in str(result)
    assert len(result.links) == 1


def test_five_thousand_items_are_five_thousand_links():
    items = "".join(f"<item><title>T{n}</title><link>https://news.example.org/{n}</link></item>" for n in range(5000))
    result = read(RSS.format(items))
    assert [link.title for link in result.links] == [f"T{n}" for n in range(5000)]


def test_what_is_past_the_cap_is_counted(monkeypatch):
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 3)
    items = "".join(f"<item><link>https://news.example.org/{n}</link></item>" for n in range(5))
    result = read(RSS.format(items))
    assert len(result.links) == 3
    (left,) = result.problems
    assert (left.reason, left.detail) == (Reason.RESOURCE_LIMIT, "2 entries past the first 3 were not read")


def test_entries_without_a_link_count_towards_the_cap(monkeypatch):
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 3)
    assert len(read(RSS.format("<item><title>T</title></item>" * 9)).problems) == 3 + 1


def test_a_feed_of_too_many_tags_is_refused_unread():
    assert problem("<rss>" + "<a>" * 500_001).reason is Reason.RESOURCE_LIMIT


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_a_json_feed_is_a_feed(version):
    entry = {
        "id": "1",
        "url": "/tide",
        "title": "Tide <i>tables</i>",
        "content_html": "<p>All</p>",
        "content_text": "All",
        "date_published": "2024-05-17T10:00:00+02:00",
        "date_modified": "2024-05-17T09:00:00Z",
    }
    link = only(json.dumps({"version": f"https://jsonfeed.org/version/{version}", "items": [entry]}))
    assert (link.url, link.title, link.text) == ("https://news.example.org/tide", "Tide tables", "<p>All</p>")
    assert (link.published_at, link.modified_at) == (EIGHT, NINE)


def test_json_entries_of_wrong_types_are_problems_one_by_one():
    items = [
        7,
        None,
        {},
        {"url": 3},
        {"id": "x"},
        {"url": "file:///x"},
        {"id": "https://news.example.org/1", "title": 4},
    ]
    result = read(json.dumps({"version": "https://jsonfeed.org/version/1", "items": items}))
    assert [link.url for link in result.links] == ["https://news.example.org/1"]
    assert len(result.problems) == 6


@given(st.binary(max_size=300))
def test_any_bytes_are_a_listing_or_a_problem(body):
    assert isinstance(read(body), Listing | Problem)


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_feed_is_a_listing_or_a_problem(data):
    whole = data.draw(st.sampled_from([RSS.format(ITEM.format("<pubDate>Fri, 17 May 2024</pubDate>")), RDF])).encode()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 40)))
    piece = data.draw(
        st.one_of(st.binary(max_size=20), st.sampled_from([b"<", b"]]>", b"<![CDATA[", b"<!--", b"&#x0;"]))
    )
    assert isinstance(read(whole[:start] + piece + whole[end:]), Listing | Problem)
