"""The door to HTTP, against servers on loopback: what is sent, what is kept, and how bad answers end."""

import gzip
import threading
from time import monotonic

import pytest

from flows.extract.fetch.http import Answer, Failure, Http
from tests.flows.extract.fetch import torture
from tests.flows.extract.fetch.torture import answer, ask, ask_once, chunked, saying, saying_once, serving
from warehouse.model import Header, Reason
from warehouse.settings import Settings, SettingsError

PAGE = b"<html><title>Harbour reopens</title></html>" * 40
PACKED = gzip.compress(PAGE, mtime=0)


@pytest.fixture
def limits(tmp_path):
    return Settings(root=tmp_path / "data", request_seconds=5, max_page_bytes=1_000_000)


def test_a_page_comes_with_its_status_headers_and_body(http):
    got = ask_once(http, saying(answer(PAGE, headers=["Content-Type: text/html", "X-Note: a", "X-Note: b"])))
    assert (got.status, got.body, got.received_bytes) == (200, PAGE, len(PAGE))
    assert got.header("content-TYPE") == "text/html"
    assert [header for header in got.headers if header.name == "X-Note"] == [
        Header("X-Note", "a"),
        Header("X-Note", "b"),
    ]


def test_the_request_says_who_asks_and_what_it_can_read(http, limits):
    with serving(saying(answer(PAGE))) as server:
        ask(http, server, "path?q=1")
    assert server.requests[0].startswith(b"GET /path?q=1 HTTP/1.1\r\n")
    assert server.header("User-Agent") == limits.user_agent
    assert server.header("Accept-Encoding") == "gzip, deflate, br"
    assert "text/html" in server.header("Accept")
    assert server.header("If-None-Match") is None


def test_an_unchanged_page_is_asked_for_with_its_etag_and_answers_304(http):
    with serving(torture.with_etag(PAGE, '"v1"')) as server:
        first, second = ask(http, server), ask(http, server, etag='"v1"', last_modified="Mon, 06 Jan 2025 10:00:00 GMT")
    assert (first.status, first.header("ETag")) == (200, '"v1"')
    assert (second.status, second.body) == (304, b"")
    assert server.header("If-Modified-Since") == "Mon, 06 Jan 2025 10:00:00 GMT"
    assert server.connection_count == 1


@pytest.mark.parametrize("etag", ['"a\r\nX-Evil: 1"', '"é"'])
def test_an_etag_that_is_no_plain_text_is_left_out(http, etag):
    with serving(saying(answer(PAGE))) as server:
        assert ask(http, server, etag=etag).status == 200
    assert server.header("If-None-Match") is None
    assert server.header("X-Evil") is None


def test_cookies_are_not_sent_back(http):
    with serving(saying(answer(PAGE, headers=["Set-Cookie: visit=1; Path=/"]))) as server:
        ask(http, server)
        ask(http, server)
    assert server.header("Cookie") is None


