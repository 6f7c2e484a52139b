"""What stands around a headline in a page's titles: the site's name, its sections, and where a title may be cut."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from flows.web.sites import SiteFacts
from flows.web.urls import host_of, site_of
from warehouse.model import SiteRules

# Between blanks nearly any sign parts a title from a name; bars and arrows, and dashes and low lines between Chinese,
# Japanese and Korean characters, do so without.
SEPARATOR = re.compile(
    r"\s+(?:[|｜¦–—−·•⋆«»‹›~/\\<>*+-]|::|//){1,3}\s+|\s*[|｜ㅣ¦»›]+\s*|(?<=[^\W\d_]):+\s+|\s+:+\s+"
    r"|(?<=[\u3040-\u9fff\uac00-\ud7af！？。”》）」』])\s*[-_－—–]{1,2}\s*(?=[\u3040-\u9fff\uac00-\ud7afA-Za-z])"
    r"|\s*_{1,2}\s*(?=[\u3040-\u9fff\uac00-\ud7af])"
)
EASTERN = re.compile("[\u3040-\u9fff\uac00-\ud7af]")
# Outlets in Chinese, Japanese and Korean are named for what they are: net, news, paper, channel, agency, broadcaster.
EASTERN_OUTLET = re.compile(
    r"[\w·]{0,10}(?:网|網|新闻|新聞|日报|日報|晚报|早报|时报|時報|週刊|周刊|频道|頻道|在线|通讯社|通信|电视台"
    r"|ニュース|オンライン|일보|신문|뉴스|방송)"
)
# Signs that stand between the levels of a site, and hardly ever within a headline.
OF_LEVELS = re.compile(r"[|｜ㅣ¦»«›‹_•]|::")
EDGES = " \t|｜ㅣ¦–—−·•«»‹›~/\\<>:_-"
MOST_CUTS = 12
NOT_ALNUM = re.compile(r"[\W_]+")
# Shorter names ("it", "abc") stand in headlines by chance; they must be met whole.
SHORTEST_START = 4
# A level between a headline and the site's name: "Politics", "Video", "Arts & Culture".
LONGEST_LEVEL = 30


@dataclass(frozen=True, slots=True)
class SiteNames:
    """The names of a site in their bare letters: `whole` as stated, `hosts` as its address has them."""

    whole: frozenset[str]
    hosts: frozenset[str]
    written: tuple[str, ...] = ()

    def are(self, text: str) -> bool:
        """Whether a text is a name of the site and nothing more."""
        letters = bare(text)
        return letters in self.whole or letters in self.hosts

    def mean(self, text: str) -> bool:
        """Whether a text is a name of the site, or begins with one ("Example News" of example.org)."""
        letters = bare(text)
        if not letters or letters in self.whole or letters in self.hosts:
            return bool(letters)
        beginnings = set(islice(_beginnings(text), 4))
        return bool(beginnings & self.hosts) or self._begins_alike(letters) or _initials(text) in self.hosts

    def _begins_alike(self, letters: str) -> bool:
        names = (name for name in self.whole if min(len(name), len(letters)) >= SHORTEST_START)
        return any(letters.startswith(name) or name.startswith(letters) for name in names)


def names_of_site(stated: Iterable[str], url: str) -> SiteNames:
    """The names that a page states for its site, and those in its address."""
    written = tuple(name for name in stated if len(name) <= 100)  # noqa: PLR2004 - a longer one is a sentence
    host, site = host_of(url).removeprefix("www."), site_of(url)
    labels = {host, site, site.partition(".")[0], host.partition(".")[0]}
    return SiteNames(
        whole=frozenset(letters for name in written if (letters := bare(name))),
        hosts=frozenset(letters for label in labels if len(letters := bare(label)) > 1),
        written=tuple(sorted(written, key=len, reverse=True)),
    )


def bare(text: str) -> str:
    """The letters and digits of a text in lower case: two spellings of a name or a headline are then one."""
    return NOT_ALNUM.sub("", text.casefold())


def trimmed(text: str) -> str:
    """A part of a title without the separators at its ends."""
    return text.strip(EDGES)


def cuts(text: str) -> list[tuple[str, str, str]]:
    """The places where a title may be cut: what stands before, the separator, what stands behind."""
    found = islice(SEPARATOR.finditer(text), MOST_CUTS)
    return [
        (text[: cut.start()], cut[0].strip(), text[cut.end() :])
        for cut in found
        if cut.start() and cut.end() < len(text)
    ]


def without_affixes(text: str, names: SiteNames, facts: SiteFacts, rules: SiteRules) -> str:
    """A title without what its site puts around it; one that is nothing else stays."""
    inner = _without_written(without_known(text, facts, rules), names)
    inner = _without_head(_without_tail(inner, names), names).strip()
    return inner if bare(inner) else text


def without_known(text: str, facts: SiteFacts, rules: SiteRules) -> str:
    """A title without the suffixes and prefixes that the site is known to add."""
    stripped = _suffixes(facts.title_suffixes).sub("", text)
    for suffix in sorted(rules.title_suffixes, key=len, reverse=True):
        if stripped.endswith(suffix) and stripped != suffix:
            # A section that is too rare to be learnt with the name of the site stands before it like any other.
            sign = suffix[: len(suffix) - len(suffix.lstrip(EDGES))].strip()
            stripped = _without_levels(stripped.removesuffix(suffix), sign)
    for prefix in sorted(rules.title_prefixes, key=len, reverse=True):
        stripped = stripped.removeprefix(prefix) if stripped != prefix else stripped
    return stripped.strip() or text


def _without_written(text: str, names: SiteNames) -> str:
    """A title without a name of the site at its end word for word: a name may hold separators of its own."""
    for name in names.written:
        if len(name) > 1 and text.casefold().endswith(name.casefold()):
            before = text[: -len(name)].rstrip()
            if (head := before.rstrip(EDGES)) and head != before:
                return _without_levels(head, before[len(head) :].strip())
    return text


def _without_tail(text: str, names: SiteNames) -> str:
    """A title up to the site's name, and up to the levels of the site before it."""
    for head, sign, tail in cuts(text):
        if sign != ":" and names.mean(tail) and not names.are(head):
            return _without_levels(head, sign)
    for head, sign, tail in cuts(text)[-1:]:
        if (sign_of_levels(sign) and names.mean(tail)) or EASTERN_OUTLET.fullmatch(tail):
            return _without_levels(head, sign)
    return text


