"""What a site puts around its headlines and between its texts, learnt from what its pages have in common.

Three pages are the least that can agree on anything: two may be two versions of one article. Pages with one headline
count as one, since the same article is often stored under several addresses.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from flows.transform import trees
from flows.transform.blocks import Block, blocks_of
from flows.transform.bodies import Unreadable
from flows.transform.evidence import Evidence, read_evidence, unescaped
from flows.transform.guards import read_body
from flows.transform.outline import Outline
from flows.transform.site_rules import LONGEST_NOISE
from flows.transform.text import dense, squeeze
from warehouse.model import Page, SiteRules

FEWEST_PAGES = 3

NOISE_SHARE = 0.2
"""The share of a site's pages that a line of the site's own stands on: a series' standing introduction is on fewer. On
the gold pages half of it finds as much, and .5 misses a sixth of what there is to gain."""

AFFIX_SHARE = 0.2
"""The share of titles that an ending must have where no headline tells if it is the site's or a manner of speech."""

MOST_LINES = 200
MOST_AFFIXES = 50
MOST_BLOCKS = 3000
LONGEST_TITLE = 300
MOST_PARTS = 5
MENU_LINK_SHARE = 0.8
"""A list's entry that is a link almost to its end is a menu's or a teaser's: every reading of a page leaves it out."""

# Between blanks any of the usual signs; without, only those that no word and no number holds. A hyphen has no blanks
# where the script has none. A colon ends what stands before a headline, not what stands behind it.
_SIGNS = r"\s*[|｜¦_»›>―]+\s*|\s+[-–—/•·:：«<~]+\s+|\s*(?:——|::)\s*|(?<=[\u3041-\u9fff])-|-(?=[\u3041-\u9fff])"
BEFORE_ENDING = re.compile(_SIGNS)
AFTER_BEGINNING = re.compile(rf"{_SIGNS}|:\s+|：\s*")


@dataclass(frozen=True, slots=True)
class Observation:
    """What one page shows of its site: its titles as they stand, its headlines by themselves, its lines of text."""

    site: str
    address: str
    titles: tuple[str, ...]
    headlines: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def article(self) -> str:
        """What tells the page's article from others: its headline, or its address where it has none."""
        return _folded((*self.headlines, *self.titles, self.address)[0])


def observe(page: Page) -> Observation | None:
    """What a page shows of its site; None for what is no page."""
    body = read_body(page)
    if isinstance(body, Unreadable):
        return None
    # The headings of a fragment are those within its text.
    statements = read_evidence(Outline(body.root))
    headlines = () if trees.is_fragment(body.markup) else _texts(_headlines(statements))
    titles = _texts((statements.page_title, statements.first_meta("og:title", "twitter:title"), page.hint_title))
    blocks = islice(blocks_of(body.root.find("body")), MOST_BLOCKS)
    return Observation(page.site, page.url, titles, headlines, tuple(_once(_lines(blocks))))


def learn(site: str, seen: Sequence[Observation], before: SiteRules | None = None) -> SiteRules:
    """The site's rules by these pages and by those seen before; their version is left at that of `before`.

    What was learnt once stays: the older pages, of which it was learnt, have it still. Where there is more than fits,
    what no page has any longer is given up first.
    """
    known = before or SiteRules(site=site, rules_version=0)
    endings = _affixes(seen, _endings)
    beginnings = _affixes(seen, _beginnings)
    return SiteRules(
        site=site,
        rules_version=known.rules_version,
        title_suffixes=_longest_first(_joined(endings, known.title_suffixes, MOST_AFFIXES)),
        title_prefixes=_longest_first(_joined(beginnings, known.title_prefixes, MOST_AFFIXES)),
        noise_lines=tuple(sorted(_joined(_noise(seen), known.noise_lines, MOST_LINES))),
        page_count=len(seen),
    )


def says_the_same(one: SiteRules, other: SiteRules) -> bool:
    """Whether two sets of rules do the same to a page."""
    return (one.title_suffixes, one.title_prefixes, one.noise_lines) == (
        other.title_suffixes,
        other.title_prefixes,
        other.noise_lines,
    )


@dataclass(frozen=True, slots=True)
class _Cut:
    """A title cut in two: the part that may be the site's, the rest, and which end of a text the part stands at."""

    affix: str
    rest: str
    title: str
    is_ending: bool

    def is_outside(self, headline: str) -> bool:
        """Whether the headline is the title without the part, or at least its better half."""
        rest, title = _folded(self.rest), _folded(self.title)
        stands = title.startswith(headline) if self.is_ending else title.endswith(headline)
        return stands and len(rest) / 2 <= len(headline) <= len(rest)

    def is_inside(self, headline: str) -> bool:
        """Whether the headline has the part too."""
        part = _folded(self.affix)
        return headline.endswith(part) if self.is_ending else headline.startswith(part)


