"""What an answer is worth: bodies of every kind, statements against keeping them, and pages that are held already."""

import socket
from dataclasses import replace

import pytest

from tests.flows.extract.fetch.torture import (
    answer,
    brotli_bomb,
    chunked,
    dripping,
    flooding,
    gzip_bomb,
    saying,
    saying_once,
    serving,
)
from tests.flows.extract.poll.polling import START, Polled, feed_at, list_of, serve, source_of, story
from tests.flows.loopback import Response, feed
from warehouse.model import Outcome, PageKind, Policy, Reason, SourceKind, hash_of

HTML = "Content-Type: text/html"
PAGE = story().body


def fetched_badly(web, behaviour, **wishes) -> tuple[Polled, str]:
    """A poll of one page of a bad server, which has no rules, beside a good page of another host."""

    def with_rules(connection, head, stop):
        if b"/robots.txt" in head or b"/.well-known" in head:
            return saying(answer(status="404 Not Found"))(connection, head, stop)
        return behaviour(connection, head, stop)

    serve(web.host, {"/good": story()})
    hasty = replace(web.settings, request_seconds=0.4, max_page_bytes=1_000_000)
    with serving(with_rules) as server:
        polled = web.poll(
            list_of(f"{server.url}bad", name="bad", **wishes),
            list_of(f"{web.host.url}/good", name="good"),
            settings=hasty,
        )
    assert "/good" in polled.documents
    return polled, f"{server.url}bad"


BAD = {
    "drip": (dripping(answer(b"<html>", length=500, headers=[HTML]), b"x"), Reason.TIMEOUT),
    "cut": (saying_once(answer(PAGE, length=len(PAGE) + 9, headers=[HTML])), Reason.UNREACHABLE),
    "endless": (flooding(chunked(end=b""), b"8000\r\n" + b"<br>" * 8192 + b"\r\n"), Reason.TOO_LARGE),
    "silent chunks": (dripping(chunked(end=b""), b""), Reason.TIMEOUT),
    "broken chunks": (saying_once(chunked(PAGE, end=b"zz\r\n")), Reason.UNREACHABLE),
    "gzip bomb": (saying(answer(gzip_bomb(9_000_000), headers=[HTML, "Content-Encoding: gzip"])), Reason.TOO_LARGE),
    "brotli bomb": (saying(answer(brotli_bomb(9_000_000), headers=[HTML, "Content-Encoding: br"])), Reason.TOO_LARGE),
    "no gzip": (saying(answer(PAGE, headers=[HTML, "Content-Encoding: gzip"])), Reason.BAD_ENCODING),
    "unknown packing": (saying(answer(PAGE, headers=[HTML, "Content-Encoding: sdch"])), Reason.BAD_ENCODING),
    "large": (saying(answer(b"<p>" * 400_000, headers=[HTML])), Reason.TOO_LARGE),
}


@pytest.mark.parametrize("name", BAD)
def test_a_body_that_cannot_be_had_is_a_reject_and_the_run_goes_on(web, name):
    behaviour, reason = BAD[name]
    polled, url = fetched_badly(web, behaviour)
    (reject,) = polled.rejects
    assert (reject.url, reject.reason) == (url, reason)
    (fetch,) = [fetch for fetch in polled.fetches if fetch.requested_url == url]
    assert (fetch.outcome, fetch.reason) == (Outcome.REJECT, reason)
    assert reject.rejected_at == fetch.fetched_at


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7 ...", "text/html"),
        (b"%PDF-1.7 ...", "application/pdf"),
        (b'{"title": "A story"}', "application/json"),
        (b"\x89PNG\r\n\x1a\n", "text/html"),
        (b"PK\x03\x04<html>", "text/html"),
        (b"A story without a tag.", "text/html"),
        (b"A story without a tag.", "text/plain"),
        (b"<rss version='2.0'><channel></channel></rss>", "text/html"),
    ],
)
def test_what_is_no_page_is_refused_whatever_it_is_called(web, body, content_type):
    serve(web.host, {"/a": Response(body, content_type=content_type)})
    polled = web.poll(list_of(f"{web.host.url}/a"))
    assert polled.reasons == {"/a": Reason.NOT_HTML}
    assert polled.rejects[0].digest == hash_of([body])


@pytest.mark.parametrize(
    "content_type", ["text/html", "application/xhtml+xml", "text/plain", "application/octet-stream", ""]
)
def test_a_page_is_one_whatever_it_is_called(web, content_type):
    serve(web.host, {"/a": replace(story(), content_type=content_type)})
    assert list(web.poll(list_of(f"{web.host.url}/a")).documents) == ["/a"]


