"""Which of the dates on a page is its own: where they stand, what they are labelled, what else says the same."""

from datetime import UTC, date, datetime
from time import perf_counter

import pytest

from flows.transform import dates, trees
from flows.transform.article_head import headline_element
from flows.transform.evidence import read_evidence
from flows.transform.outline import Outline
from flows.web.sites import SiteFacts
from warehouse.model import Evidence, Page, Precision, Zone

CAPTURE = datetime(2024, 6, 1, tzinfo=UTC)


def read(body, *, head="", url="https://news.example/a", captured_at=CAPTURE, language="en", **facts):
    page = Page(source="test", site="news.example", requested_url=url, url=url, body=b"", captured_at=captured_at)
    markup = f"<html lang={language}><head><title>A river rises</title>{head}</head><body>{body}</body></html>"
    outline = Outline(trees.parse(markup))
    statements = read_evidence(outline)
    shown = dates.dated_elements(outline, statements, headline_element(outline, "A river rises"))
    return page, SiteFacts(**facts), statements, shown


def publication(body="", **given):
    return dates.publication(dates.published_claims(*read(body, **given)))


HEADLINE = "<h1>A river rises</h1>"
STORY = "<p>The water came on 3 March 1999 and again on 5 April 2003, as the people of the town remember well.</p>"


@pytest.mark.parametrize(
    "body",
    [
        f"<main>{HEADLINE}<p>January 31, 2024</p>{STORY}</main>",
        f"<main><p>January 31, 2024</p>{HEADLINE}{STORY}</main>",
        f"<div><header>{HEADLINE}</header><div><b>By Ann Example</b> <span>Jan 31, 2024</span></div>{STORY}</div>",
        f"<div>{HEADLINE}<b>Date:</b> 31 January 2024 {STORY}</div>",
        f"<div>{HEADLINE}<p><span>31</span> <span>January</span> <span>2024</span></p>{STORY}</div>",
        f"<div>{HEADLINE}<div>Posted by Ann on January 31, 2024 | Leave a comment</div>{STORY}</div>",
        f"<div>{STORY}<p class=postmetadata>This was posted on January 31, 2024.</p></div>",
    ],
)
def test_a_date_near_the_headline_or_labelled_is_the_pages(body):
    found = publication(body)
    assert (found.at, found.precision, found.evidence) == (datetime(2024, 1, 31, tzinfo=UTC), "day", Evidence.VISIBLE)


@pytest.mark.parametrize(
    "other",
    [
        "<aside><h3>Latest</h3><span class=date>March 5, 2024</span><span class=date>March 4, 2024</span></aside>",
        "<div class=related-posts><a href=/b>A dam breaks <time datetime=2024-03-05>March 5</time></a></div>",
        "<ol class=comments><li><time datetime=2024-03-05T10:00:00Z>March 5, 2024</time> First!</li></ol>",
        "<footer>Copyright March 5, 2024 Example Ltd</footer>",
    ],
)
def test_dates_of_other_things_do_not_displace_it(other):
    own = f"<main>{HEADLINE}<p class=date>January 31, 2024</p>{STORY}</main>"
    body = f"<nav>Today is March 6, 2024</nav>{other}{own}{other}"
    assert publication(body).at.date() == date(2024, 1, 31)


@pytest.mark.parametrize(
    "body",
    [
        f"{HEADLINE}{STORY}<footer>© 2001-2024 Example Ltd</footer>",
        f"{HEADLINE}{STORY}<footer>Copyright 1 January 2024 Example Ltd</footer>",
        f"<div><div><main>{HEADLINE}{STORY}</main></div><aside><p>March 5, 2024</p><p>March 4, 2024</p></aside></div>",
        f"{HEADLINE}<p>Deadline: March 5, 2024</p>",
        "",
    ],
)
def test_a_page_without_a_date_of_its_own_gets_none(body):
    assert publication(body).at is None


def test_the_only_day_on_a_page_is_believed_wherever_it_stands():
    assert publication(f"{HEADLINE}{STORY}<footer><p>31 January 2024</p></footer>").at.date() == date(2024, 1, 31)


def test_a_change_is_no_publication_but_an_upper_bound():
    found = publication(f"{HEADLINE}<p>Last updated: January 31, 2024</p>{STORY}")
    assert (found.at.date(), found.precision, found.zone) == (date(2024, 1, 31), Precision.UPPER_BOUND, None)
    both = publication(f"{HEADLINE}<p>Published: January 30, 2024. Updated: January 31, 2024</p>{STORY}")
    assert (both.at.date(), both.precision) == (date(2024, 1, 30), Precision.DAY)


def test_the_data_of_a_page_built_in_the_browser_gives_its_time():
    script = '<script>window.page={"publishedAt":"2024-01-31T09:30:00+02:00"}</script>'
    found = publication(HEADLINE + STORY + script)
    assert (found.at, found.evidence) == (datetime(2024, 1, 31, 7, 30, tzinfo=UTC), Evidence.SCRIPT)
    others = '<script>window.more=[{"publishedAt":"2024-02-05"},{"publishedAt":"2024-02-07"}]</script>'
    assert publication(HEADLINE + STORY + others).at is None


