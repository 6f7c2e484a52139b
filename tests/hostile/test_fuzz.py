"""Whatever a page holds, it becomes a document or a reject that somebody declared: no step of the transform breaks."""

import json
import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.transform.documents import explain
from flows.transform.learning import Observation, observe
from tests.hostile.fuzzing import Fuzzed, fuzzed
from tests.hostile.mutations import mutation
from warehouse.model import Document, Page, Reject

MUTATIONS = 10_000
# fmt: off
TEXTS = st.one_of(st.text(max_size=40), st.sampled_from((
    "1 May 2020", "2020-05-01T25:61:00Z", "0000-00-00", "31/31/2020", "vor 3 Stunden", "二〇二〇年五月一日",
    "９９９９年",
    "By Ann Author", "Von", "(Reuters)", "文／記者", "By " * 50, "Ann Author, Bob Writer and the Desk", "\u202eeman",
    "The ferry made its last crossing on Tuesday.", "桥有了名字，居民们投票选出了它。", "\ud800", "a" * 500, "\x00",
)))
VALUES = st.one_of(TEXTS, st.sampled_from((
    "//", "http://[", "javascript:x", "data:,", "?", "1x, 2x", "byline", "99999999999999", "NewsArticle", "author",
)))
KEYS = (
    "@type", "@id", "@graph", "author", "name", "headline", "datePublished", "image", "url", "articleBody", "publisher",
    "isPartOf", "mainEntityOfPage", "keywords", "isAccessibleForFree", "itemListElement",
)
TYPES = ("NewsArticle", "WebPage", "Person", "BreadcrumbList")
METAS = ("author", "og:title", "article:published_time", "keywords", "og:image", "og:locale", "article:section")
TAGS = (
    "div", "p", "span", "a", "h1", "h2", "time", "img", "figure", "figcaption", "table", "tr", "td", "ul", "li", "br",
    "title", "link", "article", "header", "b", "ruby", "base", "html",
)
ATTRIBUTES = (
    "class", "id", "href", "src", "srcset", "datetime", "rel", "itemprop", "itemtype", "itemscope", "width", "alt",
    "lang", "content",
)
# fmt: on
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(KEYS), st.one_of(inner, st.sampled_from(TYPES)), max_size=6),
    ),
    max_leaves=12,
)
STATEMENTS = JSON.map(lambda value: f'<script type="application/ld+json">{json.dumps(value)}</script>')
META_ELEMENTS = st.builds('<meta property="{}" content="{}">'.format, st.sampled_from(METAS), VALUES)
CLOSING = st.sampled_from(TAGS).map("</{}>".format)
OPENING = st.builds(
    lambda tag, values: f"<{tag} " + " ".join(f'{name}="{value}"' for name, value in values.items()) + ">",
    st.sampled_from(TAGS),
    st.dictionaries(st.sampled_from(ATTRIBUTES), VALUES, max_size=3),
)
SOUP = st.lists(st.one_of(STATEMENTS, META_ELEMENTS, CLOSING, OPENING, OPENING, TEXTS), max_size=25).map("".join)


def page(body, **given):
    url = "https://news.example/2020/05/story"
    return Page(source="fuzz", site="news.example", requested_url=url, url=url, body=body, **given)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2000), st.one_of(st.none(), st.text(max_size=12)), st.one_of(st.none(), TEXTS))
def test_any_bytes_become_a_document_or_a_declared_reject(body, charset, hint):
    # `explain` goes without the page boundary: what a step raises is raised here.
    result, _ = explain(page(body, charset=charset, hint_title=hint, hint_text=hint))
    assert isinstance(result, Document | Reject)
    assert isinstance(observe(page(body)), Observation | None)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(SOUP, SOUP, st.booleans())
def test_any_soup_of_tags_and_statements_becomes_a_document_or_a_declared_reject(head, body, is_whole):
    markup = f"<html><head>{head}</head><body>{body}</body></html>" if is_whole else body
    served = page(markup.encode(errors="surrogatepass"))
    result, _ = explain(served)
    assert isinstance(result, Document | Reject)
    assert isinstance(observe(served), Observation | None)


def test_a_mutation_is_always_the_same_page():
    assert [mutation(number) for number in range(50)] == [mutation(number) for number in range(50)]
    # A flipped bit is often the only change, and some are none.
    assert len({mutation(number).body for number in range(50)}) > 40


def test_ten_thousand_mutations_break_no_step():
    total = Fuzzed()
    for some in fuzzed(range(MUTATIONS), len(os.sched_getaffinity(0))):
        total.add(some)
    assert total.broken == {}
    assert total.count == MUTATIONS
    # Mutations that all end the same way would show nothing.
    assert total.ends["document"] > MUTATIONS / 2
    assert {"no_text", "too_short", "not_html", "bad_encoding"} <= total.ends.keys()
