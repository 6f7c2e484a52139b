"""From a page to a document, or to the reason why there is none; and the one boundary at which a page's trouble stops.

`readings.py` has the steps in their order.
"""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flows.transform import bylines, dates, languages, subjects
from flows.transform.addresses import canonical
from flows.transform.bodies import Unreadable
from flows.transform.claims import Claim, chosen_value
from flows.transform.fingerprints import minhash
from flows.transform.guards import read_body
from flows.transform.lead_pictures import lead_picture
from flows.transform.limits import FULL, Limits
from flows.transform.readings import Reading, read
from flows.transform.refusals import refusal
from flows.transform.rejects import reject
from flows.transform.text import character_count, text_hash
from flows.transform.versions import extractor
from warehouse.model import Cut, Document, ExtractionStatus, Page, Reason, Reject, SiteRules

EXTRACTOR = extractor()
LONGEST_DETAIL = 500

logger = logging.getLogger(__name__)


def transform(page: Page, rules: SiteRules | None = None, limits: Limits = FULL) -> Document | Reject:
    """The document that a page holds, or why there is none. Never raises: a page must not stop its shard.

    But for MemoryError: a process that was refused memory is not to be trusted, and its keeper ends it.

    `rules` is what was learnt about the page's site, `limits` what the page may cost; the same page, rules and limits
    give the same answer for ever.
    """
    try:
        with _uncollected():
            return _result(page, _read(page, rules, limits), limits)
    except MemoryError:
        raise
    except Exception as trouble:
        # The page boundary: whatever one page does to a step or a library, the others go on.
        logger.exception("page %s (%s) could not be transformed", page.page_id, page.url)
        return reject(page, Reason.EXTRACTOR_FAILED, f"{type(trouble).__name__}: {trouble}"[:LONGEST_DETAIL])


def explain(page: Page, rules: SiteRules | None = None) -> tuple[Document | Reject, dict[str, list[Claim]]]:
    """What `transform` gives, and by column name the claims from which it was decided. Raises what a step raises."""
    reading = _read(page, rules, FULL)
    return _result(page, reading, FULL), {} if isinstance(reading, Unreadable) else dict(reading.claims)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Holds the collector of cycles back: of a page's many objects none is in a cycle, and all go when it is done.

    Left to itself it walks through them again and again: 1 % of all pages' time, a fifth of some large ones'.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def no_rules(site: str) -> SiteRules:
    """The rules of a site of which nothing has been learnt."""
    return SiteRules(site=site, rules_version=0)


def _read(page: Page, rules: SiteRules | None, limits: Limits) -> Reading | Unreadable:
    body = read_body(page, limits)
    return body if isinstance(body, Unreadable) else read(page, body, rules or no_rules(page.site), limits)


def _result(page: Page, reading: Reading | Unreadable, limits: Limits) -> Document | Reject:
    if isinstance(reading, Unreadable):
        return reject(page, reading.reason, reading.detail)
    if refused := refusal(reading.claims["refusal"]):
        reason, detail = refused
        # What was left out may be why there is nothing left.
        left_out = f"; left out: {', '.join(sorted(reading.cuts))}" if reading.cuts else ""
        return reject(page, reason, detail + left_out)
    return _document(page, reading, limits)


def _document(page: Page, reading: Reading, limits: Limits) -> Document:
    claims = reading.claims
    publication = dates.publication(claims["published_at"])
    canonical_url, declared_url = canonical(page, reading.statements)
    return Document(
        page_id=page.page_id,
        source=page.source,
        site=page.site,
        requested_url=page.requested_url,
        url=page.url,
        canonical_url=canonical_url,
        declared_canonical_url=declared_url,
        title=chosen_value(claims["title"]),
        lead=chosen_value(claims["lead"]),
        authors=bylines.authors(claims["authors"]),
        agency=chosen_value(claims["agency"]),
        section=chosen_value(claims["section"]),
        tags=subjects.tags(claims["tags"]),
        published_at=publication.at,
        modified_at=dates.modification(claims["modified_at"]),
        published_precision=publication.precision,
        published_evidence=publication.evidence,
        published_raw=publication.raw,
        published_zone=publication.zone,
        has_date_conflict=publication.has_conflict,
        image_url=lead_picture(claims["image_url"], reading.pictures),
        images=reading.pictures,
        links=reading.links,
        is_free=chosen_value(claims["is_free"]),
        text_method=reading.content.method,
        text_confidence=reading.content.confidence,
        extraction_status=_status(reading.cuts, limits),
        cuts=tuple(sorted(reading.cuts)),
        captured_at=page.captured_at,
        extractor=EXTRACTOR,
        rules_version=reading.rules.rules_version,
        **_measured(reading.text, chosen_value(claims["language"])),
    )


def _status(cuts: frozenset[Cut], limits: Limits) -> ExtractionStatus:
    if limits != FULL:
        return ExtractionStatus.CHEAP
    return ExtractionStatus.CUT if cuts else ExtractionStatus.COMPLETE


def _measured(text: str, language: str | None) -> dict[str, Any]:
    """The text, its language, and what is counted in it."""
    return {
        "text": text,
        "language": language,
        "word_count": languages.word_count(text, language),
        "character_count": character_count(text),
        "text_hash": text_hash(text),
        "minhash": minhash(text),
    }
