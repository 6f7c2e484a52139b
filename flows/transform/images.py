"""Pictures of a page, as absolute addresses without proxies, in reading order."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice

from lxml.html import HtmlElement

from flows.transform.captions import caption_text
from flows.transform.image_versions import has_version, largest_version
from flows.transform.outline import Outline
from flows.transform.removals import Removals
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
SIDE = re.compile(r"[0-9]{1,5}")
SHOWN_BY = ("img", "amp-img")


def captioned(root: HtmlElement, facts: SiteFacts, captions: Iterable[HtmlElement]) -> dict[HtmlElement, str | None]:
    """The elements of a page that show pictures, in their order, each with its caption."""
    inner, words = _first_within(captions), dict[HtmlElement, str | None]()
    found: dict[HtmlElement, str | None] = {}
    for element in root.iter(*SHOWN_BY):
        caption = _caption(element, inner)
        # Hundreds of pictures may stand around one caption.
        if caption is not None and caption not in words:
            words[caption] = caption_text(caption, _any_of(facts.caption_labels))
        found[element] = None if caption is None else words[caption]
    return found


def pictures(
    region: HtmlElement, shown: Mapping[HtmlElement, str | None], base: str, facts: SiteFacts
) -> list[tuple[HtmlElement, Image]]:
    """The pictures of a page down to the end of an element, each address once, and the elements that show them.

    The addresses of those behind it, which belong to other articles, are not worked out.
    """
    inside = list(region.iter(*SHOWN_BY))
    found: dict[str, tuple[HtmlElement, Image]] = {}
    for element, caption in shown.items() if inside else ():
        url = None if _is_icon(element) else image_url(element, base)
        if url and not _is_noise(element, url, facts):
            found.setdefault(url, (element, Image(url, caption)))
        if element is inside[-1] or len(found) >= MOST_PICTURES:
            break
    return list(found.values())


def within(region: HtmlElement, shown: Iterable[tuple[HtmlElement, Image]]) -> tuple[Image, ...]:
    """The pictures that stand inside an element; one that the page shows above it as well is a logo or a button."""
    inside = set(region.iter(*SHOWN_BY))
    return tuple(image for element, image in shown if element in inside)


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


def marked_captions(outline: Outline, facts: SiteFacts, removals: Removals) -> dict[HtmlElement, None]:
    """The elements that are marked as captions, in their order; what one has swallowed is put behind it."""
    marked = compiled(facts.caption_selectors).among(outline)
    return dict.fromkeys(one for one in marked if not _has_swallowed(one, removals) or removals.let_out(one))


def _has_swallowed(caption: HtmlElement, removals: Removals) -> bool:
    # A page of a picture may have no words but its caption.
    return removals.is_of_article(caption) and removals.has_swallowed(caption)


def remove_captions(root: HtmlElement, marked: Iterable[HtmlElement], removals: Removals) -> None:
    """Take captions out of the tree, once the pictures have theirs: they are not paragraphs."""
    captions = list(marked)
    captions += [caption for image in root.iter("img") if (caption := _small_print_after(image)) is not None]
    for caption in captions:
        if next(caption.iter("img"), None) is None:
            removals.take_out(caption)


def _is_noise(element: HtmlElement, url: str, facts: SiteFacts) -> bool:
    """Whether the picture is known to be none of the article's, by its own address or the one it was proxied as."""
    noise = _any_of(facts.noise_images)
    return bool(noise.search(url) or noise.search(element.get("src") or ""))


def _is_icon(element: HtmlElement) -> bool:
    sides = [element.get(side) or "" for side in ("width", "height")]
    return any(SIDE.fullmatch(side) and int(side) < SMALLEST_SIDE for side in sides)


def _caption(image: HtmlElement, captions: Mapping[HtmlElement, HtmlElement]) -> HtmlElement | None:
    """The caption that belongs to a picture: in its figure or box, else the small print right behind it."""
    marked = next((captions[box] for box in _boxes(image) if box in captions), None) if captions else None
    return _small_print_after(image) if marked is None else marked


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
        # Four levels are what figure, wrapper, link and span need.
        if count > 4 or _has_second(box):  # noqa: PLR2004 - explained above
            return
        yield box


def _has_second(box: HtmlElement) -> bool:
    """Whether an element holds two pictures of a kind: within one `amp-img` stands an `img` that holds its place."""
    # One walk for both: of a gallery it ends at the second.
    seen = set[str]()
    for picture in box.iter(*SHOWN_BY):
        if picture.tag in seen:
            return True
        seen.add(picture.tag)
    return False


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
