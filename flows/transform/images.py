"""Pictures of a page, as absolute addresses without proxies, in reading order."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import islice

from lxml.html import HtmlElement

from flows.transform.captions import caption_text
from flows.transform.image_versions import has_version, largest_version
from flows.transform.outline import Outline
from flows.transform.selectors import compiled
from flows.transform.text import squeeze
from flows.web.sites import SiteFacts
from warehouse.model import Image

# Pages of so many pictures are lists of them; links have the same bound.
MOST_PICTURES = 2000
# More are a gallery of hundreds.
MOST_FALLBACKS = 300
# Whether a picture has an address at all does not depend on the page's.
ANYWHERE = "https://page.invalid/"
# Smaller pictures are icons, smileys and counters.
SMALLEST_SIDE = 40
SHOWN_BY = ("img", "amp-img")


def captioned(root: HtmlElement, facts: SiteFacts, captions: Collection[HtmlElement]) -> dict[HtmlElement, str | None]:
    """The elements that show pictures, the first so many of a page, each with its caption."""
    inner = _first_within(captions)
    return {element: _caption(element, facts, inner) for element in islice(root.iter(*SHOWN_BY), MOST_PICTURES)}


def pictures(
    region: HtmlElement, shown: Mapping[HtmlElement, str | None], base: str, facts: SiteFacts
) -> tuple[Image, ...]:
    """The pictures inside an element, each address once, but for those that the page shows above it as well.

    These are logos and buttons. What stands behind the element is not looked at, which on most pages is the most.
    """
    inside = list(region.iter(*SHOWN_BY))
    found: dict[str, HtmlElement] = {}
    for element in shown if inside else ():
        url = None if _is_icon(element) else image_url(element, base)
        if url and not _is_noise(element, url, facts):
            found.setdefault(url, element)
        if element is inside[-1]:
            break
    kept = set(inside)
    return tuple(Image(url, shown[element]) for url, element in found.items() if element in kept)


def reveal_lazy_pictures(root: HtmlElement) -> None:
    """Give pictures whose script has not run the address that the page keeps for browsers without scripts.

    It stands in a `noscript` behind the picture, which goes with the noise.
    """
    for fallback in islice(root.iter("noscript"), MOST_FALLBACKS):
        kept, shown = fallback.find(".//img"), fallback.getprevious()
        shown = shown if shown is None or shown.tag == "img" else next(shown.iter("img"), None)
        if kept is not None and shown is not None and not has_version(shown, ANYWHERE):
            for name in ("src", "srcset"):
                shown.set(f"data-{name}", kept.get(name) or "")


def has_media(outline: Outline) -> bool:
    """Whether the page shows or plays anything: a video or a cartoon without a word is a complete article."""
    return bool(outline.of(*SHOWN_BY, "video", "audio", "iframe", "embed", "object"))


def image_url(element: HtmlElement, base: str) -> str | None:
    """A picture's own address: its largest file, behind lazy loading, proxies and resizers."""
    largest = largest_version(element, base)
    return largest.url if largest else None


def marked_captions(outline: Outline, facts: SiteFacts) -> dict[HtmlElement, None]:
    """The elements that are marked as captions, in their order."""
    return dict.fromkeys(compiled(facts.caption_selectors).among(outline))


def remove_captions(root: HtmlElement, marked: Iterable[HtmlElement]) -> None:
    """Take captions out of the tree, once the pictures have theirs: they are not paragraphs."""
    captions = list(marked)
    captions += [caption for image in root.iter("img") if (caption := _small_print_after(image)) is not None]
    for caption in captions:
        if caption.getparent() is not None and next(caption.iter("img"), None) is None:
            caption.drop_tree()


def _is_noise(element: HtmlElement, url: str, facts: SiteFacts) -> bool:
    """Whether the picture is known to be none of the article's, by its own address or the one it was proxied as."""
    noise = _any_of(facts.noise_images)
    return bool(noise.search(url) or noise.search(element.get("src") or ""))


def _is_icon(element: HtmlElement) -> bool:
    sides = [element.get(side) or "" for side in ("width", "height")]
    return any(side.isdigit() and int(side) < SMALLEST_SIDE for side in sides)


def _caption(image: HtmlElement, facts: SiteFacts, captions: Mapping[HtmlElement, HtmlElement]) -> str | None:
    """The caption that belongs to a picture: in its figure or box, else the small print right behind it."""
    marked = next((captions[box] for box in _boxes(image) if box in captions), None) if captions else None
    caption = _small_print_after(image) if marked is None else marked
    return None if caption is None else caption_text(caption, _any_of(facts.caption_labels))


def _first_within(elements: Iterable[HtmlElement]) -> dict[HtmlElement, HtmlElement]:
    """For each element that holds some of these, which come in document order, the first of them."""
    first: dict[HtmlElement, HtmlElement] = {}
    for element in elements:
        for box in element.iterancestors():
            if box in first:
                break
            first[box] = element
    return first


def _boxes(image: HtmlElement) -> Iterator[HtmlElement]:
    """The elements around a picture that hold no other picture, from the inside out."""
    for count, box in enumerate(image.iterancestors("figure", "div", "span", "a", "p", "td")):
        others = box.iter("img")
        next(others, None)
        # Four levels are what figure, wrapper, link and span need.
        if count > 4 or next(others, None) is not None:  # noqa: PLR2004 - explained above
            return
        yield box


def _small_print_after(image: HtmlElement) -> HtmlElement | None:
    """The element right behind a picture that holds nothing but small print."""
    following = image.getnext()
    if following is None or squeeze(image.tail or "") or following.tag not in ("div", "p", "small"):
        return None
    if following.tag == "small":
        return following
    has_other_text = squeeze(following.text or "") or any(child.tag != "small" for child in following)
    return following if len(following) and not has_other_text else None


@cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) if patterns else r"(?!)")
