"""Revisit records: captures whose body is that of an earlier one, which the crawler did not keep twice."""

from collections import OrderedDict
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

from flows.extract.bulk.warc_packing import Place
from flows.extract.bulk.warc_records import Record

MOST_NAMES = 150_000
"""Names by which captures of a file are remembered, the latest ones, up to three each; a CC-NEWS file of 1 GB has some
50,000 pages. They take some 30 MB."""
NOT_MODIFIED = 304


class Original(NamedTuple):
    """Where an earlier capture stands, and whether it was taken: one that the selection leaves out was not."""

    place: Place
    is_taken: bool


class Originals:
    """The captures of a file by what revisits name: the digest of their payload, their address and date."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, Original] = OrderedDict()

    def add(self, record: Record, url: str, *, is_taken: bool) -> None:
        """Remembers a capture."""
        original, digest = Original(record.place, is_taken), record.header("WARC-Payload-Digest")
        for name in (_named(url, record.header("WARC-Date")), *((_named(url, digest), digest) if digest else ())):
            self._known[_key(name)] = original
        while len(self._known) > MOST_NAMES:
            self._known.popitem(last=False)

    def at_the_same_address(self, revisit: Record, url: str) -> Original | None:
        """The capture of this very address that a revisit points back to; None where it is not known."""
        return self._find(_named(url, revisit.header(name)) for name in ("WARC-Payload-Digest", "WARC-Refers-To-Date"))

    def at_any(self, revisit: Record) -> Original | None:
        """The capture whose body a revisit has, at whatever address; None where it is not known."""
        digest, url = revisit.header("WARC-Payload-Digest"), original_url(revisit)
        named = _named(url, revisit.header("WARC-Refers-To-Date")) if url else None
        return self._find(name for name in (digest, named) if name)

    def _find(self, names: Iterable[str]) -> Original | None:
        return next((found for name in names if (found := self._known.get(_key(name)))), None)


def original_url(revisit: Record) -> str | None:
    """The address of the earlier capture, where the revisit names it."""
    return bare_url(revisit.header("WARC-Refers-To-Target-URI"))


def says_not_modified(revisit: Record, status: int | None) -> bool:
    """Whether a revisit is the server's word that this address still gives what it gave before."""
    return status == NOT_MODIFIED or "server-not-modified" in (revisit.header("WARC-Profile") or "")


def bare_url(given: str | None) -> str | None:
    """An address without the angle brackets that early writers put around it."""
    if given and given.startswith("<") and given.endswith(">"):
        return given[1:-1].strip() or None
    return given


def _named(url: str, mark: str | None) -> str:
    return f"{mark} {url}"


def _key(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "replace"), digest_size=8).digest()
