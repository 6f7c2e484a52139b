"""What pages state about themselves, in the forms in which publishers write it."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform import trees
from flows.transform.evidence import read_evidence
from flows.transform.json_ld import mended, nodes_in, values_in
from flows.transform.outline import Outline

URL = "https://news.example/a/harbour-wall"
ARTICLE = '{"@type": "NewsArticle", "headline": "Harbour wall gives way"}'


def evidence(markup, url=URL):
    return read_evidence(Outline(trees.parse(f"<!doctype html>{markup}")), url)


def script(text):
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    "written",
    [
        ARTICLE,
        f"<!-- {ARTICLE} -->",
        f"//<![CDATA[\n{ARTICLE}\n//]]>",
        f"/*<![CDATA[*/{ARTICLE}/*]]>*/",
        f"{ARTICLE};",
        f'{{"@type": "WebSite"}}, {ARTICLE}',
        ARTICLE.replace('"', "&quot;"),
        '{"@type": "NewsArticle", "headline": "Harbour wall gives way",}',
        '{"@type": "NewsArticle", // the kind\n "headline": "Harbour wall gives way" /* shown */ }',
        '{"@type": "NewsArticle", "description": \'it is "gone"\', "headline": "Harbour wall gives way"}',
        '{"@type": "NewsArticle", "description": "It is "gone", they say", "headline": "Harbour wall gives way"}',
        '{"@type": "NewsArticle", "description": "two\nlines\tof it", "headline": "Harbour wall gives way"}',
        '{"@type": "NewsArticle", "description": "a \\x bad escape", "headline": "Harbour wall gives way"}',
        f'{{"@graph": [{{"@type": "WebPage"}}, {ARTICLE}]}}',
        f"[[{ARTICLE}]]",
        f'{{"@type": "WebPage", "mainEntity": {ARTICLE}}}',
        ARTICLE.replace("NewsArticle", "http://schema.org/ReportageNewsArticle"),
        ARTICLE.replace('"NewsArticle"', '["Thing", "LiveBlogPosting"]'),
        ARTICLE.replace("NewsArticle", "article"),
    ],
)
def test_json_ld_is_read_as_publishers_write_it(written):
    assert evidence(script(written)).stated("headline") == "Harbour wall gives way"


@pytest.mark.parametrize("kind", ["JobPosting", "Product", "ItemList", "WebPage"])
def test_what_is_no_article_is_none(kind):
    assert evidence(script(ARTICLE.replace("NewsArticle", kind))).article == {}


def test_a_reference_stands_for_the_object_that_it_means():
    graph = (
        '{"@graph": [{"@type": "Article", "headline": "H", "author": [{"@id": "#ann"}], "image": {"@id": "#cover"}},'
        '{"@type": "Person", "@id": "#ann", "name": "Ann Lee"},'
        '{"@type": "ImageObject", "@id": "#cover", "url": "/cover.jpg"}]}'
    )
    found = evidence(script(graph))
    assert found.stated("author") == [{"@type": "Person", "@id": "#ann", "name": "Ann Lee"}]
    assert found.stated("image")["url"] == "/cover.jpg"


def test_the_article_at_the_address_of_the_page_is_its_own():
    teaser = (
        '{"@type": "NewsArticle", "headline": "Teaser", "url": "https://news.example/b", "author": "Bo", "image": "b"}'
    )
    own = '{"@type": "NewsArticle", "headline": "Own", "mainEntityOfPage": {"@id": "http://www.news.example/a/harbour-wall/"}}'
    assert evidence(script(f"[{own}, {teaser}]")).article["headline"] == "Own"


def test_the_article_with_the_title_of_the_page_is_its_own():
    markup = "<title>Harbour wall gives way | The Example</title>" + script(
        f'[{{"@type": "NewsArticle", "headline": "Teaser", "author": "Bo", "image": "b"}}, {ARTICLE}]'
    )
    assert evidence(markup).article["headline"] == "Harbour wall gives way"


def test_several_articles_none_of_which_is_the_page_are_teasers():
    teasers = '[{"@type": "NewsArticle", "headline": "One"}, {"@type": "NewsArticle", "headline": "Two"}]'
    assert evidence("<title>News of the day</title>" + script(teasers)).article == {}


def test_the_articles_of_a_list_are_not_the_page():
    listed = f'{{"@type": "ItemList", "itemListElement": [{{"@type": "ListItem", "item": {ARTICLE}}}]}}'
    assert evidence(script(listed)).article == {}


def test_two_descriptions_of_one_article_fill_each_other():
    first = f'{{"@type": "Article", "url": "{URL}", "headline": "H", "datePublished": "2024-05-01"}}'
    second = f'{{"@type": "NewsArticle", "url": "{URL}", "headline": "H", "author": "Ann Lee", "image": "a", "x": 1}}'
    article = evidence(script(first) + script(second)).article
    assert (article["datePublished"], article["author"]) == ("2024-05-01", "Ann Lee")


def test_what_is_said_of_the_page_and_its_site_can_be_read():
    found = evidence(
        '<meta property="og:site_name" content="The Example"><meta name="robots" content="noindex, noarchive">'
        '<link rel="license" href="https://licence.example/by">'
        + script(
            '{"@type": "WebPage", "datePublished": "2024-05-01", "isPartOf": {"@type": "WebSite", "name": "Example"}}'
        )
        + script(
            '{"@type": "Article", "publisher": {"@type": "Organization", "name": "Example Press"}, "articleBody": "T."}'
        )
        + script('{"@type": "BreadcrumbList", "itemListElement": []}')
    )
    assert found.web_page["datePublished"] == "2024-05-01"
    assert found.site_names == ("The Example", "Example Press", "Example")
    assert found.robots == ("noindex", "noarchive")
    assert found.licence == "https://licence.example/by"
    assert found.article_body == "T."
    assert [node["itemListElement"] for node in found.nodes_of("breadcrumblist")] == [[]]


def test_microdata_gives_the_properties_of_the_article_and_the_names_of_its_people():
    found = evidence(
        '<article itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">Harbour wall</h1>'
        '<span itemprop="author" itemscope itemtype="https://schema.org/Person"><b itemprop="name">Ann Lee</b>'
        '<i itemprop="jobTitle">Editor</i></span>'
        '<time itemprop="datePublished" datetime="2024-05-01T10:00Z">today</time>'
        '<meta itemprop="keywords" content="sea">'
        '<a itemprop="articleSection" href="/coast">Coast</a>'
        '<div itemprop="image" itemscope itemtype="https://schema.org/ImageObject">'
        '<link itemprop="url" href="/c.jpg"></div>'
        '<div itemprop="comment" itemscope itemtype="https://schema.org/Comment"><div itemprop="author" itemscope>'
        '<b itemprop="name">Somebody</b></div></div></article>'
    )
    assert found.marked == {
        "headline": ["Harbour wall"],
        "author": ["Ann Lee"],
        "datepublished": ["2024-05-01T10:00Z"],
        "keywords": ["sea"],
        "articlesection": ["Coast"],
        "image": ["/c.jpg"],
    }


def test_rdfa_is_read_as_microdata_is():
    found = evidence(
        '<div typeof="schema:Article"><h1 property="schema:headline">Harbour wall</h1>'
        '<span property="schema:datePublished" content="2024-05-01">1 May</span></div>'
    )
    assert found.marked == {"headline": ["Harbour wall"], "datepublished": ["2024-05-01"]}


def test_headings_tell_their_parts_and_lines_apart():
    found = evidence(
        '<div class="site-logo"><h1><a href="/">The Example</a></h1></div>'
        '<h1 class="article-headline"><span>At sea</span><span>Harbour wall</span> <em>gives</em> way</h1>'
        "<h2>Tide<br>tables</h2>"
    )
    logo, headline, other = found.all_headings
    assert (logo.text, logo.is_logo) == ("The Example", True)
    assert (headline.text, headline.is_headline) == ("At sea Harbour wall gives way", True)
    assert headline.parts[:2] == ("At sea", "Harbour wall")
    assert (other.level, other.text) == (2, "Tide tables")
    assert found.headings == ("The Example", "At sea Harbour wall gives way")


def test_the_title_of_a_drawing_is_not_that_of_the_page():
    assert evidence("<body><svg><title>Menu</title></svg><p>x</p>").page_title is None


@pytest.mark.parametrize(
    "broken",
    [
        '"' * 400_000,
        "[" * 200_000,
        '{"a":' * 60_000,
        "," + " " * 150_000 + "x",
        ("," + " " * 79) * 2000,
        "/*" * 90_000,
        (",/*" + " " * 490 + "*/") * 300,
        "<!--" + "-->" * 100_000,
        '{"@type": "Article", "x": "' + "y" * 6_000_000 + '"}',
    ],
    ids=lambda text: text[:8],
)
def test_hostile_json_ld_is_refused_within_a_moment(broken):
    started = time.process_time()
    assert nodes_in(Outline(trees.parse(f"<!doctype html>{script(broken)}"))).nodes == []
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "repeated",
    [
        "<meta name='author' content='x'>",
        "<h1>Heading</h1>",
        "<h1><span>",
        "<div itemscope itemtype='https://schema.org/Article'><b itemprop='author'>x</b>",
        "<link rel='canonical' href='/a'>",
        "<a rel='tag' href='/a'>tag</a>",
    ],
)
def test_a_hundred_thousand_statements_are_read_within_a_moment(repeated):
    root = trees.parse("<!doctype html>" + repeated * 100_000)
    started = time.process_time()
    read_evidence(Outline(root), URL)
    assert time.process_time() - started < 2


@given(st.text(alphabet="{}[]\"'\\,:/* \nab1", max_size=60))
def test_mending_json_never_fails_and_mends_once(text):
    assert mended(mended(text)) is not None
    assert isinstance(values_in(text), list)


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["@type", "@id", "@graph", "headline", "author", "url", "mainEntityOfPage", "name"]),
                inner,
            )
        ),
    )
)
def test_evidence_of_any_json_is_read(value):
    found = evidence(script(json.dumps(value).replace("</", "<\\/")))
    assert isinstance(found.article, dict)
    assert isinstance(found.site_names, tuple)
