"""From what is written where an author should be to the names of people: each as it should stand, all else refused.

A byline is prose in miniature ("By Dr. ANN LEE and Bo Li, Science Editor, in Berlin | The Courier, 3 May"). It is
cut at what follows names, split at what stands between them, and each part is judged by its words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from flows.transform import name_words as words
from flows.transform.text import squeeze
from flows.web.sites import SiteFacts

# The byline of a page has at most some dozen names; a reference list has hundreds.
LONGEST_BYLINE = 600
MOST_PARTS = 40
LONGEST_NAME = 60
MOST_WORDS = 5
SHORTEST_NAME = 3
LONGEST_ABBREVIATION = 5

# Names of meta elements in use for authors, the standard ones first, then those of vendors.
AUTHOR_META = (
    "author", "article:author", "og:article:author", "parsely-author", "sailthru.author", "cxenseparse:author", "byl",
    "dc.creator", "dc:creator", "dcterms.creator", "citation_author", "article.author", "article_author", "authors",
    "shareaholic:article_author_name",
)  # fmt: skip

HAN = r"\u3400-\u9fff"
KANA = r"\u3040-\u30ff"

ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+|(?<!\S)@\w+")
# Parts of the work that are not the writing, up to the next part: `编译 A/B；审校 C`.
OTHER_ROLES = re.compile(
    r"(?:^|(?<=[\s;；,，。.(（]))(?:发稿|發稿|编译|編譯|翻译|翻譯|译者|譯者|审校|審校|校对|校對|责编|責編|责任编辑|責任編輯|網編|网编|编辑|編輯"
    r"|核稿|整理|摄影|攝影|制图|监制"
    r"|(?:photograph(?:s|y)?|photos?|pictures?|illustrat(?:ed|ions?)|edited|editing|translat(?:ed|ion)"
    r"|(?:medically |fact[- ])?(?:reviewed|checked)|produced) by|fotos?(?: von)?:|übersetzt von|aus dem \w+ von"
    r"|traduit par|traducido por|traducción)"
    r"[\s:：/／|].*?(?=[;；]|$)",
    re.IGNORECASE,
)
_BY = r"by|von|par|por|przez|door|av|af|oleh|от"
_WORK = (
    r"artikel|beitrag|gastbeitrag|kommentar|interview|analyse|kolumne|essay|bericht|reportage|rezension|text|texte|texto|testo"
    r"|tekst|текст|story|words|report|opinion|article|artículo|propos recueillis|recueilli"
)
_DONE = (
    r"written|posted|published|submitted|contributed|reported|reporting|updated|added|created|authored|posté|publié|écrit|rédigé"
    r"|geschrieben|verfasst|veröffentlicht|gepostet|erstellt|eingestellt|escrito|publicado|scritto|pubblicato|skrevet|skriven"
    r"|geplaatst|geschreven|opublikowane|dodane|napisane|napisany"
)
BEFORE_NAMES = re.compile(
    rf"^(?:null\b|(?:(?:ein|eine|an?|un|une)\s)?(?:guest\s)?(?:{_WORK}|{_DONE})\s(?:in\s.{{0,40}}?\s)?(?:{_BY})\b:?"
    rf"|(?:{_DONE})\sin\s.{{0,40}}?\sby\b"
    r"|(?:(?:view|see|read|show)\s)?(?:all|more|alles?|weitere|mehr|ver|voir)\s(?:\w+\s){0,3}?(?:by|from|von|de|por|par)\b"
    r"|(?:by|von|par|por|przez|di|da|door|av|af|oleh|from|a cura di|from the desk of)\b:?"
    r"|(?:autor(?:en|in|es|a|i|ka)?|authors?|auteure?s?|autore|автор|συντάκτης|yazar|penulis|verfasser(?:in)?|writer"
    r"|reporter|redakteur(?:in)?|redacteur|tekst|texte?|texto|testo|текст|interview|words|story|über|about|meet"
    r"|à propos de|sobre|more about|mehr (?:über|von)|name)\s*(?:[:：|]|\b(?=\s))"
    r"|(?:撰文|撰写|文字|采访记者|采访|采写|特约记者|记者|記者|作者|撰稿|文)\s*[:：|｜/／]"
    r"|(?:采访记者|记者|記者|作者|撰写|撰文|采写)\s)\s*",
    re.IGNORECASE,
)
# "12 May by Ann Lee": what stands before is a date or a section. Only words that are in no name.
MID_BY = re.compile(r"^.{1,60}?\s(?:by|par|przez)\s+(?=\S)|^(?=.*\d).{1,60}?\s(?:von|por)\s+(?=\S)", re.IGNORECASE)
# What stands behind a name: where, when or how it was written, or for whom.
AFTER_NAMES = re.compile(
    r"\s*(?:[（(［\[][^）)］\]]*[）)］\]]?|\s(?:기자|특파원|논설위원|記者|记者)|(?:综合|編譯|编译|摘编|摘譯|摘译)?(?:报道|报导|報道|報導)|发自.*|發自.*"
    r"|\s+(?:in|aus|à|w|z|for|für|pour|para|of|from|at|bei|with|mit|über|via|reporting|reports|contributing"
    r"|special to)\s+(?:the\s+)?(?-i:[A-ZÀ-ÞŁŚ@]).*"
    r"|\s+(?:updated|published|posted|last|veröffentlicht|aktualisiert|stand)\b[:\s].*"
    r"|\s+(?:on|am|vom|le|el|il|den|op|på|dnia)\s(?=.*\d).*"
    r"|\s+(?:under|unter|gespeichert|filed|abgelegt|posted)\b.*|\s+(?:on|am|um|in|at|vom|le|el|il|den|under|unter))\s*$",
    re.IGNORECASE,
)
# A day, a clock or a reading time ends the names: nobody is called by a number with blanks around it. The months are
# known by their first letters in the languages of the Latin alphabet.
MONTH = (
    r"(?:jan|ene|gen|feb|fév|mar|mär|apr|abr|avr|ma[iyg]|jun|jui|giu|jul|lug|aug|ago|aoû|sep|set|o[ckt]t|out|nov|de[cz]|dé[cz]|dic)"
    r"[^\W\d_]{0,7}"
)
LEADING_DAY = re.compile(
    rf"^\W*(?:{MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|\d{{1,2}}\.?\s+(?:de\s+)?{MONTH}\.?,?\s+(?:de\s+)?\d{{4}})(?:,?\s*(?:um\s)?\d{{1,2}}[:.]\d{{2}}(?:\s*(?:uhr|[ap]m)\b)?)?"
    rf"[\s,|·•–—-]*",
    re.IGNORECASE,
)
NUMBERS = re.compile(
    rf"(?:^|[\s,(|·•/-])(?:{MONTH}\.?\s+\d.*|\d[\d.:/,-]*(?:\s.*|[hmʹ'].*|(?:st|nd|rd|th)\b.*|)|%\w\s.*)$",
    re.IGNORECASE,
)
SEPARATORS = re.compile(
    r"\s*(?:[,，、;；|｜/／&＆\n·•]|\s(?:and|und|et|og|och|ja|és|oraz|with|и|και|ve|和|及|與|与|/)\s"
    rf"|(?<=[{HAN}]{{2}})(?:[和与與]|\s+)(?=[{HAN}]{{2}}))\s*",
    re.IGNORECASE,
)
DOTTED_NAME = re.compile(rf"(?<=[{HAN}])[·•](?=[{HAN}])")
# One letter that joins names in Spanish, Italian, Polish and Dutch, and is a part of names as well (Ortega y Gasset).
SHORT_AND = re.compile(r"\s+(?:y|e|i|en|&)\s+")
AFFILIATION = re.compile(r"\s+[-–—−]\s+|\s*[–—]\s*$")
TITLES = re.compile(
    r"^(?:(?:univ\.-)?prof(?:essor(?:in)?)?\.?|dr\.?(?:-ing\.)?(?=[\s.])|dott\.(?:ssa)?|dipl\.[-\w]*\.?(?:\s*\(fh\))?|mag\.|ing\.|med\.|rer\.|nat\.|phil\.|jur\.|h\.\s?c\.|mult\.|pd|ph\.?d\.?"
    r"|mr\.|mrs\.|ms\.|herr|frau|rev\.|hon\.)\s+(?=\S+\s+\S)",
    re.IGNORECASE,
)
DEGREES = re.compile(
    r"(?:\s*,)?\s+(?:Ph\.?\s?[Dd]|PHD|M\.?\s?D|M\.?\s?A|B\.?\s?A|M\.?\s?Sc|B\.?\s?Sc|LL\.?\s?[MB]|J\.?\s?D|M\.?B\.?A|R\.?N|R\.?D"
    r"|M\.?P\.?H|C\.?P\.?A|D\.?D\.?S|D\.?O|Ed\.?D|Psy\.?D|Esq|CFA|CFP|RDN|LCSW)\.?$"
)
# The point of an initial or of "Jr." belongs to the name; any other ends a sentence.
INITIAL_END = re.compile(r"\b(?:[^\W\d_]|Jr|Sr)\.$")
NOT_A_NAME = re.compile(
    r"https?:|www\.|@|\.[a-z]{2,6}\b|[《》【】“”\"!?？！：:#+=<>_*{}\\\[\]%$€]|\d|\.\.\.|…", re.IGNORECASE
)
# Two to five Han characters, parts joined by dots, or a name with kana in it; pen names may end in Latin letters.
IDEOGRAPHIC_NAME = re.compile(
    rf"[{HAN}]{{2,5}}[A-Za-z]{{0,10}}|[{HAN}]{{1,10}}(?:[·•・．.‧-][{HAN}\w]{{1,12}}){{1,3}}"
    rf"|(?=.*[{KANA}])[{KANA}{HAN}]{{2,10}}|[{HAN}{KANA}]{{1,4}}\s[{HAN}{KANA}]{{1,4}}|[가-힣]{{2,4}}"
)
_WORD = r"[^\W\d_]?[^\W\d_.'’´`-]*(?:[.'’´`-]+[^\W\d_]*)*"
WRITTEN_NAME = re.compile(rf"(?!.*[{KANA}{HAN}])[^\W\d_][^\W\d_.'’´`-]*(?:[.'’´`-]+[^\W\d_]*)*(?:\s+{_WORD}){{0,5}}")
# What somebody calls themselves on their own site: letters, and perhaps a number behind them.
LOGIN_NAME = re.compile(r"[^\W\d_]{2,20}(?:[._-][^\W\d_]{1,15})?\d{0,4}")
INVERTED = re.compile(
    rf"(?!.*[{HAN}{KANA}])(?P<family>[^\W\d_][\w'’-]+),\s(?P<given>[^\W\d_]{{2,}}(?:-[^\W\d_]+)?(?:\s[^\W\d_]\.?){{0,2}})"
)
SMALL_IN_CAPITALS = re.compile(r"(?<=\bM)a?c(?=[A-ZÀ-Þ])")
PARTICLES = frozenset(
    ("al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "la", "le", "van", "von", "zu")
)


# German makes one word of a job and its field: Projektleiterin, Wirtschaftsredakteur.
JOB_END = re.compile(
    r"\w{3}(?:leiter|redakteur|sprecher|forscher|experte?|berater|direktor|referent|journalist|reporter|korrespondent"
    r"|wissenschaftler|trainer|anwalt|anwält|autor|vorsitzende)(?:in)?$"
)
AN_AGENCY = "an agency"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a byline: the name as it should stand, and why it is no person's, where it is none."""

    name: str
    refused: str | None = None


