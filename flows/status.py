"""The status page: what is in the warehouse, how fresh it is, how the last runs ended, what was refused.

Runs are read from the ledger as it is, so that a killed run, which publishes nothing, shows; the rest from the views.
"""

from datetime import UTC, datetime
from typing import cast

from flows.results import Format, write_result
from warehouse import catalog, engine
from warehouse.engine import Connection
from warehouse.settings import Settings

RUNS = "last runs"
SOURCES = "select source, kind, is_enabled, location from main.sources as sources"
HEALTH = (
    "select source, last_polled_at, last_new_document_at, document_count as documents, "
    "round(100 * error_share, 1) as \"errors %\", coalesce(problem, '') as problem "
    "from main.source_health as health"
)
HEALTH_ORDER = "order by health.problem is null, source"
SEEN = "last_polled_at is not null or problem is not null or document_count > 0"
"""Of the starter list that comes with the package most sources are nobody's."""

STATUS = {
    "sources": f"{SOURCES} semi join (from main.source_health where {SEEN}) using (source) order by all",
    "source health": f"{HEALTH} where {SEEN} {HEALTH_ORDER}",
    "fetches of the last day": (
        "select kind, outcome, reason, count(*) as fetches, sum(request_count) as requests, "
        "sum(received_bytes) as bytes from main.fetches "
        "where fetched_at > (select max(fetched_at) - interval 1 day from main.fetches) "
        "group by all order by fetches desc, kind, outcome, reason"
    ),
    "tables": "select * from main.freshness order by all",
    RUNS: (
        "select started_at, flow, source, state, input_count as inputs, page_count as pages, "
        "unchanged_count as unchanged, document_count as documents, "
        "read_reject_count + transform_reject_count as rejects "
        "from main.runs order by started_at desc limit 5"
    ),
    "refused": "select stage, reason, count(*) as inputs from main.rejects group by all order by inputs desc",
}
OF_OWN_SOURCES = {"sources": f"{SOURCES} order by all", "source health": f"{HEALTH} {HEALTH_ORDER}"}
"""Where the user has a sources file, all that it names."""


def print_status(settings: Settings) -> None:
    """What is in the warehouse, how fresh it is, how the last runs ended, what was refused.

    Raises NotPublishedError where there is neither a catalog nor a ledger.
    """
    with catalog.ledger(settings) as ledger:
        written_at = _written_at(ledger)
        if not settings.catalog.exists() and written_at is None:
            raise engine.NotPublishedError(settings.catalog)
        print(f"root {settings.root}")  # noqa: T201 - the command's output
        if not settings.catalog.exists():
            print("no views yet: nothing has been published (broadsheet publish)")  # noqa: T201 - as above
            _print_section(ledger, RUNS, STATUS[RUNS])
            return
        with engine.published(settings) as views:
            print(_freshness(settings, ledger, _written_at(views)))  # noqa: T201 - as above
            for title, query in (STATUS | (OF_OWN_SOURCES if settings.sources else {})).items():
                _print_section(ledger if title == RUNS else views, title, query)


def _print_section(connection: Connection, title: str, query: str) -> None:
    print(f"\n{title}")  # noqa: T201 - as above
    write_result(connection, query, Format.TABLE, None)


def _freshness(settings: Settings, ledger: Connection, shown_until: datetime | None) -> str:
    """Of when the views are, and whether runs have begun or ended since."""
    published_at = datetime.fromtimestamp(settings.catalog.stat().st_mtime, UTC)
    told = f"views as of {published_at:%Y-%m-%d %H:%M:%S}Z"
    since = "select count(distinct run_id) from raw.runs where loaded_at > coalesce(?, '-infinity'::timestamptz)"
    (count,) = ledger.execute(since, [shown_until]).fetchone() or (0,)
    if not count:
        return told
    runs = "a run has" if count == 1 else f"{count:,} runs have"
    return f"{told}, and {runs} begun or ended since: what is new shows after the next publication (broadsheet publish)"


def _written_at(connection: Connection) -> datetime | None:
    """When the newest row of the ledger was written that the connection sees."""
    (at,) = connection.execute("select max(loaded_at) from raw.runs").fetchone() or (None,)
    return cast(datetime | None, at)
