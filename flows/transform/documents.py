"""From a page to a document: the order of the steps, and the one boundary at which a page's trouble stops."""

import logging
from dataclasses import dataclass
from typing import Any

from flows.transform import agencies, bylines, dates, images, languages, subjects, trees
from flows.transform.access import is_free
from flows.transform.addresses import canonical
from flows.transform.blocks import Block
from flows.transform.byline_marks import Mark, byline_marks
from flows.transform.claims import Claim
from flows.transform.content import Content, read_content
from flows.transform.evidence import Evidence, read_evidence
from flows.transform.fingerprints import minhash
from flows.transform.headers import split_header
from flows.transform.lead_pictures import image_claims, lead_picture
from flows.transform.leads import lead, lead_claims, with_lead
from flows.transform.links import links_in
from flows.transform.noise import remove_noise, without_noise
from flows.transform.refusals import Shown, has_player, refusal, refusal_claims
from flows.transform.standfirsts import standfirsts
from flows.transform.text import character_count, text_hash
from flows.transform.titles import is_title, title
from flows.transform.versions import extractor
from flows.web.charsets import decode
from flows.web.sites import SiteFacts, site_facts
from warehouse.model import Document, Image, Link, Page, Reason, Reject, SiteRules, Stage

EXTRACTOR = extractor()
LONGEST_DETAIL = 500

logger = logging.getLogger(__name__)


def transform(page: Page, rules: SiteRules | None = None) -> Document | Reject:
    """The document that a page holds, or why there is none. Never raises: a page must not stop its shard.

    `rules` is what was learnt about the page's site; the same page and rules give the same answer for ever.
    """
    try:
        return _transform(page, rules or no_rules(page.site))
    except Exception as trouble:
        # The page boundary: whatever one page does to a step or a library, the others go on.
        logger.exception("page %s (%s) could not be transformed", page.page_id, page.url)
        return _reject(page, Reason.EXTRACTOR_FAILED, f"{type(trouble).__name__}: {trouble}"[:LONGEST_DETAIL])


def no_rules(site: str) -> SiteRules:
    """The rules of a site of which nothing has been learnt."""
    return SiteRules(site=site, rules_version=0)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the steps over the page's tree found; a document is made of it."""

    facts: SiteFacts
    rules: SiteRules
    statements: Evidence
    headline: str | None
    content: Content
    blocks: list[Block]
    leads: list[Claim]
    lead_images: list[Claim]
    labels: subjects.Labels
    pictures: tuple[Image, ...]
    links: tuple[Link, ...]
    dates: list[dates.Dated]
    marks: list[Mark]
    credits: list[str]
    refusals: list[Claim]


def _transform(page: Page, rules: SiteRules) -> Document | Reject:
    reading = _read(page, rules)
    if refused := refusal(reading.refusals):
        return _reject(page, *refused)
    return _document(page, reading)


def _read(page: Page, rules: SiteRules) -> _Reading:
    """All steps that need the tree, in their order: each takes out what the next must not see."""
    markup, _ = decode(page.body, page.charset)
    facts = site_facts(page.url)
    root = trees.parse(markup)

    # What the page states about itself, before anything is taken out of the tree.
    statements = read_evidence(root, page.url)
    headline = title(page, statements, facts, rules)
    marks = byline_marks(root, facts, headline)
    has_media, plays = images.has_media(root), has_player(root)
    lead_images = image_claims(root, headline, statements, page.url, facts)
    labels = subjects.read_labels(root, headline, page.url)
    # A fragment is the article alone: its headings stand within the text, and nothing is a standfirst behind them.
    summaries = [] if trees.is_fragment(markup) else standfirsts(root, headline, statements, facts)
    dated = dates.dated_elements(root, statements, headline)

    # The tree without what is not the article; its pictures, then its text.
    images.reveal_lazy_pictures(root)
    remove_noise(root, facts)
    shown = images.pictures(root, page.url, facts)
    images.remove_captions(root, facts)
    content = read_content(root, statements, page.hint_text, is_fragment=trees.is_fragment(markup))

    # The text without the lines about it.
    header = split_header(content.blocks, facts, has_head=not dates.came_with_publication(page, facts))
    blocks = [block for block in without_noise(header.blocks, facts) if not is_title(block, headline)]
    leads = lead_claims(summaries, blocks, headline, facts)
    blocks = with_lead(blocks, leads)
    pictures = images.within(content.region, shown)
    beside = Shown(has_pictures=bool(pictures), has_player=plays, has_media=has_media)
    return _Reading(
        facts=facts,
        rules=rules,
        statements=statements,
        headline=headline,
        content=content,
        blocks=blocks,
        leads=leads,
        lead_images=lead_images,
        labels=labels,
        pictures=pictures,
        links=links_in(blocks, page.url),
        dates=[*dated, *header.dates],
        marks=marks,
        credits=header.bylines,
        refusals=refusal_claims(page, statements, blocks, beside, is_fragment=trees.is_fragment(markup)),
    )


def _document(page: Page, reading: _Reading) -> Document:
    facts, statements = reading.facts, reading.statements
    paragraphs = tuple(block.text for block in reading.blocks)
    written_by = [*reading.credits, *bylines.names_in_text(paragraphs, facts)]
    publication = dates.published(page, facts, statements, reading.dates)
    canonical_url, declared_url = canonical(page, statements)
    return Document(
        page_id=page.page_id,
        source=page.source,
        site=page.site,
        requested_url=page.requested_url,
        url=page.url,
        canonical_url=canonical_url,
        declared_canonical_url=declared_url,
        title=reading.headline,
        lead=lead(reading.leads),
        authors=bylines.authors(bylines.author_claims(page.url, statements, written_by, reading.marks, facts)),
        agency=agencies.agency(_agency_claims(reading)),
        section=subjects.section(subjects.section_claims(statements, reading.labels, reading.headline)),
        tags=subjects.tags(subjects.tags_claims(statements, reading.labels, page.url)),
        published_at=publication.at,
        modified_at=dates.modified(page, facts, statements, reading.dates, publication),
        published_precision=publication.precision,
        published_evidence=publication.evidence,
        published_raw=publication.raw,
        published_zone=publication.zone,
        has_date_conflict=publication.has_conflict,
        image_url=lead_picture(reading.lead_images, reading.pictures),
        images=reading.pictures,
        links=reading.links,
        is_free=is_free(statements),
        text_method=reading.content.method,
        text_confidence=reading.content.confidence,
        captured_at=page.captured_at,
        extractor=EXTRACTOR,
        rules_version=reading.rules.rules_version,
        **_measured("\n".join(paragraphs), reading),
    )


def _agency_claims(reading: _Reading) -> list[Claim]:
    blocks = [block.text for block in reading.content.blocks]
    return agencies.agency_claims(reading.statements, reading.marks, reading.credits, blocks, reading.facts)


def _measured(text: str, reading: _Reading) -> dict[str, Any]:
    """The text, its language, and what is counted in it."""
    language = languages.language(text, reading.headline, reading.statements, reading.facts)
    return {
        "text": text,
        "language": language,
        "word_count": languages.word_count(text, language),
        "character_count": character_count(text),
        "text_hash": text_hash(text),
        "minhash": minhash(text),
    }


def _reject(page: Page, reason: Reason, detail: str) -> Reject:
    return Reject(
        stage=Stage.TRANSFORM,
        reason=reason,
        detail=detail,
        source=page.source,
        url=page.url,
        location=page.location,
        page_id=page.page_id,
    )
