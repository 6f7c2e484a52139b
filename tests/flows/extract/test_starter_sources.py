"""The sources that come with the package: enough to begin with, and each fully described."""

import pytest

from flows.extract.sources import load_sources
from flows.web.urls import link_url
from warehouse.model import Policy, SourceKind

SOURCES = load_sources(None)
OUTLETS = [source for source in SOURCES if source.kind is not SourceKind.ARCHIVE]


def named(source):
    return source.name


def test_twenty_outlets_and_more_in_at_least_six_languages():
    assert len(OUTLETS) >= 20
    assert len({source.location for source in OUTLETS}) == len(OUTLETS)
    assert len({source.language.partition("-")[0] for source in OUTLETS}) >= 6


def test_most_of_them_are_read_and_by_feeds_as_well_as_sitemaps():
    enabled = [source for source in OUTLETS if source.is_enabled]
    assert len(enabled) > len(OUTLETS) / 2
    assert {source.kind for source in enabled} >= {SourceKind.FEED, SourceKind.SITEMAP}


@pytest.mark.parametrize("source", SOURCES, ids=named)
def test_each_has_a_language_a_zone_and_a_licence(source):
    assert source.language
    assert source.time_zone
    assert source.licence


@pytest.mark.parametrize("source", OUTLETS, ids=named)
def test_each_outlet_is_asked_politely_at_an_address_as_it_is_fetched(source):
    assert link_url("", source.location) == source.location
    assert source.location.startswith("https://")
    assert source.policy is Policy.RESPECT
    assert not source.allow_private


@pytest.mark.parametrize("source", [source for source in SOURCES if not source.is_enabled], ids=named)
def test_each_disabled_one_says_why(source):
    assert len(source.disabled_reason) > 20


def test_the_sample_is_tried_by_hand_and_not_refreshed():
    (sample,) = (source for source in SOURCES if source.name == "sample")
    assert not sample.is_enabled
    assert "broadsheet ingest archive" in sample.disabled_reason