def people_in(byline: str, facts: SiteFacts, *, allows_logins: bool = False) -> list[str]:
    """The people in a byline, cleaned and in order; a byline may name several, or none."""
    return [part.name for part in parts_of(byline, facts, allows_logins=allows_logins) if part.refused is None]


def parts_of(byline: str, facts: SiteFacts, *, allows_logins: bool = False) -> list[Part]:
    """What a byline names, each part judged; `allows_logins` where a name chosen by its bearer may stand."""
    parts = _split(_upright(_names_alone(byline), facts))
    found = [part for name in parts if (part := _judged(name, facts, allows_logins=allows_logins)).name]
    return _places_refused(_signs_refused(found))


def _signs_refused(parts: list[Part]) -> list[Part]:
    """Behind an agency small letters are its office or its writer's sign: `dpa/lno`."""
    if all(part.refused != AN_AGENCY for part in parts):
        return parts
    return [Part(part.name, "an agency's sign") if part.name.islower() and not part.refused else part for part in parts]


def name_case(name: str) -> str:
    """A name in capitals as it is usually written; any other name as it stands."""
    if not SMALL_IN_CAPITALS.sub("", name).isupper() or " " not in name or IDEOGRAPHIC_NAME.fullmatch(name):
        return name
    return " ".join(_word_case(word, is_first=not number) for number, word in enumerate(name.split()))


