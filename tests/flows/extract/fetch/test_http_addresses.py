"""Where the door to HTTP may reach: no address of a private or special network, however it is written or resolved."""

import ipaddress
import logging
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.fetch.http import Failure, Http, Request
from flows.extract.fetch.http_addresses import is_public
from tests.flows.extract.fetch.torture import answer, saying, saying_once, serving
from warehouse.model import Reason
from warehouse.settings import Settings

PAGE = b"<html><title>Harbour reopens</title></html>"
PUBLIC = "203.0.114.7"

REFUSED = """
127.0.0.1 127.255.255.255 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 0.0.0.0 0.1.2.3 169.254.169.254 169.254.0.1
100.64.0.1 100.100.100.200 100.127.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.1
203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16
:: ::1 ::2 ::7f00:1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808
64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1:: 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 3fff::1 5f00::1
fc00::1 fd00:ec2::254 fe80::1 fe80::1%1 fec0::1 ff02::1 ff0e::1 4000::1
""".split()  # noqa: SIM905

NETWORKS = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
    *("198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "::/8", "64:ff9b::/96", "2001::/23", "2002::/16", "fc00::/6"),
    *("fe80::/9", "ff00::/8"),
]

ALLOWED = ["8.8.8.8", "1.1.1.1", "93.184.215.14", "203.0.114.7", "172.32.0.1", "100.128.0.1", "2606:4700::1111"]

SPELLINGS = [
    "2130706433",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "017700000001",
    "127.1",
    "127.0.1",
    "0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "127.0.0.1.",
    "[::]",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:a9fe:a9fe]",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
]


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_of_private_and_special_networks_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_addresses_of_the_public_network_are_public(address):
    assert is_public(address)


@given(st.sampled_from(NETWORKS).flatmap(lambda network: st.ip_addresses(network=network)))
def test_no_address_of_a_private_or_special_network_is_public(address):
    assert not is_public(str(address))


@given(st.ip_addresses(v=6))
def test_an_address_of_version_6_that_is_public_is_a_global_unicast_address(address):
    assert not is_public(str(address)) or address in ipaddress.ip_network("2000::/3")


@pytest.mark.parametrize("host", SPELLINGS)
def test_the_machine_itself_is_refused_in_every_spelling(http, connections, host):
    with serving(saying(answer(PAGE))) as server:
        got = http.get(Request(url=f"http://{host}:{server.port}/"))
        assert isinstance(got, Failure)
        assert got.reason in (Reason.ADDRESS_REFUSED, Reason.MALFORMED_INPUT)
        assert not got.is_transient
        assert server.requests == []
        assert connections == []


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.1.2.3", "fe80::1", "64:ff9b::7f00:1"])
def test_a_name_of_a_private_address_is_refused(http, names, connections, address):
    names.answers["news.example"] = [[address]]
    got = http.get(Request(url="http://news.example/"))
    assert (got.reason, got.is_transient) == (Reason.ADDRESS_REFUSED, False)
    assert got.detail == "news.example is an address of a private or special network"
    assert connections == []


def test_a_name_that_changes_its_address_gains_nothing(http, names, connections):
    """What is connected to is what was checked; a second lookup, which would give the private address, is not made."""
    names.answers["news.example"] = [[PUBLIC], ["10.0.0.1"]]
    with serving(saying_once(answer(PAGE))) as server:
        first = http.get(Request(url=f"http://news.example:{server.port}/"))
        server.ended.wait(5)
        second = http.get(Request(url=f"http://news.example:{server.port}/"))
    assert (first.status, first.body) == (200, PAGE)
    assert server.header("Host") == f"news.example:{server.port}"
    assert second.reason is Reason.ADDRESS_REFUSED
    assert connections == [PUBLIC]


def test_a_kept_connection_needs_no_second_lookup(http, names, connections):
    names.answers["news.example"] = [[PUBLIC]]
    with serving(saying(answer(PAGE))) as server:
        for _ in range(3):
            assert http.get(Request(url=f"http://news.example:{server.port}/")).status == 200
    assert (names.asked, connections) == (["news.example"], [PUBLIC])


def test_only_the_public_ones_of_a_names_addresses_are_tried(http, names, connections):
    names.answers["news.example"] = [["10.0.0.1", "127.0.0.1", PUBLIC]]
    with serving(saying(answer(PAGE))) as server:
        assert http.get(Request(url=f"http://news.example:{server.port}/")).status == 200
    assert connections == [PUBLIC]


