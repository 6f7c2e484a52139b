"""Pages that something went wrong with: real ones and our own with bytes flipped, cut, repeated, mixed and misplaced.

A mutation is made from its number alone, so that one that breaks a step can be made again.
"""

import os
import random
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq

from tests.hostile import article
from warehouse.model import Page

ROOT = Path(__file__).parents[2]
LARGEST_BYTES = 3_000
"""Most pages that are mutated are smaller than this, whole or a piece of it: ten thousand take less than a minute."""
REAL_PAGES = 100
TAG = re.compile(rb"</?[a-zA-Z][^<>]{0,300}>")
SNIPPETS = (
    *(b"<!--", b"-->", b"<script>", b"</script>", b'"', b"'", b"<", b">", b"&", b"&#1;", b"&#xD800;", b"\0", b"\xff"),
    *(b"<table>", b"</div>", b"</body></html>", b"<plaintext>", b"<br>" * 20, b"<b>" * 40, b"\x1b$B", b"\xe2\x80\xae"),
    *(b"<time datetime='2020-02-30T25:61'>", b"<meta charset=utf-7>", b'{"@type":["NewsArticle"],"author":[[{}]]}'),
    *(
        b"<script type='application/ld+json'>",
        b"<p class='byline'>By ",
        b"<h1>",
        b"<img srcset=',,,'>",
        b"<a href='http://[",
    ),
)
STATEMENTS = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Last crossing of the ferry",
"author": [{"name": "Ann Author"}], "datePublished": "2020-05-01T10:15:00Z", "image": {"url": "/a.jpg"}}</script>"""
CHARSETS = (None, None, None, "utf-8", "gbk", "windows-1252", "utf-16", "no-such-charset")
ADDRESSES = (
    "https://news.example/2020/05/story",
    "https://news.example/",
    "http://[::1]/a",
    "https://пример.рф/a?b=1#c",
)

Way = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def mutation(number: int) -> Page:
    """Mutation number so-and-so: always the same page."""
    chance = random.Random(number)
    bodies = originals()
    body = chance.choice(bodies)
    for _ in range(chance.randint(1, 4)):
        body = chance.choice(WAYS)(chance, body, bodies)
    url = chance.choice(ADDRESSES)
    title = chance.choice((None, "Last crossing of the old ferry"))
    given = {"source": "mutations", "site": "news.example", "requested_url": url, "url": url, "hint_title": title}
    return Page(**given, body=body[: 2 * LARGEST_BYTES], charset=chance.choice(CHARSETS))


@cache
def originals() -> tuple[bytes, ...]:
    """The pages that are mutated: our own, and small real ones where the folder of them is known."""
    return tuple(sorted({*_own_pages(), *_real_pages()}))


def _own_pages() -> Iterator[bytes]:
    yield from (path.read_bytes() for path in (ROOT / "tests" / "cases").glob("*/page.html"))
    for path in (ROOT / "flows" / "sample" / "articles").rglob("*.md"):
        yield path.read_bytes()
    yield article.page(
        head=STATEMENTS, after="<p class=byline>By Ann Author, 1 May 2020, 10:15</p><img src=/a.jpg>"
    ).encode()


def _real_pages() -> Iterator[bytes]:
    folder = os.environ.get("BROADSHEET_GOLD_DATA")
    path = Path(folder or "") / "pages" / "daniel_dev.parquet"
    if folder and path.is_file():
        pages = pq.read_table(path, columns=["html"])["html"].to_pylist()
        for body in sorted(pages, key=len)[:REAL_PAGES]:
            # A head and a piece of the body of larger ones.
            yield body if len(body) <= LARGEST_BYTES else body[: LARGEST_BYTES // 3] + body[-2 * LARGEST_BYTES // 3 :]


def _flipped(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.randint(1, 20) if body else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _shortened(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(chance, body)
    return body[:start] + body[end:]


def _repeated(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(chance, body)
    return body[:end] + body[start:end] * chance.randint(1, 5) + body[end:]


def _cut_off(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _spliced(chance: random.Random, body: bytes, bodies: Sequence[bytes]) -> bytes:
    other = chance.choice(bodies)
    return body[: chance.randrange(len(body) + 1)] + other[chance.randrange(len(other) + 1) :]


def _with_swapped_tags(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    tags = TAG.findall(body)
    return TAG.sub(lambda tag: chance.choice(tags) if chance.random() < 0.1 else tag[0], body)


def _with_snippets(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(body) + 1)
        body = body[:at] + chance.choice(SNIPPETS) + body[at:]
    return body


WAYS: tuple[Way, ...] = (*(_flipped, _shortened, _repeated, _cut_off, _spliced, _with_swapped_tags, _with_snippets),)


def _span(chance: random.Random, body: bytes) -> tuple[int, int]:
    start = chance.randrange(len(body) + 1)
    return start, min(len(body), start + chance.randint(0, 500))
