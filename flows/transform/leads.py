"""The lead: the standfirst that the page shows, else the first paragraph of its text."""

from flows.transform.blocks import HEADINGS, Block
from flows.transform.claims import Claim, chosen_value, first_possible, with_choice
from flows.transform.selectors import compiled
from flows.transform.standfirsts import Standfirst
from flows.transform.text import dense
from flows.web.sites import SiteFacts

# A standfirst further down is a template's mistake: some pages give their last line the class of the first.
LATEST = 3
# Several pictures, each with the text of its own box, are a gallery: its first text introduces only the first picture.
FEWEST_PICTURES = 2
# A text shows its standfirst at its beginning, or it has left it out; what a later paragraph repeats is a quotation.
BEGINNING = 8
MOST_CLAIMS = 12


def lead_claims(
    standfirsts: list[Standfirst], blocks: list[Block], headline: str | None, facts: SiteFacts
) -> list[Claim]:
    """What could be the lead, in order of rank, the winner marked.

    None is chosen where a page marks no standfirst and its text begins with a heading or is a gallery.
    """
    claims = [*_marked_blocks(blocks, facts)]
    claims += [Claim(one.text, one.evidence, refused=one.refused) for one in standfirsts[:MOST_CLAIMS]]
    text = _behind_headline(blocks, headline)
    if text:
        claims.append(Claim(text[0].text, "first paragraph", refused=_no_introduction(text)))
    return with_choice(claims, first_possible(claims))


def with_lead(blocks: list[Block], claims: list[Claim]) -> list[Block]:
    """The blocks of a text with its lead before them, where the choice of the text has left it out."""
    missing = [line for line in (chosen_value(claims) or "").split("\n") if line and not _begins_with(blocks, line)]
    return [*(_block(line, blocks) for line in missing), *blocks] if blocks else blocks


def _begins_with(blocks: list[Block], line: str) -> bool:
    wanted = dense(line).casefold()
    return wanted in "\n".join(dense(block.text) for block in blocks[:BEGINNING]).casefold()


def _block(line: str, blocks: list[Block]) -> Block:
    return Block(line, blocks[0].container, "p", 0.0, 0.0, 0.0, is_in_list=False, anchors=[])


def _marked_blocks(blocks: list[Block], facts: SiteFacts) -> list[Claim]:
    """The first blocks of the text that the site is known to mark: fragments have no headline to look behind."""
    chosen = compiled(facts.lead_selectors)
    marked = [block for block in blocks[:LATEST] if chosen.matches(block.container)]
    return [Claim(block.text, "marked by the rules of the site") for block in marked]


def _behind_headline(blocks: list[Block], headline: str | None) -> list[Block]:
    """The blocks without a first one that is the headline with its kicker."""
    if not (blocks and headline and blocks[0].tag in HEADINGS):
        return blocks
    return blocks[1:] if _words(blocks[0].text).endswith(_words(headline)) else blocks


def _words(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _no_introduction(blocks: list[Block]) -> str | None:
    if blocks[0].tag in HEADINGS:
        return "a heading"
    return "the text of one picture of a gallery" if _is_gallery(blocks) else None


def _is_gallery(blocks: list[Block]) -> bool:
    """Whether every block shares its box with a picture of its own."""
    return len(blocks) >= FEWEST_PICTURES and all(_has_picture(block) for block in blocks)


def _has_picture(block: Block) -> bool:
    return block.tag != "body" and next(block.container.iter("img"), None) is not None