def _without_levels(head: str, sign: str) -> str:
    """What stands before a site's name, without the short levels that the same sign parts from it."""
    while sign_of_levels(sign) and (
        places := [cut for cut in cuts(head) if cut[1] == sign or EASTERN.match(cut[0][-1])]
    ):
        rest, _, level = places[-1]
        if len(level) > LONGEST_LEVEL or len(level) >= len(rest):
            break
        head = rest
    return head


def _without_head(text: str, names: SiteNames) -> str:
    """A title behind the site's name, where it begins with it."""
    for head, sign, tail in cuts(text)[:2]:
        if names.are(head) or (sign_of_levels(sign) and names.mean(head)):
            return tail
    return text


def sign_of_levels(sign: str) -> bool:
    """Whether a separator is one of those between the levels of a site."""
    return bool(OF_LEVELS.search(sign))


def _beginnings(text: str) -> Iterator[str]:
    """The bare letters of a text's first word, its first two, and so on."""
    letters = ""
    for word in text.split():
        letters += bare(word)
        yield letters


def _initials(text: str) -> str:
    words = text.split()
    return "".join(word[0] for word in words).casefold() if len(words) > 2 else ""  # noqa: PLR2004 - two letters are chance


@cache
def _suffixes(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) + r"\Z" if patterns else r"(?!)")
