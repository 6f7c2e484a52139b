"""What `requests` is given to send with: connections that reach only what may be reached, and end by the deadline.

A timeout of a socket bounds one wait, not a request: a server that sends a byte a second is never caught by it.
So each read of a connection is given the time that its exchange still has.
"""

import re
import ssl
from http.client import HTTPException, HTTPResponse, LineTooLong, RemoteDisconnected
from io import BufferedReader, RawIOBase
from logging import ERROR, getLogger
from socket import socket
from time import monotonic
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse as Response

from flows.extract.fetch.http_addresses import connected, unreachable
from flows.extract.fetch.http_exchange import CONNECT_SECONDS, CURRENT, READ_SECONDS, Exchange, NoAnswerError
from warehouse.model import Reason

# It warns, with the address, of headers that it cannot read and of a pool that is full; neither is news.
getLogger("urllib3").setLevel(ERROR)


# A header begins with its name, a token (RFC 9110, 5.6.2), and a colon.
HEADER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:")


class TimedReader(RawIOBase):
    """Reads a socket as long as the exchange has time, counts, and turns the network's errors into NoAnswerError."""

    def __init__(self, connection: socket, exchange: Exchange) -> None:
        self._connection, self._exchange = connection, exchange
        self._raw = connection.makefile("rb", buffering=0)
        self.is_ended = False

    def readable(self) -> bool:
        """Yes: that is all it is for."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Reads what is there, and waits for it while there is time."""
        self._connection.settimeout(self._exchange.left(READ_SECONDS))
        try:
            count = self._raw.readinto(buffer) or 0
        except TimeoutError:
            raise self._exchange.timed_out("nothing received", READ_SECONDS) from None
        except ssl.SSLError as error:
            raise _tls_failed(error) from None
        except OSError as error:
            raise unreachable("the connection broke", error) from None
        self.is_ended = count == 0
        self._exchange.receive(count)
        return count

    def close(self) -> None:
        """Lets go of the socket, which closes with the last that holds it."""
        self._raw.close()
        super().close()


class HeaderLines:
    """The lines of an answer's head without those that are no headers.

    The standard library stops at the first of them, and all behind it is lost: how long the body is, how it is
    compressed, what robots may do. Browsers pass over such lines, so servers send them.
    """

    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream
        self._is_status_next = True
        self.close = stream.close

    def readline(self, limit: int) -> bytes:
        """The next line of a head: the status line, whatever it is, a header, or the empty line behind them."""
        if self._is_status_next:
            self._is_status_next = self._may_be_folded = False
            return self._stream.readline(limit)
        while line := self._stream.readline(limit):
            self._is_status_next = line in (b"\r\n", b"\n")
            is_folded = self._may_be_folded and line.startswith((b" ", b"\t"))
            self._may_be_folded = is_folded or HEADER.match(line) is not None
            if self._may_be_folded or self._is_status_next or len(line) >= limit:
                break
        return line


