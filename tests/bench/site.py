"""Invented outlets on loopback, in a process of their own so that what they cost is not counted as ours.

Each host is a port: a feed of all its articles, a short robots.txt, pages of 30 to 60 KB that are packed beforehand,
and so many milliseconds before every answer. What the servers were asked can be had from them.
"""

import asyncio
import gzip
import hashlib
import multiprocessing
import random
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from multiprocessing.connection import Connection
from time import monotonic

LATENCY_SECONDS = 0.05
ROBOTS = b"User-agent: *\nDisallow: /search\nDisallow: /account/\n"
NEWEST = datetime(2026, 11, 1, 12, tzinfo=UTC)
NOUNS = (
    *("harbour", "council", "bridge", "ferry", "orchard", "library", "tram", "market", "lighthouse", "reservoir"),
    *("committee", "engineer", "farmer", "captain", "teacher", "budget", "report", "vote", "tunnel", "meadow"),
    *("quarry", "theatre", "school", "mill", "archive", "festival", "clinic"),
)
VERBS = ("repaired", "postponed", "praised", "measured", "opened", "closed", "inspected", "painted", "defended", "sold")
MANNERS = ("quietly", "twice", "again", "yesterday", "cheaply", "slowly", "together", "carefully", "alone", "gladly")
SECTIONS = tuple(f"Section {number}" for number in range(1, 25))


@dataclass(frozen=True)
class Asked:
    """One request as its server saw it: when, for what, whether conditionally, and the status it was answered with."""

    at: float
    port: int
    path: str
    is_conditional: bool
    status: int


@dataclass(frozen=True)
class Packed:
    """A body as it is sent, its type and its ETag."""

    body: bytes
    content_type: str
    etag: str
    is_packed: bool = True


@dataclass
class Site:
    """The hosts of one process, seen from outside."""

    ports: Sequence[int]
    page_bytes: float
    _pipe: Connection = field(repr=False)

    @property
    def feeds(self) -> list[str]:
        """The address of each host's feed."""
        return [f"http://127.0.0.1:{port}/feed" for port in self.ports]

    def asked(self) -> list[Asked]:
        """What the servers were asked since this was last called."""
        self._pipe.send("asked")
        return self._pipe.recv()


