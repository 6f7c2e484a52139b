"""An agency is named where agencies are credited: as the author, in the byline, the dateline, the copyright line."""

import pytest

from flows.transform.agencies import agency_claims
from flows.transform.byline_marks import Mark, Place
from flows.transform.claims import chosen_value
from flows.transform.evidence import Evidence
from flows.web.sites import site_facts

ANY_SITE = site_facts("nobody.example")


def named(statements=None, marks=(), credits_=(), blocks=()):
    return chosen_value(agency_claims(statements or Evidence(), marks, credits_, blocks, ANY_SITE))


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ({"@type": "Organization", "name": "Agence France-Presse"}, "AFP"),
        ([{"name": "Reuters"}, {"name": "Ann Example"}], "Reuters"),
        ("Harbour Post mit dpa", "dpa"),
        ("dpa/lno", "dpa"),
        ("Ann Example", None),
        ("Pa Example", None),
    ],
)
def test_a_stated_agency(stated, name):
    assert named(Evidence(article={"author": stated})) == name


@pytest.mark.parametrize(
    ("opening", "name"),
    [
        ("EXAMPLEBURG, May 3 (Reuters) - The bridge is open again.", "Reuters"),
        ("Beispielstadt (dpa/lno) - Die Brücke ist wieder offen.", "dpa"),
        ("The bridge (AP explains) is open again.", None),
        ("The minister told Reuters that the bridge is open.", None),
    ],
)
def test_a_dateline_names_the_agency_in_brackets(opening, name):
    assert named(blocks=[opening, "More."]) == name


def test_a_byline_names_the_agency_beside_a_person():
    assert named(marks=[Mark(("Ann Example",), "By Ann Example, AFP", "class byline", Place.HEAD)]) == "AFP"


def test_the_agency_of_somebody_elses_article_is_not_this_ones():
    assert named(marks=[Mark((), "By AFP", "class byline", Place.ELSEWHERE, is_others=True)]) is None


def test_a_credit_line_at_the_foot_names_the_agency():
    assert named(blocks=["The bridge is open.", "Quelle: dpa"]) == "dpa"


def test_the_copyright_line_outranks_the_dateline():
    claims = agency_claims(Evidence(), [], [], ["PARIS (Reuters) - The bridge.", "© 2021 AFP"], ANY_SITE)
    assert chosen_value(claims) == "AFP"
    assert [claim.is_chosen for claim in claims] == [True, False, False]