class TimedResponse(HTTPResponse):
    """An answer that is read through a TimedReader."""

    def __init__(self, sock: socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self._reader = TimedReader(sock, CURRENT.get())
        self.fp = BufferedReader(self._reader)

    def begin(self) -> None:
        """Reads the headers. The standard library takes a connection that ends among them for their end."""
        stream = self.fp
        self.fp = HeaderLines(stream)  # type: ignore[assignment]
        try:
            super().begin()
        finally:
            self.fp = self.fp and stream
        if self._reader.is_ended:
            raise NoAnswerError(
                Reason.UNREACHABLE, "the connection ended in the middle of the headers", is_transient=True
            )

    def _read_status(self) -> tuple[str, int, str]:
        """The status line. All interim answers (103, early hints) are passed over like 100, the one that is known."""
        version, status, phrase = super()._read_status()  # type: ignore[misc]
        return version, 100 if 100 < status < 200 else status, phrase  # noqa: PLR2004


class TimedConnection(HTTPConnection):
    """A connection that an exchange opens and leaves to later ones; it reaches what the first was allowed to."""

    response_class = TimedResponse

    def _new_conn(self) -> socket:
        exchange = CURRENT.get()
        # A proxy is the operator's own, and mostly in the private network; behind it, the proxy looks up names.
        is_guarded = self.proxy is None and not exchange.allow_private
        connection = connected(self._dns_host, self.port, exchange, is_guarded=is_guarded)
        exchange.is_fresh = True
        # For the proxy's and TLS's greetings.
        connection.settimeout(exchange.left(CONNECT_SECONDS))
        return connection

    def connect(self) -> None:
        """Connects, through the proxy if there is one, and greets."""
        try:
            super().connect()
        except ssl.SSLError as error:
            raise _tls_failed(error) from None
        except TimeoutError:
            raise CURRENT.get().timed_out("no connection", CONNECT_SECONDS) from None
        except (OSError, HTTPException) as error:
            raise _not_connected(error) from None

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Sends the request, and notes when."""
        exchange = CURRENT.get()
        try:
            super().request(*args, **kwargs)
        except TimeoutError:
            raise exchange.timed_out("the request could not be sent", CONNECT_SECONDS) from None
        except ConnectionError:
            # A server may answer and close without having read the request: whether it did, reading will show.
            pass
        exchange.sent = monotonic()

    def getresponse(self) -> Response:  # type: ignore[override]
        """Reads the answer's headers."""
        try:
            return super().getresponse()
        except RemoteDisconnected:
            problem = "the connection was closed without an answer"
            raise NoAnswerError(Reason.UNREACHABLE, problem, is_transient=True) from None
        except (HTTPException, HTTPError, ValueError) as error:
            raise _not_http(error) from None


class TimedTlsConnection(TimedConnection, HTTPSConnection):
    """The same over TLS."""


class TimedPool(HTTPConnectionPool):
    """Connections to one host and port."""

    ConnectionCls = TimedConnection


class TimedTlsPool(HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = TimedTlsConnection


class Adapter(HTTPAdapter):
    """Sends what `requests` prepared, over connections that are kept."""

    def __init__(self, tls: ssl.SSLContext, hosts: int, proxy: str | None) -> None:
        self._tls = tls
        super().__init__(pool_connections=hosts, pool_maxsize=hosts)
        if proxy:
            # At once, not by the first request: the first ones come from many threads.
            self.proxy_manager_for(proxy)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:  # noqa: FBT001, FBT002
        """The pools, all with one TLS context: reading the certificates takes 20 ms, and would be done for each."""
        super().init_poolmanager(connections, maxsize, block, ssl_context=self._tls, **kwargs)
        _set_pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """The pools behind the proxy."""
        if proxy not in self.proxy_manager:
            _set_pools(super().proxy_manager_for(proxy, ssl_context=self._tls, **kwargs))
        return self.proxy_manager[proxy]

    def cert_verify(self, *_: Any) -> None:
        """Nothing: the TLS context verifies, and loading the certificates again is what this would do."""


def _set_pools(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": TimedPool, "https": TimedTlsPool}


def _not_connected(error: OSError | HTTPException) -> NoAnswerError:
    # A proxy's refusal comes without an error number, in a sentence of the standard library's with the status in it.
    status = re.search(r"Tunnel connection failed: (\d{3})", str(error))
    if status:
        is_transient = int(status[1]) >= 500  # noqa: PLR2004
        detail = f"the proxy would not connect: status {status[1]}"
        return NoAnswerError(Reason.UNREACHABLE, detail, is_transient=is_transient)
    return unreachable("no connection", error if isinstance(error, OSError) else OSError())


def _not_http(error: Exception) -> NoAnswerError:
    if isinstance(error, LineTooLong):
        detail = "a header of more than 64 KB"
    elif type(error) is HTTPException:
        # The standard library has one other word to say: "got more than 100 headers".
        detail = "more than 100 headers"
    else:
        detail = "the answer is not HTTP"
    return NoAnswerError(Reason.MALFORMED_INPUT, detail, is_transient=False)


def _tls_failed(error: ssl.SSLError) -> NoAnswerError:
    if isinstance(error, ssl.SSLCertVerificationError):
        detail = f"the certificate is not valid: {error.verify_message}"
        return NoAnswerError(Reason.UNREACHABLE, detail, is_transient=False)
    is_cut = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    words = "the connection ended" if is_cut else (error.reason or "unknown").replace("_", " ").lower()
    return NoAnswerError(Reason.UNREACHABLE, f"TLS failed: {words}", is_transient=is_cut)
