"""Facts about sites: the more specific place wins, and what is not known has a safe default."""

from flows.web.sites import site_facts
from warehouse.model import TimeMeaning


def test_an_unknown_site_makes_no_promise_about_its_feed():
    assert site_facts("nobody.example").feed_time is TimeMeaning.UNKNOWN


def test_a_host_inherits_the_facts_of_its_domain_and_adds_its_own():
    facts = site_facts("https://cn.nytimes.com/china/")
    assert facts.feed_time is TimeMeaning.CRAWL
    assert facts.time_zone == "Asia/Shanghai"
    assert site_facts("nytimes.com").time_zone is None


def test_sites_of_which_nothing_is_known_share_one_object():
    assert site_facts("one.example") is site_facts("https://two.example/a")
