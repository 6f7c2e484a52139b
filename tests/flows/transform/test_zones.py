"""Time zones that a string names, and those that a page may be assumed to keep."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.zones import BEYOND_EUROPE, NAMED, OF_DOMAIN, OF_LANGUAGE, assumed_zone, named_zone

SUMMER = datetime(2024, 7, 1, 12)  # noqa: DTZ001 - a clock without a zone


@pytest.mark.parametrize(
    ("name", "hours"), [("Z", 0), ("+05:30", 5.5), ("-0400", -4), ("GMT+8", 8), ("EST", -4), ("MESZ", 2)]
)
def test_a_zone_is_read_from_its_name(name, hours):
    """EST in July is the clock of New York, which then is four hours behind."""
    assert SUMMER.replace(tzinfo=named_zone(name)).utcoffset().total_seconds() == hours * 3600


@pytest.mark.parametrize(
    ("host", "language", "zone"),
    [
        ("news.example.de", None, "Europe/Berlin"),
        ("news.example.co.uk", "en-US", "Europe/London"),
        ("news.example", "ja", "Asia/Tokyo"),
        ("news.example", "en-GB", "Europe/London"),
        ("news.example", "en", None),
        ("news.example", "en-US", None),
        ("news.example.br", "pt-BR", None),
        ("news.example.io", None, None),
    ],
)
def test_a_zone_is_assumed_only_where_a_country_has_one(host, language, zone):
    assert assumed_zone(host, language) == (ZoneInfo(zone) if zone else None)


def test_every_zone_in_the_lists_exists():
    for name in {*NAMED.values(), *BEYOND_EUROPE.values(), *(f"Europe/{city}" for city in OF_DOMAIN.values())}:
        assert ZoneInfo(name)
    assert set(OF_LANGUAGE.values()) <= {*OF_DOMAIN, *BEYOND_EUROPE}


@given(st.text(max_size=30))
def test_naming_zones_is_total(name):
    assert SUMMER.replace(tzinfo=named_zone(name)).utcoffset() is not None
    assert named_zone("no zone at all") is UTC
