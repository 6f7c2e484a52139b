"""Authors are people: the names in a byline, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.bylines import author_claims, authors, byline_names
from flows.transform.evidence import Evidence
from flows.transform.names import people_in
from flows.web.sites import SiteFacts, site_facts

ANY_SITE = site_facts("nobody.example")


def named(statements=None, credits_=(), marks=()):
    return authors(author_claims("https://nobody.example/1", statements or Evidence(), credits_, marks, ANY_SITE))


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Example and Bo Sample", ["Ann Example", "Bo Sample"]),
        ("Von Jörg Beispiel", ["Jörg Beispiel"]),
        ("null 李虚构", ["李虚构"]),
        ("张虚构（综合报道）", ["张虚构"]),
        ("采访记者： Ann  Example", ["Ann Example"]),
        ("赵虚构/王样本（路透社、德新社）", ["赵虚构", "王样本"]),
        ("记者 赵虚构；审校 钱样本", ["赵虚构"]),
        ("编译 赵虚构/钱样本；审校 孙某某", []),
        ("吕虚构 文样本", ["吕虚构", "文样本"]),
        ("托马斯·弗里德曼", ["托马斯·弗里德曼"]),
        ("A.O. EXAMPLE", ["A.O. Example"]),
        ("《某某时报》", []),
        ("德国之声中文网", []),
        ("ARD", []),
        ("AFP", []),
        ("Courier Staff", []),
        ("https://news.example/ann", []),
        ("12 March 2021", []),
    ],
)
def test_the_people_in_a_byline(byline, names):
    assert people_in(byline, ANY_SITE) == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("自由亚洲电台记者孙虚构华盛顿综合报道 责编：李样本 网编：周样本", ["孙虚构"]),
        ("（记者：孙虚构 责编：李样本 网编：周样本）", ["孙虚构"]),
        ("自由亚洲电台记者 孙虚构、周样本 台北报导 责编 李样本 网编 某某", ["孙虚构", "周样本"]),
    ],
)
def test_the_place_of_a_report_is_no_part_of_the_name(line, names):
    facts = site_facts("rfa.org")
    assert people_in(byline_names(line, facts, is_edge=False), facts) == names


def test_a_sentence_that_begins_like_a_byline_is_text():
    assert byline_names("记者 在现场看到，桥上已经没有人。", ANY_SITE, is_edge=True) is None


def test_a_name_is_given_once_however_it_is_written():
    assert named(credits_=["ANN EXAMPLE,Ann Example"]) == ("Ann Example",)


@pytest.mark.parametrize(
    "stated",
    [
        "Ann Example",
        ["Ann Example"],
        {"name": "Ann Example"},
        [{"name": ["Ann Example"]}],
        {"name": "Ann &amp;amp; Bo"},
    ],
)
def test_stated_authors_come_in_every_shape(stated):
    assert named(Evidence(article={"author": stated}))[0] in ("Ann Example", "Ann")


@given(st.text())
def test_reading_bylines_is_total(text):
    assert all(people_in(name, SiteFacts()) for name in people_in(text, SiteFacts()))