def test_the_environments_proxy_and_netrc_are_not_used(http, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login reader password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with serving(saying(answer(PAGE))) as server:
        assert ask(http, server).status == 200
    assert server.header("Authorization") is None


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect"])
def test_a_redirect_is_handed_back_and_not_followed(http, status):
    with serving(
        saying(answer(b"<a>here</a>", status=status, headers=["Location: /früh".encode().decode("latin-1")]))
    ) as server:
        got = ask(http, server)
        again = ask(http, server)
    assert (got.header("Location"), got.body, again.status) == ("/früh", b"", int(status[:3]))
    assert (len(server.requests), server.connection_count) == (2, 1)


def test_the_endless_body_of_a_redirect_is_not_read(http):
    bomb = torture.gzip_bomb(50_000_000)
    got = ask_once(
        http, saying_once(answer(bomb, status="302 Found", headers=["Location: /", "Content-Encoding: gzip"]))
    )
    assert (got.status, got.body, got.received_bytes) == (302, b"", 0)


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error", "429 Too Many Requests"])
def test_an_error_is_an_answer_without_a_body_and_keeps_its_connection(http, status):
    with serving(saying(answer(b"sorry" * 100, status=status, headers=["Retry-After: 7"]))) as server:
        got = ask(http, server)
        ask(http, server)
    assert (got.status, got.body, got.header("Retry-After")) == (int(status[:3]), b"", "7")
    assert server.connection_count == 1


def test_an_error_whose_body_never_ends_is_an_answer_long_before_the_time_is_over(tmp_path, monkeypatch):
    monkeypatch.setattr("flows.extract.fetch.http.DRAINED_SECONDS", 0.1)
    behaviour = torture.dripping(b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n")
    begun = monotonic()
    with Http(Settings(root=tmp_path / "data", request_seconds=20)) as http:
        assert ask_once(http, behaviour).status == 404
    assert monotonic() - begun < 10


def test_early_hints_are_passed_over(http):
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    got = ask_once(http, saying(hints + hints + answer(PAGE)))
    assert (got.status, got.body, got.header("Link")) == (200, PAGE, None)


def test_a_body_in_chunks_is_put_together(http):
    with serving(saying(chunked(PAGE[:100], PAGE[100:]))) as server:
        assert ask(http, server).body == PAGE
        assert ask(http, server).body == PAGE
    assert server.connection_count == 1


def test_a_body_without_a_length_goes_up_to_the_end_of_the_connection(http):
    assert ask_once(http, saying_once(b"HTTP/1.0 200 OK\r\n\r\n" + PAGE)).body == PAGE


# Sizes


@pytest.mark.parametrize(
    ("coding", "bomb", "told"),
    [
        ("gzip", torture.gzip_bomb(100_000_000), "1,000,000"),
        ("deflate", torture.deflate_bomb(100_000_000), "1,000,000"),
        ("br", torture.brotli_bomb(100_000_000), "1,000,000"),
        ("gzip, gzip, gzip", torture.nested_bomb(100_000_000), "1,000,000"),
        # Much that becomes nothing: empty members, two million of them, in a few kilobytes.
        ("gzip, gzip", gzip.compress(gzip.compress(b"") * 200_000), "1,000 gzip streams"),
    ],
)
def test_a_bomb_ends_at_the_cap(http, coding, bomb, told):
    got = ask_once(http, saying_once(answer(bomb, headers=[f"Content-Encoding: {coding}"])))
    assert (got.reason, got.is_transient) == (Reason.TOO_LARGE, False)
    assert told in got.detail


def test_an_announced_length_above_the_cap_is_refused_unread(http):
    got = ask_once(http, saying_once(answer(b"", length=30_000_000)))
    assert (got.reason, got.received_bytes) == (Reason.TOO_LARGE, 0)
    assert got.detail == "30,000,000 bytes announced, above the limit of 1,000,000"


def test_a_body_of_exactly_the_cap_is_a_page(http, limits):
    assert len(ask_once(http, saying(answer(b"x" * limits.max_page_bytes))).body) == limits.max_page_bytes


@pytest.mark.parametrize(
    ("start", "wave"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Trailer: 1\r\n" * 1000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", b"x" * 65536),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    ],
    ids=["body", "chunks", "trailers", "negative chunk", "interim answers"],
)
def test_an_answer_without_end_ends_at_the_cap(http, start, wave):
    got = ask_once(http, torture.flooding(start, wave))
    assert (got.reason, got.is_transient) == (Reason.TOO_LARGE, False)


# Broken answers


@pytest.mark.parametrize(
    ("whole", "detail"),
    [
        (b"\x00\x01garbage\xff\r\n\r\n" * 5, "the answer is not HTTP"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "the answer is not HTTP"),
        (b"HTTP/1.1 two hundred\r\n\r\n", "the answer is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\nabcd", "the answer is not HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 10_000 + b"\r\n", "more than 100 headers"),
        (b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 1_000_000 + b"\r\n\r\n", "a header of more than 64 KB"),
    ],
)
def test_what_is_not_http_is_malformed(http, whole, detail):
    got = ask_once(http, saying_once(whole))
    assert (got.reason, got.detail, got.is_transient) == (Reason.MALFORMED_INPUT, detail, False)


@pytest.mark.parametrize("line", [b"no header", b"Two Words: 1", b": nameless", b" folded", b"\xff\xfe: 1", b"\0: 1"])
def test_a_line_that_is_no_header_does_not_hide_those_behind_it(http, line):
    head = b"HTTP/1.1 200 OK\r\n" + line + b"\r\nX-One: 1\r\n" + line + b"\r\nContent-Encoding: gzip\r\n"
    with serving(saying(head + b"Content-Length: %d\r\n\r\n" % len(PACKED) + PACKED)) as server:
        assert ask(http, server).body == PAGE
        assert ask(http, server).header("X-One").startswith("1")
    assert server.connection_count == 1


@pytest.mark.parametrize(
    "whole",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: text/ht",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n",
        answer(PAGE, length=len(PAGE) + 1),
        answer(b"", length=5),
        chunked(PAGE, end=b""),
        chunked(PAGE, end=b"5\r\nab"),
        chunked(PAGE, end=b"no number\r\n"),
    ],
)
def test_an_answer_that_breaks_off_is_no_short_page(http, whole):
    got = ask_once(http, saying_once(whole))
    assert (got.reason, got.is_transient) == (Reason.UNREACHABLE, True)


def test_a_connection_reset_or_closed_without_an_answer_may_be_tried_again(http):
    for behaviour in (torture.resetting, saying_once(b"")):
        with serving(behaviour) as server:
            got = ask(http, server)
        assert (got.reason, got.is_transient) == (Reason.UNREACHABLE, True)
        # The connection was a new one: trying again is for the caller to decide.
        assert len(server.requests) == 1


def test_a_refused_connection_is_unreachable(http):
    with serving(torture.silent) as server:
        pass
    got = ask(http, server)
    assert (got.reason, got.is_transient) == (Reason.UNREACHABLE, True)
    assert got.detail == "no connection: connection refused"
    assert got.sent_after == 0


def test_a_kept_connection_that_the_server_closed_is_replaced_at_once(http):
    with serving(saying_once(answer(PAGE))) as server:
        assert ask(http, server).body == PAGE
        server.ended.wait(5)
        assert ask(http, server).body == PAGE
    assert (len(server.requests), server.connection_count) == (2, 2)


def test_a_kept_connection_that_closes_on_the_second_request_is_replaced_once(http):
    def behaviour(connection, _, __):
        if len(server.requests) == 2:
            return False
        connection.sendall(answer(PAGE))
        return True

    with serving(behaviour) as server:
        assert ask(http, server).body == PAGE
        assert ask(http, server).body == PAGE
    assert (len(server.requests), server.connection_count) == (3, 2)


def test_an_answer_that_broke_off_on_a_kept_connection_is_not_asked_for_again(http):
    def behaviour(connection, _, __):
        whole = answer(PAGE)
        connection.sendall(whole if len(server.requests) == 1 else whole[:30])
        return len(server.requests) == 1

    with serving(behaviour) as server:
        assert ask(http, server).body == PAGE
        assert isinstance(ask(http, server), Failure)
    assert len(server.requests) == 2


# Time


@pytest.mark.parametrize(
    "behaviour",
    [
        torture.silent,
        torture.dripping(b"HTTP/1.1 200 OK\r\n", b"X"),
        torture.dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        torture.dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        torture.dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n"),
        torture.dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        torture.dripping(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\0\0\0\xff\xff"
        ),
    ],
    ids=["silent", "headers", "body", "chunks", "trailers", "interim answers", "gzip of nothing"],
)
def test_a_request_ends_in_time_however_its_bytes_drip(tmp_path, behaviour):
    with Http(Settings(root=tmp_path / "data", request_seconds=0.4)) as http:
        got = ask_once(http, behaviour)
    assert (got.reason, got.is_transient) == (Reason.TIMEOUT, True)
    assert got.detail == "no full answer within 0.4 seconds"


def test_a_server_that_falls_silent_is_given_up_before_the_whole_time_is_over(http, monkeypatch):
    monkeypatch.setattr("flows.extract.fetch.http_connections.READ_SECONDS", 0.2)
    got = ask_once(http, torture.silent)
    assert (got.reason, got.detail, got.is_transient) == (Reason.TIMEOUT, "nothing received within 0.2 seconds", True)


def test_the_connection_that_is_longest_unused_is_closed_when_hosts_are_many(limits, monkeypatch):
    monkeypatch.setattr("flows.extract.fetch.http.KEPT_HOSTS", 2)
    with (
        serving(saying(answer(PAGE))) as first,
        serving(saying(answer(PAGE))) as second,
        serving(saying(answer(PAGE))) as third,
        Http(limits) as http,
    ):
        assert [ask(http, server).status for server in (first, second, first, third)] == [200] * 4
        assert second.ended.wait(5)
        assert not first.ended.is_set()


def test_many_threads_use_one_door(http):
    got = []
    with serving(saying(answer(PACKED, headers=["Content-Encoding: gzip"]))) as server:
        threads = [threading.Thread(target=lambda: got.extend(ask(http, server) for _ in range(10))) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [each.body for each in got] == [PAGE] * 160
    assert server.connection_count <= 16


def test_the_answer_says_when_the_request_had_been_sent(http):
    got = ask_once(http, saying(answer(PAGE)))
    assert isinstance(got, Answer)
    assert 0 < got.sent_after < 5


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("proxy", "localhost:3128"),
        ("proxy", "socks5://127.0.0.1:9"),
        ("user_agent", "two\nlines"),
        ("user_agent", "Zürich"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_by_name(tmp_path, setting, value):
    with pytest.raises(SettingsError, match=f"BROADSHEET_{setting.upper()}"):
        Http(Settings(root=tmp_path / "data", **{setting: value}))
