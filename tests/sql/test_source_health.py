"""A source's health is judged by what its own polls did before, and at the last of them."""

from datetime import timedelta

import pytest

from flows.status import STATUS
from tests.sql.rows import NOON, select, warehouse

HOUR = timedelta(hours=1)
FEED = "https://example.org/feed"
CONFIGURED = {"name": "test", "kind": "feed", "location": FEED, "is_enabled": True}


def poll(hour, news=0, links=20, new_links=None, **changes):
    """What a poll at that hour leaves: the feed's fetch, and a page for each new document."""
    run, when = f"run {hour}", NOON + hour * HOUR
    fetch = {
        "fetch_id": f"{changes.get('source')} {hour} {changes.get('requested_url')}",
        "kind": "feed",
        "requested_url": FEED,
        "fetched_at": when,
        "outcome": "page",
        "link_count": links,
        "new_link_count": news if new_links is None else new_links,
        "run_id": run,
        **changes,
    }
    pages = [
        {
            "page_id": f"{fetch['fetch_id']} {number}",
            "source": fetch.get("source", "test"),
            "requested_url": f"https://example.org/{hour}/{number}",
            "captured_at": when,
            "run_id": run,
        }
        for number in range(news)
    ]
    return {"fetches": [fetch], "pages": pages}


def unchanged(hour, **changes):
    return poll(hour, links=None, new_links=None, **{"outcome": "unchanged", "new_link_count": None, **changes})


def failure(hour, **changes):
    given = {"outcome": "reject", "reason": "timeout", "new_link_count": None}
    return poll(hour, links=None, **{**given, **changes})


def unasked(hour, reason="unreachable", **changes):
    """A listing that was refused before it was asked for: no fetch, only a reject."""
    detail = "robots.txt gave no answer"
    given = {"stage": "fetch", "reason": reason, "detail": detail, "source": "test", "url": FEED, "location": FEED}
    reject = {"reject_id": f"{hour} {reason}", "rejected_at": NOON + hour * HOUR, "run_id": f"run {hour}"}
    return {"rejects": [{**given, **reject, **changes}]}


def article(hour, number, outcome="page", **changes):
    url = f"https://example.org/a/{number}"
    fetch = {"fetch_id": f"{hour} {number}", "requested_url": url, "fetched_at": NOON + hour * HOUR}
    return {"fetches": [{**fetch, "outcome": outcome, **changes}]}


def joined(*parts):
    """The rows of several happenings together."""
    return {name: [row for part in parts for row in part.get(name, [])] for name in ("fetches", "pages", "rejects")}


def health(columns, *parts, sources=(CONFIGURED,), **tables):
    """Those columns of the one source's health."""
    query = f"select {columns} from main.source_health where source = 'test'"
    (found,) = select(query, sources=list(sources), **{**joined(*parts), **tables})
    return found[0] if len(found) == 1 else found


def hourly(first, last, is_news=lambda _: True):
    return [poll(hour, news=int(is_news(hour))) for hour in range(first, last)]


def by_day(hour):
    """Eight hours in which nothing is published, every night."""
    return hour % 24 < 16


def on_weekdays(hour):
    return by_day(hour) and hour % 168 < 120


def test_the_log_of_requests_is_public():
    row = {"redirects": [{"status": 301, "url": "https://example.org/2"}], "status": 304}
    query = "select fetch_id, host, outcome, status, redirects, seconds, received_bytes from main.fetches"
    assert select(query, fetches=[row]) == [("f1", "example.org", "unchanged", 304, row["redirects"], 0.5, 100)]


def test_a_poll_is_what_the_listings_of_a_source_answered_in_one_run():
    parts = [
        poll(0, news=2, links=10),
        poll(0, links=5, new_links=1, requested_url="https://example.org/other"),
        failure(0, requested_url="https://example.org/third"),
        unchanged(1),
    ]
    query = """
        select hour(polled_at), listing_count, failed_listing_count, link_count, new_link_count, new_document_count
        from main.polls order by polled_at
    """
    assert select(query, **joined(*parts)) == [(12, 3, 1, 15, 3, 2), (13, 1, 0, None, None, 0)]


def test_a_page_captured_again_is_no_news():
    first, again = poll(0, news=1), poll(1)
    again["pages"] = [{**first["pages"][0], "page_id": "again", "captured_at": NOON + HOUR, "run_id": "run 1"}]
    query = "select new_document_count from main.polls order by polled_at"
    assert select(query, **joined(first, again)) == [(1,), (0,)]


