"""The door to HTTP over TLS, and through a proxy."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from flows.extract.fetch import http as door
from flows.extract.fetch.http import Http, Request
from tests.flows.extract.fetch import torture
from tests.flows.extract.fetch.torture import answer, saying, saying_once, serving
from warehouse.model import Reason
from warehouse.settings import Settings

PAGE = b"<html><title>Harbour reopens</title></html>"
PUBLIC = "203.0.114.7"


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


def test_the_authorities_are_read_once(tls, limits, tmp_path, monkeypatch):
    assert tls
    monkeypatch.setattr(door, "DEFAULT_CA_BUNDLE_PATH", str(tmp_path / "certificate.pem"))
    made = []
    make = door.create_default_context
    monkeypatch.setattr(door, "create_default_context", lambda **given: made.append(given) or make(**given))
    for _ in range(2):
        with Http(limits):
            pass
    assert len(made) == 1


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
