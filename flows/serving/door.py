"""What stands before Prefect's server: who may speak to it from a browser, and under which names it may be called.

Prefect answers every origin and every `Host`. A page that an operator happens to have open could so start runs, give a
deployment a shell script as its pull step, and read the answers: by its own origin, or by a name of its own that it
lets point to this machine (DNS rebinding). Here a request is let in by the name it was sent to, and turned away where a
browser says that another site's page sent it.
"""

import ipaddress
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
PROTECTION = ((b"x-frame-options", b"SAMEORIGIN"), (b"x-content-type-options", b"nosniff"))
"""A foreign page must not show ours in a frame either, and have the operator click in it unawares."""


class Door:
    """An application before another one; what it turns away the other one never sees.

    `names` are the hosts, without ports, under which the server may be called; where `lets_addresses_in`, so are plain
    IP addresses, which no foreign page can rebind. `origins` are those whose pages may speak to it beside its own.
    """

    def __init__(
        self,
        application: Application,
        names: Iterable[str],
        *,
        origins: Collection[str] = (),
        lets_addresses_in: bool = False,
    ) -> None:
        self._application = application
        self._names = frozenset(name.lower() for name in names)
        self._origins = frozenset(origin.lower() for origin in origins)
        self._lets_addresses_in = lets_addresses_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets the request in, or answers it with one line that says why not."""
        if scope["type"] not in ("http", "websocket"):
            # The server's own start and end.
            await self._application(scope, receive, send)
        elif refusal := self.refusal(scope["headers"]):
            await _turn_away(scope, receive, send, refusal)
        else:
            await self._application(scope, receive, _protected(send))

    def refusal(self, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """Why a request with these headers is not let in, in one line; None where it is."""
        hosts, origins = _values(headers, b"host"), _values(headers, b"origin")
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return "this server is not called by that name (header Host)"
        if any(not self._is_own(origin, hosts[0]) for origin in origins):
            return "pages of another site may not speak to this server (header Origin)"
        return None

    def _is_ours(self, host: str) -> bool:
        name = host_name(host)
        return name in self._names or (self._lets_addresses_in and _is_address(name))

    def _is_own(self, origin: str, host: str) -> bool:
        """Whether a page of that origin is ours: served under this host, by http or a proxy's https, or told to be."""
        return origin in self._origins or origin in {f"http://{host}", f"https://{host}"}


def host_name(host: str) -> str:
    """The name in a `Host` header, without its port; empty for what is none."""
    try:
        parts = urlsplit(f"//{host}")
        is_plain = parts.netloc == host and "@" not in host
        _ = parts.port
    except ValueError:
        return ""
    if not is_plain or not parts.hostname:
        return ""
    return f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname


def is_loopback(host: str) -> bool:
    """Whether a server that listens there can be reached from this machine alone."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _values(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> list[str]:
    return [value.decode("latin-1").strip().lower() for name, value in headers if name.lower() == wanted]


async def _turn_away(scope: Scope, receive: Receive, send: Send, refusal: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        # Closed before it was accepted: the browser is answered with 403.
        await send({"type": "websocket.close", "code": 1008, "reason": refusal})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *PROTECTION]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": f"{refusal}\n".encode()})


def _protected(send: Send) -> Send:
    """What answers carry beside their own headers."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *PROTECTION]
        await send(message)

    return sent
