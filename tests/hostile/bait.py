"""Runs of what a pattern might try in ever more ways: blanks, dots, digits, quotes, brackets, beginnings of names."""

from collections.abc import Callable

from tests.hostile.article import page

LENGTH = 100_000
RUNS = {
    "blanks": " ",
    "wide_blanks": "\u3000",
    "nonbreaking_blanks": "&nbsp;",
    "line_ends": "\n",
    "dots": ".",
    "commas": ",",
    "hyphens": "a-",
    "dashes": " - ",
    "bars": " | ",
    "slashes": "/",
    "digits": "1",
    "spaced_digits": "1 ",
    "colons": "12:",
    "date_parts": "1.2.",
    "iso_dates": "2020-01-",
    "months": "May ",
    "quotes": '"',
    "single_quotes": "'",
    "round_brackets": "(",
    "square_brackets": "[",
    "braces": "{",
    "by": "By ",
    "by_names": "By Ann Author and ",
    "initials": "A. ",
    "capitals": "A",
    "agencies": "(Reuters) ",
    "at_signs": "a@",
    "addresses": "http://",
    "percents": "%41",
    "accents": "e\u0301",
    "combining_marks": "\u0301",
    "joiners": "\u200d",
    "marks_to_the_left": "\u202e",
    "chinese_commas": "，",
    "chinese_dates": "2020年",
    "chinese_sources": "来源：",
    "full_width": "Ａ",
    "ligatures": "\ufdfa",
    "replacements": "\ufffd",
    "zeros": "0",
    "ellipses": "… ",
    "updated": "Updated: ",
    "ago": "1 hour ago ",
}
"""What is repeated; the name says it."""


def in_a_paragraph(name: str) -> Callable[[], str]:
    """A page on which a run stands in a paragraph, with a letter behind it so that no pattern ends well."""
    return lambda: page(within=f"<p>{RUNS[name] * (LENGTH // len(RUNS[name]))}x</p>")


def everywhere(name: str) -> Callable[[], str]:
    """A page on which a run stands where names, dates, titles and labels are looked for."""

    def made() -> str:
        run = RUNS[name] * (LENGTH // 4 // len(RUNS[name])) + "x"
        quoted = run.replace("'", "&#39;").replace('"', "&quot;")
        head = f"<title>{run}</title>" + "".join(
            f"<meta property='{key}' content='{quoted}'>"
            for key in ("author", "og:title", "og:description", "article:published_time", "keywords", "article:section")
        )
        before = (
            f"<h1>{run}</h1><h2>{run}</h2><p class='byline author'>{run}</p><time datetime='{quoted}'>{run}</time>"
            f"<span class='date published'>{run}</span><a rel='author' href='{quoted}'>{run}</a>"
            f"<img src='{quoted}' alt='{quoted}' srcset='{quoted}'><div class='{quoted}' id='{quoted}'>{run}</div>"
        )
        return page(head=head, before=before)

    return made


def ampersands() -> str:
    return page(within="<p>" + "&" * 1_000_000 + "</p>")


def number_signs() -> str:
    return page(within="<p>" + "&#" * 100_000 + "</p>")


def long_references() -> str:
    return page(within="<p>&#" + "0" * 1_000_000 + "65; &#x" + "0" * 1_000_000 + "1; &#99999999999;</p>")


def control_references() -> str:
    return page(within="<p>" + "&#1;&#x1F;&#0;word " * 100_000 + "</p>")


def huge_word() -> str:
    return page(within="<p>" + "a" * 5_000_000 + "</p>")


def line_of_chinese() -> str:
    return page(within="<p>" + "桥有了名字居民们投票选出了它" * 71_428 + "</p>")


def line_of_thai() -> str:
    return page(within="<p>" + "สะพานมีชื่อแล้ว" * 20_000 + "</p>")