@dataclass(slots=True)
class _Votes:
    """The headlines with which a part was met, and those that speak for and against its being the site's."""

    met: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)
    inside: set[str] = field(default_factory=set)

    def is_sites(self, title_count: int) -> bool:
        """Whether the part belongs to the site: its headlines do without it, or cannot be asked and it is frequent."""
        if len(self.met) < FEWEST_PAGES:
            return False
        if self.outside or self.inside:
            return len(self.outside) > len(self.inside)
        return len(self.met) >= AFFIX_SHARE * title_count


def _affixes(seen: Sequence[Observation], cuts: Callable[[str], Iterator[_Cut]]) -> list[str]:
    """The endings or beginnings of titles that are the site's, the most frequent first."""
    votes: defaultdict[str, _Votes] = defaultdict(_Votes)
    for page in seen:
        for title in page.titles:
            for cut in cuts(title):
                _vote(votes[cut.affix], cut, page)
    count = len({page.article for page in seen if page.titles})
    found = [affix for affix, vote in votes.items() if vote.is_sites(count)]
    return sorted(found, key=lambda affix: (-len(votes[affix].met), affix))


def _vote(votes: _Votes, cut: _Cut, page: Observation) -> None:
    head = _folded(cut.rest)
    others = [_folded(text) for text in (*page.headlines, *page.titles) if text != cut.title]
    votes.met.add(head)
    if any(cut.is_outside(other) for other in others):
        votes.outside.add(head)
    elif any(cut.is_inside(_folded(headline)) for headline in page.headlines):
        votes.inside.add(head)


def _endings(title: str) -> Iterator[_Cut]:
    for sign in list(BEFORE_ENDING.finditer(title))[-MOST_PARTS:]:
        affix, rest = title[sign.start() :], title[: sign.start()]
        if _says_something(affix) and _says_something(rest):
            yield _Cut(affix, rest, title, is_ending=True)


def _beginnings(title: str) -> Iterator[_Cut]:
    for sign in islice(AFTER_BEGINNING.finditer(title), MOST_PARTS):
        affix, rest = title[: sign.end()], title[sign.end() :]
        if _says_something(affix) and _says_something(rest):
            yield _Cut(affix, rest, title, is_ending=False)


def _noise(seen: Sequence[Observation]) -> list[str]:
    """The lines that stand on a good share of the pages, whatever these say; the most frequent first."""
    articles: defaultdict[str, set[str]] = defaultdict(set)
    written: dict[str, str] = {}
    for page in seen:
        for line in page.lines:
            compact = dense(line)
            articles[compact].add(page.article)
            # Of the ways to break one line by blanks, the same one each time.
            written[compact] = min(line, written.get(compact, line))
    enough = max(FEWEST_PAGES, math.ceil(NOISE_SHARE * len({page.article for page in seen})))
    found = [compact for compact, pages in articles.items() if len(pages) >= enough]
    return [written[compact] for compact in sorted(found, key=lambda one: (-len(articles[one]), one))]


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    """The blocks that could be taken for text, if they are short enough to be told by heart."""
    for block in blocks:
        is_menu = block.is_in_list and block.link_share >= MENU_LINK_SHARE
        if not is_menu and len(block.text) <= LONGEST_NOISE and _says_something(block.text):
            yield block.text


def _once(lines: Iterable[str]) -> list[str]:
    """The lines that stand on the page once: what returns on it is how its article is made, as in a test or a talk."""
    counted = Counter(lines)
    return [line for line, count in counted.items() if count == 1]


def _headlines(statements: Evidence) -> Iterator[str | None]:
    yield unescaped(statements.stated("headline"))
    yield from statements.headings[:1]


def _texts(found: Iterable[str | None]) -> tuple[str, ...]:
    """What is a title among these, each once."""
    squeezed = (squeeze(text[: LONGEST_TITLE * 2]) for text in found if text)
    return tuple(dict.fromkeys(text for text in squeezed if text and len(text) <= LONGEST_TITLE))


def _joined(found: Sequence[str], known: Sequence[str], most: int) -> list[str]:
    """What was found and what was known before, as much as fits; what is found again keeps its place first.

    Were the new first, a site with more than fits would have other rules every night.
    """
    confirmed = set(found) & set(known)
    return list(dict.fromkeys((*sorted(confirmed), *found, *known)))[:most]


def _longest_first(affixes: Iterable[str]) -> tuple[str, ...]:
    """In the order in which they are to be tried: the name of a section and of the site before the latter alone."""
    return tuple(sorted(affixes, key=lambda affix: (-len(affix), affix)))


def _says_something(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _folded(text: str) -> str:
    return dense(text).casefold()
