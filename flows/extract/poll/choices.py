"""Which of a listing's links are asked for: what is new, what has changed, what failed and is due again."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from flows.extract.listing.links import Link
from warehouse.history import Held
from warehouse.model import Reason

HOUR = timedelta(hours=1)
LONGEST_WAIT = timedelta(hours=12)
REFUSED_WAIT = timedelta(hours=24)
REFUSALS = frozenset(
    {Reason.ROBOTS_DENIED, Reason.ADDRESS_REFUSED, Reason.MALFORMED_INPUT, Reason.NOT_HTML, Reason.TOO_LARGE}
)
"""What will hardly be different an hour later."""

SLACK = timedelta(minutes=10)
"""An hourly schedule is never on the second: without it a link that waits for an hour would wait for two."""

LONGEST_DAY = timedelta(hours=36)
"""What changed on a day, without an hour, may do so until that day has ended everywhere, twelve hours west of Greenwich
at last."""

# No `<` inside, because a text of nothing else would take quadratic time.
TAGS = re.compile(r"<[^<>]*>")


class Choice(StrEnum):
    """Why a link is asked for."""

    NEW = "new"
    CHANGED = "changed"
    RETRY = "retry"
    WATCHED = "watched"


def choice(link: Link, held: Held | None, before: Link | None, now: datetime, *, is_watched: bool) -> Choice | None:
    """Why a link is to be asked for now; None where it need not be.

    `before` is the same link in the listing as it was held, `is_watched` says that its source is a list of addresses
    to be looked at each time. A change is a later `modified_at`, or an item that differs from what it was: compared
    with what is held it would be asked for again and again, because an unchanged page is not stored.
    """
    if held is None:
        return Choice.NEW
    if held.failed_at:
        return Choice.RETRY if is_due(held.failure_count, held.failed_at, held.failed_reason, now) else None
    if held.page_id is None:
        return Choice.NEW
    if is_watched:
        return Choice.WATCHED
    differs = before is not None and _said(before) != _said(link)
    return Choice.CHANGED if differs or _has_moved_on(link, held, now) else None


def _has_moved_on(link: Link, held: Held, now: datetime) -> bool:
    """Whether a link's `modified_at` says that its page has changed since it was looked at.

    Many sitemaps say so of every page at all times. A page that was looked at again and had not changed is believed
    to have changed only after half as long once more; one that had is believed at once.
    """
    if link.modified_at is None or held.checked_at is None:
        return False
    modified_at = link.modified_at + (LONGEST_DAY if is_bare_day(link.modified_at) else timedelta())
    unchanged_for = held.checked_at - (held.captured_at or held.checked_at)
    believed_at = held.checked_at + min(unchanged_for / 2, LONGEST_WAIT) - SLACK
    return held.checked_at < modified_at <= now and believed_at <= now


def is_bare_day(moment: datetime) -> bool:
    """Whether a moment was stated as a day: midnight to the microsecond."""
    return (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)


def is_due(failure_count: int, failed_at: datetime | None, reason: str | None, now: datetime) -> bool:
    """Whether a link that failed is asked for again: at the next poll, then after 1, 3, 7 and at most 12 hours.

    One that was not asked, because its host was left alone, has not failed and is due at once.
    """
    if failed_at is None or not failure_count:
        return True
    wait = min((2 ** min(failure_count - 1, 10) - 1) * HOUR, LONGEST_WAIT)
    return failed_at + (REFUSED_WAIT if reason in REFUSALS else wait) - SLACK <= now


def by_url(links: tuple[Link, ...]) -> Mapping[str, Link]:
    """Links by their address."""
    return {link.url: link for link in links}


def _said(link: Link) -> tuple[object, ...]:
    """What an item says, without its markup: addresses in there carry counters and campaigns that change each time."""
    text = TAGS.sub(" ", link.text).split() if link.text else None
    return link.title, link.published_at, text
