"""Sites on loopback for the tests: real HTTP servers, one a host, whose answers are functions of the request.

Everything a server was asked is in its log, with the time of the clock that the test and the fetching share.
"""

import gzip
import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from flows.extract.fetch.clocks import Clock


@dataclass(frozen=True)
class Response:
    """What a server answers. A status of 0 is no answer at all: the connection is cut."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    has_etag: bool = True
    modified_at: datetime | None = None


@dataclass(frozen=True)
class Asked:
    """One request as its server saw it, and the status it was answered with."""

    at: datetime
    path: str
    headers: Message
    status: int

    @property
    def is_conditional(self) -> bool:
        return "If-None-Match" in self.headers or "If-Modified-Since" in self.headers


Answers = Callable[[str], Response | None]


@dataclass
class Host:
    """One server. `answers` maps a path to a response, None to 404."""

    clock: Clock
    answers: Answers = lambda _: None
    port: int = 0
    log: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    _at_once: int = 0
    _lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.log]

    @contextmanager
    def counted(self) -> Iterator[None]:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._lock:
                self._at_once -= 1


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    host: Host

    def log_message(self, *_):
        pass

    def do_GET(self):
        with self.host.counted():
            at = self.host.clock.now()
            response = self.host.answers(self.path) or Response(status=404)
            status = self._status(response)
            self.host.log.append(Asked(at, self.path, self.headers, status))
            self._send(response, status)

    def _status(self, response):
        if response.status != 200:
            return response.status
        if self.headers.get("If-None-Match"):
            return 304 if response.has_etag and self.headers["If-None-Match"] == etag(response) else 200
        since = self.headers.get("If-Modified-Since")
        is_unchanged = since and response.modified_at and since == http_date(response.modified_at)
        return 304 if is_unchanged else 200

    def _send(self, response, status):
        if status == 0:
            self.close_connection = True
            return
        is_packed = status == 200 and "gzip" in self.headers.get("Accept-Encoding", "")
        body = b"" if status == 304 else gzip.compress(response.body, 1) if is_packed else response.body
        self.send_response(status)
        for name, value in response.headers:
            self.send_header(name, value)
        if status == 200:
            self.send_header("Content-Type", response.content_type)
            if response.has_etag:
                self.send_header("ETag", etag(response))
            if response.modified_at:
                self.send_header("Last-Modified", http_date(response.modified_at))
        if is_packed:
            self.send_header("Content-Encoding", "gzip")
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *whom):
        # Whoever asked may be killed, or have heard enough.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*whom)


@contextmanager
def hosts(number: int, clock: Clock) -> Iterator[list[Host]]:
    """So many servers, each on a port of its own: that makes them hosts of their own."""
    with ExitStack() as stack:
        yield [stack.enter_context(_serving(clock)) for _ in range(number)]


@contextmanager
def _serving(clock: Clock) -> Iterator[Host]:
    host = Host(clock)
    server = Server(("127.0.0.1", 0), type("HandlerOfHost", (Handler,), {"host": host}))
    host.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def etag(response: Response) -> str:
    return f'"{hashlib.sha256(response.body).hexdigest()[:16]}"'


def http_date(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


def article(title: str, text: str, published_at: datetime, canonical: str = "") -> Response:
    """A page of news, long enough to be one."""
    declared = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in (text, *FILLING))
    body = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="article:published_time" content="{published_at.isoformat()}">{declared}</head>'
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )
    return Response(body.encode())


FILLING = (
    "The council met in the old town hall on the evening before and spoke for two hours about the bridge.",
    "Nobody had expected that the engineers would bring a model of it, built of matches, and set it on the table.",
    "It held the weight of three dictionaries, which settled the matter for most of those who were present.",
)


def feed(items: list[tuple[str, str, datetime, datetime | None]], title: str = "A feed") -> Response:
    """An Atom feed of (url, title, published, updated)."""
    entries = "".join(
        f"<entry><id>{url}</id><title>{name}</title><link href='{url}'/>"
        f"<published>{published.isoformat()}</published><updated>{(updated or published).isoformat()}</updated></entry>"
        for url, name, published, updated in items
    )
    body = f"<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom'><title>{title}</title>{entries}</feed>"
    return Response(body.encode(), content_type="application/atom+xml")
