"""The one door to HTTP: a single GET, guarded, with a deadline and caps; redirects are the caller's to follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext, create_default_context
from typing import Self
from urllib.parse import urlsplit

from requests import PreparedRequest, RequestException
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from flows.extract.fetch.http_addresses import is_private_name
from flows.extract.fetch.http_bodies import ACCEPTED, PIECE_BYTES, broken_off, decompressed
from flows.extract.fetch.http_connections import Adapter
from flows.extract.fetch.http_exchange import CONNECT_SECONDS, CURRENT, READ_SECONDS, Exchange, NoAnswerError, too_large
from flows.web.urls import WEB_SCHEMES, has_credentials, split_url
from warehouse.model import Header, Reason
from warehouse.settings import Settings, SettingsError

ACCEPT = (
    "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/feed+json,"
    "application/xml;q=0.9,*/*;q=0.8"
)
KEPT_HOSTS = 128
"""Hosts to which connections are kept: four times the threads that ask at once, so that a host's next turn finds its
own. The longest unused is closed."""
DRAINED_BYTES = 16_384
DRAINED_SECONDS = 2.0
"""What is read of the body of an error or a redirect, so that its connection can be used again; a new connection
with TLS costs about as much as that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask for. With `etag` or `last_modified` the request is conditional: an unchanged page answers 304."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response of any status. `body` is decompressed; `received_bytes` are those of the body on the wire.

    `sent_after` is how many seconds after the call the request had been sent: connecting is no part of politeness.
    """

    status: int
    headers: tuple[Header, ...]
    body: bytes
    received_bytes: int
    sent_after: float

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        lowered = name.lower()
        return next((header.value for header in self.headers if header.name.lower() == lowered), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """No usable answer: why, whether asking again at once may help, and how long after the call it was sent."""

    reason: Reason
    detail: str
    is_transient: bool
    received_bytes: int = 0
    sent_after: float = 0.0


class Http:
    """Connections to the web, kept open between requests; may be used by many threads at once.

    Each page is asked for as by a new visitor: no cookies, because what a session would show is not what the next
    reader sees. Redirects are never followed. With `settings.proxy` all requests go through it, and it is the proxy
    that looks up names: then only addresses that are written in the URL itself, and localhost, are refused here.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._headers = {
            "User-Agent": _user_agent(settings.user_agent),
            "Accept": ACCEPT,
            "Accept-Encoding": ACCEPTED,
            "Connection": "keep-alive",
        }
        proxy = _proxy(settings.proxy)
        self._proxies = {"http": proxy, "https": proxy} if proxy else None
        # Apart, so that a connection into the private network is never lent to a request that may not go there.
        self._guarded, self._open = (Adapter(_trusting(DEFAULT_CA_BUNDLE_PATH), KEPT_HOSTS, proxy) for _ in range(2))

    def get(self, request: Request) -> Answer | Failure:
        """One GET. Expected trouble is a Failure; nothing of the network is raised.

        `address_refused`: no public host, another scheme than http and https, or credentials in the URL.
        `malformed_input`: no URL, or no HTTP in the answer. `unreachable`: no such name, no connection, TLS, or an
        answer that breaks off. `timeout`, `too_large`: more than the settings allow. `bad_encoding`: a body that
        cannot be decompressed.
        """
        exchange = self._begun(request)
        try:
            prepared = self._prepared(request)
            try:
                return self._asked(prepared, exchange)
            except NoAnswerError as trouble:
                if not _was_stale(trouble, exchange):
                    raise
            return self._asked(prepared, exchange)
        except NoAnswerError as trouble:
            return Failure(
                reason=trouble.reason,
                detail=trouble.detail,
                is_transient=trouble.is_transient,
                received_bytes=exchange.body_bytes,
                sent_after=exchange.sent_after,
            )

    def close(self) -> None:
        """Closes the connections."""
        self._guarded.close()
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begun(self, request: Request) -> Exchange:
        settings = self._settings
        return Exchange.begin(settings.request_seconds, settings.max_page_bytes, allow_private=request.allow_private)

    def _prepared(self, request: Request) -> PreparedRequest:
        """The request as it will be sent. Raises NoAnswerError for a URL that is not asked."""
        if split_url(request.url).scheme not in WEB_SCHEMES:
            raise _refused("only http and https are asked")
        if has_credentials(request.url):
            raise _refused("the address carries a user or a password")
        prepared = PreparedRequest()
        try:
            prepared.prepare(method="GET", url=request.url, headers=self._headers | _conditions(request))
            parts = urlsplit(prepared.url or "")
            host, _ = parts.hostname, parts.port
        except (RequestException, ValueError):
            raise NoAnswerError(Reason.MALFORMED_INPUT, "no valid web address", is_transient=False) from None
        if not host or parts.scheme not in WEB_SCHEMES or "@" in parts.netloc:
            raise NoAnswerError(Reason.MALFORMED_INPUT, "no valid web address", is_transient=False)
        if not request.allow_private and is_private_name(host):
            raise _refused(f"{host} is an address of a private or special network")
        return prepared

    def _asked(self, prepared: PreparedRequest, exchange: Exchange) -> Answer:
        adapter = self._open if exchange.allow_private else self._guarded
        token = CURRENT.set(exchange)
        try:
            # Not through a Session: that one reads the whole body of a redirect that it is told not to follow.
            waits = (CONNECT_SECONDS, READ_SECONDS)
            response = adapter.send(prepared, stream=True, timeout=waits, proxies=self._proxies).raw
            return _read(response, exchange)
        except (RequestException, HTTPError, ValueError) as error:
            raise _unexpected(error) from None
        finally:
            CURRENT.reset(token)