@pytest.mark.parametrize(
    ("answered", "detail"),
    [
        (Response(), "an empty page"),
        (Response(b" \r\n"), "an empty page"),
        (Response(status=206), "an empty page"),
        (Response(status=204), "status 204 without a page"),
        (replace(story("One moment"), status=202), "status 202 without a page"),
    ],
    ids=["empty", "blank", "empty part", "none", "later"],
)
def test_a_success_without_a_page_is_a_reject_and_asked_for_again(web, answered, detail):
    places = serve(web.host, {"/a": answered})
    (reject,) = web.poll(list_of(f"{web.host.url}/a")).rejects
    assert (reject.reason, reject.detail) == (Reason.HTTP_STATUS, detail)
    places["/a"] = story()
    web.clock.sleep(24 * 3600)
    assert list(web.poll(list_of(f"{web.host.url}/a")).documents) == ["/a"]


STATEMENTS = {
    "meta noindex": (b'<meta name="robots" content="noindex, follow">', ()),
    "meta for us": (b'<meta name="broadsheet" content="noarchive">', ()),
    "meta noai": (b'<meta name="robots" content="noai">', ()),
    "meta reservation": (b'<meta name="tdm-reservation" content="1">', ()),
    "header": (b"", (("X-Robots-Tag", "noindex"),)),
    "header for us": (b"", (("X-Robots-Tag", "otherbot: all"), ("X-Robots-Tag", "broadsheet: none"))),
    "header reservation": (b"", (("tdm-reservation", "1"), ("tdm-policy", "https://example.org/p.json"))),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_page_that_forbids_it_is_not_kept(web, name):
    meta, headers = STATEMENTS[name]
    page = replace(story(), body=PAGE.replace(b"</head>", meta + b"</head>"), headers=headers)
    serve(web.host, {"/a": page})
    polled = web.poll(list_of(f"{web.host.url}/a"))
    assert polled.reasons == {"/a": Reason.ROBOTS_DENIED}
    assert not polled.documents
    recorded = web.poll(list_of(f"{web.host.url}/a", name="other", policy=Policy.RECORD), is_plan=True)
    assert not recorded.planned, "what was refused is not asked for again within a day, whoever wants it"


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_policy_of_record_keeps_the_page_with_what_it_states(web, name):
    meta, headers = STATEMENTS[name]
    page = replace(story(), body=PAGE.replace(b"</head>", meta + b"</head>"), headers=headers)
    serve(web.host, {"/a": page})
    kept = web.poll(list_of(f"{web.host.url}/a", policy=Policy.RECORD)).documents["/a"]
    assert kept.robots_statements or kept.opt_out_statements


def test_a_feed_with_a_statement_is_read(web):
    """What is said of a feed is about listing the feed itself."""
    listed = replace(feed([(f"{web.host.url}/a", "A", START, None)]), headers=(("X-Robots-Tag", "noindex"),))
    serve(web.host, {"/feed": listed, "/a": story()})
    polled = web.poll(feed_at(web.host))
    assert list(polled.documents) == ["/a"]
    assert [page.robots_statements for page in polled.pages if page.kind is PageKind.FEED] == [
        ("x-robots-tag: noindex",)
    ]


def test_a_page_that_began_to_forbid_it_leaves_what_is_held(web):
    places = serve(web.host, {"/a": story()})
    source = list_of(f"{web.host.url}/a")
    web.poll(source)
    places["/a"] = replace(story("New"), headers=(("X-Robots-Tag", "noindex"),))
    assert web.poll(source).reasons == {"/a": Reason.ROBOTS_DENIED}
    places["/a"] = story("New")
    web.clock.sleep(24 * 3600)
    assert list(web.poll(source).documents) == ["/a"]


def test_a_bomb_in_place_of_a_feed_is_a_reject_and_a_shortfall(web):
    serve(web.host, {"/good": story()})
    packed = answer(gzip_bomb(9_000_000), headers=["Content-Encoding: gzip"])
    with serving(saying(packed)) as server:
        bad = source_of(SourceKind.FEED, server.url + "feed")
        hasty = replace(web.settings, max_page_bytes=1_000_000)
        polled = web.poll(bad, list_of(f"{web.host.url}/good", name="good"), settings=hasty)
    assert list(polled.documents) == ["/good"]
    assert [reject.reason for reject in polled.rejects] == [Reason.TOO_LARGE]
    assert len(polled.shortfalls) == 1


def test_a_name_whose_address_turns_private_is_refused_at_the_moment_of_asking(web, guarded):
    """The first answers are public, the next is where it must not reach."""
    serve(web.host, {f"/{number}": story(str(number)) for number in range(4)})
    names = socket.getaddrinfo
    names.answers["flip.example"] = [["93.184.215.14"], ["127.0.0.1"], ["10.0.0.7"], ["169.254.169.254"]]
    urls = [f"http://flip.example:{web.host.port}/{number}" for number in range(4)]
    web.poll(list_of(*urls, allow_private=False))
    assert set(guarded) <= {"93.184.215.14"}
