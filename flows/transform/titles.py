"""The headline: chosen among what a page shows and states, or the hint where it is a fragment; no site name in it.

What a reader sees over the article weighs most, if the page's statements agree with it; statements outvote it where
they agree with one another.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from flows.transform.blocks import HEADINGS, Block
from flows.transform.claims import Claim, with_choice
from flows.transform.evidence import Evidence, strings_in
from flows.transform.headings import Heading
from flows.transform.json_ld import types_of
from flows.transform.text import squeeze
from flows.transform.title_ballot import Candidate, Place, scores
from flows.transform.title_parts import SiteNames, bare, cuts, names_of_site, trimmed, without_affixes, without_known
from flows.web.sites import SiteFacts
from warehouse.model import Page, SiteRules

META_TITLES = ("dc.title", "dcterms.title", "citation_title", "parsely-title", "sailthru.title", "title", "headline")
# The weight of headings by their level: lower ones are headlines where a template keeps the first for the logo.
LEVELS = {1: 1.0, 2: 0.75, 3: 0.7, 4: 0.65}
OF_HEADLINE = 0.05
OF_SECOND_NAME = 0.5
# A part of a title that another place has as its whole title; the parts of a heading are elements of their own, such
# as a kicker.
OF_CUT = 0.8
OF_RUN = 1.05
MOST_TOP_HEADINGS = 12
MOST_LOWER_HEADINGS = 60
MOST_PARTS = 6
LONGEST = 600


def title_claims(page: Page, statements: Evidence, facts: SiteFacts, rules: SiteRules) -> list[Claim]:
    """Every title of a page with its score, the best first, the chosen one marked; none where it has none.

    A whole page knows its headline better than a feed does, which shortens it and keeps it when the page is edited; the
    headings of a fragment are those within its text.
    """
    stated, hint = list(_stated(statements)), squeeze(page.hint_title or "")
    if hint and not stated:
        return [Claim(without_known(hint, facts, rules), "hint", raw=hint, is_chosen=True)]
    names = names_of_site([*statements.site_names, *_logos(statements)], page.url)
    hints = [(Place.HINT, "hint", hint, 1.0)] if hint else []
    candidates = list(_cleaned([*stated, *_marked(statements), *hints], names, facts, rules))
    candidates += _cleaned(_headings(statements, candidates), names, facts, rules)
    candidates += list(_cut(candidates, statements.all_headings))
    claims = _scored(candidates, names)
    possible = [claim for claim in claims if claim.refused is None]
    return with_choice(claims, _best_spelled(possible) if possible else None)


def _scored(candidates: list[Candidate], names: SiteNames) -> list[Claim]:
    """The candidates as claims, the best first; the bare name of the site is refused where there is anything else."""
    is_all_names = all(names.are(candidate.value) for candidate in candidates)
    claims = [
        Claim(
            candidate.value,
            candidate.evidence,
            raw=candidate.raw,
            score=score,
            refused="the name of the site" if names.are(candidate.value) and not is_all_names else None,
        )
        for candidate, score in zip(candidates, scores(candidates), strict=True)
    ]
    return sorted(claims, key=lambda claim: -(claim.score or 0.0))


def is_title(block: Block, headline: str | None) -> bool:
    """Whether a block is a heading that repeats the headline, or a first-level one that holds it with a kicker."""
    if headline is None or block.tag not in HEADINGS:
        return False
    shown, wanted = bare(block.text), bare(headline)
    return shown == wanted or (block.tag == "h1" and bool(wanted) and wanted in shown)


Written = tuple[Place, str, str, float]


def _best_spelled(claims: list[Claim]) -> Claim:
    """The best claim in the spelling that most places share: headings often lack the signs between their lines."""
    same = [claim for claim in claims if bare(claim.value) == bare(claims[0].value)]
    spellings = Counter(_spelling(claim) for claim in {claim.evidence: claim for claim in reversed(same)}.values())
    most = max(spellings.values())
    return next(claim for claim in same if spellings[_spelling(claim)] == most)


def _spelling(claim: Claim) -> str:
    return str(claim.value).casefold()


def _logos(statements: Evidence) -> Iterator[str]:
    """The headings of the first level that are the site's name, as the page's title ends or begins with it as well."""
    whole = (statements.page_title or "").casefold()
    for heading in statements.all_headings[:MOST_LOWER_HEADINGS]:
        text = heading.text.casefold()
        if heading.is_logo and text != whole and (whole.endswith(text) or whole.startswith(text)):
            yield heading.text


def _stated(statements: Evidence) -> Iterator[Written]:
    """The titles that a page states in its head: place, name of the place, string, weight."""
    is_news = any("news" in kind.casefold() for kind in types_of(statements.article))
    place = Place.NEWS_ARTICLE if is_news else Place.JSON_LD
    for key, weight in (("headline", 1.0), ("name", OF_SECOND_NAME)):
        for text in islice(strings_in(statements.stated(key)), 1):
            yield place, f"json_ld {key}", text, weight
    for name, weight in (("og:title", 1.0), ("twitter:title", 0.9)):
        for text in statements.meta.get(name, ())[:1]:
            yield Place.SOCIAL, name, text, weight
    for name in META_TITLES:
        for text in statements.meta.get(name, ())[:1]:
            yield Place.META, name, text, 1.0
    if statements.page_title:
        yield Place.PAGE_TITLE, "title", statements.page_title, 1.0


def _marked(statements: Evidence) -> Iterator[Written]:
    for key, weight in (("headline", 1.0), ("name", OF_SECOND_NAME)):
        for text in statements.marked.get(key, ())[:1]:
            yield Place.MICRODATA, f"microdata {key}", text, weight


def _headings(statements: Evidence, candidates: list[Candidate]) -> Iterator[Written]:
    """The headings of the first level, and lower ones that repeat what is stated, or lead a page without a first."""
    known = {candidate.letters for candidate in candidates}
    known |= {bare(part) for candidate in candidates for part in _pieces(candidate.raw)}
    top = [heading for heading in statements.all_headings if heading.level == 1 and not heading.is_logo]
    lower = [heading for heading in statements.all_headings if heading.level > 1][:MOST_LOWER_HEADINGS]
    logos = [heading for heading in statements.all_headings if heading.level == 1 and heading.is_logo]
    yield from (_shown(heading, LEVELS[1]) for heading in top[:MOST_TOP_HEADINGS])
    for heading in lower:
        if bare(heading.text) in known or (heading.is_headline and not top):
            yield _shown(heading, LEVELS[heading.level])
    if not top:
        yield from (_shown(heading, LEVELS[4]) for heading in [*logos, *lower][:1])


def _shown(heading: Heading, weight: float) -> Written:
    return Place.HEADING, f"h{heading.level}", heading.text, weight + OF_HEADLINE * heading.is_headline


def _cleaned(written: Iterable[Written], names: SiteNames, facts: SiteFacts, rules: SiteRules) -> Iterator[Candidate]:
    for place, evidence, raw, weight in written:
        text = squeeze(raw[:LONGEST])
        value = without_affixes(text, names, facts, rules)
        if bare(value):
            yield Candidate(place, evidence, text, value, weight)


def _cut(candidates: list[Candidate], headings: Iterable[Heading]) -> Iterator[Candidate]:
    """Parts of titles that another place has as its whole title."""
    places: dict[str, set[Place]] = {}
    for candidate in candidates:
        places.setdefault(candidate.letters, set()).add(candidate.place)
    parts_of = {heading.text: heading.parts for heading in headings if heading.parts}
    for whole in candidates:
        runs = list(_runs(parts_of.get(whole.raw, ()))) if whole.place is Place.HEADING else []
        parts = [*((run, OF_RUN) for run in runs), *((piece, OF_CUT) for piece in _pieces(whole.raw))]
        for part, weight in parts:
            if (letters := bare(part)) != whole.letters and places.get(letters, set()) - {whole.place}:
                yield Candidate(whole.place, whole.evidence, whole.raw, part, whole.weight * weight, is_part=True)


def _pieces(text: str) -> Iterator[str]:
    for head, _, tail in cuts(text):
        yield trimmed(head)
        yield trimmed(tail)


def _runs(parts: tuple[str, ...]) -> Iterator[str]:
    """What a heading shows without its first or last elements: a kicker, a subtitle, a label."""
    for index in range(1, len(parts[:MOST_PARTS])):
        yield trimmed(" ".join(parts[index:]))
        yield trimmed(" ".join(parts[:index]))
