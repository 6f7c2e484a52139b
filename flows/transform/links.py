"""The outgoing links of a text, as absolute addresses, in reading order."""

from collections.abc import Iterable

from flows.transform.blocks import Block
from flows.transform.text import squeeze_or_none
from flows.web.urls import absolute_url, normalize_url
from warehouse.model import Link

# Pages that consist of links are lists; what stands behind the first thousands is no reference of an article.
MOST_LINKS = 2000


def links_in(blocks: Iterable[Block], base: str) -> tuple[Link, ...]:
    """The links in the blocks that are the text, each address once with its first words; links to itself are none.

    Links of adverts, share bars and related articles went with their blocks.
    """
    own = normalize_url(base)
    found: dict[str, Link] = {}
    for anchor in (anchor for block in blocks for anchor in block.anchors):
        url = absolute_url(base, anchor.get("href") or "")
        if url and normalize_url(url) != own:
            found.setdefault(url, Link(url, squeeze_or_none("".join(anchor.itertext()))))
        if len(found) >= MOST_LINKS:
            break
    return tuple(found.values())
