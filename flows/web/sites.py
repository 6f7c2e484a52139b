"""Facts about sites, read from `sites.toml`: what their feeds' times mean, their zone, their labels and noise.

Facts are data; the rules that use them are code and hold for every site. A fact may stand under a host, under the
registrable domain of many hosts, or under `*`, for every site; the more specific one wins, and lists add up.
"""

import tomllib
from dataclasses import dataclass, fields, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from flows.web.urls import host_of
from warehouse.model import TimeMeaning

EVERY_SITE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What is known about a site; the defaults are for a site of which nothing is known.

    Selectors are `tag`, `.class`, `#id`, `[attribute]` or `tag.class`; a name may end in `*`. Patterns are regular
    expressions. `noise_lines` and `credit_lines` must match a whole block of text, `noise_texts` any part of one,
    which is then cut out; `caption_labels` stand before a caption, `tail_lines` end the text, `related_labels` begin
    links to other articles. All `author_…` patterns hold the people in the group `names`: `author_lines` match a
    whole block that is a credit, `edge_author_lines` one at the head or foot of the text (in its midst it quotes
    somebody), `author_leads` a lead and `author_tails` the end of a paragraph, both of which stay in the text.
    """

    feed_time: TimeMeaning = TimeMeaning.UNKNOWN
    time_zone: str | None = None
    is_day_first: bool = False
    has_twelve_hour_clock: bool = False
    language: str | None = None
    agencies: tuple[str, ...] = ()
    not_people: tuple[str, ...] = ()
    title_suffixes: tuple[str, ...] = ()
    noise_selectors: tuple[str, ...] = ()
    byline_selectors: tuple[str, ...] = ()
    lead_selectors: tuple[str, ...] = ()
    caption_selectors: tuple[str, ...] = ()
    caption_labels: tuple[str, ...] = ()
    noise_lines: tuple[str, ...] = ()
    noise_texts: tuple[str, ...] = ()
    tail_lines: tuple[str, ...] = ()
    related_labels: tuple[str, ...] = ()
    credit_lines: tuple[str, ...] = ()
    author_lines: tuple[str, ...] = ()
    edge_author_lines: tuple[str, ...] = ()
    author_leads: tuple[str, ...] = ()
    author_tails: tuple[str, ...] = ()
    noise_images: tuple[str, ...] = ()


def site_facts(place: str) -> SiteFacts:
    """The facts for a site, a host or a whole address; a page's own address knows the most."""
    return _facts_of_host(host_of(place) if "//" in place else place.lower())


@lru_cache(maxsize=4096)
def _facts_of_host(host: str) -> SiteFacts:
    labels = host.split(".")
    places = [EVERY_SITE, *(".".join(labels[start:]) for start in range(len(labels) - 1, -1, -1))]
    # Most sites have no facts of their own: they share one object, and whatever is compiled from it.
    return _facts_of_places(tuple(place for place in places if place in _declared()))


@cache
def _facts_of_places(places: tuple[str, ...]) -> SiteFacts:
    """Facts of the places laid over one another, the most specific last."""
    facts = SiteFacts()
    for place in places:
        given = {name: _value(name, value, facts) for name, value in _declared()[place].items()}
        facts = replace(facts, **given)
    return facts


@cache
def _declared() -> dict[str, dict[str, Any]]:
    declared = tomllib.loads(files("flows.web").joinpath("sites.toml").read_text(encoding="utf-8"))
    known = {item.name for item in fields(SiteFacts)}
    for place, facts in declared.items():
        if unknown := sorted(facts.keys() - known):
            raise ValueError(f"sites.toml: {place} declares {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    return declared


def _value(name: str, value: Any, facts: SiteFacts) -> Any:
    """A value from TOML as the field has it: lists are added to what holds for the wider place."""
    if isinstance(value, list):
        return (*getattr(facts, name), *value)
    return TimeMeaning(value) if name == "feed_time" else value
