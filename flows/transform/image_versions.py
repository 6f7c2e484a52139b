"""The versions in which a page offers one picture: which is the largest, and which addresses are one picture's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from urllib.parse import unquote

from lxml.html import HtmlElement

from flows.web.urls import absolute_url, split_url, unproxy_image_url

# fmt: off
# Lazy loaders keep the real address here and a placeholder in `src`.
LAZY_SOURCES = (
    "data-src", "data-original", "data-lazy-src", "data-lazy", "data-hi-res-src", "data-full-src", "data-image",
)
# fmt: on
SOURCE_SETS = ("srcset", "data-srcset", "data-lazy-srcset", "imagesrcset")
# https://html.spec.whatwg.org/multipage/images.html#srcset-attributes: an address ends at a blank and may hold commas,
# though none at its ends. Begun at none of these, the search does not try every one of a thousand commas.
CANDIDATE = re.compile(r"([^\s,](?:\S*[^\s,])?)(?:\s+([0-9]{1,5}(?:\.[0-9]{1,3})?)([wxh]))?")
MOST_CANDIDATES = 40
MOST_SOURCES = 20
LONGEST_SET = 20_000
LONGEST_ADDRESS = 4000
# Content networks write the width into the address: ?w=1200, /w1240/, width-640, 1200x675.
WRITTEN_WIDTH = re.compile(
    r"[?&;,/_.-](?:w|wid|width|imwidth)[=_-]?([0-9]{2,4})(?![0-9])|(?<![0-9])([0-9]{2,4})x[0-9]{2,4}(?![0-9])"
)
STATED_WIDTH = re.compile(r"\s*([0-9]{1,5})(?:px)?\s*")
# What stands in for a picture until the page's script has loaded it.
PLACEHOLDER = re.compile(
    r"(?:^|[/._-])(?:placeholder|blank|spacer|pixel|transparent|lazy|loading|dummy|1x1|grey|fallback)(?:[/._-]|$)",
    re.IGNORECASE,
)
# What versions differ in: sizes and WordPress's word for a picture that was too large.
SIZE = re.compile(r"[-_~@]?(?:[0-9]{2,4}x[0-9]{2,4}|scaled|[wh]_?[0-9]{2,4})(?=[-_.~]|$)", re.IGNORECASE)
# File names that every picture of a system has; the folder above tells them apart.
GENERIC = re.compile(
    r"[0-9]{0,4}|images?|img|original|default|master|main|file|photo|large|medium|small|full|view|format|auto|resize"
)
SEPARATORS = "-_.~"
END = "\0"
# Names that begin alike for this long, up to a separator, are one name with two endings (size, crop, hash).
ALIKE = 16
# A whole name that another begins with is enough if it is no accident.
WHOLE = 10
NAMED_PARTS = 4


@dataclass(frozen=True, slots=True)
class Version:
    """One file of a picture and its width in pixels, as far as the page says it (0 where it does not)."""

    url: str
    width: int


def largest_version(element: HtmlElement, base: str) -> Version | None:
    """The widest version of the picture that an `img` shows; of equally wide ones the one that browsers try first.

    AVIF comes after the others: much software that reads a warehouse does not open it yet.
    """
    written = sorted(_versions(element), key=lambda version: (-version.width, ".avif" in version.url))
    # Only the winner's address is worked out: that is most of the cost of a picture with thirty versions.
    resolved = (Version(url, one.width) for one in written if (url := picture_address(one.url, base)))
    return next(resolved, None)


def has_version(element: HtmlElement, base: str) -> bool:
    """Whether an `img` has an address at all that is none of a placeholder."""
    return any(picture_address(one.url, base) for one in _versions(element))


def _versions(element: HtmlElement) -> Iterator[Version]:
    """The versions of a picture as they are written, in the order in which browsers try them."""
    picture = next(element.iterancestors("picture"), None)
    sources = islice(picture.iter("source"), MOST_SOURCES) if picture is not None else ()
    for holder in (*sources, element):
        yield from _written(holder)


def picture_address(written: str, base: str) -> str | None:
    """The absolute address of a picture without its proxy; None for data and placeholders."""
    address = written.strip()
    if not address or len(address) > LONGEST_ADDRESS or address.startswith(("data:", "blob:")):
        return None
    return _own_address(address, base)


# A picture is looked at by several steps, and a page shows some more than once.
@lru_cache(maxsize=512)
def _own_address(address: str, base: str) -> str | None:
    absolute = absolute_url(base, address)
    own = unproxy_image_url(absolute) if absolute else None
    return own if own and not PLACEHOLDER.search(split_url(own).path) else None


def written_width(url: str) -> int:
    """The width that an address names, 0 where it names none."""
    return max((int(one or other) for one, other in WRITTEN_WIDTH.findall(url)), default=0)


def picture_name(url: str) -> str:
    """What the versions of one picture share: the file's name without size and ending, else a folder above it."""
    for part in reversed(unquote(split_url(url).path).split("/")[-NAMED_PARTS:]):
        name = SIZE.sub("", part.rsplit(".", 1)[0]).casefold()
        if not GENERIC.fullmatch(name):
            return name
    return url


def is_same_picture(one: str, other: str) -> bool:
    """Whether two names, as `picture_name` gives them, are one picture's."""
    short, long = sorted((one, other), key=len)
    if short == long or (len(short) >= WHOLE and long.startswith(short)):
        return True
    differs = next(at for at, pair in enumerate(zip(short + END, long, strict=False)) if pair[0] != pair[1])
    end = max(short.rfind(separator, 0, differs) for separator in SEPARATORS)
    return end >= ALIKE and 2 * end >= len(short)


def _written(holder: HtmlElement) -> Iterator[Version]:
    """The addresses that an `img` or `source` holds, with the widths that it or they state."""
    for name in SOURCE_SETS:
        if listed := holder.get(name):
            for match in islice(CANDIDATE.finditer(listed[:LONGEST_SET]), MOST_CANDIDATES):
                yield Version(match[1], int(float(match[2])) if match[3] == "w" else written_width(match[1]))
    stated = STATED_WIDTH.fullmatch(holder.get("width") or "")
    for name in (*LAZY_SOURCES, "src"):
        if address := (holder.get(name) or "")[: LONGEST_ADDRESS + 1]:
            # The attribute says how wide the picture is shown, the address how wide the file is.
            yield Version(address, written_width(address) or (int(stated[1]) if stated else 0))