def test_the_cadence_is_the_median_gap_between_polls_with_news():
    parts = [poll(hour, news=int(hour % 3 == 0)) for hour in range(30)]
    query = "select usual_cadence_seconds, silent_seconds, is_silent from staging.source_cadence"
    assert select(query, **joined(*parts)) == [(3 * 3600, 2 * 3600, False)]


@pytest.mark.parametrize(
    ("parts", "is_silent"),
    [
        (hourly(0, 72), False),
        ([*hourly(0, 72), *hourly(72, 79, lambda _: False)], True),
        ([*hourly(0, 72), *hourly(72, 77, lambda _: False)], False),
        # A night and a weekend are as long as the one before.
        (hourly(0, 24 * 4, by_day), False),
        (hourly(0, 168 * 3, on_weekdays), False),
        ([*hourly(0, 168 * 3 - 48, on_weekdays), *hourly(168 * 3 - 48, 168 * 3 + 48, lambda _: False)], True),
        # Silence goes on for as long as nothing comes, also beyond the 30 days that a cadence is taken from.
        ([*hourly(0, 72), *(poll(72 + 24 * day) for day in range(40))], True),
        # Too little is known of it.
        ([*hourly(0, 4), *hourly(4, 100, lambda _: False)], None),
        (hourly(0, 100, lambda _: False), None),
        # The scheduler stood still for a week: the first poll afterwards proves nothing.
        ([*hourly(0, 72), unchanged(72 + 168)], False),
        ([*hourly(0, 72), *(unchanged(72 + 168 + more) for more in range(3))], True),
    ],
)
def test_a_source_is_silent_when_its_own_gaps_do_not_explain_it(parts, is_silent):
    assert health("is_silent", *parts) is is_silent


def test_an_outage_does_not_make_the_next_one_pass_for_usual():
    parts = [*hourly(0, 72), *hourly(72, 172, lambda _: False), *hourly(172, 240), *hourly(240, 250, lambda _: False)]
    assert health("is_silent", *parts) is True


@pytest.mark.parametrize(
    ("before", "lately", "expected"),
    [
        (0, 0, (0.0, 0.0, False)),
        (0, 5, (5 / 11, 0.0, True)),
        (0, 2, (2 / 11, 0.0, False)),
        (5, 6, (6 / 11, 0.5, False)),
    ],
)
def test_errors_are_counted_by_address_and_compared_with_the_weeks_before(before, lately, expected):
    earlier = [article(0, f"old {number}", "reject" if number < before else "page") for number in range(10)]
    later = [article(400, number, "reject" if number < lately else "page") for number in range(10)]
    # A feed that answers every hour is one address among eleven, and a dead link tried again is one too.
    polls = [unchanged(hour) for hour in range(380, 401)]
    again = [article(401 + hour, 0, "reject") for hour in range(20)] if lately else []
    columns = "error_share, usual_error_share, has_error_jump"
    query = f"select {columns} from staging.source_errors"
    assert select(query, **joined(*earlier, *later, *polls, *again)) == [pytest.approx(expected)]


def test_few_addresses_make_no_jump():
    assert health("has_error_jump", *[article(0, number, "reject") for number in range(9)]) is False
    assert health("has_error_jump", *[article(0, number, "reject") for number in range(10)]) is True


def test_a_failure_that_was_mended_is_none():
    parts = [*[article(0, number, "reject") for number in range(10)], *[article(1, number) for number in range(10)]]
    assert health("error_share, has_error_jump", *parts) == (0.0, False)


@pytest.mark.parametrize("reason", ["unreachable", "robots_denied"])
@pytest.mark.parametrize("before", [[], [poll(-1)]])
def test_a_source_whose_listing_may_never_be_asked_for_is_seen_to_fail(before, reason):
    parts = [*before, *(unasked(hour, reason) for hour in range(30))]
    columns = "last_polled_at, last_success_at, failing_since, problem"
    problem = f"no answer since 2026-11-23 12:00 UTC, {reason}: robots.txt gave no answer"
    assert health(columns, *parts) == (NOON + 29 * HOUR, NOON - HOUR if before else None, NOON, problem)