def _read(response: BaseHTTPResponse, exchange: Exchange) -> Answer:
    try:
        body = _body(response, exchange)
    finally:
        # A body that was not read to its end: what is left of it would be taken for the next answer.
        if not response.closed:
            response.close()
        response.release_conn()
    return Answer(
        status=response.status,
        headers=tuple(Header(name, _as_text(value)) for name, value in response.headers.iteritems()),
        body=body,
        received_bytes=exchange.body_bytes,
        sent_after=exchange.sent_after,
    )


def _body(response: BaseHTTPResponse, exchange: Exchange) -> bytes:
    """The page; nothing of what errors and redirects say."""
    if not 200 <= response.status < 300:  # noqa: PLR2004
        _drain(response, exchange)
        return b""
    stated = response.length_remaining or 0
    if stated > exchange.most_bytes:
        raise too_large(exchange.most_bytes, f"{stated:,} bytes announced")
    encoding = response.headers.get("content-encoding")
    return decompressed(_pieces(response, exchange), encoding, exchange.most_bytes)


def _pieces(response: BaseHTTPResponse, exchange: Exchange) -> Iterator[bytes]:
    """The body as it comes over the wire, up to its end."""
    try:
        while piece := response.read(PIECE_BYTES, decode_content=False):
            exchange.receive_body(len(piece))
            yield piece
    except HTTPError:
        raise broken_off() from None


def _drain(response: BaseHTTPResponse, exchange: Exchange) -> None:
    """Reads a short body to its end, if that comes soon. What goes wrong with it is no matter."""
    if (response.length_remaining is None and not response.chunked) or (response.length_remaining or 0) > DRAINED_BYTES:
        return
    exchange.hurry(DRAINED_SECONDS)
    try:
        for _ in _pieces(response, exchange):
            if exchange.body_bytes > DRAINED_BYTES:
                return
    except NoAnswerError:
        return


def _conditions(request: Request) -> dict[str, str]:
    """The headers that make a request conditional. One that is not plain text is left out: the page comes in full."""
    given = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in given.items() if value and value.isascii() and value.isprintable()}


def _as_text(value: str) -> str:
    """A header's value: UTF-8 where it is that, though the standard library reads all as Latin-1."""
    try:
        return value if value.isascii() else value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _refused(detail: str) -> NoAnswerError:
    return NoAnswerError(Reason.ADDRESS_REFUSED, detail, is_transient=False)


def _was_stale(trouble: NoAnswerError, exchange: Exchange) -> bool:
    """Whether a kept connection had been closed by the server meanwhile: to it, asking anew is the first request."""
    return trouble.reason is Reason.UNREACHABLE and not exchange.is_fresh and exchange.wire_bytes == 0


def _unexpected(error: Exception) -> NoAnswerError:
    """For errors that have no name of their own here; their texts hold addresses of memory, and URLs."""
    return NoAnswerError(Reason.UNREACHABLE, f"the request failed ({type(error).__name__})", is_transient=True)


def _user_agent(value: str) -> str:
    if not (value.isascii() and value.isprintable() and value.strip() == value):
        raise SettingsError("BROADSHEET_USER_AGENT", value, "one line of plain ASCII")
    return value


@cache
def _trusting(authorities: str) -> SSLContext:
    """TLS with the authorities of a file, as they are when a process first asks: reading them takes 20 ms."""
    return create_default_context(cafile=authorities)


def _proxy(value: str | None) -> str | None:
    """The proxy's URL. Raises SettingsError, without the value where that may hold a password."""
    if value is None:
        return None
    parts = split_url(value)
    if parts.scheme not in WEB_SCHEMES or not parts.authority:
        shown = "…" if "@" in value else value
        raise SettingsError("BROADSHEET_PROXY", shown, "a URL such as http://proxy.example:3128")
    return value
