"""Which wire agency a text comes from: stated as its author, or named in its byline, dateline or copyright line."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from flows.transform.byline_marks import Mark
from flows.transform.claims import Claim, first_possible, with_choice
from flows.transform.evidence import Evidence, strings_in
from flows.transform.names import AUTHOR_META, patterns
from flows.web.sites import SiteFacts

# The agencies by the names under which they are credited; the first is the one that the field holds. Short forms count
# only as they are written here: `AP` is an agency, `ap` is not.
AGENCIES = (
    ("AFP", "Agence France-Presse", "Agence France Presse", "法新社"),
    ("AP", "Associated Press", "The Associated Press", "美联社", "美聯社"),
    ("Reuters", "Thomson Reuters", "REUTERS", "路透社", "路透"),
    ("dpa", "DPA", "Deutsche Presse-Agentur", "dpa-infocom", "dpa-AFX", "dpa-tmn", "德新社"),
    ("APA", "Austria Presse Agentur", "Austria Presse-Agentur"),
    ("Keystone-SDA", "SDA", "sda", "Keystone-ATS", "ATS"),
    ("epd", "Evangelischer Pressedienst"),
    ("KNA", "Katholische Nachrichten-Agentur"),
    ("EFE", "Agencia EFE", "EFE News"),
    ("Europa Press",),
    ("ANSA", "Ansa"),
    ("Adnkronos", "AdnKronos"),
    ("Lusa", "Agência Lusa", "LUSA"),
    ("Belga", "BELGA"),
    ("ANP",),
    ("Ritzau", "Ritzaus Bureau"),
    ("NTB",),
    ("STT",),
    ("PAP", "Polska Agencja Prasowa"),
    ("ČTK", "CTK", "ČTK"),
    ("MTI",),
    ("Tanjug",),
    ("TASS", "Tass", "ТАСС"),
    ("Interfax", "Интерфакс"),
    ("Ukrinform", "Укрінформ"),
    ("Xinhua", "Xinhua News Agency", "新华社", "新華社"),
    ("Kyodo", "Kyodo News", "共同通信"),
    ("Jiji", "Jiji Press", "JIJI", "時事通信"),
    ("Yonhap", "Yonhap News Agency", "연합뉴스"),
    ("CNA", "Central News Agency", "中央社"),
    ("PTI", "Press Trust of India"),
    ("ANI",),
    ("IANS",),
    ("PA Media", "Press Association", "PA"),
    ("AAP", "Australian Associated Press"),
    ("The Canadian Press", "Canadian Press"),
    ("UPI", "United Press International"),
    ("Bloomberg", "Bloomberg News"),
    ("Anadolu", "Anadolu Agency", "Anadolu Ajansı"),
)
MOST_STATED = 20
# A byline or credit line is short; a paragraph that names an agency reports on it.
LONGEST_LINE = 120
# A dateline opens the text: `LONDON, 3 May (Reuters) - `.
DATELINE_BLOCKS = 4
LONGEST_DATELINE = 80
SPLIT = re.compile(r"\s*(?:[,;/|+&()·•]|\s[-–—]\s|\s(?:and|und|et|y|e|i|mit|with|avec|con|met)\s)\s*")
BEFORE = re.compile(
    r"^(?:(?:by|von|par|por|di|door|av|af|source|quelle|fuente|fonte|bron|kilde|copyright)\b|©)\s*[:：]?\s*",
    re.IGNORECASE,
)
CREDIT_LINE = re.compile(
    r"(?:source|quelle|fuente|fonte|bron|kilde|©|\(c\)|copyright)\s*[:：]?\s*(?:\d{4}\s*)?(?P<names>.+)", re.IGNORECASE
)


def agency_claims(
    statements: Evidence, marks: Sequence[Mark], credits_: Sequence[str], blocks: Sequence[str], facts: SiteFacts
) -> list[Claim]:
    """Every statement about the agency that the text comes from, in the order of rank."""
    lines = [*(mark.raw for mark in marks if not mark.is_others), *credits_]
    claims = [
        *_known_claims([*lines, *blocks], facts),
        *_named_in(_stated(statements), "stated author"),
        *_named_in((line for line in lines if len(line) <= LONGEST_LINE), "byline"),
        *_dateline_claims(blocks),
        *_named_in(_credit_lines(blocks), "credit line"),
    ]
    return with_choice(claims, first_possible(claims))


def _known_claims(lines: Iterable[str], facts: SiteFacts) -> Iterator[Claim]:
    """What the facts about sites know of copyright and credit lines."""
    for line in lines:
        for pattern in patterns(facts.agencies):
            if match := pattern.search(line):
                yield Claim(str(match["agency"]), "copyright or credit line", match[0])
                return


def _stated(statements: Evidence) -> Iterator[str]:
    stated = statements.stated("author")
    yield from strings_in(stated[:MOST_STATED] if isinstance(stated, list) else stated)
    for name in AUTHOR_META:
        yield from statements.meta.get(name, ())[:MOST_STATED]


def _named_in(lines: Iterable[str], evidence: str) -> Iterator[Claim]:
    for line in lines:
        for part in SPLIT.split(BEFORE.sub("", line[:LONGEST_LINE].strip())):
            if name := _names().get(part.strip(" .")):
                yield Claim(name, evidence, line)


def _dateline_claims(blocks: Sequence[str]) -> Iterator[Claim]:
    for block in blocks[:DATELINE_BLOCKS]:
        if match := _dateline().match(block):
            yield Claim(_names()[match["agency"]], "dateline", match[0])


def _credit_lines(blocks: Sequence[str]) -> Iterator[str]:
    for block in blocks[-DATELINE_BLOCKS:]:
        if len(block) <= LONGEST_LINE and (match := CREDIT_LINE.fullmatch(block)):
            yield match["names"]


@cache
def _names() -> dict[str, str]:
    return {name: names[0] for names in AGENCIES for name in names}


@cache
def _dateline() -> re.Pattern[str]:
    """`PARIS (AFP) - `, `Berlin (dpa/lno) – `: a place, the agency in brackets, a dash."""
    known = "|".join(re.escape(name) for name in sorted(_names(), key=len, reverse=True))
    return re.compile(
        rf"[^.()（）]{{0,{LONGEST_DATELINE}}}[(（](?P<agency>{known})(?:[/,+ -][^()（）]{{0,30}})?[)）]\s*[-–—:]"
    )
