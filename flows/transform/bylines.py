"""Who wrote it: people only, in order. Agencies, places, desks and the word "By" are not people."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import Enum
from itertools import groupby, islice
from typing import Any
from urllib.parse import urlsplit

from flows.transform.byline_marks import UNMARKED, Mark, Place
from flows.transform.byline_places import AUTHOR_LINK, LINE, MEMBER_LINK
from flows.transform.claims import Claim, chosen_value, first_possible, with_choice
from flows.transform.evidence import Evidence, strings_in
from flows.transform.names import AUTHOR_META, has_given_name, parts_of, patterns, unique, without_places
from flows.web.sites import SiteFacts

MOST_AUTHORS = 20
LONGEST_RAW = 1000

WEB_ADDRESS = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
SITE_META = ("og:site_name", "application-name", "publisher", "dc.publisher", "twitter:site")


class Source(Enum):
    """Where a claim comes from; two of different sources that agree are worth more than one."""

    STATED = "stated"
    LINE = "line"
    BOX = "box"
    HEAD = "head"
    UNMARKED = "unmarked"
    CREDIT = "credit"
    META = "meta"
    ELSEWHERE = "elsewhere"
    ORGANISATION = "organisation"


RANKS = {
    Source.LINE: 7.5,
    Source.STATED: 6.0,
    Source.BOX: 5.0,
    Source.HEAD: 5.0,
    Source.CREDIT: 4.8,
    Source.META: 4.5,
    Source.ELSEWHERE: 3.0,
    Source.UNMARKED: 2.5,
    Source.ORGANISATION: 2.0,
}
AGREEMENT, DOUBT, OWN = 1.2, 1.2, 2.5


def authors(claims: Iterable[Claim]) -> tuple[str, ...]:
    """The people who wrote the page: those of the claim that won."""
    return chosen_value(claims) or ()


def author_claims(
    url: str, statements: Evidence, credits_: Iterable[str], marks: Sequence[Mark], facts: SiteFacts
) -> list[Claim]:
    """Every statement about who wrote the page, in the order of rank, the chosen one marked."""
    own = own_names(url, statements)
    ranked: list[tuple[Source, Iterable[Claim]]] = [
        (Source.STATED, _stated_claims(statements, facts)),
        *_head_claims(marks),
        (Source.CREDIT, _credit_claims(credits_, facts)),
        (Source.META, _meta_claims(statements, facts)),
        (Source.ELSEWHERE, _elsewhere_claims(marks)),
        (Source.ORGANISATION, _organisation_claims(statements, facts)),
    ]
    claims = [(source, _without_own(claim, own)) for source, found in ranked for claim in found]
    claimed_by = _sources_of(claims)
    scored = [replace(claim, score=_score(source, claim, own, claimed_by)) for source, claim in claims]
    scored.sort(key=lambda claim: -(claim.score or 0))
    return with_choice(scored, first_possible(scored))


def _sources_of(claims: Sequence[tuple[Source, Claim]]) -> dict[frozenset[str], set[Source]]:
    """Which sources name the same people, however they are written and ordered."""
    found: dict[frozenset[str], set[Source]] = {}
    for source, claim in claims:
        if claim.refused is None:
            found.setdefault(_people_key(claim), set()).add(source)
    return found


def _people_key(claim: Claim) -> frozenset[str]:
    return frozenset(_letters(name) for name in claim.value)


def _agreeing(source: Source, claim: Claim, claimed_by: dict[frozenset[str], set[Source]]) -> set[Source]:
    """The sources that name the same people, or some of them where one box names all.

    Many systems state the first author alone; the others in the box must have given names, as labels have none.
    """
    key = _people_key(claim)
    if source is not Source.BOX:
        return claimed_by[key]
    plain = frozenset(_letters(name) for name in claim.value if has_given_name(name))
    return {
        named for people, sources in claimed_by.items() if people <= key and key - people <= plain for named in sources
    }


def _score(source: Source, claim: Claim, own: frozenset[str], claimed_by: dict[frozenset[str], set[Source]]) -> float:
    """The rank of the source, more for every other source that agrees, less for names that are doubtful."""
    if claim.refused is not None:
        return 0.0
    agreeing = len(_agreeing(source, claim, claimed_by) - {source})
    is_doubtful = any(" " not in name and name.isascii() for name in claim.value)
    # On a site that is called by its writer's name, that name comes after all others.
    return RANKS[source] + AGREEMENT * agreeing - DOUBT * is_doubtful - OWN * _is_own(claim, own)


def own_names(url: str, statements: Evidence) -> frozenset[str]:
    """What the site calls itself, letters and digits alone: no author, though many sites state it as one."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    named = (
        host,
        *host.split(".")[:-1],
        *islice(strings_in(statements.stated("publisher")), MOST_AUTHORS),
        *(value for name in SITE_META for value in statements.meta.get(name, ())[:MOST_AUTHORS]),
    )
    return frozenset(_letters(name) for name in named if name)


def _letters(name: str) -> str:
    return "".join(character for character in name[:LONGEST_RAW].casefold() if character.isalnum())


def _without_own(claim: Claim, own: frozenset[str]) -> Claim:
    """The claim without the site's own name, unless that may be its writer's and stands alone."""
    people = tuple(name for name in claim.value if _letters(name) not in own)
    if people == claim.value or claim.refused:
        return claim
    if not people and all(has_given_name(name) for name in claim.value):
        return claim
    return replace(claim, value=people, refused=None if people else "the site's own name")


