"""When a page was published: every statement is a claim, the best evidence wins, the others tell of conflict.

Rank: JSON-LD, meta, microdata, the feed's time where it is the publication, a date shown near the headline, the page's
scripts, the address, vague names and dates shown elsewhere; then, as upper bounds only, when the page was changed and
when it was crawled. A time without a zone is read in the site's zone, else in one assumed from the page; where neither
is known only its day is believed. A day stands as 00:00 UTC of the day as it was written, because that keeps the
publisher's calendar day in every UTC column. Nothing may lie after the capture.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lxml.html import HtmlElement

from flows.transform import datelines
from flows.transform.claims import Claim, first_possible, with_choice
from flows.transform.date_labels import Label, label_of
from flows.transform.datelines import Dated
from flows.transform.evidence import Evidence as Statements
from flows.transform.moments import Moment, Reader, day_start, page_reader
from flows.transform.outline import Outline
from flows.transform.script_dates import scripted_dates
from flows.transform.stated_dates import modified_statements, published_statements, url_dates, vague_statements
from flows.transform.written_dates import dates_in
from flows.web.sites import SiteFacts
from warehouse.model import Evidence, Page, Precision, TimeMeaning, Zone

__all__ = [
    "Dated",
    "Publication",
    "dated_elements",
    "modification",
    "modified_claims",
    "publication",
    "published_claims",
]

# Near the headline and named for dates: as good as a statement. Below the lower number a date is somebody else's.
STRONG = 4.0
# By its place and its name or label: only such a shown date contradicts a better one.
CERTAIN = 6.0
WEAK = 0.0
# Beside a date: its label, an author, a number of minutes; a clause; a sentence.
DATELINE, SHORT_PROSE, PROSE = 30, 50, 120
# What it counts for a shown date that the address or a script has the same day.
AGREEMENT = 2.0
OF_OTHERS = "of something else"
FAR_AWAY = "too far from the headline"
IN_PROSE = "in the midst of prose"
LATER_THAN_CAPTURE = "after the capture"


@dataclass(frozen=True, slots=True)
class Publication:
    """When a page was published, how exactly that is known, from what, and whether other evidence disagrees."""

    at: datetime | None = None
    precision: Precision | None = None
    evidence: Evidence | None = None
    raw: str | None = None
    zone: Zone | None = None
    has_conflict: bool = False


NOTHING_KNOWN = Publication()


def dated_elements(outline: Outline, statements: Statements, heading: HtmlElement | None) -> list[Dated]:
    """What a page's tree holds in dates: time elements and, unless the page states an instant, lines and scripts."""
    is_exact = any(
        found.written.zone for dated in published_statements(statements) for found in dates_in(dated.raw)[:1]
    )
    shown = datelines.dated_elements(outline, heading, with_texts=not is_exact)
    return shown if is_exact else [*shown, *scripted_dates(outline)]


def publication(claims: Sequence[Claim]) -> Publication:
    """The publication that the chosen claim tells, in the light of the others."""
    chosen = next((claim for claim in claims if claim.is_chosen), None)
    if chosen is None:
        return Publication()
    moment: Moment = chosen.value
    zone = None if moment.precision is Precision.UPPER_BOUND else moment.zone
    return Publication(moment.at, moment.precision, moment.evidence, chosen.raw, zone, _has_conflict(claims, moment))


def published_claims(page: Page, facts: SiteFacts, statements: Statements, shown: Iterable[Dated]) -> list[Claim]:
    """All claims for the publication time, in the order of their rank, the winner marked."""
    stated = list(published_statements(statements))
    changed = list(modified_statements(statements))
    scripts, lines = _apart(shown)
    machine = [each.raw for each in (*stated, *changed, *lines) if each.evidence is not Evidence.VISIBLE]
    reader = page_reader(page, facts, statements, machine, [line.raw for line in lines])
    addressed = list(_url_claims(page.url))
    scripted = _claims(scripts, reader)
    visible = _weighed(_line_claims(lines, reader), [*addressed, *scripted])
    claims = [
        *_claims(stated, reader),
        *_feed_claims(page, facts),
        *(claim for claim in visible if not _is_update(claim) and (claim.score or 0) >= STRONG),
        *scripted,
        *addressed,
        *_as_weak(_claims(vague_statements(statements), reader)),
        *_as_bounds(_claims(changed, reader)),
        *(claim for claim in visible if _is_update(claim) and (claim.score or 0) >= STRONG),
        *(claim for claim in visible if not _is_update(claim) and (claim.score or 0) < STRONG),
        *(claim for claim in visible if _is_update(claim) and (claim.score or 0) < STRONG),
        *_crawl_claims(page),
    ]
    checked = _with_only_day([_checked(claim, reader.bound) for claim in claims])
    return with_choice(checked, _choice(checked))


