"""What a site's rule files say: robots.txt (RFC 9309, read with Protego) and tdmrep.json, for us and for AI agents."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from protego import Protego

from flows.web.urls import link_url

READ_BYTES = 500 * 1024
"""RFC 9309, section 2.5: a reader takes at least so much; what comes after is ignored."""

LONGEST_DELAY = 60.0
"""Seconds. A run is made every hour: with more than a minute between two requests it would not end before the next."""

DAY = 86_400

MOST_RULES = 1000
"""Rules for one AI agent, and locations of a tdmrep.json; real files have dozens. What is only recorded stays cheap."""

AI_AGENTS = (
    *("AI2Bot", "Amazonbot", "anthropic-ai", "Applebot-Extended", "Bytespider", "CCBot", "ChatGPT-User", "Claude-Web"),
    *("ClaudeBot", "cohere-ai", "Diffbot", "FacebookBot", "Google-Extended", "GPTBot", "ImagesiftBot"),
    *("meta-externalagent", "meta-externalfetcher", "MistralAI-User", "OAI-SearchBot", "omgili", "omgilibot"),
    *("Perplexity-User", "PerplexityBot", "PetalBot", "Timpibot", "Webzio-Extended", "YouBot"),
)
"""Product tokens by which publishers address collectors of training data and answering machines."""

CANONICAL = {name.lower(): name for name in AI_AGENTS}

AGENT = re.compile(r"user(?:-|\s+)?agent\s*(?::|\s|$)\s*([^\s/]*)", re.IGNORECASE)
"""The product token alone: a version after a slash is no part of it (RFC 9309, section 2.2.1)."""
SITEWIDE = re.compile(r"(?:site-?maps?|host)\b", re.IGNORECASE)
SIGNAL = re.compile(r"(content-(?:signal|usage))[ \t]*:[ \t]*(.*)", re.IGNORECASE)
"""contentsignals.org, and the Content-Usage of the IETF's AI preferences group."""


@dataclass(slots=True)
class _Group:
    """Consecutive User-agent lines and the rules that follow them."""

    agents: set[str] = field(default_factory=set)
    rules: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """AI agents that a file treats alike, and what it forbids them."""

    agents: tuple[str, ...]
    rules: Protego


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one robots.txt for one agent, and what it says to AI agents. `denial`: why nothing is allowed."""

    denial: str | None = None
    sitemaps: tuple[str, ...] = ()
    crawl_delay: float | None = None
    signals: tuple[str, ...] = ()
    _rules: Protego | None = None
    _verdicts: tuple[_Verdict, ...] = ()

    @classmethod
    def allow_all(cls) -> "Robots":
        """As where there is no robots.txt."""
        return cls()

    @classmethod
    def deny_all(cls, why: str) -> "Robots":
        """As where a robots.txt could not be had from a server that may have one."""
        return cls(denial=why)

    @classmethod
    def read(cls, body: bytes, agent: str) -> "Robots":
        """The rules for a product token (`agent_of`). Total: what is no rule allows everything."""
        groups, sitewide = _grouped(_lines(body))
        own = _rules_of(groups, agent.lower())
        if own is None:
            own = _rules_of(groups, "*") or []
        rules = _protego([*sitewide, "User-agent: *", *own])
        return cls(
            sitemaps=tuple(dict.fromkeys(rules.sitemaps)),
            crawl_delay=_delay(rules),
            signals=tuple(dict.fromkeys(_signals([*sitewide, *own]))),
            _rules=rules,
            _verdicts=tuple(_verdicts(groups)),
        )

    def is_allowed(self, url: str) -> bool:
        """Whether the agent may ask for an address."""
        if self.denial is not None:
            return False
        return self._rules is None or _permit(self._rules, url)

    def statements(self, url: str) -> tuple[str, ...]:
        """What the file says against AI agents at an address, and what it says content may be used for."""
        denied = [name for verdict in self._verdicts if not _permit(verdict.rules, url) for name in verdict.agents]
        refusal = (f"robots.txt: disallows {', '.join(sorted(denied, key=str.lower))}",) if denied else ()
        return (*refusal, *self.signals)


@dataclass(frozen=True, slots=True)
class Tdmrep:
    """A site's /.well-known/tdmrep.json: which of its places reserve text and data mining (W3C TDMRep)."""

    _places: tuple[tuple[Protego, str], ...] = ()

    @classmethod
    def read(cls, body: bytes) -> "Tdmrep":
        """The places, the most particular first. Total: what is no rule says nothing."""
        try:
            entries = json.loads(body)
        except (ValueError, RecursionError):
            return cls()
        entries = entries[:MOST_RULES] if isinstance(entries, list) else [entries]
        places = [(location, statement) for location, statement in map(_place, entries) if statement]
        places.sort(key=lambda place: len(place[0]), reverse=True)
        return cls(tuple((_protego(["User-agent: *", f"Disallow: {where}"]), said) for where, said in places))

    def statements(self, url: str) -> tuple[str, ...]:
        """What the most particular place that holds an address says."""
        return next(((said,) for place, said in self._places if not _permit(place, url)), ())


