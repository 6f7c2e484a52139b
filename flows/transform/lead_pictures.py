"""The picture that leads an article: the first that its head shows, else the one that the page states as its own."""

from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from flows.transform.claims import Claim, chosen_value, first_possible, with_choice
from flows.transform.evidence import Evidence, strings_in
from flows.transform.image_versions import is_same_picture, picture_address, picture_name
from flows.transform.outline import Outline
from flows.transform.shown_pictures import Shown, not_a_picture, shown_pictures
from flows.web.sites import SiteFacts
from warehouse.model import Image

METAS = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")
# Pages state a picture in three or four crops; galleries of hundreds in JSON-LD are not its lead.
MOST_STATED = 6


def image_claims(
    outline: Outline, heading: HtmlElement | None, statements: Evidence, base: str, facts: SiteFacts
) -> list[Claim]:
    """What could be the lead picture, in order of rank, the winner marked; the page is that before noise goes.

    What the reader sees above the text leads the article. What is stated for sharing is often another crop, and
    sometimes another picture; where both are the same picture, the page's own largest file is taken.
    """
    stated = list(_stated(statements, base))
    names = {picture_name(claim.value) for claim in stated if claim.refused is None}
    ranked = [(2.0, claim) for claim in stated]
    ranked += [_ranked(shown, names) for shown in _largest_first(shown_pictures(outline, heading, base, facts))]
    claims = [claim for _, claim in sorted(ranked, key=lambda pair: pair[0])]
    return with_choice(claims, first_possible(claims))


def lead_picture(claims: list[Claim], pictures: tuple[Image, ...]) -> str | None:
    """The address of the chosen claim, else of the first picture of the text."""
    return chosen_value(claims) or (pictures[0].url if pictures else None)


def _largest_first(shown: list[Shown]) -> list[Shown]:
    """Pictures in reading order, but of those with one name the widest before the others: pages repeat a picture."""
    names = [picture_name(picture.url) for picture in shown]
    first = [next(at for at, other in enumerate(names) if is_same_picture(name, other)) for name in names]
    order = sorted(range(len(shown)), key=lambda at: (first[at], -shown[at].width))
    return [shown[at] for at in order]


def _ranked(shown: Shown, names: set[str]) -> tuple[float, Claim]:
    """A shown picture with its rank among the others."""
    own = picture_name(shown.url)
    if any(is_same_picture(own, name) for name in names):
        evidence = "picture above the text, as stated" if shown.is_above_text else "picture in the text, as stated"
        return (0.0 if shown.is_above_text else 1.5), Claim(shown.url, evidence, refused=shown.refused)
    refused = shown.refused or shown.doubt
    is_prominent = shown.is_above_text and (shown.is_framed or shown.width > 0)
    evidence = "picture above the text" if shown.is_above_text else "picture in the text"
    return (1.0 if is_prominent else 3.0), Claim(shown.url, evidence, refused=refused)


def _stated(statements: Evidence, base: str) -> Iterator[Claim]:
    """The pictures that the page states as its own, each with its wording."""
    written = [(name, value) for name in METAS for value in statements.meta.get(name, ())[:MOST_STATED]]
    for key in ("url", "contentUrl"):
        written += [
            ("json_ld image", value) for value in islice(strings_in(statements.stated("image"), key), MOST_STATED)
        ]
    for evidence, value in written:
        if url := picture_address(value, base):
            yield Claim(url, evidence, raw=value, refused=not_a_picture(url))