@pytest.mark.parametrize(
    ("body", "given", "zone", "hour"),
    [
        ("<p>31.01.2024 10:15 +0300</p>", {}, Zone.EXPLICIT, 7),
        ("<p>31.01.2024 10:15</p>", {"time_zone": "Asia/Tokyo", "url": "https://news.example.de/a"}, Zone.SITE, 1),
        ("<p>31.01.2024 10:15</p>", {"url": "https://news.example.de/a"}, Zone.ASSUMED, 9),
        ("<p>31.01.2024 10:15</p>", {"language": "pl"}, Zone.ASSUMED, 9),
        ("<p>31.01.2024 10:15</p>", {"head": "<meta property=article:modified_time content=2024-02-01T10:00:00+05:00>"},
         Zone.ASSUMED, 5),
        ("<p>31.01.2024 10:15</p>", {}, None, 0),
    ],
)  # fmt: skip
def test_a_time_without_a_zone_is_read_in_the_sites_or_an_assumed_one(body, given, zone, hour):
    found = publication(HEADLINE + body, **given)
    assert (found.zone, found.at.hour) == (zone, hour)
    assert found.precision is (Precision.MINUTE if zone else Precision.DAY)


def test_a_meant_offset_beats_the_same_clock_marked_as_utc():
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2024-01-31T10:15:00Z"}</script>'
        "<meta property=article:published_time content=2024-01-31T10:15:00+02:00>"
    )
    assert publication(HEADLINE, head=head).at.hour == 8


def test_a_day_is_completed_by_the_time_that_another_statement_gives():
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2024-01-31"}</script>'
        "<meta property=article:published_time content=2024-01-31T10:15:00+02:00>"
    )
    found = publication(HEADLINE, head=head)
    assert (found.at.hour, found.evidence) == (8, Evidence.META)


def test_ambiguous_numbers_are_read_as_the_address_or_the_language_tells():
    shown = f"{HEADLINE}<p class=date>04/03/2024</p>"
    assert publication(shown, language="en-GB").at.date() == date(2024, 3, 4)
    assert publication(shown, language="en-US").at.date() == date(2024, 4, 3)
    assert publication(shown, language="en-US", url="https://news.example/2024/march/04/a").at.date() == date(
        2024, 3, 4
    )


@pytest.mark.parametrize(
    "url",
    ["https://news.example/2024/01/31/a", "https://news.example/a-20240131.html", "https://news.example/2024/jan/31/a",
     "https://news.example/article/A2024013109153000042", "https://news.example/2024/1/31/", "https://news.example/31-01-2024-a"],
)  # fmt: skip
def test_an_address_holds_a_day_in_many_spellings(url):
    found = publication(url=url)
    assert (found.at, found.evidence) == (datetime(2024, 1, 31, tzinfo=UTC), Evidence.URL)


def test_how_long_ago_counts_from_the_capture_and_never_from_now():
    body = f"{HEADLINE}<p class=date>20 minutes ago</p>{STORY}"
    assert publication(body).at == datetime(2024, 5, 31, 23, 40, tzinfo=UTC)
    assert publication(body, captured_at=None).at is None


def test_a_change_has_a_time_and_lies_between_publication_and_capture():
    def changed(*times):
        metas = "".join(f"<meta property=article:modified_time content={time}>" for time in times)
        page, facts, statements, shown = read(HEADLINE, head=f"<meta name=pubdate content=2024-01-31T10:00:00Z>{metas}")
        appeared = dates.publication(dates.published_claims(page, facts, statements, shown))
        return dates.modification(dates.modified_claims(page, facts, statements, shown, appeared))

    assert changed("2024-02-01T10:00:00Z") == datetime(2024, 2, 1, 10, tzinfo=UTC)
    assert changed("2024-01-01T10:00:00Z", "2025-01-01T10:00:00Z", "2024-02-01", "never") is None


def test_every_date_is_a_claim_and_says_why_it_lost():
    claims = dates.published_claims(*read(f"{HEADLINE}<p>Published: 31 January 2024</p><p>Deadline: 5 March 2024</p>"))
    assert [claim.is_chosen for claim in claims] == [True, False]
    assert claims[1].refused == "of something else"
    assert all(claim.shown()["value"] for claim in claims)


@pytest.mark.parametrize(
    "body", ["<p>1 May 2024</p>" * 20_000, "<time datetime=2024-05-01>x</time>" * 20_000, "<b>" * 1500 + "1 May 2024"]
)
def test_pages_full_of_dates_are_read_at_once(body):
    given = read(f"{HEADLINE}{body}")
    started = perf_counter()
    dates.publication(dates.published_claims(*given))
    assert perf_counter() - started < 1


def test_a_time_elements_own_date_comes_before_how_long_ago_it_says():
    body = f"{HEADLINE}<time datetime=2024-01-31>20 minutes ago</time>{STORY}"
    assert publication(body).at.date() == date(2024, 1, 31)
