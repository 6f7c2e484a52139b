"""Where the door to HTTP may reach: no address of a private or special network, however it is written or resolved."""

import ipaddress
import logging
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from flows.extract import http as door
from flows.extract.http import Failure, Http, Request
from flows.extract.http_addresses import is_public
from tests.flows.extract import torture
from tests.flows.extract.torture import answer, saying, saying_once, serving
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


@pytest.fixture
def limits(tmp_path):
    return Settings(root=tmp_path / "data", request_seconds=5)


@pytest.fixture
def http(limits):
    with Http(limits) as opened:
        yield opened


class Names:
    """Stands in for the system's lookup: names have the answers given, in turn; addresses are themselves."""

    def __init__(self, real):
        self.real = real
        self.answers = {}
        self.asked = []

    def __call__(self, host, port, *args, **kwargs):
        if host not in self.answers:
            return self.real(host, port, *args, **kwargs)
        if kwargs.get("flags", 0) & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "not numeric")
        self.asked.append(host)
        answers = self.answers[host]
        current = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(current, Exception):
            raise current
        return [entry for address in current for entry in self.real(address, port, type=socket.SOCK_STREAM)]


@pytest.fixture
def names(monkeypatch):
    standing_in = Names(socket.getaddrinfo)
    monkeypatch.setattr(socket, "getaddrinfo", standing_in)
    return standing_in


@pytest.fixture
def connections(monkeypatch):
    """The addresses that connections were opened to. Those of IPv4 end at 127.0.0.1, where the server is."""
    opened = []
    real = socket.socket.connect

    def connect(self, place):
        opened.append(place[0])
        return real(self, ("127.0.0.1", place[1]) if self.family == socket.AF_INET else place)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return opened


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_of_private_and_special_networks_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_addresses_of_the_public_network_are_public(address):
    assert is_public(address)


def test_every_address_that_the_registries_do_not_call_global_is_refused():
    blocks = [ipaddress.ip_network(block) for block in ("10.0.0.0/8", "100.64.0.0/10", "240.0.0.0/4", "fc00::/7")]
    for block in blocks:
        assert not is_public(str(block[0])), block
        assert not is_public(str(block[-1])), block


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


def test_a_connection_into_the_private_network_is_not_lent_to_others(http):
    with serving(saying(answer(PAGE))) as server:
        assert http.get(Request(url=server.url, allow_private=True)).status == 200
        assert http.get(Request(url=server.url)).reason is Reason.ADDRESS_REFUSED
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


