"""The outline of a page: what is asked of its elements once, for all steps."""

from flows.transform.outline import Outline
from flows.transform.selectors import Selectors
from flows.transform.trees import parse

PAGE = (
    '<div id="top" class="box wide"><p class="note">A</p><ins class="adsbygoogle">B</ins><p data-ad="1">C</p></div>'
    '<p class="note">D</p>'
)


def test_it_has_every_element_in_order_with_its_names():
    outline = Outline(parse(PAGE).find("body"))
    assert [named[1:] for named in outline.named] == [
        ("body", ""),
        ("div", "box wide"),
        ("p", "note"),
        ("ins", "adsbygoogle"),
        ("p", ""),
        ("p", "note"),
    ]
    assert outline.alike["p", "note"] == [2, 5]
    assert [one.text for one in outline.of("ins", "p", "table")] == ["A", "B", "C", "D"]


def test_selectors_choose_from_it_what_they_choose_one_by_one():
    outline = Outline(parse(PAGE))
    for selectors in (
        ("p",),
        (".note",),
        ("#top",),
        ("ins.adsbygoogle",),
        (".no*", "#t*"),
        ("[data-ad]",),
        ("p.wide",),
        ("p", ".note", "#top", "[data-ad]"),
    ):
        chosen = Selectors(selectors)
        assert chosen.among(outline) == [one for one, *_ in outline.named if chosen.matches(one)]
    assert [one.text for one in Selectors(("[data-ad]", ".note")).among(outline)] == ["A", "C", "D"]


def test_a_class_attribute_of_a_megabyte_costs_no_memory_for_good():
    outline = Outline(parse(f'<p class="{"x" * 1_000_000}">A</p><p class="note">B</p>'))
    assert [one.text for one in Selectors((".note",)).among(outline)] == ["B"]


def test_an_id_is_one_name_blanks_and_all():
    outline = Outline(parse('<p id="top note">A</p><p id="top">B</p>'))
    assert [one.text for one in Selectors(("#top",)).among(outline)] == ["B"]