def has_given_name(name: str) -> bool:
    """Whether a name has several words and the first is a common given name: then it is a person's without any mark."""
    parts = name.casefold().split()
    return len(parts) > 1 and parts[0].split("-")[0].rstrip(".") in words.GIVEN


def is_no_person(name: str, facts: SiteFacts) -> str | None:
    """Why these words are no person's name; None where they may be one."""
    folded = [word.strip(".,'’()") for word in name.casefold().replace("-", " ").split()]
    for listed, reason in _LISTS:
        if not listed.isdisjoint(folded):
            return reason
    if any(JOB_END.search(word) for word in folded):
        return "a job"
    if len(folded) == 1 and (folded[0] in words.DATELINES or folded[0] in words.SECTION):
        return "a place or a section"
    if len(folded) == 1 and (folded[0] in words.NOBODY or folded[0] in _SOLE):
        return "nobody"
    return "an organisation" if _is_named(name, facts) else None


_LISTS = (
    (words.ORGANISATION, "an organisation"),
    (words.AGENCIES, AN_AGENCY),
    (words.JOB, "a job"),
    (words.FURNITURE, "part of the page"),
)
_SOLE = frozenset(("by", "von", "par", "por", "di", "de", "und", "et", "y"))


def _names_alone(byline: str) -> str:
    """The byline without what stands before and behind the names."""
    text = squeeze(byline[: 4 * LONGEST_BYLINE])[:LONGEST_BYLINE]
    text = LEADING_DAY.sub("", text)
    text = OTHER_ROLES.sub("", ADDRESS.sub("", text)).strip(" ;；(（)）,·•|-–—")
    return _without_end(_without_prefix(text))


