"""What the steps over a page find, in their order: the text's blocks, the pictures, and the claims for each field.

A document is made of a reading (`documents.py`), and so is the explanation that `broadsheet extract --explain` prints:
a field's value comes from nothing but its claims.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flows.transform import agencies, bylines, dates, images, subjects, trees
from flows.transform.access import access_claims
from flows.transform.article_head import headline_element, shows
from flows.transform.blocks import Block
from flows.transform.byline_marks import byline_marks
from flows.transform.claims import Claim, chosen_value
from flows.transform.content import Content, read_content
from flows.transform.evidence import Evidence, read_evidence
from flows.transform.guards import Guarded
from flows.transform.headers import split_header
from flows.transform.languages import language_claims
from flows.transform.lead_pictures import image_claims
from flows.transform.leads import lead_claims, with_lead
from flows.transform.limits import Limits
from flows.transform.links import MOST_LINKS, links_in
from flows.transform.noise import remove_noise, without_noise
from flows.transform.outline import Outline
from flows.transform.refusals import Shown, has_player, refusal_claims
from flows.transform.removals import Removals
from flows.transform.site_rules import is_site_noise
from flows.transform.standfirsts import standfirsts
from flows.transform.titles import is_title, title_claims
from flows.web.sites import site_facts
from warehouse.model import Cut, Image, Link, Page, SiteRules


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found on a page; `claims` maps the name of a document's column to all that speaks for a value of it."""

    statements: Evidence
    content: Content
    text: str
    pictures: tuple[Image, ...]
    links: tuple[Link, ...]
    rules: SiteRules
    claims: Mapping[str, list[Claim]]
    cuts: frozenset[Cut]


def read(page: Page, guarded: Guarded, rules: SiteRules, limits: Limits) -> Reading:
    """All steps, in their order: each takes out of the page's tree what the next must not see."""
    is_fragment = trees.is_fragment(guarded.markup)
    facts = site_facts(page.url)
    root = guarded.root
    outline = Outline(root)

    # What the page states about itself and shows around its text, before anything is taken out of the tree.
    statements = read_evidence(outline, page.url)
    titles = title_claims(page, statements, facts, rules)
    headline = chosen_value(titles)
    heading = headline_element(outline, headline)
    marks = byline_marks(outline, facts, headline)
    has_media, plays = images.has_media(outline), has_player(outline)
    lead_images = image_claims(outline, heading, statements, page.url, facts)
    labels = subjects.read_labels(outline, heading, page.url)
    # A fragment is the article alone: its headings stand within the text, and nothing is a standfirst behind them.
    summaries = [] if is_fragment else standfirsts(outline, headline, heading, statements, facts)
    dated = dates.dated_elements(outline, statements, heading)

    # The tree without what is not the article; its pictures, then its text.
    images.reveal_lazy_pictures(root)
    removals = Removals(outline, heading if shows(heading, headline) else None)
    remove_noise(outline, facts, removals)
    captions = images.marked_captions(outline, facts, removals)
    captioned = images.captioned(root, facts, captions)
    images.remove_captions(root, captions, removals)
    content = read_content(root, statements, page.hint_text, is_fragment=is_fragment, limits=limits)
    shown = images.pictures(content.region, captioned, page.url, facts)
    pictures = images.within(content.region, shown)

    # The text without the lines about it, and with its lead.
    header = split_header(content.blocks, facts, has_head=not dates.came_with_publication(page, facts))
    own = [block for block in without_noise(header.blocks, facts) if not is_title(block, headline)]
    own = [block for block in own if not is_site_noise(block.text, rules)]
    leads = lead_claims(summaries, own, headline, facts)
    blocks = with_lead(own, leads)
    text = "\n".join(block.text for block in blocks)

    dated = [*dated, *header.dates]
    published = dates.published_claims(page, facts, statements, dated)
    written_by = [*header.bylines, *bylines.names_in_text(_texts(blocks), facts)]
    beside = Shown(has_pictures=bool(pictures), has_player=plays, has_media=has_media)
    claims = {
        "refusal": refusal_claims(page, statements, blocks, beside, is_fragment=is_fragment),
        "title": titles,
        "lead": leads,
        "text": content.claims,
        "authors": bylines.author_claims(page.url, statements, written_by, marks, facts),
        "agency": agencies.agency_claims(statements, marks, header.bylines, _texts(content.blocks), facts),
        "section": subjects.section_claims(statements, labels, headline),
        "tags": subjects.tags_claims(statements, labels, page.url),
        "language": language_claims(text, headline, statements, facts),
        "published_at": published,
        "modified_at": dates.modified_claims(page, facts, statements, dated, dates.publication(published)),
        "image_url": lead_images,
        "is_free": access_claims(statements),
    }
    links = links_in(blocks, page.url)
    cuts = guarded.cuts | statements.cuts
    cuts |= {Cut.LINKS} if len(links) >= MOST_LINKS else set()
    cuts |= {Cut.IMAGES} if len(shown) >= images.MOST_PICTURES else set()
    return Reading(statements, content, text, pictures, links, rules, claims, cuts)


def _texts(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks]