def test_the_status_page_shows_a_source_whose_listing_may_never_be_asked_for():
    ((source, *_, problem),) = select(STATUS["source health"], sources=[CONFIGURED], **joined(unasked(0), unasked(1)))
    assert (source, problem) == ("test", "no answer since 2026-11-23 12:00 UTC, unreachable: robots.txt gave no answer")


def test_a_source_is_seen_to_fail_under_an_address_that_its_place_does_not_repeat():
    """As where the address holds a password, which no place does."""
    assert health("failing_since", unasked(0, location="https://example.org/without")) == NOON


@pytest.mark.parametrize(
    "part",
    [
        unasked(0, url="https://example.org/1", location="page id of the feed"),
        unasked(0, url="https://example.org/robots.txt", location="https://example.org/robots.txt"),
        unasked(0, stage="read", reason="malformed_input"),
    ],
)
def test_only_a_listing_s_own_refusal_is_a_poll(part):
    assert health("last_polled_at, failing_since", part) == (None, None)


def test_a_listing_that_was_asked_for_is_not_counted_twice():
    query = "select listing_count, failed_listing_count from main.polls"
    tables = joined(failure(0), unasked(0, rejected_at=NOON + timedelta(seconds=1)))
    assert select(query, sources=[CONFIGURED], **tables) == [(1, 1)]


def test_an_address_of_a_list_is_no_listing():
    once = {**CONFIGURED, "kind": "url_list"}
    assert health("last_polled_at", unasked(0, location=None), sources=[once]) is None


@pytest.mark.parametrize(
    ("parts", "since"),
    [
        ([poll(0), failure(1), failure(2)], 1),
        ([failure(0), failure(1)], 0),
        ([failure(0), unchanged(1)], None),
        ([poll(0), failure(1), poll(1, requested_url="https://example.org/other")], None),
        ([poll(0), *(failure(1 + 24 * day) for day in range(40))], 1),
    ],
)
def test_a_source_fails_since_the_first_poll_without_any_answer(parts, since):
    query = "select failing_since from staging.source_listings"
    assert select(query, **joined(*parts)) == [(since if since is None else NOON + since * HOUR,)]


def lists(*lengths):
    return [poll(hour, links=length) for hour, length in enumerate(lengths)]


@pytest.mark.parametrize(
    ("parts", "is_shrunken"),
    [
        (lists(20, 20, 21, 20, 20, 9), True),
        (lists(20, 20, 21, 20, 20, 10), False),
        (lists(20, 20, 21, 20, 20, 0), True),
        (lists(20, 20, 20, 20, 9), None),
        ([*lists(20, 20, 21, 20, 20, 9), unchanged(9)], True),
        # The day's news begin anew every midnight.
        (lists(*[3, 20, 22, 24, 25] * 5, 4), False),
        ([poll(hour, links=length, kind="sitemap") for hour, length in enumerate((20, 20, 20, 20, 20, 1))], None),
    ],
)
def test_a_feed_has_shrunk_when_it_is_shorter_than_it_ever_tends_to_be(parts, is_shrunken):
    assert health("is_shrunken", *parts) is is_shrunken


def pinned(length, *news):
    """A feed's first reading, when all is new, and some in which so many of its links are."""
    return [poll(hour, links=length, new_links=new) for hour, new in enumerate((length, *news))]


@pytest.mark.parametrize(
    ("parts", "lost"),
    [
        ([poll(0, links=20, new_links=20)], 0),
        ([poll(0, links=20, new_links=20), poll(1, links=20, new_links=19)], 0),
        ([poll(0, links=20, new_links=20), poll(5, links=20, new_links=20)], 1),
        ([poll(0, links=20, new_links=20), failure(1), unchanged(2), poll(5, links=20, new_links=20)], 1),
        ([poll(0, links=0, new_links=0), poll(5, links=20, new_links=20)], 0),
        ([poll(0, links=20), poll(5, links=0, new_links=0)], 0),
        ([poll(0, links=20), poll(5, new_links=20, requested_url="https://example.org/moved")], 0),
        ([poll(-200), *(failure(hour) for hour in range(-150, 0)), poll(5, links=20, new_links=20)], 1),
        # An item that stays at the top is known for as long as it stays.
        ([*pinned(20, 1, 1, 0), poll(5, links=20, new_links=19)], 1),
        ([*pinned(5, 1, 1, 0), poll(5, links=5, new_links=4)], 1),
        ([*pinned(5, 1, 1, 0), poll(5, links=5, new_links=3)], 0),
        ([*pinned(4, 1, 1, 0), poll(5, links=4, new_links=3)], 0),
        # Most of what it shows is new each time: then it says nothing that nearly all is.
        ([*pinned(20, 12, 14, 13), poll(5, links=20, new_links=19)], 0),
        # What is usual is not known after one reading, when everything was new.
        ([poll(0, links=20, new_links=20), poll(5, links=20, new_links=19)], 0),
        ([poll(0, links=20, kind="sitemap"), poll(5, links=20, new_links=20, kind="sitemap")], 0),
    ],
)
def test_a_window_was_lost_when_a_feed_that_was_read_before_shows_next_to_nothing_known(parts, lost):
    last = NOON + 5 * HOUR if lost else None
    assert health("lost_window_count, last_lost_window_at", *parts) == (lost, last)


