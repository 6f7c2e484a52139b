"""The outgoing links of a text, as absolute addresses, in reading order."""

from collections.abc import Callable, Iterable

from flows.transform.blocks import Block
from flows.transform.text import squeeze_or_none
from flows.web.urls import DROPPED, absolute_url, normalize_url, split_url
from warehouse.model import Link

# Pages that consist of links are lists; what stands behind the first thousands is no reference of an article.
MOST_LINKS = 2000


def links_in(blocks: Iterable[Block], base: str) -> tuple[Link, ...]:
    """The links in the blocks that are the text, each address once with its first words; links to itself are none.

    Links of adverts, share bars and related articles went with their blocks.
    """
    is_own = _leads_to(base)
    found: dict[str, Link] = {}
    for anchor in (anchor for block in blocks for anchor in block.anchors):
        url = absolute_url(base, anchor.get("href") or "")
        if url and url not in found and not is_own(url):
            found[url] = Link(url, squeeze_or_none("".join(anchor.itertext())))
        if len(found) >= MOST_LINKS:
            break
    return tuple(found.values())


def _leads_to(base: str) -> Callable[[str], bool]:
    """Whether an address is that of the page itself, by another spelling perhaps."""
    own = normalize_url(base)
    # To normalise an address takes as long as all else that is done to a link. One that leads to the page has the end
    # of the page's own in it, unless one of the two is written in percents or with characters that count for nothing.
    end = split_url(own).path.rstrip("/").rpartition("/")[2]
    end = "" if "%" in end or DROPPED.search(base) else end
    return lambda url: (end in url or "%" in url) and normalize_url(url) == own
