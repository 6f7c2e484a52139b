"""The outline of a page: what is asked of its elements once, for all steps."""

from flows.transform.outline import outline_of
from flows.transform.selectors import Selectors
from flows.transform.trees import parse

PAGE = '<div id="top" class="box wide"><p class="note">A</p><ins class="adsbygoogle">B</ins><p data-ad="1">C</p></div>'


def test_it_has_every_element_in_order_with_its_names():
    assert [named[1:] for named in outline_of(parse(PAGE).find("body"))] == [
        ("body", "", ""),
        ("div", "box wide", "top"),
        ("p", "note", ""),
        ("ins", "adsbygoogle", ""),
        ("p", "", ""),
    ]


def test_selectors_choose_from_it_what_they_choose_one_by_one():
    outline = outline_of(parse(PAGE))
    for selectors in (
        ("p",),
        (".note",),
        ("#top",),
        ("ins.adsbygoogle",),
        (".no*", "#t*"),
        ("[data-ad]",),
        ("p.wide",),
    ):
        chosen = Selectors(selectors)
        assert list(chosen.among(outline)) == [one for one, *_ in outline if chosen.matches(one)]
    assert [one.text for one in Selectors(("[data-ad]", ".note")).among(outline)] == ["A", "C"]


def test_a_class_attribute_of_a_megabyte_costs_no_memory_for_good():
    outline = outline_of(parse(f'<p class="{"x" * 1_000_000}">A</p><p class="note">B</p>'))
    assert [one.text for one in Selectors((".note",)).among(outline)] == ["B"]