def modification(claims: Iterable[Claim]) -> datetime | None:
    """The time of the last change that the chosen claim tells."""
    return next((claim.value.at for claim in claims if claim.is_chosen), None)


def modified_claims(
    page: Page,
    facts: SiteFacts,
    statements: Statements,
    shown: Iterable[Dated] = (),
    publication: Publication = NOTHING_KNOWN,
) -> list[Claim]:
    """All claims for the last change, in the order of their rank, the winner marked."""
    changed = list(modified_statements(statements))
    reader = page_reader(
        page, facts, statements, [dated.raw for dated in (*published_statements(statements), *changed)]
    )
    lines = [claim for claim in _line_claims(_apart(shown)[1], reader) if _is_update(claim)]
    claims = [_checked(claim, reader.bound) for claim in (*_claims(changed, reader), *lines)]
    is_bound = publication.precision is Precision.UPPER_BOUND
    refused = [_refused_as_change(claim, None if is_bound else publication.at) for claim in claims]
    return with_choice(refused, first_possible(refused))


def came_with_publication(page: Page, facts: SiteFacts) -> bool:
    """Whether the time that came with the page is its publication; the facts help where the reader did not know."""
    if page.hint_published_at is None:
        return False
    kind = page.hint_published_kind
    return (facts.feed_time if kind in (None, TimeMeaning.UNKNOWN) else kind) is TimeMeaning.PUBLICATION


def _apart(shown: Iterable[Dated]) -> tuple[list[Dated], list[Dated]]:
    """The dates of scripts, and those that readers see."""
    everything = list(shown)
    return (
        [dated for dated in everything if dated.evidence is Evidence.SCRIPT],
        [dated for dated in everything if dated.evidence is not Evidence.SCRIPT],
    )


def _claims(dated: Iterable[Dated], reader: Reader) -> list[Claim]:
    """Statements as claims; one that holds no date, or two, is refused."""
    claims = []
    for each in dated:
        written = reader.written(each.raw)
        moment = reader.moment(written, each.evidence) if written else None
        claims.append(Claim(moment, each.place, each.raw, refused=None if moment else "no date of a publication"))
    return claims


def _line_claims(lines: Iterable[Dated], reader: Reader) -> Iterator[Claim]:
    """The dates of shown lines; each is labelled by what stands before it."""
    for line in lines:
        default = Label.UPDATE if line.is_update else None
        before, end = f"{line.label} ", 0
        for found in dates_in(line.raw, reader.habits):
            label = label_of(before + line.raw[end : found.start], default)
            before, end = "", found.end
            if moment := reader.moment(found.written, line.evidence):
                yield _line_claim(line, moment, label, found.end - found.start)
        if not end and (moment := reader.relative(line.raw, line.evidence)):
            yield _line_claim(line, moment, label_of(f"{line.label} {line.raw}", default), len(line.raw))


def _line_claim(line: Dated, moment: Moment, label: Label | None, length: int) -> Claim:
    if label is Label.UPDATE:
        moment = replace(moment, precision=Precision.UPPER_BOUND)
    plainness = _plainness(len(line.raw) - length)
    weight = line.weight + plainness + (2 if label is Label.PUBLICATION else 0)
    return Claim(moment, line.place, line.raw, score=weight, refused=_refusal(weight, plainness, label))


def _refusal(weight: float, plainness: float, label: Label | None) -> str | None:
    """Why a shown date cannot be the page's; in prose only one that is labelled can."""
    if label is Label.OTHER:
        return OF_OTHERS
    if plainness < 0 and (label is None or weight < WEAK):
        return IN_PROSE
    return FAR_AWAY if weight < WEAK else None


def _plainness(other: int) -> float:
    """How much the rest of its line speaks for a date: little beside it is a dateline, much is prose."""
    if other <= DATELINE:
        return 1
    return 0 if other <= SHORT_PROSE else -2 if other <= PROSE else -4


