"""The standfirst: what the page marks as one, else the first paragraph."""

from flows.transform.blocks import HEADINGS, Block
from flows.transform.selectors import compiled
from flows.web.sites import SiteFacts

# A standfirst further down is a template's mistake: some pages give their last line the class of the first.
LATEST = 3
# Several pictures, each with the text of its own box, are a gallery: its first text introduces only the first picture.
FEWEST_PICTURES = 2


def lead(blocks: list[Block], facts: SiteFacts) -> str | None:
    """The lead of a text, or None where it begins with a heading or is a gallery of pictures with their texts."""
    chosen = compiled(facts.lead_selectors)
    for block in blocks[:LATEST]:
        if chosen.matches(block.container):
            return block.text
    if not blocks or blocks[0].tag in HEADINGS or _is_gallery(blocks):
        return None
    return blocks[0].text


def _is_gallery(blocks: list[Block]) -> bool:
    """Whether every block shares its box with a picture of its own."""
    return len(blocks) >= FEWEST_PICTURES and all(_has_picture(block) for block in blocks)


def _has_picture(block: Block) -> bool:
    return block.tag != "body" and next(block.container.iter("img"), None) is not None
