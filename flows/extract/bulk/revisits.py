"""Revisit records: captures whose body is that of an earlier one, which the crawler did not keep twice."""

from collections import OrderedDict
from hashlib import blake2b

from flows.extract.bulk.warc_packing import Place
from flows.extract.bulk.warc_records import Record

MOST_ORIGINALS = 100_000
"""Pages of a file that are remembered by where they stand, the latest ones; a CC-NEWS file of 1 GB has half as many.
They take some 20 MB."""
NOT_MODIFIED = 304


class Originals:
    """Where the pages of a file stand, by what revisits name: the digest of their payload, or address and date."""

    def __init__(self) -> None:
        self._places: OrderedDict[bytes, Place] = OrderedDict()

    def add(self, record: Record, url: str) -> None:
        """Remembers a page's record."""
        self._places[_key(record.header("WARC-Payload-Digest") or _named(url, record.header("WARC-Date")))] = (
            record.place
        )
        if len(self._places) > MOST_ORIGINALS:
            self._places.popitem(last=False)

    def place_of(self, revisit: Record) -> Place | None:
        """Where the page stands whose body a revisit has; None where that is not known."""
        digest, url = revisit.header("WARC-Payload-Digest"), original_url(revisit)
        named = _named(url, revisit.header("WARC-Refers-To-Date")) if url else None
        keys = [_key(name) for name in (digest, named) if name]
        return next((self._places[key] for key in keys if key in self._places), None)


def original_url(revisit: Record) -> str | None:
    """The address of the earlier capture, where the revisit names it."""
    return bare_url(revisit.header("WARC-Refers-To-Target-URI"))


def is_of_same_address(revisit: Record, url: str, status: int | None) -> bool:
    """Whether a revisit says no more than that this address still gave what it had given before."""
    if status == NOT_MODIFIED or "server-not-modified" in (revisit.header("WARC-Profile") or ""):
        return True
    earlier = original_url(revisit)
    return earlier is None or earlier == url


def bare_url(given: str | None) -> str | None:
    """An address without the angle brackets that early writers put around it."""
    if given and given.startswith("<") and given.endswith(">"):
        return given[1:-1].strip() or None
    return given


def _named(url: str, date: str | None) -> str:
    return f"{date} {url}"


def _key(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "replace"), digest_size=8).digest()
