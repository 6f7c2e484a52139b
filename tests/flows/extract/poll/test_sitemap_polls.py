"""Sitemaps as sites send them: indexes, packed, without end; and how far a poll follows them."""

import gzip
from dataclasses import replace
from datetime import timedelta

import pytest

from flows.extract.poll import agenda
from tests.flows.extract.poll.polling import HOUR, START, index, robots, serve, sitemap, sitemap_at, story
from tests.flows.loopback import Response
from warehouse.model import Page, Reason

NEWS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>{url}/a</loc><news:news><news:publication_date>2026-11-23T05:00:00+00:00</news:publication_date>
<news:title>A title</news:title></news:news></url></urlset>"""


def of(host, *paths, modified=None):
    return [(host.url + path, modified) for path in paths]


def test_a_packed_sitemap_is_unpacked(web):
    packed = gzip.compress(sitemap(*of(web.host, "/a")).body)
    serve(web.host, {"/map.xml.gz": Response(packed, content_type="application/gzip"), "/a": story()})
    assert list(web.poll(sitemap_at(web.host, "/map.xml.gz")).documents) == ["/a"]


def test_a_bomb_of_a_sitemap_is_a_reject(web):
    packed = gzip.compress(b"<urlset>" + bytes(60_000_000), 9)
    serve(web.host, {"/sitemap.xml": Response(packed, content_type="application/gzip")})
    polled = web.poll(sitemap_at(web.host))
    assert polled.reasons == {"/sitemap.xml": Reason.TOO_LARGE}
    assert len(polled.shortfalls) == 1


def test_a_news_sitemap_gives_its_hints(web):
    serve(web.host, {"/sitemap.xml": Response(NEWS.format(url=web.host.url).encode()), "/a": story()})
    page = web.poll(sitemap_at(web.host)).documents["/a"]
    assert (page.hint_title, page.hint_published_at) == ("A title", START - HOUR)


def test_a_sitemap_of_an_index_is_asked_for_only_where_it_has_changed(web):
    old, new = (START - HOUR).isoformat(), (START + timedelta(hours=1, minutes=30)).isoformat()
    places = serve(web.host, {"/1.xml": sitemap(*of(web.host, "/a")), "/2.xml": sitemap(*of(web.host, "/b"))})
    places["/sitemap.xml"] = index(*of(web.host, "/1.xml", "/2.xml", modified=old))
    places |= {"/a": story(), "/b": story(), "/c": story()}
    source = sitemap_at(web.host)
    web.poll(source)
    web.asked()
    web.poll(source)
    assert web.asked() == ["/sitemap.xml"]
    places["/sitemap.xml"] = index(*of(web.host, "/1.xml", modified=old), *of(web.host, "/2.xml", modified=new))
    places["/2.xml"] = sitemap(*of(web.host, "/b", "/c"))
    assert list(web.poll(source).documents) == ["/c"]
    assert web.asked() == ["/sitemap.xml", "/2.xml", "/c"]


def test_sitemaps_of_an_index_that_gives_no_dates_are_asked_for_on_conditions(web):
    places = serve(web.host, {"/1.xml": sitemap(*of(web.host, "/a")), "/a": story(), "/b": story()})
    places["/sitemap.xml"] = index(*of(web.host, "/1.xml"))
    source = sitemap_at(web.host)
    web.poll(source)
    web.host.log.clear()
    web.poll(source)
    assert [(asked.path, asked.status) for asked in web.host.log] == [("/sitemap.xml", 304), ("/1.xml", 304)]
    places["/1.xml"] = sitemap(*of(web.host, "/a", "/b"))
    assert list(web.poll(source).documents) == ["/b"]


def test_a_sitemap_that_an_index_dates_by_the_day_is_asked_for_until_that_day_is_over(web):
    """It goes on growing under the same date: what came after the first look would be lost for ever."""
    today = f"{START:%Y-%m-%d}"
    places = serve(web.host, {"/1.xml": sitemap(*of(web.host, "/a")), "/a": story(), "/b": story()})
    places["/sitemap.xml"] = index(*of(web.host, "/1.xml", modified=today))
    source = sitemap_at(web.host)
    web.poll(source)
    places["/1.xml"] = sitemap(*of(web.host, "/a", "/b"))
    web.clock.sleep(12 * 3600)
    assert list(web.poll(source).documents) == ["/b"]
    web.clock.sleep(36 * 3600)
    web.poll(source)
    web.asked()
    web.poll(source)
    assert web.asked() == ["/sitemap.xml"]


def test_a_sitemap_of_an_index_that_failed_is_asked_for_again(web):
    old = (START - HOUR).isoformat()
    places = serve(web.host, {"/sitemap.xml": index(*of(web.host, "/1.xml", modified=old)), "/a": story()})
    source = sitemap_at(web.host)
    polled = web.poll(source)
    assert polled.reasons == {"/1.xml": Reason.NOT_FOUND}
    assert len(polled.shortfalls) == 1
    places["/1.xml"] = sitemap(*of(web.host, "/a"))
    assert list(web.poll(source).documents) == ["/a"]


def test_an_index_that_names_itself_is_read_once(web):
    serve(
        web.host,
        {
            "/sitemap.xml": index(*of(web.host, "/sitemap.xml", "/2.xml")),
            "/2.xml": index(*of(web.host, "/sitemap.xml")),
        },
    )
    polled = web.poll(sitemap_at(web.host))
    assert web.asked() == ["/sitemap.xml", "/2.xml"]
    assert not polled.rejects


def test_sitemaps_without_end_are_left_three_deep_and_said(web):
    web.host.answers = lambda path: (
        None if "/robots" in path or "tdmrep" in path else index(*of(web.host, f"{path}x")) if path != "/0" else story()
    )
    polled = web.poll(sitemap_at(web.host, "/map"))
    assert web.asked() == ["/map", "/mapx", "/mapxx", "/mapxxx"]
    assert [reject.reason for reject in polled.rejects] == [Reason.RESOURCE_LIMIT]
    assert len(polled.shortfalls) == 1
    assert "were not read" in polled.shortfalls[0]


def test_an_index_of_many_is_read_up_to_a_bound_and_said(web, monkeypatch):
    monkeypatch.setattr(agenda, "MOST_LISTINGS", 5)
    names = [f"/{number}.xml" for number in range(9)]
    serve(web.host, {"/sitemap.xml": index(*of(web.host, *names))} | {name: sitemap() for name in names})
    polled = web.poll(sitemap_at(web.host))
    assert len(web.asked()) == 6
    assert [reject.reason for reject in polled.rejects] == [Reason.RESOURCE_LIMIT]
    assert polled.shortfalls[0].count("4 listings") == 1


def test_one_sources_bound_is_not_anothers(web, monkeypatch):
    monkeypatch.setattr(agenda, "MOST_LISTINGS", 2)
    for host in web.hosts:
        serve(host, {"/sitemap.xml": index(*of(host, "/1.xml", "/2.xml")), "/1.xml": sitemap(), "/2.xml": sitemap()})
    assert not web.poll(*(sitemap_at(host, name=f"outlet{host.port}") for host in web.hosts)).shortfalls


def test_a_site_whose_robots_txt_names_no_sitemap_is_searched_in_the_usual_places(web):
    serve(
        web.host,
        {"/sitemap_index.xml": index(*of(web.host, "/1.xml")), "/1.xml": sitemap(*of(web.host, "/a")), "/a": story()},
    )
    source = sitemap_at(web.host, "/")
    assert list(web.poll(source).documents) == ["/a"]
    assert web.asked() == ["/sitemap.xml", "/sitemap_index.xml", "/1.xml", "/a"]
    web.poll(source)
    assert web.asked() == ["/sitemap_index.xml", "/1.xml"]


def test_the_sitemaps_of_a_robots_txt_are_addresses_as_in_any_listing(web, caplog):
    """A place on the site is one; a password is used, kept and logged nowhere; what is no web address is said."""
    caplog.set_level("DEBUG")
    port = web.host.port
    lines = [
        "/here.xml",
        f"http://user:hunter2@127.0.0.1:{port}/there.xml",
        f"http://127.0.0.1:{port}/there.xml",
        "ftp://user:hunter2@files.example/x.xml",
    ]
    places = serve(web.host, {"/robots.txt": robots("\n".join(f"Sitemap: {line}" for line in lines))})
    places |= {"/here.xml": sitemap(*of(web.host, "/a")), "/a": story()}
    polled = web.poll(sitemap_at(web.host, "/"))
    assert web.asked() == ["/here.xml", "/there.xml", "/a"]
    assert {(reject.url, reject.reason) for reject in polled.rejects} == {
        ("ftp://files.example/x.xml", Reason.ADDRESS_REFUSED),
        (f"{web.host.url}/there.xml", Reason.NOT_FOUND),
    }
    spoken = [item for item in polled.items if not isinstance(item, Page)]
    assert "hunter2" not in repr((spoken, polled.shortfalls)) + caplog.text


def test_a_site_whose_robots_txt_names_no_usable_sitemap_is_searched_in_the_usual_places(web):
    places = serve(web.host, {"/robots.txt": robots("Sitemap: ftp://user:hunter2@files.example/x.xml")})
    places |= {"/sitemap.xml": sitemap(*of(web.host, "/a")), "/a": story()}
    assert list(web.poll(sitemap_at(web.host, "/")).documents) == ["/a"]


def test_a_site_whose_robots_txt_begins_to_name_sitemaps_is_read_by_those(web):
    places = serve(web.host, {"/sitemap.xml": sitemap(*of(web.host, "/a")), "/a": story(), "/b": story()})
    source = sitemap_at(web.host, "/")
    web.poll(source)
    places |= {"/robots.txt": robots(f"Sitemap: {web.host.url}/new.xml"), "/new.xml": sitemap(*of(web.host, "/b"))}
    web.clock.sleep(24 * 3600)
    assert list(web.poll(source).documents) == ["/b"]


def test_a_site_without_any_sitemap_is_one_reject_and_one_shortfall(web):
    serve(web.host, {"/": story()})
    for _ in range(2):
        polled = web.poll(sitemap_at(web.host, "/"))
        assert len(polled.rejects) == 1
        assert len(polled.shortfalls) == 1
        assert len(web.asked()) == 4


@pytest.mark.parametrize("status", [500, 0])
def test_a_site_whose_robots_txt_cannot_be_had_is_not_searched(web, status):
    serve(web.host, {"/robots.txt": Response(status=status)})
    polled = web.poll(sitemap_at(web.host, "/"))
    assert web.asked() == []
    assert len(polled.rejects) == len(polled.shortfalls) == 1


def test_a_listing_that_failed_is_never_taken_for_an_article(web):
    """A sitemap that robots.txt forbids leaves no line in the log of requests, only its reject."""
    places = serve(web.host, {"/robots.txt": robots("User-agent: *\nDisallow: /1.xml"), "/a": story()})
    places["/sitemap.xml"] = index(*of(web.host, "/1.xml"))
    source = sitemap_at(web.host)
    assert web.poll(source).reasons == {"/1.xml": Reason.ROBOTS_DENIED}
    places |= {"/sitemap.xml": index(*of(web.host, "/2.xml")), "/2.xml": sitemap(*of(web.host, "/a"))}
    places["/robots.txt"] = robots("")
    web.clock.sleep(24 * 3600)
    web.asked()
    web.poll(source)
    assert "/1.xml" not in web.asked()


def test_a_sitemap_that_is_a_plain_list_or_a_feed_is_read_as_one(web):
    body = "".join(f"{url}\n" for url, _ in of(web.host, "/a", "/b")).encode()
    serve(web.host, {"/sitemap.txt": Response(body, content_type="text/plain"), "/a": story(), "/b": story()})
    assert list(web.poll(sitemap_at(web.host, "/sitemap.txt")).documents) == ["/a", "/b"]


def test_a_packed_sitemap_that_breaks_off_gives_what_it_holds(web):
    packed = gzip.compress(sitemap(*of(web.host, *(f"/{number}" for number in range(500)))).body)
    serve(web.host, {"/sitemap.xml": replace(Response(packed[: len(packed) // 2]), content_type="application/gzip")})
    polled = web.poll(sitemap_at(web.host), is_plan=True)
    assert 0 < len(polled.planned) < 500
    assert [reject.reason for reject in polled.rejects] == [Reason.MALFORMED_INPUT]