def agent_of(user_agent: str) -> str:
    """The product token of a User-Agent header: "Broadsheet" of "Broadsheet/1.0 (+https://example.org)"."""
    return re.split(r"[/\s]", user_agent.strip(), maxsplit=1)[0]


def robots_url(url: str) -> str:
    """Where the robots.txt for an address is; '' for what is no web address."""
    return link_url(url, "/robots.txt") or ""


def _lines(body: bytes) -> Iterator[str]:
    """The lines without comments. The last is left out where the file was cut: half a path forbids too much."""
    kept = body[:READ_BYTES]
    if len(body) > READ_BYTES:
        kept = kept[: max(kept.rfind(b"\n"), kept.rfind(b"\r")) + 1]
    for line in kept.decode("utf-8-sig", errors="replace").splitlines():
        rule = line.partition("#")[0].strip()
        if rule:
            yield rule


def _grouped(lines: Iterable[str]) -> tuple[list[_Group], list[str]]:
    """The groups, and the lines that are for everybody.

    Protego gives every agent a copy of its group's rules, which a hostile file of 500 KiB makes hundreds of millions:
    it is given the rules of one agent at a time.
    """
    groups: list[_Group] = []
    sitewide: list[str] = []
    for line in lines:
        agent = AGENT.match(line)
        if agent:
            if not groups or groups[-1].rules:
                groups.append(_Group())
            groups[-1].agents.add(agent[1].lower() if agent[1] == "*" else agent[1].lower().replace("*", ""))
        elif SITEWIDE.match(line):
            sitewide.append(line)
        else:
            (groups[-1].rules if groups else sitewide).append(line)
    return groups, sitewide


def _rules_of(groups: Iterable[_Group], agent: str) -> list[str] | None:
    """The rules of all groups that name an agent; None where none does."""
    named = [group.rules for group in groups if agent in group.agents]
    return [rule for rules in named for rule in rules] if named else None


def _verdicts(groups: list[_Group]) -> Iterator[_Verdict]:
    """One verdict for all agents with the same rules: most files forbid everything to a dozen of them."""
    agents: dict[tuple[str, ...], list[str]] = {}
    for agent in sorted(set().union(*(group.agents for group in groups)) & CANONICAL.keys()):
        rules = tuple(_rules_of(groups, agent) or ())[:MOST_RULES]
        agents.setdefault(rules, []).append(CANONICAL[agent])
    for rules, names in agents.items():
        yield _Verdict(tuple(names), _protego(["User-agent: *", *rules]))


def _protego(lines: Iterable[str]) -> Protego:
    return Protego.parse("\n".join(lines))


def _permit(rules: Protego, url: str) -> bool:
    try:
        return rules.can_fetch(url, "*")
    except ValueError:
        # An address that cannot be taken apart; no rule names it, and it cannot be asked for.
        return True


def _delay(rules: Protego) -> float | None:
    """Seconds between two requests: Crawl-delay, or what Request-rate comes to, whichever is more."""
    rate = rules.request_rate("*")
    # Whole numbers of any length are accepted there, and the quotient of two may be too large for a float.
    wanted = (rules.crawl_delay("*"), rate and min(rate.seconds, DAY) / min(rate.requests, DAY))
    return min(max(filter(None, wanted), default=0.0), LONGEST_DELAY) or None


def _signals(rules: Iterable[str]) -> Iterator[str]:
    for rule in rules:
        signal = SIGNAL.match(rule)
        if signal and signal[2]:
            yield f"robots.txt: {signal[1].lower()} {' '.join(signal[2].lower().split())[:200]}"


def _place(entry: Any) -> tuple[str, str | None]:
    """The location of an entry and what is said of it: nothing where it is no entry."""
    values = entry if isinstance(entry, dict) else {}
    location, reserved, policy = (_one_line(values.get(name)) for name in ("location", "tdm-reservation", "tdm-policy"))
    if not location.startswith("/") or reserved not in ("0", "1"):
        return "", None
    said = f"tdmrep.json: tdm-reservation: {reserved}"
    return location, f"{said}, tdm-policy: {policy[:200]}" if policy else said


def _one_line(value: Any) -> str:
    """A text or a number without line ends and lone surrogates, which neither rules nor tables can hold."""
    if not isinstance(value, str | int):
        return ""
    return "".join(str(value).encode("utf-8", "replace").decode().split())