def test_a_lookup_that_hangs_ends_with_the_request(tmp_path, monkeypatch):
    released = threading.Event()
    real = socket.getaddrinfo

    def hanging(host, *args, **kwargs):
        if host == "news.example" and not kwargs.get("flags"):
            released.wait(10)
        return real("127.0.0.1", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    monkeypatch.setattr("flows.extract.http_addresses._written_address", lambda *_: None)
    with Http(Settings(root=tmp_path / "data", request_seconds=0.2)) as http:
        got = http.get(Request(url="http://news.example/"))
    released.set()
    assert (got.reason, got.is_transient) == (Reason.TIMEOUT, True)


# TLS


def certificate(folder, host):
    """A certificate of one's own for a host: the files of certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return folder / "certificate.pem", folder / "key.pem"


@pytest.fixture
def tls(tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path, "news.example"))
    return context


@pytest.fixture
def trusting(tmp_path, tls, limits, monkeypatch):
    """A door that trusts the certificate of `tls`."""
    assert tls
    monkeypatch.setattr(door, "DEFAULT_CA_BUNDLE_PATH", str(tmp_path / "certificate.pem"))
    with Http(limits) as opened:
        yield opened


def test_a_page_comes_over_tls_to_the_pinned_address_and_the_connection_is_kept(trusting, tls, names, connections):
    names.answers["news.example"] = [[PUBLIC]]
    with serving(saying(answer(PAGE)), tls) as server:
        for _ in range(2):
            assert trusting.get(Request(url=f"https://news.example:{server.port}/")).body == PAGE
    assert (server.connection_count, connections) == (1, [PUBLIC])


def test_a_certificate_of_another_host_is_final(trusting, tls, names, connections):
    names.answers["other.example"] = [[PUBLIC]]
    with serving(saying(answer(PAGE)), tls) as server:
        got = trusting.get(Request(url=f"https://other.example:{server.port}/"))
    assert (got.reason, got.is_transient) == (Reason.UNREACHABLE, False)
    assert got.detail.startswith("the certificate is not valid: Hostname mismatch")
    assert server.requests == []
    assert connections == [PUBLIC]


def test_a_certificate_that_nobody_vouches_for_is_final(http, tls):
    with serving(saying(answer(PAGE)), tls) as server:
        got = http.get(Request(url=f"https://127.0.0.1:{server.port}/", allow_private=True))
    assert (got.reason, got.is_transient) == (Reason.UNREACHABLE, False)
    assert got.detail == "the certificate is not valid: self-signed certificate"


def speak_plainly(listener):
    connection, _ = listener.accept()
    with connection:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.recv(65536)


def test_a_server_that_speaks_no_tls_is_unreachable(http):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        plain = threading.Thread(target=speak_plainly, args=(listener,))
        plain.start()
        got = http.get(Request(url=f"https://127.0.0.1:{listener.getsockname()[1]}/", allow_private=True))
        plain.join()
    assert (got.reason, got.is_transient) == (Reason.UNREACHABLE, False)
    assert got.detail.startswith("TLS failed")


def test_a_greeting_that_never_comes_ends_in_time(tmp_path):
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        Http(Settings(root=tmp_path / "data", request_seconds=0.3)) as http,
    ):
        got = http.get(Request(url=f"https://127.0.0.1:{listener.getsockname()[1]}/", allow_private=True))
    assert (got.reason, got.detail) == (Reason.TIMEOUT, "no full answer within 0.3 seconds")


# A proxy


@pytest.fixture
def proxy():
    with serving(torture.tiny_proxy) as server:
        yield server


def behind(proxy, tmp_path):
    return Http(
        Settings(root=tmp_path / "data", request_seconds=5, proxy=f"http://reader:secret@127.0.0.1:{proxy.port}")
    )


def test_with_a_proxy_it_is_the_proxy_that_looks_up_names(proxy, tmp_path, names):
    names.answers["news.example"] = [AssertionError("looked up here")]
    with behind(proxy, tmp_path) as http:
        for _ in range(2):
            got = http.get(Request(url="http://news.example/page"))
            assert got.body == b"through the proxy: http://news.example/page"
    assert proxy.connection_count == 1
    assert proxy.header("Proxy-Authorization").startswith("Basic ")


def test_behind_a_proxy_tls_is_spoken_with_the_server_itself(proxy, tmp_path, tls, monkeypatch):
    monkeypatch.setattr(door, "DEFAULT_CA_BUNDLE_PATH", str(tmp_path / "certificate.pem"))
    with serving(saying(answer(PAGE)), tls) as server, behind(proxy, tmp_path) as http:
        got = http.get(Request(url=f"https://127.0.0.1:{server.port}/", allow_private=True))
    assert got.detail.startswith("the certificate is not valid: IP address mismatch")
    assert proxy.requests[0].startswith(b"CONNECT 127.0.0.1:")


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "localhost", "news.localhost", "[::1]", "169.254.169.254"])
def test_behind_a_proxy_addresses_that_are_private_by_themselves_are_refused(proxy, tmp_path, host):
    with behind(proxy, tmp_path) as http:
        got = http.get(Request(url=f"http://{host}/"))
    assert got.reason is Reason.ADDRESS_REFUSED
    assert proxy.requests == []


@pytest.mark.parametrize(("status", "is_transient"), [("403 Forbidden", False), ("502 Bad Gateway", True)])
def test_a_proxy_that_will_not_connect_is_said(tmp_path, status, is_transient):
    with serving(saying_once(answer(status=status))) as proxy, behind(proxy, tmp_path) as http:
        got = http.get(Request(url="https://news.example/"))
    assert (got.reason, got.is_transient) == (Reason.UNREACHABLE, is_transient)
    assert got.detail == f"the proxy would not connect: status {status[:3]}"


def test_a_proxy_that_is_not_there_is_said_without_its_password(tmp_path):
    with serving(torture.silent) as gone:
        pass
    with behind(gone, tmp_path) as http:
        got = http.get(Request(url="http://news.example/"))
    assert (got.reason, got.detail) == (Reason.UNREACHABLE, "no connection: connection refused")
