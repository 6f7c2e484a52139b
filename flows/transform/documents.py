"""From a page to a document: the order of the steps, and the one boundary at which a page's trouble stops."""

import logging

from flows.transform import bylines, dates, images, languages, trees
from flows.transform.addresses import canonical
from flows.transform.blocks import blocks_of
from flows.transform.content import read_content
from flows.transform.evidence import read_evidence, section, tags
from flows.transform.headers import split_header
from flows.transform.leads import lead
from flows.transform.noise import remove_noise, without_noise
from flows.transform.text import character_count, text_hash
from flows.transform.titles import is_title, title
from flows.transform.versions import RULES_VERSION, extractor
from flows.web.charsets import decode
from flows.web.sites import site_facts
from warehouse.model import Document, Page, Reason, Reject, Stage

EXTRACTOR = extractor()
LONGEST_DETAIL = 500

logger = logging.getLogger(__name__)


def transform(page: Page) -> Document | Reject:
    """The document that a page holds, or why there is none. Never raises: a page must not stop its shard."""
    try:
        return _transform(page)
    except Exception as trouble:
        # The page boundary: whatever one page does to a step or a library, the others go on.
        logger.exception("page %s (%s) could not be transformed", page.page_id, page.url)
        return _reject(page, Reason.EXTRACTOR_FAILED, f"{type(trouble).__name__}: {trouble}"[:LONGEST_DETAIL])


def _transform(page: Page) -> Document | Reject:
    markup, _ = decode(page.body, page.charset)
    facts = site_facts(page.url)
    root = trees.parse(markup)

    # What the page states about itself, before anything is taken out of the tree.
    statements = read_evidence(root)
    headline = title(page, statements, facts)
    marked = [block.text for part in bylines.marked(root, facts) for block in blocks_of(part)]
    has_media = images.has_media(root)
    dated = dates.dated_elements(root)

    # The tree without what is not the article; its pictures, then its text.
    remove_noise(root, facts)
    shown = images.pictures(root, page.url, facts)
    images.remove_captions(root, facts)
    content = read_content(root, is_fragment=trees.is_fragment(markup))

    # The pictures of the article; the text without the lines about it.
    pictures = images.within(content.region, shown)
    header = split_header(content.blocks, facts, has_head=not dates.came_with_publication(page, facts))
    blocks = [block for block in without_noise(header.blocks, facts) if not is_title(block, headline)]
    paragraphs = tuple(block.text for block in blocks)
    text = "\n".join(paragraphs)
    if not (text or pictures or has_media):
        return _reject(page, Reason.NO_TEXT, "neither text nor media")

    written_by = [*marked, *header.bylines, *bylines.names_in_text(paragraphs, facts)]
    publication = dates.published(page, facts, statements, [*dated, *header.dates])
    canonical_url, declared_url = canonical(page, statements)
    language = languages.language(text, headline, statements, facts)
    main_picture = images.stated_image(statements, page.url) or (pictures[0].url if pictures else None)
    return Document(
        page_id=page.page_id,
        source=page.source,
        site=page.site,
        requested_url=page.requested_url,
        url=page.url,
        canonical_url=canonical_url,
        declared_canonical_url=declared_url,
        title=headline,
        lead=lead(blocks, facts),
        text=text,
        paragraphs=paragraphs,
        authors=bylines.authors(statements, written_by, facts),
        agency=bylines.agency([*marked, *(block.text for block in content.blocks)], facts),
        section=section(statements),
        tags=tags(statements),
        language=language,
        published_at=publication.at,
        modified_at=dates.modified(page, facts, statements),
        published_precision=publication.precision,
        published_evidence=publication.evidence,
        published_raw=publication.raw,
        has_date_conflict=publication.has_conflict,
        image_url=main_picture,
        images=pictures,
        links=images.links(content.region, page.url),
        is_free=statements.is_free,
        word_count=languages.word_count(text, language),
        character_count=character_count(text),
        text_hash=text_hash(text),
        minhash=None,
        text_method=content.method,
        text_confidence=content.confidence,
        captured_at=page.captured_at,
        extractor=EXTRACTOR,
        rules_version=RULES_VERSION,
    )


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
