"""Records of what was fetched: addresses as they were asked for, times that can be, hints of whoever named a page."""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.flows.extract.poll.polling import HOUR, START, feed_at, list_of, moved, serve, source_of, story
from tests.flows.loopback import Response, feed
from warehouse.model import PageKind, Reason, SourceKind, TimeMeaning


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("/stra\u00dfe", "/stra%C3%9Fe"),
        ("/\u65b0\u805e/\u4e00", "/%E6%96%B0%E8%81%9E/%E4%B8%80"),
        ("/a%20b", "/a%20b"),
        ("/a%2Fb", "/a%2Fb"),
        ("/%e4%b8%80", "/%E4%B8%80"),
        ("/a?id=7&page=2", "/a?id=7&page=2"),
        ("/a?q=%E6%96%B0&x=\u65b0", "/a?q=%E6%96%B0&x=%E6%96%B0"),
        ("/a?id=7&utm_source=feed#top", "/a?id=7"),
        ("/a;jsessionid=1", "/a;jsessionid=1"),
        ("/A/../b", "/b"),
    ],
)
def test_an_address_is_asked_for_as_it_is_written(web, written, asked):
    serve(web.host, {asked: story(), "/feed": feed([(web.host.url + written.replace("&", "&amp;"), "A", START, None)])})
    assert len(web.poll(feed_at(web.host)).documents) == 1
    assert web.asked() == ["/feed", asked]


def test_a_page_says_where_it_ended_when_it_was_asked_for_and_who_named_it(web):
    serve(
        web.host,
        {"/feed": feed([(f"{web.host.url}/a", "A title", START - HOUR, None)]), "/a": moved("/b"), "/b": story()},
    )
    polled = web.poll(feed_at(web.host))
    page = polled.documents["/a"]
    listing = next(page for page in polled.pages if page.kind is PageKind.FEED)
    assert (page.requested_url, page.url) == (f"{web.host.url}/a", f"{web.host.url}/b")
    assert (page.hint_title, page.hint_published_at) == ("A title", START - HOUR)
    assert page.hint_published_kind is TimeMeaning.PUBLICATION
    assert page.location == listing.page_id
    assert (page.content_type, page.charset, page.source) == ("text/html", "utf-8", "feed")
    fetch = next(fetch for fetch in polled.fetches if fetch.page_id == page.page_id)
    assert fetch.fetched_at == page.captured_at
    assert START <= page.captured_at <= web.clock.now()


def test_times_follow_the_order_of_asking(web):
    paths = [f"/{number}" for number in range(4)]
    serve(web.host, {path: story(path) for path in paths})
    pages = web.poll(list_of(*(web.host.url + path for path in paths))).documents.values()
    times = [page.captured_at for page in pages]
    assert times == sorted(set(times))
    assert min(later - earlier for earlier, later in pairwise(times)) >= timedelta(seconds=1)


def test_the_log_counts_what_came_over_the_wire(web):
    serve(web.host, {"/a": story()})
    polled = web.poll(list_of(f"{web.host.url}/a"))
    (fetch,) = [fetch for fetch in polled.fetches if fetch.kind is PageKind.DOCUMENT]
    assert 0 < fetch.received_bytes < len(story().body)
    assert fetch.host == f"127.0.0.1:{web.host.port}"


@pytest.mark.parametrize(
    "content_type", ["text/html;charset", 'text/html; charset="utf-8', "", ";", "html", "\u00e9/x; q"]
)
def test_a_broken_content_type_breaks_nothing(web, content_type):
    serve(web.host, {"/a": Response(story().body, content_type=content_type.encode().decode("latin-1"))})
    assert list(web.poll(list_of(f"{web.host.url}/a")).documents) == ["/a"]


LINES = """
# addresses
{host}/a

not an address
file:///etc/passwd
javascript:alert(1)
http://user:hunter2@{port}/b
http://[::1
http://169.254.169.254/latest/meta-data/
http://localhost:1/
{host}/a
"""


def test_each_line_of_a_list_comes_to_an_end(web, caplog):
    caplog.set_level("DEBUG")
    serve(web.host, {"/a": story(), "/b": story("B")})
    content = LINES.format(host=f"http://news.example:{web.host.port}", port=f"127.0.0.1:{web.host.port}")
    polled = web.poll(source_of(SourceKind.URL_LIST, content, allow_private=False))
    ends = {reject.url: reject.reason for reject in polled.rejects}
    assert ends.pop("not an address") is Reason.MALFORMED_INPUT
    assert ends.pop("http://[::1") is Reason.MALFORMED_INPUT
    assert ends.pop(f"http://news.example:{web.host.port}/a") is Reason.UNREACHABLE
    assert set(ends.values()) == {Reason.ADDRESS_REFUSED}
    assert len(ends) == 5
    assert web.host.log == []
    assert "hunter2" not in repr(polled.items) + caplog.text


def test_a_list_in_a_file_is_read_and_one_that_is_gone_harms_no_other(web, tmp_path):
    serve(web.host, {"/a": story()})
    (tmp_path / "list.txt").write_text(f"{web.host.url}/a\n", encoding="utf-16")
    there = source_of(SourceKind.URL_LIST, str(tmp_path / "list.txt"), name="there")
    gone = source_of(SourceKind.URL_LIST, str(tmp_path / "gone.txt"), name="gone")
    polled = web.poll(gone, there)
    assert list(polled.documents) == ["/a"]
    assert [reject.reason for reject in polled.rejects] == [Reason.MALFORMED_INPUT]
    assert polled.shortfalls == [f"source gone: {gone.location}: the list cannot be read (No such file or directory)"]
