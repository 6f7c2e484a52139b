"""Whether all may read a page, by the publisher's own statement."""

from collections.abc import Iterator
from typing import Any

from flows.transform.claims import Claim, chosen_value, first_possible, with_choice
from flows.transform.evidence import Evidence

# https://schema.org/isAccessibleForFree is a Boolean; publishers write it as a word or as the address of one.
WORDS = {
    "true": True, "yes": True, "1": True, "free": True, "public": True, "open": True, "unlocked": True, "none": True,
    "false": False, "no": False, "0": False, "locked": False, "metered": False, "paid": False, "premium": False,
    "subscriber": False, "subscribers": False, "subscription": False, "registered": False,
}  # fmt: skip
TIERS = ("article:content_tier", "og:article:content_tier", "content_tier", "cxenseparse:recs:paywall")
PAYWALLS = ("cxenseparse:paywall", "paywall", "has_paywall", "cxenseparse:ispaywall", "k5a:paid")
MOST_PARTS = 20


def is_free(statements: Evidence) -> bool | None:
    """The publisher's own statement of whether all may read the page; None where there is none."""
    stated: bool | None = chosen_value(access_claims(statements))
    return stated


def access_claims(statements: Evidence) -> list[Claim]:
    """What the page states about who may read it, in order of rank, the winner marked."""
    claims = [
        Claim(value, evidence, raw=str(raw)) for evidence, raw, value in _statements(statements) if value is not None
    ]
    return with_choice(claims, first_possible(claims))


def _statements(statements: Evidence) -> Iterator[tuple[str, Any, bool | None]]:
    """Where something is stated, what, and whether it says that the page is free."""
    for name, raw in (
        ("json_ld isAccessibleForFree", statements.stated("isAccessibleForFree")),
        ("json_ld page isAccessibleForFree", statements.web_page.get("isAccessibleForFree")),
        ("microdata isAccessibleForFree", statements.first_marked("isaccessibleforfree")),
    ):
        yield name, raw, _answer(raw)
    parts = statements.stated("hasPart")
    for part in parts[:MOST_PARTS] if isinstance(parts, list) else [parts]:
        # A part that is not free makes the page one that is not; free parts say nothing of the rest.
        if isinstance(part, dict) and _answer(part.get("isAccessibleForFree")) is False:
            yield "json_ld hasPart isAccessibleForFree", part.get("isAccessibleForFree"), False
    for name in TIERS:
        yield f"meta {name}", statements.first_meta(name), _answer(statements.first_meta(name))
    for name in PAYWALLS:
        is_paid = _answer(statements.first_meta(name))
        yield f"meta {name}", statements.first_meta(name), None if is_paid is None else not is_paid


def _answer(stated: Any) -> bool | None:
    """What a statement says, however it is written."""
    return WORDS.get(str(stated).strip().rsplit("/", 1)[-1].lower()) if isinstance(stated, bool | str | int) else None
