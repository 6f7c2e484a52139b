"""The tags of a page, found as the parser will find them and before it does: one pass, no tree, no way back.

What is a tag decides the tokenizer of the standard (html.spec.whatwg.org, 13.2.5), which libxml2 has since 2.14: the
sign `>` within a quoted value ends no tag, nothing within a comment or a script is one, and what is never closed lasts
to the end of the page. Whoever counts otherwise can be shown a page that is small for him and large for the parser.
"""

import re
from collections.abc import Iterator
from functools import cache

# Every part is possessive: what was read is never read again, however the page goes on.
# A name may begin with the sign `=`: then what follows is no value, and a quotation mark there quotes nothing.
NAME = r"[a-zA-Z][^\s/>]*+"
ATTRIBUTE = r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?+|'[^']*+'?+|[^\s>"'][^\s>]*+)?+)?+"""
MARKUP = re.compile(
    rf"<(?:(?P<opened>{NAME})(?P<first>[\s/]*+)(?:{ATTRIBUTE}(?P<last>[\s/]*+))*+>?+"
    rf"|/(?P<closed>{NAME})[\s/]*+(?:{ATTRIBUTE}[\s/]*+)*+>?+|(?P<comment>!--)|[!?/][^>]*+>?+)"
)
ATTRIBUTES = re.compile(ATTRIBUTE)
RAW = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
"""Elements whose text holds no tags but their own end."""
LASTING = frozenset((*RAW, "plaintext"))
SWALLOWING = LASTING - {"script", "style"}
"""Those of them in which a page's text can end up: of a script or a style the rest is code."""
COMMENT_END = re.compile("--!?>")
SCRIPT_PARTS = re.compile(r"<!--|-->|<(/?)[sS][cC][rR][iI][pP][tT](?=[\s/>])")


def _end_of(name: str) -> re.Pattern[str]:
    # Letter by letter: a pattern that ignores case is tried at every character, this one at every `</`.
    letters = "".join(f"[{letter}{letter.upper()}]" for letter in name)
    return re.compile(rf"</{letters}(?=[\s/>])")


RAW_ENDS = {name: _end_of(name) for name in RAW}

Tag = tuple[re.Match[str], str, bool, int]
"""What was matched, the name in lower case, whether it opens an element, and where the text ends that belongs to it:
that of a script or title; else where the tag ends. A plain tuple: a page has thousands."""


def tags_in(markup: str) -> Iterator[Tag]:
    """The tags that open an element or close one, in their order, found in linear time."""
    at = 0
    search = MARKUP.search
    while found := search(markup, at):
        opened, closed = found.group("opened", "closed")
        if opened:
            name = opened.lower()
            at = _text_end(markup, found) if name in LASTING else found.end()
            yield found, name, True, at
        elif closed:
            at = found.end()
            yield found, closed.lower(), False, at
        else:
            at = end_of(markup, found)


def without_open_raw(markup: str) -> str:
    """The page without the tags that make all behind them raw, where they were never closed; code stays as it is."""
    for tag, name, is_opening, text_end in tags_in(markup):
        if is_opening and name in SWALLOWING and text_end == len(markup):
            return markup[: tag.start()] + _without_open(markup[tag.end() :])
    return markup


def _without_open(markup: str) -> str:
    """A rest of a page without the tags of that kind to which no end tag follows."""
    for name in SWALLOWING:
        end = max((found.start() for found in RAW_ENDS[name].finditer(markup)), default=0) if name in RAW_ENDS else 0
        markup = markup[:end] + re.sub(rf"(?i)<{name}(?=[\s/>])[^>]*+>", "", markup[end:])
    return markup


def end_of(markup: str, found: re.Match[str]) -> int:
    """Where the next tag may begin: behind this one, and behind the text that it makes raw."""
    if name := found["opened"]:
        return _text_end(markup, found) if name.lower() in LASTING else found.end()
    return _comment_end(markup, found.start()) if found["comment"] else found.end()


def is_empty(tag: re.Match[str]) -> bool:
    """Whether a tag ends itself (`<i/>`): the standard ignores that, libxml2 goes by it. `<a href=/>` does not."""
    last = tag["last"]
    return (tag["first"] if last is None else last).endswith("/") and tag[0].endswith("/>")


def attributes_of(tag: re.Match[str]) -> Iterator[str]:
    """The attributes of a tag as they are written, one by one."""
    return (found[0] for found in ATTRIBUTES.finditer(tag[0].removesuffix(">"), len(tag["opened"]) + 1))


def has_large_tag(markup: str, most: int) -> bool:
    """Whether a tag has more attributes than that. Whole stretches of markup are run over at once."""
    small = _small_tags(most)
    at = 0
    # A stretch ends before a script, a comment, or a tag that is broken or large.
    while found := MARKUP.search(markup, small.match(markup, at).end()):  # type: ignore[union-attr]  # matches the empty string
        if found["opened"] and len(found[0]) > most and sum(1 for _ in attributes_of(found)) > most:
            return True
        at = end_of(markup, found)
    return False


@cache
def _small_tags(most: int) -> re.Pattern[str]:
    # What most tags look like comes first, and the lookahead begins with a letter: together a third less time.
    attributes = rf"""(?:[^\s/>="']++="[^"]*+"[\s/]*+|{ATTRIBUTE}[\s/]*+){{0,{most}}}+"""
    raw = "".join(sorted({name[0] for name in LASTING}))
    names = "|".join(sorted(name[1:] for name in LASTING))
    opening = rf"(?![{raw}{raw.upper()}](?i:{names})[\s/>]){NAME}(?:>|[\s/]++{attributes}>)"
    return re.compile(rf"(?:[^<]*+<(?:/[a-zA-Z0-9]++>|{opening}))*+")


def _text_end(markup: str, tag: re.Match[str]) -> int:
    """Where the text ends that a tag makes raw: at its end tag, or with the page."""
    if is_empty(tag):
        return tag.end()
    name = tag["opened"].lower()
    if name == "plaintext":
        return len(markup)
    end = RAW_ENDS[name].search(markup, tag.end())
    until = end.start() if end else len(markup)
    if name == "script" and markup.find("<!--", tag.end(), until) >= 0:
        return _script_end(markup, tag.end())
    return until


def _script_end(markup: str, start: int) -> int:
    """Where a script ends that has a comment within: `<script` there hides the next end tag (13.2.5.20 onwards)."""
    is_comment = is_hidden = False
    at = start
    while part := SCRIPT_PARTS.search(markup, at):
        at = part.end()
        if part[0] == "<!--":
            # The two hyphens may be those of its end: `<!-->`.
            at = at if is_comment else at - 2
            is_comment = True
        elif part[0] == "-->":
            is_comment = is_hidden = False
        elif part[1] and not is_hidden:
            return part.start()
        elif is_comment:
            is_hidden = not part[1]
    return len(markup)


def _comment_end(markup: str, start: int) -> int:
    """Where a comment ends; `<!-->` and `<!--->` are whole ones."""
    for whole in ("<!-->", "<!--->"):
        if markup.startswith(whole, start):
            return start + len(whole)
    end = COMMENT_END.search(markup, start + 4)
    return end.end() if end else len(markup)
