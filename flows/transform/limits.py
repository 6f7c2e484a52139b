"""How much work a page may cost: the usual limits, and a tenth of them for a page that broke its worker under these.

Among 2,700 news pages of a decade the largest has 3 million characters, 10,000 elements, 56 levels, 64 attributes on a
tag, 900,000 characters within tags, and 1.9 million characters of script: FULL lies beyond what
pages need, and below what the steps can be made to do in some seconds.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What of a page is read, and how.

    `body_bytes` are decoded; `characters` of markup are parsed, what was left out not counted; `tags` are those that
    open an element, `repeats` those of one name that belong to a page's head, `depth` how many may stand within each
    other; `attributes` are those of one tag, `tag_characters` those within all tags, `script_characters` those within
    all scripts and styles. `has_fallbacks` allows the readings of the text by other extractors, which are dear and not
    ours to bound.
    """

    body_bytes: int
    characters: int
    tags: int
    repeats: int
    depth: int
    attributes: int
    tag_characters: int
    script_characters: int
    has_fallbacks: bool


FULL = Limits(
    body_bytes=32_000_000,
    characters=5_000_000,
    tags=24_000,
    repeats=1_000,
    depth=120,
    attributes=200,
    tag_characters=3_000_000,
    script_characters=4_000_000,
    has_fallbacks=True,
)
CHEAP = Limits(
    body_bytes=3_200_000,
    characters=500_000,
    tags=2_400,
    repeats=100,
    depth=60,
    attributes=50,
    tag_characters=300_000,
    script_characters=400_000,
    has_fallbacks=False,
)
