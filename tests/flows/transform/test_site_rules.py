"""Which blocks of a page are the site's own, by its rules."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.documents import transform
from flows.transform.site_rules import LONGEST_NOISE, is_site_noise
from warehouse.model import Page, SiteRules

FOOTER, SHARE = "All rights reserved by the Harbour Courier.", "Share this story"
RULES = SiteRules(site="example.org", rules_version=1, noise_lines=(FOOTER, SHARE))


@pytest.mark.parametrize(
    "text", [FOOTER, SHARE, "Share  this\u00a0story", f"{SHARE} {FOOTER}", f"{SHARE} | {FOOTER}", f"{SHARE}{SHARE}"]
)
def test_a_block_that_is_nothing_but_known_lines_is_noise(text):
    assert is_site_noise(text, RULES)


@pytest.mark.parametrize("text", ["", "|", "Share this", f"{SHARE} now", f"He said: {SHARE}", FOOTER.upper()])
def test_a_block_with_a_word_of_its_own_is_not(text):
    assert not is_site_noise(text, RULES)


def test_a_site_without_rules_has_no_noise():
    assert not is_site_noise(SHARE, SiteRules(site="example.org", rules_version=0))


def test_no_passage_takes_long():
    """Two hundred lines of one letter are the worst there is: at each place every one of them could go on."""
    rules = SiteRules(site="example.org", rules_version=1, noise_lines=tuple("a" * n for n in range(1, 201)))
    began = time.process_time()
    assert not is_site_noise("a" * (LONGEST_NOISE - 1) + "b", rules)
    assert time.process_time() - began < 0.2


def test_a_section_too_rare_to_be_learnt_goes_with_the_name_of_the_site():
    rules = SiteRules(site="example.org", rules_version=3, title_suffixes=("_海港日报",))
    for heading in ("<h1>市议会批准新的电车线路</h1>", ""):
        head = "<html><head><title>市议会批准新的电车线路_畅游_广州站_海港日报</title></head>"
        markup = f"{head}<body>{heading}<p>{'电车。' * 200}"
        url = "https://example.org/1"
        page = Page(source="test", site="example.org", requested_url=url, url=url, body=markup.encode())
        document = transform(page, rules)
        assert (document.title, document.rules_version) == ("市议会批准新的电车线路", 3)


@given(st.text(), st.lists(st.text()).map(tuple))
def test_every_text_can_be_asked_about(text, lines):
    assert is_site_noise(text, SiteRules(site="example.org", rules_version=1, noise_lines=lines)) in (True, False)