def test_the_next_address_is_tried_where_the_first_refuses(http, names, connections):
    names.answers["news.example"] = [["::1", "127.0.0.1"]]
    with serving(saying(answer(PAGE))) as server:
        got = http.get(Request(url=f"http://news.example:{server.port}/", allow_private=True))
    assert got.status == 200
    assert connections == ["::1", "127.0.0.1"]


def test_a_connection_into_the_private_network_is_not_lent_to_others(http, names):
    names.answers["intranet.example"] = [["127.0.0.1"]]
    with serving(saying(answer(PAGE))) as server:
        url = f"http://intranet.example:{server.port}/"
        assert http.get(Request(url=url, allow_private=True)).status == 200
        assert http.get(Request(url=url)).reason is Reason.ADDRESS_REFUSED
    assert len(server.requests) == 1


def test_refusals_are_not_logged(http, caplog):
    caplog.set_level(logging.DEBUG)
    http.get(Request(url="http://127.0.0.1:1/"))
    http.get(Request(url="http://reader:secret@news.example/"))
    assert caplog.records == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://news.example/",
        "javascript:alert(1)",
        "gopher://127.0.0.1:25/",
        "//news.example/",
        "",
    ],
)
def test_only_http_and_https_are_asked(http, url):
    got = http.get(Request(url=url))
    assert (got.reason, got.is_transient) == (Reason.ADDRESS_REFUSED, False)


@pytest.mark.parametrize(
    "url",
    [
        "http://reader:secret@news.example/",
        "https://secret@news.example/",
        "http://news.example\\@secret.example/",
        "http:\t//secret@news.example/",
        "http://:secret@news.example/",
    ],
)
def test_credentials_in_an_address_are_refused_and_not_repeated(http, names, url):
    names.answers["news.example"] = [[PUBLIC]]
    got = http.get(Request(url=url, allow_private=True))
    assert got.reason in (Reason.ADDRESS_REFUSED, Reason.MALFORMED_INPUT)
    assert "secret" not in got.detail
    assert names.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http:///path",
        "http://[::1",
        "http://a.example:99999/",
        "http://a.example:port/",
        "http://a..example/",
        "http://" + "a" * 64 + ".example/",
        "http://*.example/",
        "http://a b.example/",
        "http:a.example",
        "http://\ud800.example/",
    ],
)
def test_what_is_no_address_is_malformed_input(http, url):
    got = http.get(Request(url=url))
    assert (got.reason, got.is_transient) == (Reason.MALFORMED_INPUT, False)


@pytest.mark.parametrize(
    ("code", "is_transient"), [(socket.EAI_NONAME, False), (socket.EAI_FAIL, False), (socket.EAI_AGAIN, True)]
)
def test_an_unknown_name_is_final_and_a_failing_name_server_is_not(http, names, code, is_transient):
    names.answers["news.example"] = [socket.gaierror(code, "words of the system")]
    got = http.get(Request(url="http://news.example/"))
    assert (got.reason, got.is_transient) == (Reason.UNREACHABLE, is_transient)
    assert got.detail.startswith("news.example ")


def test_a_lookup_that_hangs_ends_with_the_request_and_its_thread_with_the_lookup(tmp_path, names):
    released = threading.Event()
    names.answers["news.example"] = [lambda: released.wait(10)]
    before = threading.active_count()
    with Http(Settings(root=tmp_path / "data", request_seconds=0.2)) as http:
        got = http.get(Request(url="http://news.example/"))
    assert (got.reason, got.detail) == (Reason.TIMEOUT, "no full answer within 0.2 seconds")
    released.set()
    for thread in threading.enumerate():
        if thread.name == "lookup of news.example":
            thread.join(5)
    assert threading.active_count() == before


def test_an_address_that_swallows_packets_ends_in_time(http, monkeypatch):
    def swallowing(*_):
        raise TimeoutError

    monkeypatch.setattr(socket.socket, "connect", swallowing)
    got = http.get(Request(url=f"http://{PUBLIC}/"))
    assert (got.reason, got.detail, got.is_transient) == (Reason.TIMEOUT, "no connection within 10 seconds", True)