PROBLEMS = {
    "a sound source": ([*hourly(0, 72)], None),
    "a silent one": (
        [*hourly(0, 72), *hourly(72, 79, lambda _: False)],
        "silent for 7 hours, usually every 60 minutes",
    ),
    "one silent for days": (
        [*hourly(0, 240, lambda hour: hour % 4 == 0), *hourly(240, 300, lambda _: False)],
        "silent for 2 days, usually every 4 hours",
    ),
    "one that does not answer": (
        [poll(0), failure(1), failure(2)],
        "no answer since 2026-11-23 13:00 UTC, timeout: no answer",
    ),
    "one whose documents are refused": (
        [article(0, number, "reject") for number in range(10)],
        "100 % of its addresses failed within a week, with none before",
    ),
    "one that shrank": (lists(20, 20, 20, 20, 20, 2), "lists 2 links, usually 20"),
    "one that moved on": (
        [poll(0), poll(5, links=20, new_links=20)],
        "links were missed: at 2026-11-23 17:00 UTC the feed showed few or none that had been seen before",
    ),
}
REFUSALS = [{"stage": "fetch", "reason": "timeout", "detail": "no answer", "source": "test"}]


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_is_said_in_one_line(name):
    parts, problem = PROBLEMS[name]
    assert health("problem", *parts, rejects=REFUSALS) == problem


@pytest.mark.parametrize(
    ("source", "others", "has_problem"),
    [
        ([CONFIGURED], [], True),
        ([{**CONFIGURED, "is_enabled": False}], [], False),
        ([], [], True),
        ([], [unchanged(200, source="other")], False),
        ([CONFIGURED], [unchanged(200, source="other")], True),
    ],
)
def test_only_what_is_meant_to_be_read_has_problems(source, others, has_problem):
    assert (health("problem", poll(0), failure(1), *others, sources=source) is not None) is has_problem


def test_an_enabled_source_that_is_passed_over_has_a_problem():
    passed_over = [poll(0), unchanged(50, source="other")]
    assert health("problem", *passed_over) == "not read since 2026-11-23 12:00 UTC, though other sources were"
    assert health("problem", poll(0), unchanged(48, source="other")) is None


def test_the_words_do_not_depend_on_the_reader_s_time_zone():
    connection = warehouse(sources=[CONFIGURED], **joined(poll(0), failure(1)))
    connection.execute("set timezone = 'Asia/Shanghai'")
    ((problem,),) = connection.execute("select problem from main.source_health").fetchall()
    assert problem == "no answer since 2026-11-23 13:00 UTC"


def test_each_source_has_a_row_whether_it_was_read_or_not():
    never = {**CONFIGURED, "name": "never"}
    runs = [{"source": "once", "state": "completed", "started_at": NOON}]
    removed = [{"source": "removed", "fetch_id": "f2"}]
    query = """
        select source, last_polled_at, last_success_at, document_count, lost_window_count, problem
        from main.source_health order by source
    """
    documents = [{"source": "once"}]
    assert select(query, sources=[never], runs=runs, fetches=removed, documents=documents) == [
        ("never", None, None, 0, 0, None),
        ("once", NOON, NOON, 1, 0, None),
        ("removed", NOON, NOON, 0, 0, None),
    ]


def test_a_changed_document_is_no_new_one():
    documents = [
        {"page_id": "p1", "title": "A", "captured_at": NOON},
        {"page_id": "p2", "title": "B", "captured_at": NOON + HOUR},
    ]
    assert health("last_new_document_at, document_count", documents=documents) == (NOON, 1)
