"""Where an article begins on its page: the element of its headline, and what stands around it in reading order.

Lead pictures and standfirsts are known by where they stand: behind the headline and before the text.
"""

from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from flows.transform.outline import Outline
from flows.transform.text import dense

# A page has one headline; templates that make every teaser an h1 have some dozens.
MOST_HEADINGS = 60
# A hostile heading can hold the whole page.
LONGEST_HEADING = 2000
# Shorter words (a section, "News") stand in many titles by chance.
SHORTEST_PART = 12


def headline_element(outline: Outline, headline: str | None) -> HtmlElement | None:
    """The heading that shows the headline, else the first h1 that has words; None where the page has neither."""
    wanted = _comparable(headline or "")
    shown = [(heading, _words(heading)) for heading in outline.of("h1", "h2")[:MOST_HEADINGS]]
    same = next((heading for heading, words in shown if words and words == wanted), None)
    if same is not None:
        return same
    firsts = [(heading, words) for heading, words in shown if heading.tag == "h1" and words]
    alike = next((heading for heading, words in firsts if _is_part(words, wanted)), None)
    return alike if alike is not None or not firsts else firsts[0][0]


def shows(heading: HtmlElement | None, headline: str | None) -> bool:
    """Whether a heading shows the headline, or a part of it that is no chance; it need not, where no heading does."""
    if heading is None:
        return False
    words, wanted = _words(heading), _comparable(headline or "")
    if words == wanted:
        return bool(words)
    # Signs may differ: templates put a colon between the lines of a heading where they repeat it in a title.
    words, wanted = _letters(words), _letters(wanted)
    return bool(words) and (words == wanted or _is_part(words, wanted))


def following(element: HtmlElement, *tags: str) -> Iterator[HtmlElement]:
    """The elements behind an element in reading order, without its own descendants."""
    place: HtmlElement | None = element
    while place is not None:
        for sibling in place.itersiblings("*"):
            yield from sibling.iter(*(tags or "*"))
        place = place.getparent()


def _is_part(words: str, wanted: str) -> bool:
    return len(min(words, wanted, key=len)) >= SHORTEST_PART and (words in wanted or wanted in words)


def _words(heading: HtmlElement) -> str:
    parts = islice(heading.itertext(), MOST_HEADINGS)
    return _comparable("".join(parts)[:LONGEST_HEADING])


def _comparable(text: str) -> str:
    return dense(text).casefold()


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
