"""The headline: what the page states, or the hint where it is a fragment, without the site's name behind it."""

import re
from functools import cache

from flows.transform.blocks import HEADINGS, Block
from flows.transform.evidence import Evidence, unescaped
from flows.transform.text import dense, squeeze
from flows.web.sites import SiteFacts
from warehouse.model import Page

SEPARATOR = re.compile(r"\s+[|｜–—·»«-]\s+|\s*[|｜»]\s*|\s+::\s+")


def title(page: Page, statements: Evidence, facts: SiteFacts) -> str | None:
    """The headline of a page, or None where it has none.

    A whole page knows its headline better than a feed does, which shortens it and keeps it when the page is edited; the
    headings of a fragment are those within its text.
    """
    hint = without_suffix(squeeze(page.hint_title), facts) if page.hint_title else None
    headline = unescaped(statements.stated("headline"))
    social = statements.first_meta("og:title", "twitter:title")
    if hint and not (headline or social or statements.page_title):
        return hint
    candidates = [text for text in (headline, social, *statements.headings[:1], statements.page_title, hint) if text]
    if not candidates:
        return None
    return without_suffix(_without_site_name(_agreed(candidates), statements), facts)


def is_title(block: Block, headline: str | None) -> bool:
    """Whether a block repeats the headline, as a heading or word for word."""
    if headline is None:
        return False
    return block.tag in HEADINGS and dense(block.text).casefold() == dense(headline).casefold()


def without_suffix(text: str, facts: SiteFacts) -> str:
    """The title without the suffixes that the site is known to add; a title that is nothing else stays."""
    stripped = _suffixes(facts.title_suffixes).sub("", text).strip()
    return stripped or text


def _agreed(candidates: list[str]) -> str:
    """The first candidate that another one repeats or begins with, else the first: two places seldom err alike."""
    for index, text in enumerate(candidates):
        others = candidates[:index] + candidates[index + 1 :]
        if any(other.casefold().startswith(text.casefold()) for other in others):
            return text
    return candidates[0]


def _without_site_name(text: str, statements: Evidence) -> str:
    """The title without a last part that another statement lacks, or that is the name of the site."""
    parts = SEPARATOR.split(text)
    if len(parts) == 1:
        return text
    site_name = (statements.first_meta("og:site_name", "application-name") or "").casefold()
    head = text[: text.rfind(parts[-1])].rstrip(" |｜–—·»«-:")
    is_repeated = head and any(head.casefold() == heading.casefold() for heading in statements.headings)
    return head if head and (is_repeated or parts[-1].casefold() == site_name) else text


@cache
def _suffixes(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) + r"\Z" if patterns else r"(?!)")