@contextmanager
def serving(hosts: int, pages: int) -> Iterator[Site]:
    """So many hosts with so many pages each, for the length of the block."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, hosts, pages), daemon=True)
    process.start()
    # With our copy closed, a server that dies is an end of the pipe and not an endless wait.
    theirs.close()
    try:
        ports, page_bytes = ours.recv()
        yield Site(ports, page_bytes, ours)
    finally:
        process.terminate()
        process.join()


def _serve(pipe: Connection, hosts: int, pages: int) -> None:
    asyncio.run(_serve_all(pipe, hosts, pages))


async def _serve_all(pipe: Connection, hosts: int, pages: int) -> None:
    loop = asyncio.get_running_loop()
    log: list[Asked] = []
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(hosts)]
    ports = [one.getsockname()[1] for one in sockets]
    sizes: list[int] = []
    for one, port in zip(sockets, ports, strict=True):
        places = _places(port, pages, sizes)
        # The names are bound now: the loop moves on before anybody connects.
        await loop.create_server(lambda port=port, places=places: Host(port, places, log), sock=one)
    loop.add_reader(pipe.fileno(), _tell, pipe, log, loop)
    pipe.send((ports, sum(sizes) / len(sizes)))
    await asyncio.Event().wait()


def _tell(pipe: Connection, log: list[Asked], loop: asyncio.AbstractEventLoop) -> None:
    try:
        pipe.recv()
    except EOFError:
        loop.stop()
        return
    pipe.send(log)
    log.clear()


class Host(asyncio.Protocol):
    """One connection to one host; answers each request after LATENCY_SECONDS."""

    def __init__(self, port: int, places: Mapping[str, Packed], log: list[Asked]) -> None:
        self._port, self._places, self._log = port, places, log
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, self._received = self._received.split(b"\r\n\r\n", 1)
            answer = self._answer(head.decode("latin-1"))
            asyncio.get_running_loop().call_later(LATENCY_SECONDS, self._transport.write, answer)

    def _answer(self, head: str) -> bytes:
        request, *lines = head.split("\r\n")
        path = request.split(" ")[1]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        known = headers.get("if-none-match")
        place = self._places.get(path)
        status = 404 if place is None else 304 if known == place.etag else 200
        self._log.append(Asked(monotonic(), self._port, path, known is not None, status))
        return _response(status, place)


def _response(status: int, place: Packed | None) -> bytes:
    if place is None:
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    if status == 304:
        return f"HTTP/1.1 304 Not Modified\r\nETag: {place.etag}\r\n\r\n".encode()
    packed = "Content-Encoding: gzip\r\n" if place.is_packed else ""
    head = (
        f"HTTP/1.1 200 OK\r\nServer: bench\r\nDate: {format_datetime(NEWEST, usegmt=True)}\r\n"
        f"Content-Type: {place.content_type}\r\nETag: {place.etag}\r\nCache-Control: max-age=60\r\n"
        f"Vary: Accept-Encoding\r\n{packed}Content-Length: {len(place.body)}\r\n\r\n"
    )
    return head.encode() + place.body


def _places(port: int, pages: int, sizes: list[int]) -> dict[str, Packed]:
    """All that a host has; the sizes of its pages are added to the list."""
    draw = random.Random(port)
    titles = [f"{_sentence(draw, 9)[:-1]} ({number})" for number in range(pages)]
    places = {
        "/robots.txt": Packed(ROBOTS, "text/plain; charset=utf-8", _etag(ROBOTS), is_packed=False),
        "/feed": _packed(_feed(port, titles), "application/rss+xml; charset=utf-8"),
    }
    furniture = _furniture(draw)
    for number, title in enumerate(titles):
        page = _page(port, number, title, furniture, draw)
        sizes.append(len(page))
        places[_path(number)] = _packed(page, "text/html; charset=utf-8")
    return places


def _packed(body: bytes, content_type: str) -> Packed:
    return Packed(gzip.compress(body, 6), content_type, _etag(body))


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:16]}"'


def _path(number: int) -> str:
    return f"/2026/{number // 50 + 1:02}/story-{number}.html"


def _published(number: int) -> datetime:
    return NEWEST - number * timedelta(minutes=47)


def _feed(port: int, titles: Sequence[str]) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>http://127.0.0.1:{port}{_path(number)}</link>"
        f"<guid>{port}-{number}</guid><pubDate>{format_datetime(_published(number))}</pubDate>"
        f"<description>{title}, as our reporters saw it.</description></item>"
        for number, title in enumerate(titles)
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Outlet {port}</title>"
        f"<link>http://127.0.0.1:{port}/</link><description>All its news</description>{items}</channel></rss>"
    ).encode()


def _page(port: int, number: int, title: str, furniture: tuple[str, str, str], draw: random.Random) -> bytes:
    """A page of news as outlets make them: a tenth of it is the article."""
    style, navigation, footer = furniture
    at = _published(number).isoformat()
    lead = _paragraph(draw, 2)
    paragraphs = "".join(f"<p>{_paragraph(draw, 5)}</p>\n" for _ in range(draw.randint(8, 16)))
    teasers = "".join(_teaser(draw) for _ in range(draw.randint(24, 100)))
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | Outlet {port}</title>
<link rel="canonical" href="http://127.0.0.1:{port}{_path(number)}"><meta name="description" content="{lead}">
<meta name="author" content="Staff"><meta property="og:type" content="article">
<meta property="og:title" content="{title}"><meta property="article:published_time" content="{at}">
<meta name="robots" content="max-image-preview:large">
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "{title}",
"datePublished": "{at}", "description": "{lead}", "author": {{"@type": "Person", "name": "Staff"}}}}</script>
{style}</head><body>{navigation}<main><article><header><h1>{title}</h1><p class="lead">{lead}</p>
<time datetime="{at}">{at[:10]}</time></header><figure><img src="/pictures/{number}.jpg" alt="">
<figcaption>{_sentence(draw, 8)}</figcaption></figure>
{paragraphs}</article><aside><h2>More</h2>{teasers}</aside></main>{footer}</body></html>""".encode()


def _furniture(draw: random.Random) -> tuple[str, str, str]:
    """What all pages of an outlet share: style and script, navigation, footer."""
    rules = "".join(
        f".block-{number} > .item-{draw.randrange(99)} {{ margin: {draw.randrange(40)}px; "
        f"color: #{draw.randrange(16**6):06x}; }}\n"
        for number in range(160)
    )
    settings = ",".join(f'"option{number}": {draw.random():.6f}' for number in range(200))
    style = f"<style>{rules}</style><script>window.settings = {{{settings}}};</script>"
    entries = "".join(
        f'<li class="entry"><a class="entry-link" href="/section/{number}">{name}</a></li>'
        for number, name in enumerate(SECTIONS)
    )
    navigation = f'<header class="top"><nav><ul>{entries}</ul></nav></header>'
    return style, navigation, f"<footer><ul>{entries}</ul><p>All of this is invented.</p></footer>"


def _teaser(draw: random.Random) -> str:
    number = draw.randrange(10_000)
    return (
        f'<div class="teaser teaser-wide"><a class="teaser-link" href="/2026/00/story-{number}.html" '
        f'data-position="{number}"><img class="teaser-picture" loading="lazy" src="/pictures/small/{number}.jpg" '
        f'alt="" width="320" height="180">'
        f'<h3 class="teaser-title">{_sentence(draw, 8)}</h3></a></div>\n'
    )


def _paragraph(draw: random.Random, sentences: int) -> str:
    return " ".join(_sentence(draw, draw.randint(8, 22)) for _ in range(sentences))


def _sentence(draw: random.Random, words: int) -> str:
    """Words in an order that looks like a sentence; hardly any two are the same."""
    clauses = [
        f"the {draw.choice(NOUNS)} {draw.choice(VERBS)} the {draw.choice(NOUNS)} {draw.choice(MANNERS)}"
        for _ in range(max(1, words // 6))
    ]
    return " and ".join(clauses).capitalize() + "."