def _weighed(claims: Iterable[Claim], others: Sequence[Claim]) -> list[Claim]:
    """Shown dates by their weight; one that the address or a script confirms is the more likely."""
    days = {claim.value.day for claim in others if claim.value}
    weighed = [
        replace(claim, score=(claim.score or 0) + AGREEMENT, refused=None) if claim.value.day in days else claim
        for claim in claims
    ]
    return sorted(weighed, key=lambda claim: -(claim.score or 0))


def _is_update(claim: Claim) -> bool:
    return claim.value is not None and claim.value.precision is Precision.UPPER_BOUND


def _feed_claims(page: Page, facts: SiteFacts) -> Iterator[Claim]:
    if (at := page.hint_published_at) and came_with_publication(page, facts):
        evidence = Evidence.ARCHIVE_TIMESTAMP if at == page.captured_at else Evidence.FEED
        moment = Moment(at, Precision.SECOND, evidence, at.date(), at.time(), Zone.EXPLICIT, timedelta())
        yield Claim(moment, "hint", at.isoformat())


def _crawl_claims(page: Page) -> Iterator[Claim]:
    """The earliest moment by which the page is known to have been there: never one after its capture."""
    if page.hint_published_at:
        at = min(page.hint_published_at, page.captured_at or page.hint_published_at)
        evidence = Evidence.ARCHIVE_TIMESTAMP if at == page.captured_at else Evidence.FEED
        yield Claim(Moment(at, Precision.UPPER_BOUND, evidence, at.date(), at.time()), "hint", at.isoformat())


def _url_claims(url: str) -> Iterator[Claim]:
    for day, raw in url_dates(url):
        yield Claim(Moment(day_start(day), Precision.DAY, Evidence.URL, day), "address", raw)


def _as_weak(claims: Iterable[Claim]) -> Iterator[Claim]:
    return (replace(claim, score=WEAK) for claim in claims)


def _as_bounds(claims: Iterable[Claim]) -> Iterator[Claim]:
    """When a page was changed, it was there."""
    for claim in claims:
        bound = replace(claim.value, precision=Precision.UPPER_BOUND) if claim.value else None
        yield replace(claim, value=bound)


def _checked(claim: Claim, bound: datetime | None) -> Claim:
    if claim.value is not None and not claim.value.is_possible(bound):
        return replace(claim, refused=LATER_THAN_CAPTURE)
    return claim


def _with_only_day(claims: list[Claim]) -> list[Claim]:
    """The claims, those far from the headline allowed where they are all there is and name one day."""
    far = [claim for claim in claims if claim.refused == FAR_AWAY]
    if first_possible(claims) or len({claim.value.day for claim in far}) != 1:
        return claims
    return [replace(claim, refused=None) if claim.refused == FAR_AWAY else claim for claim in claims]


def _refused_as_change(claim: Claim, published_at: datetime | None) -> Claim:
    if claim.refused or claim.value.clock is None:
        return replace(claim, refused=claim.refused or "no time of day")
    if published_at and claim.value.at < published_at:
        return replace(claim, refused="before the publication")
    return claim


def _choice(claims: Sequence[Claim]) -> Claim | None:
    """The first possible claim, or one that says the same day better."""
    best = first_possible(claims)
    if best is None or _is_update(best):
        return best
    return next((claim for claim in claims if _is_better(claim, best)), best)


def _is_better(claim: Claim, best: Claim) -> bool:
    """Whether a claim of lower rank gives the best one's day with a time, or its time with a zone that was meant."""
    if claim.refused or _is_update(claim) or claim.value.day != best.value.day or claim.value.clock is None:
        return False
    if best.value.clock is None or (best.value.zone is Zone.ASSUMED and claim.value.zone is Zone.EXPLICIT):
        return True
    # Some systems write their local time and put Z behind it; an offset is written on purpose.
    is_same_clock = claim.value.clock.replace(second=0) == best.value.clock.replace(second=0)
    return is_same_clock and best.value.offset == timedelta() and bool(claim.value.offset)


def _has_conflict(claims: Sequence[Claim], chosen: Moment) -> bool:
    """Whether evidence of some weight disagrees by more than a day, or lies after the capture."""
    weighty = [
        claim for claim in claims if claim.value and not _is_update(claim) and (claim.score or CERTAIN) >= CERTAIN
    ]
    return any(
        claim.refused == LATER_THAN_CAPTURE or (not claim.refused and claim.value.disagrees_with(chosen))
        for claim in weighty
    )
