"""Deep and broken nesting: a tree is walked in recursion by many, and cut off without a word by some."""

from tests.hostile.article import page

DEPTH = 100_000


def nested_divs() -> str:
    return page(before="<div>" * DEPTH, after="</div>" * DEPTH)


def nested_divs_around_the_text() -> str:
    return page(within="<div>" * DEPTH, after="</div>" * DEPTH)


def unclosed_inline_tags() -> str:
    return page(before="<i><b><font size=2>" * (DEPTH // 3))


def unclosed_spans_within() -> str:
    return page(within="<span>" * DEPTH)


def nested_tables() -> str:
    return page(within="<table><tr><td>" * DEPTH, after="</td></tr></table>" * DEPTH)


def unclosed_tables() -> str:
    return page(before="<table><tr><td>" * (DEPTH // 3))


def nested_lists() -> str:
    return page(within="<ul><li>" * DEPTH, after="</li></ul>" * DEPTH)


def mixed_nesting() -> str:
    opened = "<div><section><b><table><tr><td><ul><li><blockquote><i>" * (DEPTH // 10)
    return page(before=opened)


def crossed_tags() -> str:
    return page(before="<b><i></b></i><a><b></a></b><div><p></div></p>" * (DEPTH // 5))


def unclosed_links() -> str:
    return page(before="<a href='/x'>" * DEPTH)


def unclosed_comments() -> str:
    return page(after="<!--" * DEPTH)


def unclosed_tags() -> str:
    return page(after="<a href='" * DEPTH)


def open_brackets() -> str:
    return page(after="<" * 1_000_000)


def drawings_within_drawings() -> str:
    return page(before="<svg><g>" * (DEPTH // 2) + "</g></svg>" * (DEPTH // 2))


def formulas_within_formulas() -> str:
    return page(before="<math><mrow>" * (DEPTH // 2) + "</mrow></math>" * (DEPTH // 2))


def nested_forms_and_buttons() -> str:
    return page(before="<form><button>" * (DEPTH // 2))


def many_bodies() -> str:
    return page(within="<html><body>" * (DEPTH // 2))


def closing_tags_alone() -> str:
    return page(before="</div></p></body></html>" * (DEPTH // 4))