def _without_prefix(text: str) -> str:
    """The byline without the words before the names; there can be two ("null By …")."""
    previous = None
    while previous != text:
        previous, text = text, BEFORE_NAMES.sub("", text, count=1)
    shorter = MID_BY.sub("", text, count=1)
    return text if shorter == text else BEFORE_NAMES.sub("", shorter, count=1)


def _without_end(text: str) -> str:
    return NUMBERS.sub("", AFTER_NAMES.sub("", text)).strip(" ,;|·•-–—")


def _split(text: str) -> list[str]:
    protected = DOTTED_NAME.sub("\0", text)
    parts = [part.replace("\0", "·") for part in SEPARATORS.split(protected, maxsplit=MOST_PARTS)]
    return [name for part in parts for name in _split_short(part)]


def _split_short(part: str) -> list[str]:
    """Names joined by a single letter: two full names or two first names; a family name with "y" stays whole."""
    sides = SHORT_AND.split(part)
    lengths = {min(len(side.split()), 2) for side in sides}
    return sides if len(lengths) == 1 else [part]


def _judged(part: str, facts: SiteFacts, *, allows_logins: bool) -> Part:
    name = name_case(_bare(part))
    if not name:
        return Part("")
    return Part(name, _refusal(name, facts, allows_logins=allows_logins))


