"""Servers on loopback that answer as badly as servers do: byte by byte, cut short, endless, with bombs and rubbish."""

import gzip
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import brotli

from flows.extract.fetch.http import Answer, Failure, Http, Request

Behaviour = Callable[[socket.socket, bytes, threading.Event], bool]
"""Answers one request, given its head: whether the connection is kept. The event tells it to stop."""


@dataclass
class Server:
    """A server for tests: what it heard, and how many connections were opened to it."""

    host: str
    port: int
    requests: list[bytes] = field(default_factory=list)
    connection_count: int = 0
    open_connections: set[socket.socket] = field(default_factory=set)
    stop: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/"

    def header(self, name, request=-1):
        """A header of one of the requests, None where it was not sent."""
        lines = self.requests[request].decode("latin-1").split("\r\n")[1:]
        found = [line.partition(":")[2].strip() for line in lines if line.lower().startswith(name.lower() + ":")]
        return found[0] if found else None


@contextmanager
def serving(behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that meets every request with the behaviour, until the block ends."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener, ExitStack() as ends:
        server = Server(*listener.getsockname())
        threads: list[threading.Thread] = []
        acceptor = threading.Thread(target=_accept, args=(listener, server, behaviour, tls, threads))
        acceptor.start()
        ends.callback(_finish, server, acceptor, threads)
        yield server


def _accept(listener, server, behaviour, tls, threads):
    listener.settimeout(0.02)
    while not server.stop.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        connection.settimeout(10)
        server.connection_count += 1
        thread = threading.Thread(target=_converse, args=(connection, server, behaviour, tls))
        threads.append(thread)
        thread.start()


def _finish(server, acceptor, threads):
    server.stop.set()
    acceptor.join()
    for connection in list(server.open_connections):
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            continue
    for thread in threads:
        thread.join()


def _converse(connection, server, behaviour, tls):
    # Which errors the other side's leaving causes is the system's affair.
    try:
        if tls:
            connection = tls.wrap_socket(connection, server_side=True)
        server.open_connections.add(connection)
        while head := _head(connection):
            server.requests.append(head)
            if not behaviour(connection, head, server.stop):
                break
    except OSError:
        pass
    finally:
        server.open_connections.discard(connection)
        connection.close()
        server.ended.set()


def _head(connection) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        received = connection.recv(65536)
        if not received:
            return b""
        head += received
    return head


def answer(body=b"", *, status="200 OK", headers=(), length=None) -> bytes:
    """A whole answer; `length` is what it says of its body's."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def chunked(*chunks: bytes, end=b"0\r\n\r\n", headers=()) -> bytes:
    """An answer in chunks."""
    head = "\r\n".join(["HTTP/1.1 200 OK", *headers, "Transfer-Encoding: chunked"]).encode() + b"\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + end


def saying(whole: bytes) -> Behaviour:
    """Sends these bytes to each request, and keeps the connection."""

    def behaviour(connection, _, __):
        connection.sendall(whole)
        return True

    return behaviour


def saying_once(whole: bytes) -> Behaviour:
    """Sends these bytes and closes."""

    def behaviour(connection, _, __):
        connection.sendall(whole)
        return False

    return behaviour


def dripping(start: bytes, drip: bytes, every: float = 0.05) -> Behaviour:
    """Sends the start, then the drip again and again for ever: no wait is long, and there is no end."""

    def behaviour(connection, _, stop):
        connection.sendall(start)
        while not stop.wait(every):
            connection.sendall(drip)
        return False

    return behaviour


def flooding(start: bytes, wave: bytes) -> Behaviour:
    """Sends the start, then the wave as fast as it is taken."""

    def behaviour(connection, _, stop):
        connection.sendall(start)
        while not stop.is_set():
            connection.sendall(wave)
        return False

    return behaviour


def silent(_, __, stop) -> bool:
    """Says nothing."""
    stop.wait(10)
    return False


def resetting(connection, _, __) -> bool:
    """Breaks the connection off, so that the other side sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def with_etag(body: bytes, etag: str) -> Behaviour:
    """Answers 304 to those who name the ETag."""

    def behaviour(connection, head, _):
        unchanged = f"If-None-Match: {etag}\r\n".encode() in head
        status = "304 Not Modified" if unchanged else "200 OK"
        connection.sendall(answer(b"" if unchanged else body, status=status, headers=[f"ETag: {etag}"]))
        return True

    return behaviour


def gzip_bomb(size: int) -> bytes:
    """Gzip of so many zero bytes, a thousandth of them long."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    million = bytes(1_000_000)
    return b"".join(packer.compress(million) for _ in range(size // 1_000_000)) + packer.flush()


def deflate_bomb(size: int) -> bytes:
    """Zlib of so many zero bytes."""
    packer = zlib.compressobj(9)
    million = bytes(1_000_000)
    return b"".join(packer.compress(million) for _ in range(size // 1_000_000)) + packer.flush()


def brotli_bomb(size: int) -> bytes:
    """Brotli of so many zero bytes."""
    packer = brotli.Compressor(quality=5)
    million = bytes(1_000_000)
    return b"".join(packer.process(million) for _ in range(size // 1_000_000)) + packer.finish()


def nested_bomb(size: int) -> bytes:
    """Gzip in gzip in gzip: a few hundred bytes."""
    return gzip.compress(gzip.compress(gzip_bomb(size)))


def tiny_proxy(connection, head, _) -> bool:
    """A proxy: opens tunnels for CONNECT, and answers everything else itself with the address it was asked for."""
    method, target, *_ = head.split(b" ")
    if method != b"CONNECT":
        connection.sendall(answer(b"through the proxy: " + target))
        return True
    host, _, port = target.decode().rpartition(":")
    with socket.create_connection((host, int(port)), timeout=5) as beyond:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=_pump, args=(beyond, connection))
        back.start()
        _pump(connection, beyond)
        back.join()
    return False


def _pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


class Names:
    """Stands in for the system's lookup: a name has the answers given, in turn and the last for good.

    An answer is a list of addresses, an error, or a function to wait in. Addresses are themselves.
    """

    def __init__(self):
        self.real = socket.getaddrinfo
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
        addresses = ["127.0.0.1"] if callable(current) and current() else current
        return [entry for address in addresses for entry in self.real(address, port, type=socket.SOCK_STREAM)]


def stand_in_names(monkeypatch) -> Names:
    """Puts the names in the place of the system's."""
    names = Names()
    monkeypatch.setattr(socket, "getaddrinfo", names)
    return names


def recorded_connections(monkeypatch) -> list[str]:
    """The addresses that connections are opened to. Those of IPv4 end at 127.0.0.1, where the server is."""
    opened: list[str] = []
    real = socket.socket.connect

    def connect(self, place):
        opened.append(place[0])
        return real(self, ("127.0.0.1", place[1]) if self.family == socket.AF_INET else place)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return opened


def ask(http: Http, server: Server, path="", **conditions) -> Answer | Failure:
    """What the server answers through the door."""
    return http.get(Request(url=server.url + path, allow_private=True, **conditions))


def ask_once(http: Http, behaviour: Behaviour) -> Answer | Failure:
    """What a server of that behaviour answers to one request."""
    with serving(behaviour) as server:
        return ask(http, server)
