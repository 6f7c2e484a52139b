"""Whether a record's block is what its writer says that it was (WARC 1.1, 5.8: `WARC-Block-Digest`)."""

import base64
import binascii
import hashlib
from collections.abc import Iterator

ALGORITHMS = {
    "sha1": "sha1",
    "sha-1": "sha1",
    "sha256": "sha256",
    "sha-256": "sha256",
    "md5": "md5",
    "sha512": "sha512",
}


def is_intact(block: bytes, stated: str | None) -> bool:
    """Whether a block has its digest; one that states none, or one that cannot be read, is believed."""
    name, _, value = (stated or "").partition(":")
    algorithm = ALGORITHMS.get(name.strip().lower())
    if algorithm is None:
        return True
    digest = hashlib.new(algorithm, block, usedforsecurity=False).digest()
    candidates = [candidate for candidate in _decoded(value.strip()) if len(candidate) == len(digest)]
    return not candidates or digest in candidates


def _decoded(value: str) -> Iterator[bytes]:
    """What a digest may stand for: writers use base32, as in the standard's examples, and hexadecimal digits."""
    for decode in (bytes.fromhex, _from_base32, _from_base64):
        try:
            yield decode(value)
        except (ValueError, binascii.Error):
            continue


def _from_base32(value: str) -> bytes:
    return base64.b32decode(value.upper() + "=" * (-len(value) % 8))


def _from_base64(value: str) -> bytes:
    return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_" if set(value) & set("-_") else None)
