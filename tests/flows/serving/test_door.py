"""Who may speak to the server: by the name it is called, and by the page that a browser says is asking."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.serving.door import LOOPBACK, Door, host_name, is_loopback
from flows.serving.server import Place, ServerError

ORIGINS = ("http://127.0.0.1:4200", "http://localhost:4200")


async def inside(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"inside"})


def answer(door, kind="http", method="GET", **headers):
    """What the door, or what stands behind it, sends back."""
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(door({"type": kind, "method": method, "headers": given}, receive, send))
    return sent


def is_let_in(*headers, **given):
    pairs = [(name.encode(), value.encode()) for name, value in (*headers, *given.items())]
    return Door(inside, LOOPBACK, origins=ORIGINS).refusal(pairs) is None


@pytest.mark.parametrize("host", ["127.0.0.1:4200", "localhost:4200", "LOCALHOST", "[::1]:4200", "127.0.0.1"])
def test_the_names_of_loopback_are_ours_whatever_the_port(host):
    assert is_let_in(host=host)


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:4200", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.2"),
        *("192.168.0.7:4200", "10.0.0.1", "[::2]:4200", "0.0.0.0:4200", "", ":4200", "localhost:port", "localhost."),
        *(
            "user@localhost",
            "localhost/",
            "localhost#",
            "localhost?",
            "localhost evil.example",
            "evil.example\tlocalhost",
        ),
    ],
)
def test_any_other_name_is_turned_away(host):
    assert not is_let_in(host=host)


def test_a_request_without_a_name_or_with_two_is_turned_away():
    assert not is_let_in()
    assert not is_let_in(("host", "localhost"), ("host", "evil.example"))
    assert not is_let_in(("Host", "localhost"), ("host", "localhost"))


@pytest.mark.parametrize("origin", [*ORIGINS, "http://LOCALHOST:4200", "http://[::1]:4200", "https://[::1]:4200"])
def test_our_own_pages_are_let_in_by_whichever_name_they_were_opened(origin):
    assert is_let_in(host="[::1]:4200", origin=origin)


@pytest.mark.parametrize(
    "origin",
    [
        *("http://evil.example", "https://evil.example:4200", "null", "file://", "", "http://localhost:3000"),
        *("http://127.0.0.1", "http://localhost:42000", "http://localhost:4200.evil.example", "http://127.0.0.2:4200"),
    ],
)
def test_any_other_page_is_turned_away(origin):
    assert not is_let_in(host="127.0.0.1:4200", origin=origin)
    assert not is_let_in(("host", "127.0.0.1:4200"), ("origin", ORIGINS[0]), ("origin", origin))


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "OPTIONS"])
def test_what_is_turned_away_is_told_why_and_nothing_behind_the_door_sees_it(method):
    start, body = answer(Door(inside, LOOPBACK), method=method, host="localhost", origin="http://evil.example")
    assert start["status"] == 403
    assert b"another site" in body["body"]
    assert b"inside" not in body["body"]
    assert not any(name.startswith(b"access-control") for name, _ in start["headers"])


def test_a_socket_from_another_page_is_closed_before_it_is_open():
    (message,) = answer(Door(inside, LOOPBACK), kind="websocket", host="localhost", origin="http://evil.example")
    assert message["type"] == "websocket.close"


def test_our_pages_cannot_be_framed_by_others():
    start, body = answer(Door(inside, LOOPBACK), host="localhost")
    assert (start["status"], body["body"]) == (200, b"inside")
    assert (b"x-frame-options", b"SAMEORIGIN") in start["headers"]


def test_the_end_and_the_start_of_the_server_itself_pass():
    assert answer(Door(inside, LOOPBACK), kind="lifespan")


@given(st.text(max_size=40))
def test_whatever_stands_in_the_header_a_foreign_name_is_never_ours(host):
    names = {host_name(host)}
    assert names == {""} or not names & set(LOOPBACK) or host.lower().startswith(("127.0.0.1", "localhost", "[::1]"))


def test_a_server_for_other_machines_is_called_by_addresses_and_the_names_it_was_given():
    door = Door(inside, ("news.example",), lets_addresses_in=True)
    assert door.refusal([(b"host", b"192.168.0.7:4200")]) is None
    assert door.refusal([(b"host", b"news.example")]) is None
    assert door.refusal([(b"host", b"news.example"), (b"origin", b"https://news.example")]) is None
    assert door.refusal([(b"host", b"evil.example")])


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "news.example", "127.0.0.1.example"])
def test_other_machines_are_let_in_only_with_a_password(monkeypatch, host):
    monkeypatch.delenv("PREFECT_SERVER_API_AUTH_STRING", raising=False)
    with pytest.raises(ServerError, match="PREFECT_SERVER_API_AUTH_STRING=user:password"):
        Place.checked(host, 4200, ())
    for half in ("nonsense", ":", "desk:", ":secret"):
        monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", half)
        with pytest.raises(ServerError):
            Place.checked(host, 4200, ())
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", "desk:secret")
    place = Place.checked(host, 4200, ("news.example",))
    assert "news.example" in place.own_names


def test_a_name_of_a_proxy_lets_others_in_as_well(monkeypatch):
    monkeypatch.delenv("PREFECT_SERVER_API_AUTH_STRING", raising=False)
    with pytest.raises(ServerError, match="--name lets other machines in"):
        Place.checked("127.0.0.1", 4200, ("news.example",))


def test_origins_that_the_user_added_are_let_in_but_never_all(monkeypatch):
    monkeypatch.setenv("PREFECT_SERVER_CORS_ALLOWED_ORIGINS", "https://desk.example, *")
    assert Place(4200).origins[-1] == "https://desk.example"
    assert "*" not in Place(4200).origins


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.0.1"])
def test_loopback_wants_no_password(monkeypatch, host):
    monkeypatch.delenv("PREFECT_SERVER_API_AUTH_STRING", raising=False)
    assert is_loopback(host)
    assert Place.checked(host, 4200, ()).port == 4200
