"""Addresses: sites, one spelling, proxies. Normalisers are total and idempotent."""

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.web.urls import (
    DROPPED,
    ROOT_ADDRESS,
    WHOLE_ADDRESS,
    absolute_url,
    host_of,
    normalize_url,
    site_of,
    unproxy_image_url,
)

ADDRESSES = st.one_of(
    st.text(),
    st.from_regex(r"(https?:)?//[a-zA-Z0-9.:@\[\]-]{0,20}[/\\a-zA-Z0-9.%?&=#: -]{0,40}", fullmatch=True),
    st.builds("https://images.weserv.nl/?url={}".format, st.text()),
)


@given(ADDRESSES)
def test_one_spelling_is_total_and_idempotent(address):
    once = normalize_url(address)
    assert normalize_url(once) == once


@given(ADDRESSES)
def test_unproxying_is_total_and_idempotent(address):
    once = unproxy_image_url(address)
    assert unproxy_image_url(once) == once


@given(ADDRESSES, ADDRESSES)
def test_every_string_has_a_site_and_resolves_or_not(base, address):
    assert isinstance(site_of(address), str)
    assert isinstance(host_of(address), str)
    absolute = absolute_url(base, address)
    assert absolute is None or absolute.startswith(("http://", "https://", "HTTP", "Http"))


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://www.example.co.uk/news", "example.co.uk"),
        ("http://News.Example.com:8080/x", "example.com"),
        ("http://192.0.2.7/x", "192.0.2.7"),
        ("http://[2001:db8::1]/x", "[2001:db8::1]"),
        ("https://localhost/x", "localhost"),
        ("https://user:secret@sub.example.org/", "example.org"),
        ("mailto:someone@example.org", ""),
        ("", ""),
    ],
)
def test_the_site_is_the_registrable_domain_or_the_host(address, site):
    assert site_of(address) == site


@pytest.mark.parametrize(
    ("address", "normal"),
    [
        ("http://example.org//cn/a", "https://example.org/cn/a"),
        ("HTTPS://EXAMPLE.org:443", "https://example.org/"),
        ("https://example.org/a/../b/./c/..", "https://example.org/b/"),
        ("https://example.org/%e4%ba%ae", "https://example.org/%E4%BA%AE"),
        ("https://example.org/亮", "https://example.org/%E4%BA%AE"),
        ("https://example.org/%7Ea", "https://example.org/~a"),
        ("https://example.org/a?utm_source=x&id=7&fbclid=y#top", "https://example.org/a?id=7"),
        ("https://example.org/save/https://other.example/a", "https://example.org/save/https://other.example/a"),
        ("https://münchen.example/", "https://xn--mnchen-3ya.example/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_addresses_of_one_document_are_spelt_alike(address, normal):
    assert normalize_url(address) == normal


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("https://images.weserv.nl/?url=img.example.org/a.jpg", "https://img.example.org/a.jpg"),
        ("https://images.weserv.nl?url=img.example.org/a.jpg", "https://img.example.org/a.jpg"),
        ("https://images.weserv.nl/?url=ssl:img.example.org/a.jpg&w=300", "https://img.example.org/a.jpg"),
        ("https://images.weserv.nl/?url=img.example.org/a.jpg?v=1&s=2", "https://img.example.org/a.jpg?v=1&s=2"),
        ("https://wsrv.nl/?url=https%3A%2F%2Fimg.example.org%2Fa.jpg&w=9", "https://img.example.org/a.jpg"),
        ("https://t.example/unsafe/1x2/https://t.example/unsafe/a.jpg", "https://t.example/unsafe/a.jpg"),
        ("https://i0.wp.com/img.example.org/a.jpg?w=3", "https://img.example.org/a.jpg"),
        ("https://example.org/_next/image?url=https%3A%2F%2Fi.example%2Fa.png&w=3", "https://i.example/a.png"),
        ("https://img.example.org/w:1280/p:16x9/a.jpg", "https://img.example.org/w:1280/p:16x9/a.jpg"),
    ],
)
def test_the_picture_behind_a_proxy_or_resizer(address, own):
    assert unproxy_image_url(address) == own


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/b", "https://example.org/b"),
        ("//cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        ("javascript:void(0)", None),
        ("#top", None),
        ("data:image/gif;base64,AAAA", None),
        ("http://[broken", None),
    ],
)
def test_relative_addresses_belong_to_their_page(written, meant):
    assert absolute_url("https://example.org/a", written) == meant


@given(
    st.from_regex(WHOLE_ADDRESS, fullmatch=True).filter(lambda address: not DROPPED.search(address)),
    st.sampled_from(["https://example.org/a/b", "http://x.example?q"]),
)
def test_a_whole_address_is_what_joining_it_would_give(address, base):
    assert absolute_url(base, address) == urljoin(base, address) == address


@given(
    st.from_regex(ROOT_ADDRESS, fullmatch=True).filter(lambda address: not DROPPED.search(address)),
    st.sampled_from(
        ["https://example.org/a/b", "http://x.example?q", "http://x.example:8080", "https://user@x.example/"]
    ),
)
def test_an_address_from_the_root_is_what_joining_it_would_give(address, base):
    assert absolute_url(base, address) == urljoin(base, address)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/a/../b", "https://example.org/b"),
        ("/./b", "https://example.org/b"),
        ("/a//b?c/../d", "https://example.org/a//b?c/../d"),
        ("/b?", "https://example.org/b"),
    ],
)
def test_an_address_from_the_root_has_its_dots_resolved_and_no_empty_query(written, meant):
    assert absolute_url("https://example.org/a", written) == meant
