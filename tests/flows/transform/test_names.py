"""From a byline to names: what is cut, where it is split, what is refused and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.names import name_case, parts_of, people_in, without_places
from flows.web.sites import SiteFacts, site_facts

ANY_SITE = site_facts("nobody.example")


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Dr. Ann Example", ["Ann Example"]),
        ("Dr. Example", ["Dr. Example"]),
        ("Prof. Dr. med. Jörg Beispiel", ["Jörg Beispiel"]),
        ("Ann Example, PhD, MPH", ["Ann Example"]),
        ("Yo-Yo Ma", ["Yo-Yo Ma"]),
        ("Ann Example Jr.", ["Ann Example Jr."]),
        ("J. R. Sample", ["J. R. Sample"]),
        ("Ann Example for Reuters", ["Ann Example"]),
        ("Ann Example in Berlin", ["Ann Example"]),
        ("Ann Example | The Courier", ["Ann Example"]),
        ("Ann Example - Courier Editorial Team", ["Ann Example"]),
        ("Ann Example, Wirtschaftsredakteurin", ["Ann Example"]),
        ("Staff Reporter Ann Example", ["Ann Example"]),
        ("Example, Ann", ["Ann Example"]),
        ("Posted in Bridges by Ann Example", ["Ann Example"]),
        ("Ein Gastbeitrag von Ann Example", ["Ann Example"]),
        ("Geschrieben von Ann Example am 3. Mai 2024", ["Ann Example"]),
        ("Propos recueillis par Ann Example", ["Ann Example"]),
        ("A cura di Anna Esempio", ["Anna Esempio"]),
        ("Autor: Anna Przykład", ["Anna Przykład"]),
        ("Автор: Анна Примерова", ["Анна Примерова"]),
        ("View all posts by Ann Example", ["Ann Example"]),
        ("ann.example@news.example", []),
        ("Reuters", []),
        ("Frankfurt", []),
        ("Read more", []),
    ],
)
def test_the_names_of_people_and_nothing_else(byline, names):
    assert people_in(byline, ANY_SITE) == names


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("Courier Staff", "an organisation"),
        ("Reuters", "an agency"),
        ("Frankfurt", "a place or a section"),
        ("Chief Economist", "a job"),
        ("Follow Us", "part of the page"),
        ("seagull", "a login name"),
        ("admin", "nobody"),
    ],
)
def test_what_is_refused_says_why(part, reason):
    assert [found.refused for found in parts_of(part, ANY_SITE)] == [reason]


def test_a_login_name_counts_where_its_bearer_chose_it():
    assert people_in("seagull", ANY_SITE, allows_logins=True) == ["seagull"]


@pytest.mark.parametrize(
    ("capitals", "name"),
    [
        ("ANN EXAMPLE", "Ann Example"),
        ("A.O. EXAMPLE", "A.O. Example"),
        ("ÄNNE VON DER SAMPLE", "Änne von der Sample"),
        ("ANN O'EXAMPLE-SAMPLE", "Ann O'Example-Sample"),
        ("ANN McEXAMPLE", "Ann McExample"),
        ("Ann Example", "Ann Example"),
        ("李虚构", "李虚构"),
    ],
)
def test_a_name_in_capitals_is_written_as_names_are(capitals, name):
    assert name_case(capitals) == name


def test_single_words_behind_a_full_name_are_no_names():
    assert without_places(["Ann Example", "Berlin", "Bo Sample"]) == ["Ann Example", "Bo Sample"]


@given(st.text())
def test_name_case_is_total_and_idempotent(text):
    assert name_case(name_case(text)) == name_case(text)


@given(st.text(), st.booleans())
def test_reading_names_is_total(text, allows_logins):
    assert all(people_in(text, SiteFacts(), allows_logins=allows_logins))


@pytest.mark.parametrize("piece", ["by ", "a, ", "Ann Lee and ", "(", "1 ", "- ", "von\t", "photo by x; ", "y ", ". "])
def test_no_line_made_to_be_slow_is_slow(piece):
    """A megabyte is cut before it is read; a second would be a thousand times the usual."""
    people_in(piece * 100_000, SiteFacts())
