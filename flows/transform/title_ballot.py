"""Which of a page's titles is its headline: each place has a weight of its own, and votes for what it agrees with.

The weights were set on one half of the gold pages (by site) and confirmed on the other.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum

from flows.transform.title_parts import bare


class Place(Enum):
    """A kind of place for a title: how much it is believed for itself, and how much its agreement counts.

    What stands over the article is what the reader takes for its title, and was right twice as often as two
    statements that agreed on another one: these are often written for search engines. Newsrooms, which state a
    `NewsArticle`, put the editors' headline there.
    """

    HEADING = ("heading", 1.8, 1.0)
    NEWS_ARTICLE = ("news_article", 1.6, 0.8)
    JSON_LD = ("json_ld", 0.9, 0.6)
    SOCIAL = ("social", 0.8, 0.6)
    MICRODATA = ("microdata", 0.8, 0.4)
    PAGE_TITLE = ("page_title", 0.5, 0.4)
    META = ("meta", 0.3, 0.3)
    HINT = ("hint", 0.4, 0.4)

    def __init__(self, _name: str, own: float, vote: float) -> None:
        self.own = own
        self.vote = vote


# Of what two different titles share, this much counts as agreement.
OF_SHARED = 0.8
# A heading with less in common with anything that the page states is that of something else, or a logo.
RELATED = 0.2
OF_UNRELATED = 0.35
# But a single one of several words is more than a name: pages are also titled for search engines alone.
OF_UNRELATED_LINE = 0.85
OF_ONE_OF_SEVERAL = 0.3
FEWEST_IN_LINE = 4
# Scripts without blanks between words are compared by characters.
FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A title at one place: the name of the place, the string there, that without affixes, its weight there.

    A part of a title is voted for, and does not vote.
    """

    place: Place
    evidence: str
    raw: str
    value: str
    weight: float = 1.0
    is_part: bool = False
    letters: str = field(init=False)
    words: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "letters", bare(self.value))
        object.__setattr__(self, "words", _words(self.value))


def scores(candidates: list[Candidate]) -> list[float]:
    """How much speaks for each of the candidates."""
    voters = [candidate for candidate in candidates if not candidate.is_part]
    return [_score(candidate, voters) for candidate in candidates]


def _score(candidate: Candidate, voters: list[Candidate]) -> float:
    agreed: dict[Place, float] = {}
    votes: dict[Place, float] = {}
    for voter in voters:
        if voter.place is not candidate.place:
            agreement = _agreement(candidate, voter)
            agreed[voter.place] = max(agreed.get(voter.place, 0.0), agreement)
            votes[voter.place] = max(votes.get(voter.place, 0.0), agreement * voter.place.vote * voter.weight)
    own = candidate.place.own * candidate.weight
    if candidate.place is Place.HEADING and agreed and max(agreed.values()) < RELATED:
        own *= _trust_of_unrelated(candidate, voters)
    return own + sum(votes.values())


def _trust_of_unrelated(candidate: Candidate, voters: list[Candidate]) -> float:
    """How far a heading is believed that has nothing in common with what is stated."""
    headings = {voter.letters for voter in voters if voter.place is Place.HEADING}
    if len(headings) > 1:
        return OF_ONE_OF_SEVERAL
    is_line = candidate.evidence == "h1" and candidate.words.total() >= FEWEST_IN_LINE
    return OF_UNRELATED_LINE if is_line else OF_UNRELATED


def _agreement(one: Candidate, other: Candidate) -> float:
    """1 for titles that are the same but for signs and blanks, else a part of what they share (Dice's coefficient)."""
    if one.letters == other.letters:
        return 1.0
    both = one.words.total() + other.words.total()
    return OF_SHARED * 2 * (one.words & other.words).total() / both if both else 0.0


def _words(text: str) -> Counter[str]:
    words = [letters for word in text.split() if (letters := bare(word))]
    is_spaced = text.isascii() or len(words) >= FEWEST_WORDS
    return Counter(words if is_spaced else bare(text))
