"""Which addresses may be reached, and connections to them: what was looked up and checked is what is connected to.

requests-hardened's address filter judges each address. Its adapter is not used: it looks up the name anew for every
request, kept connection or not, in a call that nothing can end, and tries the first address alone.
"""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Network, ip_address
from logging import ERROR, getLogger
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, NamedTuple

from requests_hardened.ip_filter import InvalidIPAddress, filter_host

from flows.extract.fetch.http_exchange import CONNECT_SECONDS, Exchange, NoAnswerError
from warehouse.model import Reason

# It warns of each address that it refuses; a refusal is a row of `rejects` already.
getLogger("requests_hardened.ip_filter").setLevel(ERROR)

# All that is assigned for reaching hosts (IANA, IPv6 address space). Outside it lie the forms that carry an IPv4
# address (mapped, compatible, NAT64) and the site-local fec0::/10, which the filter lets through.
GLOBAL_UNICAST = IPv6Network("2000::/3")
# Azure's machines find their metadata and DNS at a public address (Microsoft, "What is IP address 168.63.129.16?").
METADATA = frozenset({IPv4Address("168.63.129.16")})
MOST_ADDRESSES = 4
"""Addresses that are tried of one host: two of each family already is a large site."""
FOR_EVER = frozenset({socket.EAI_NONAME, socket.EAI_NODATA, socket.EAI_FAIL})
"""Lookups that fail so fail again: no such name, no address, refused by the name server."""


class Address(NamedTuple):
    """Where to connect to, as the resolver gave it."""

    family: int
    place: tuple[Any, ...]


def connected(host: str, port: int, exchange: Exchange, *, is_guarded: bool) -> socket.socket:
    """A connection to the first of the host's addresses that answers. Raises NoAnswerError.

    With `is_guarded` only to public addresses; a host that has none is refused.
    """
    addresses = _looked_up(host.strip("[]"), port, exchange)
    if is_guarded:
        addresses = _public(host, addresses)
    return _first_open(addresses[:MOST_ADDRESSES], exchange)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network, and of a host rather than of a service of one's own."""
    ip = ip_address(address)
    if not (ip.is_global and not ip.is_multicast) or ip in METADATA:
        return False
    if ip.version == 6 and ip not in GLOBAL_UNICAST:  # noqa: PLR2004
        return False
    try:
        filter_host(address, 0, allow_loopback=False)
    except InvalidIPAddress:
        return False
    return True


def is_private_name(host: str) -> bool:
    """Whether a host is private by its name alone: an address in any spelling that the system reads, or localhost."""
    bare = host.strip("[]").rstrip(".").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    written = _written_address(bare, 0)
    return written is not None and not is_public(str(written.place[0]))


def _public(host: str, addresses: Iterable[Address]) -> list[Address]:
    public = [address for address in addresses if is_public(str(address.place[0]))]
    if not public:
        raise NoAnswerError(
            Reason.ADDRESS_REFUSED, f"{host} is an address of a private or special network", is_transient=False
        )
    return public


def _looked_up(host: str, port: int, exchange: Exchange) -> list[Address]:
    written = _written_address(host, port)
    if written is not None:
        return [written]
    found = _asked(host, port, exchange)
    if isinstance(found, UnicodeError):
        raise NoAnswerError(Reason.MALFORMED_INPUT, f"{host} is no name of a host", is_transient=False)
    if isinstance(found, OSError):
        is_transient = getattr(found, "errno", None) not in FOR_EVER
        problem = "could not be looked up at the moment" if is_transient else "is not known to the name servers"
        raise NoAnswerError(Reason.UNREACHABLE, f"{host} {problem}", is_transient=is_transient)
    return found


def _written_address(host: str, port: int) -> Address | None:
    """The address that a host is by itself; None for a name. Asks nobody."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return None
    return Address(found[0][0], found[0][4]) if found else None


def _asked(host: str, port: int, exchange: Exchange) -> list[Address] | OSError | UnicodeError:
    """What the name servers say, from a thread of its own: the system's lookup cannot be given a time."""
    answers: SimpleQueue[list[Address] | OSError | UnicodeError] = SimpleQueue()
    Thread(target=lambda: answers.put(_answered(host, port)), name=f"lookup of {host}", daemon=True).start()
    try:
        return answers.get(timeout=exchange.left(CONNECT_SECONDS))
    except Empty:
        raise exchange.timed_out(f"{host} could not be looked up", CONNECT_SECONDS) from None


def _answered(host: str, port: int) -> list[Address] | OSError | UnicodeError:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return error
    return [Address(family, place) for family, _, _, _, place in found] or OSError("no address")


def _first_open(addresses: list[Address], exchange: Exchange) -> socket.socket:
    ends = monotonic() + exchange.left(CONNECT_SECONDS)
    problem = OSError()
    for tried, address in enumerate(addresses):
        # The time is shared out, so that one address that swallows packets does not use up that of the others.
        seconds = (ends - monotonic()) / (len(addresses) - tried)
        try:
            return _open(address, exchange.left(max(seconds, 0.001)))
        except OSError as error:
            problem = error
    if isinstance(problem, TimeoutError):
        raise exchange.timed_out("no connection", CONNECT_SECONDS)
    raise unreachable("no connection", problem)


def _open(address: Address, seconds: float) -> socket.socket:
    connection = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(seconds)
        connection.connect(address.place)
    except BaseException:
        connection.close()
        raise
    return connection


def unreachable(what: str, error: OSError) -> NoAnswerError:
    """What to raise for trouble of the network: in the system's words, which name no address."""
    words = (error.strerror or "the network failed").lower()
    return NoAnswerError(Reason.UNREACHABLE, f"{what}: {words}", is_transient=True)