def _bare(part: str) -> str:
    """A part without titles, degrees, affiliation and stray signs."""
    text = AFFILIATION.split(_without_end(_without_prefix(part.strip())), maxsplit=1)[0].strip(" ,;·|-–—'’\"“”„*:")
    previous = None
    while previous != text:
        previous, text = text, _without_job(DEGREES.sub("", TITLES.sub("", text))).strip(" ,")
    return text if INITIAL_END.search(text) else text.rstrip(".")


def _without_job(text: str) -> str:
    """A name without the jobs before it: `Staff Reporter Ann Lee`."""
    parts = text.split()
    jobs = 0
    while jobs < len(parts) - 2 and parts[jobs].casefold() in _BEFORE_NAME:
        jobs += 1
    return " ".join(parts[jobs:])


_BEFORE_NAME = words.JOB | {"staff", "guest", "political", "chief", "science", "sports"}


def _refusal(name: str, facts: SiteFacts, *, allows_logins: bool) -> str | None:
    if len(name) > LONGEST_NAME or len(name.split()) > MOST_WORDS:
        return "too long for a name"
    if reason := is_no_person(name, facts):
        return reason
    if IDEOGRAPHIC_NAME.fullmatch(name):
        return None
    if allows_logins and LOGIN_NAME.fullmatch(name):
        return None
    return _misspelt(name)


def _misspelt(name: str) -> str | None:
    """Why a name in an alphabet is not written as names are."""
    if NOT_A_NAME.search(name) or not WRITTEN_NAME.fullmatch(name):
        return "not written as a name"
    if " " not in name and name.islower():
        return "a login name"
    if " " not in name and (len(name) < SHORTEST_NAME or (name.isupper() and len(name) <= LONGEST_ABBREVIATION)):
        return "an abbreviation"
    # Names have capitals, but for the particles in them; sentences do not.
    small = [word for word in name.split() if word.islower() and word not in PARTICLES]
    return "not written as a name" if len(small) > 1 else None


def _upright(text: str, facts: SiteFacts) -> str:
    """`Lee, Ann` and `Lee, Ann B.` as names are said: one comma, a single word before it, given names behind it."""
    match = INVERTED.fullmatch(text)
    if match is None or any(is_no_person(part, facts) for part in match.groups()):
        return text
    return f"{match['given']} {match['family']}"


def without_places(names: Sequence[str]) -> list[str]:
    """The names without the single words behind a full one: these are places, degrees and firms."""
    first_full = next((number for number, name in enumerate(names) if " " in name), len(names))
    return [name for number, name in enumerate(names) if number <= first_full or not _is_one_word(name)]


def _places_refused(parts: list[Part]) -> list[Part]:
    kept = set(without_places([part.name for part in parts if part.refused is None]))
    return [
        part if part.refused or part.name in kept else Part(part.name, "a place or an affiliation") for part in parts
    ]


def _is_one_word(name: str) -> bool:
    return " " not in name and not IDEOGRAPHIC_NAME.fullmatch(name)


def _word_case(word: str, *, is_first: bool) -> str:
    lowered = word.lower()
    if lowered in PARTICLES and not is_first:
        return lowered
    # Initials (`A.O.`) stay in capitals, because a point follows each letter.
    return re.sub(r"(^|[-.'’])(mc)?([^\W\d_])", _capital, lowered)


def _capital(match: re.Match[str]) -> str:
    return match[1] + (match[2] or "").capitalize() + match[3].upper()


@lru_cache(maxsize=4096)
def _is_named(name: str, facts: SiteFacts) -> bool:
    return any(pattern.fullmatch(name) for pattern in patterns(facts.not_people))


@cache
def patterns(expressions: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """The compiled expressions of a fact about sites."""
    return tuple(re.compile(expression, re.IGNORECASE) for expression in expressions)


def unique(names: Iterable[str]) -> list[str]:
    """Each name once, in the order of the first; `ANN LEE` and `Ann Lee` are one."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return list(found.values())