def _is_own(claim: Claim, own: frozenset[str]) -> bool:
    return any(_letters(name) in own for name in claim.value)


def _claim(texts: Iterable[str], evidence: str, facts: SiteFacts) -> Claim | None:
    """What texts from one source claim together; None where there are none."""
    raw = list(islice(texts, MOST_AUTHORS))
    if not raw:
        return None
    # With an address behind it stands whose pages these are, or who made them: a firm, and seldom who wrote.
    parts = [part for text in raw if not WEB_ADDRESS.search(text) for part in parts_of(text, facts)]
    people = unique(part.name for part in parts if part.refused is None)[:MOST_AUTHORS]
    reasons = unique(part.refused for part in parts if part.refused)
    refused = None if people else "; ".join(reasons) or "names nobody"
    return Claim(tuple(people), evidence, "; ".join(raw)[:LONGEST_RAW], refused=refused)


def _stated_claims(statements: Evidence, facts: SiteFacts) -> Iterator[Claim]:
    persons = [item for item in _items(statements.stated("author")) if not _is_organisation(item)]
    if claim := _claim(strings_in(persons), "json_ld author", facts):
        yield claim


def _organisation_claims(statements: Evidence, facts: SiteFacts) -> Iterator[Claim]:
    """People stated as an organisation, as some systems know no other type: those with a given name are believed."""
    organisations = [item for item in _items(statements.stated("author")) if _is_organisation(item)]
    if claim := _claim(strings_in(organisations), "json_ld author, an organization", facts):
        people = tuple(name for name in claim.value if has_given_name(name))
        yield replace(claim, value=people, refused=None if people else "an organisation")


def _items(stated: Any) -> list[Any]:
    return stated[:MOST_AUTHORS] if isinstance(stated, list) else [stated]


def _is_organisation(item: Any) -> bool:
    kinds = item.get("@type") if isinstance(item, dict) else None
    return any(isinstance(kind, str) and kind.endswith("Organization") for kind in _items(kinds))


def _meta_claims(statements: Evidence, facts: SiteFacts) -> Iterator[Claim]:
    for name in AUTHOR_META:
        if claim := _claim(statements.meta.get(name, ()), f"meta {name}", facts):
            yield claim


def _credit_claims(credits_: Iterable[str], facts: SiteFacts) -> Iterator[Claim]:
    if claim := _claim(credits_, "credit in the text", facts):
        yield claim


def _head_claims(marks: Sequence[Mark]) -> Iterator[tuple[Source, list[Claim]]]:
    """What stands near the headline, marks of one kind together."""
    there = (mark for mark in marks if mark.place is Place.HEAD and mark.people)
    for evidence, same in groupby(there, key=lambda mark: mark.evidence):
        together = list(same)
        claim = _marked_claim(together, f"{evidence}, by the headline")
        yield _source_of(evidence, claim, is_one=len(together) == 1), [claim]


def _source_of(evidence: str, claim: Claim, *, is_one: bool) -> Source:
    if evidence in (UNMARKED, MEMBER_LINK):
        return Source.UNMARKED
    # "By …" under the headline is for readers; what a system states is often who entered the text.
    is_plain = evidence == LINE and all(has_given_name(name) for name in claim.value)
    if is_plain:
        return Source.LINE
    return Source.BOX if is_one and evidence not in (LINE, AUTHOR_LINK) else Source.HEAD


def _elsewhere_claims(marks: Sequence[Mark]) -> Iterator[Claim]:
    """What stands elsewhere: believed where all marks of one kind name the same people."""
    there: dict[str, list[Mark]] = {}
    for mark in marks:
        is_anybodys = mark.evidence == MEMBER_LINK
        if mark.place is Place.ELSEWHERE and mark.people and not mark.is_others and not is_anybodys:
            there.setdefault(mark.evidence, []).append(mark)
    for evidence, same in there.items():
        claim = _marked_claim(same, evidence)
        is_agreed = len({frozenset(mark.people) for mark in same}) == 1
        yield claim if is_agreed else replace(claim, refused="the page names others in the same way")


def _marked_claim(marks: list[Mark], evidence: str) -> Claim:
    # In a thread the first member opened it; the others answered.
    own = [mark for mark in marks if not mark.is_others] or marks
    counted = own[:1] if evidence.startswith(MEMBER_LINK) else own
    people = unique(name for mark in counted for name in mark.people)
    refused = "somebody else's" if own[0].is_others else None
    raw = "; ".join(mark.raw for mark in counted)[:LONGEST_RAW]
    return Claim(tuple(without_places(people))[:MOST_AUTHORS], evidence, raw, refused=refused)


def byline_names(text: str, facts: SiteFacts, *, is_edge: bool) -> str | None:
    """The names in a line that says who wrote the text (`记者：…`), as they stand there; None for other lines."""
    known = (*facts.author_lines, *(facts.edge_author_lines if is_edge else ()))
    return next((str(match["names"]) for pattern in patterns(known) if (match := pattern.fullmatch(text))), None)


def names_in_text(paragraphs: Sequence[str], facts: SiteFacts) -> list[str]:
    """The names that some sites put into the text itself: before the lead, or behind a paragraph."""
    leads = [pattern.match(text) for pattern in patterns(facts.author_leads) for text in paragraphs[:1]]
    tails = [pattern.search(text) for pattern in patterns(facts.author_tails) for text in paragraphs]
    return [str(match["names"]) for match in (*leads, *tails) if match]
