"""What a response and its page say to robots and against mining, and what of it a polite reader obeys.

A statement says where it stood, to whom where not to everybody or us, and what: "x-robots-tag: noindex",
"meta robots: noarchive, max-image-preview:large", "x-robots-tag otherbot: none", "tdm-reservation: 1".
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import islice
from typing import NamedTuple

from warehouse.model import Header

AGENT = "Broadsheet"
"""The product token by which pages may address us, where the settings name no other."""

HEAD_BYTES = 128 * 1024
"""Real heads are shorter, styles and scripts included; browsers look for a charset in the first 1,024 bytes."""

MOST_STATEMENTS = 20
LONGEST_STATEMENT = 300
LONGEST_CONTENT = 2000
"""What is recorded with every page is bounded; real statements are one or two, of some dozen characters."""

LANDMARK = re.compile(
    # The case is ignored behind the first character alone: so the search leaps from one `<` to the next.
    rb"""<(?i: (?P<skipped>!--|(?:script|style|template|title)\b) | (?P<meta>meta)[\s/]
    # A body may begin without its tag (HTML, 13.2.6.4.4): no head holds a paragraph.
    | (?:/head|body|p|h1|nav|main|article)(?![\w-]) )""",
    re.VERBOSE,
)
SKIPPED = (b"script", b"style", b"template", b"title")
ENDS = {b"!--": re.compile(b"-->"), **{name: re.compile(b"</(?i:" + name + b")") for name in SKIPPED}}
TAG_END = re.compile(rb"""(?:[^>"']++|"[^"]*"|'[^']*')*+>""")
"""Possessive, so that an unclosed quote fails at once; the search then ends, as everything after it is in the quote."""
ATTRIBUTE = re.compile(r"""([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")

ROBOT = re.compile(
    r"robots|[a-z][a-z0-9_-]*bot(?:-[a-z]+)?|slurp|teoma|google-extended|applebot-extended|anthropic-ai|cohere-ai"
)
"""Names under which a meta tag speaks to robots: to all, or to one; beside them ours."""

SPEAKING = (b"bot", b"slurp", b"teoma", b"-extended", b"anthropic", b"cohere", b"tdm-", b"&")
"""One of these stands in a meta tag with such a name, or with a name that is written in character references."""

VALUED = r"max-(?:snippet|image-preview|video-preview)|unavailable_after"
BARE = re.compile(r"(?:no\w+|none|all|index|follow)(?: (?:no\w+|none|all|index|follow))+")
COLON = re.compile(" ?: ?")
ADDRESSED = re.compile(rf"(?!(?:{VALUED}):)([a-z][\w-]*):(.*)")
"""A rule with the agent that it is for before it, in X-Robots-Tag: "otherbot: noindex"."""

REFUSALS = frozenset({"noindex", "none", "noarchive", "noai"})
AI_RULES = frozenset({"noai", "noimageai"})

RESERVATIONS = ("meta tdm-reservation: ", "tdm-reservation: ", "tdmrep.json: tdm-reservation: ")
"""Where a reservation may stand, the strongest first (TDMRep, processing priority: the page, its response, the
site's file)."""


class _Rules(NamedTuple):
    """Rules for robots in one place, in lower case; `place` names the agent too where they are for one."""

    place: str
    words: list[str]

    def __str__(self) -> str:
        return f"{self.place}: {', '.join(self.words)}"


def robots_statements(headers: tuple[Header, ...], body: bytes, agent: str = AGENT) -> tuple[str, ...]:
    """What X-Robots-Tag headers and meta tags say to robots, each statement once; others' rules carry their name.

    What is for everybody or us comes first, so that a long list of others' rules cannot push it out.
    """
    return _robots(headers, _metas(body, agent.lower()), agent.lower())


def opt_out_statements(
    headers: tuple[Header, ...],
    body: bytes,
    from_robots_txt: tuple[str, ...] = (),
    from_tdmrep: tuple[str, ...] = (),
    agent: str = AGENT,
) -> tuple[str, ...]:
    """What is said against mining and machine learning: by the response, its page, robots.txt and tdmrep.json."""
    said = _opt_outs(headers, list(_metas(body, agent.lower())), agent.lower())
    return _bounded((*said, *from_tdmrep, *from_robots_txt))


def statements(headers: tuple[Header, ...], body: bytes, agent: str = AGENT) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a response and its page say, to robots and against mining, found in one look at the page."""
    metas = list(_metas(body, agent.lower()))
    return _robots(headers, metas, agent.lower()), _bounded(_opt_outs(headers, metas, agent.lower()))


def refusal(robots_statements: Iterable[str], opt_out_statements: Iterable[str], agent: str = AGENT) -> str | None:
    """Why a page is not to be kept, in one line with the statement that says so; None where nothing forbids it.

    Obeyed is what forbids what this warehouse does with the whole page, to everybody or to us: to list it (noindex,
    none), to keep a copy (noarchive) and to mine it (noai, a reservation of text and data mining). Recorded only is
    what concerns showing it or its parts (nosnippet, max-…), following its links, its pictures, a date in the
    future, and what is said to other agents.
    """
    opt_outs = tuple(opt_out_statements)
    for statement in (*robots_statements, *opt_outs):
        place, _, said = statement.partition(": ")
        if place in _own_places(agent.lower()):
            forbidding = next((word for word in said.split(", ") if word in REFUSALS), None)
            if forbidding:
                return f"{forbidding} ({statement})"
    reserved = next((said for place in RESERVATIONS for said in opt_outs if said.startswith(place)), "")
    is_reserved = reserved.removeprefix("tdmrep.json: ").removeprefix("meta ").startswith("tdm-reservation: 1")
    return f"text and data mining is reserved ({reserved})" if is_reserved else None


def _robots(headers: tuple[Header, ...], metas: Iterable[tuple[str, str]], agent: str) -> tuple[str, ...]:
    own = _own_places(agent)
    found = sorted(_rules(headers, metas, agent), key=lambda rules: rules.place not in own)
    return _bounded(map(str, found))


def _opt_outs(headers: tuple[Header, ...], metas: list[tuple[str, str]], agent: str) -> tuple[str, ...]:
    against_ai = [
        str(_Rules(rules.place, words))
        for rules in _rules(headers, metas, agent)
        if (words := [word for word in rules.words if word in AI_RULES])
    ]
    fields = [(header.name.lower(), header.value) for header in headers]
    reserved = (*_reservation("meta tdm-reservation", dict(metas)), *_reservation("tdm-reservation", dict(fields)))
    return (*reserved, *against_ai)


def _own_places(agent: str) -> tuple[str, ...]:
    return ("x-robots-tag", f"x-robots-tag {agent}", "meta robots", f"meta {agent}")


def _rules(headers: tuple[Header, ...], metas: Iterable[tuple[str, str]], agent: str) -> Iterator[_Rules]:
    for header in headers:
        if header.name.lower() == "x-robots-tag":
            yield from _addressed(header.value)
    for name, content in metas:
        if (name == agent or ROBOT.fullmatch(name)) and (words := list(_words(content))):
            yield _Rules(f"meta {name}", words)


def _addressed(value: str) -> Iterator[_Rules]:
    """The rules of an X-Robots-Tag header: an agent's name is for the rule after it and for those that follow."""
    rules = _Rules("x-robots-tag", [])
    for word in _words(value):
        addressed = ADDRESSED.fullmatch(word)
        if addressed:
            if rules.words:
                yield rules
            rules = _Rules("x-robots-tag" if addressed[1] == "robots" else f"x-robots-tag {addressed[1]}", [])
        rules.words.extend(filter(None, [addressed[2] if addressed else word]))
    if rules.words:
        yield rules


def _words(content: str) -> Iterator[str]:
    """The rules of a list, in lower case with single blanks and none around colons."""
    for listed in re.split("[,;]", content[:LONGEST_CONTENT].lower()):
        word = COLON.sub(":", " ".join(listed.split()))
        # Some lists lack their commas.
        yield from word.split() if BARE.fullmatch(word) else filter(None, [word])


def _reservation(place: str, fields: dict[str, str]) -> Iterator[str]:
    """The reservation of text and data mining among headers or meta tags, with its policy."""
    reserved = fields.get("tdm-reservation", "").strip()
    policy = "".join(fields.get("tdm-policy", "").split())
    if reserved in ("0", "1"):
        yield f"{place}: {reserved}" + (f", tdm-policy: {policy}" if policy else "")


def _metas(body: bytes, agent: str) -> Iterator[tuple[str, str]]:
    """Name (in lower case) and content of the meta tags in a page's head that may speak to robots or of mining.

    Comments and scripts are passed over.
    """
    head = body[:HEAD_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        # UTF-16: what is looked for is ASCII.
        head = head.replace(b"\0", b"")
    speaking = (*SPEAKING, agent.encode())
    at = 0
    while (landmark := LANDMARK.search(head, at)) and (end := _end(head, landmark)):
        at = end.end()
        if landmark["meta"]:
            tag = head[landmark.end() : at]
            # Most tags of a head speak of other things, and to take one apart costs more than to find it.
            lowered = tag.lower()
            if not any(word in lowered for word in speaking):
                continue
            attributes = _attributes(tag)
            if "name" in attributes and "content" in attributes:
                yield attributes["name"].strip().lower(), attributes["content"]


def _end(head: bytes, landmark: re.Match[bytes]) -> re.Match[bytes] | None:
    """The end of what begins at a landmark; None where that is the end of the head, or goes on beyond it."""
    if landmark["meta"]:
        return TAG_END.match(head, landmark.end())
    skipped = landmark["skipped"]
    return ENDS[skipped.lower()].search(head, landmark.end()) if skipped else None


def _attributes(tag: bytes) -> dict[str, str]:
    """The attributes of a tag; of one that is given twice the first, as in browsers."""
    found = ATTRIBUTE.findall(tag.decode("utf-8", errors="replace"))
    return {name.lower(): unescape(double or single or bare) for name, double, single, bare in reversed(found)}


def _bounded(statements: Iterable[str]) -> tuple[str, ...]:
    """Each statement once, in its order, at its length at most."""
    return tuple(islice(dict.fromkeys(_storable(statement) for statement in statements), MOST_STATEMENTS))


def _storable(statement: str) -> str:
    return statement[:LONGEST_STATEMENT].encode("utf-8", errors="replace").decode()
