"""What a page is about and who may read it, by its own statements: section, tags, free or not."""

import re

from flows.transform.evidence import Evidence, strings_in
from flows.transform.text import squeeze_or_none

MOST_TAGS = 50
KEYWORD_SEPARATORS = re.compile(r"[,，;；、|]")


def section(statements: Evidence) -> str | None:
    """The one category that the page states."""
    stated = strings_in(statements.stated("articleSection"))
    return next(stated, None) or statements.first_meta("article:section", "og:article:section", "section")


def tags(statements: Evidence) -> tuple[str, ...]:
    """The keywords that the page states, each once: JSON-LD, else its tags in meta, else links marked as tags."""
    keywords = list(strings_in(statements.stated("keywords"))) or statements.meta.get("article:tag", [])
    keywords = keywords or statements.meta.get("news_keywords", []) or statements.meta.get("keywords", [])
    split = [part for value in keywords for part in KEYWORD_SEPARATORS.split(value)]
    found = {text.casefold(): text for part in [*statements.tag_links, *split] if (text := squeeze_or_none(part))}
    return tuple(found.values())[:MOST_TAGS]


def is_free(statements: Evidence) -> bool | None:
    """The publisher's own statement of whether all may read the page."""
    stated = str(statements.stated("isAccessibleForFree")).strip().lower()
    if stated in ("true", "false"):
        return stated == "true"
    tier = (statements.first_meta("article:content_tier") or "").lower()
    return {"free": True, "locked": False, "metered": False}.get(tier)
