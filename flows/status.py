"""The status page: what is in the warehouse, how fresh it is, how the last runs ended, what was refused.

Runs are read from the ledger as it is, so that a killed run, which publishes nothing, shows; the rest from the views.
"""

from datetime import UTC, datetime

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
SEEN = (
    "not is_configured or source in (select source from raw.runs) "
    "or source in (select source from main.fetches) or source in (select source from main.pages)"
)
"""Of the starter list that comes with the package most sources are nobody's."""

STATUS = {
    "sources": f"{SOURCES} where {SEEN} order by all",
    "source health": (
        f"{HEALTH} where last_polled_at is not null or problem is not null or document_count > 0 {HEALTH_ORDER}"
    ),
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
NEWEST_ROW = "select max(loaded_at) from raw.runs"
OF_OWN_SOURCES = {"sources": f"{SOURCES} order by all", "source health": f"{HEALTH} {HEALTH_ORDER}"}
"""Where the user has a sources file, all that it names."""


def print_status(settings: Settings) -> None:
    """What is in the warehouse, how fresh it is, how the last runs stand, what was refused.

    Raises NotPublishedError where there is neither a catalog nor a ledger.
    """
    with catalog.ledger(settings) as ledger:
        if settings.catalog.exists():
            with engine.published(settings) as views:
                _print_page(settings, ledger, views)
            return
        if not _files(ledger):
            raise engine.NotPublishedError(settings.catalog)
        print(f"root {settings.root}\nno views yet: nothing has been published (broadsheet publish)")  # noqa: T201 - output
        _print_section(ledger, RUNS, STATUS[RUNS])


def _print_page(settings: Settings, ledger: Connection, views: Connection) -> None:
    published_at = datetime.fromtimestamp(settings.catalog.stat().st_mtime, UTC)
    later = ", and runs have begun or ended since: what is new shows after the next publication (broadsheet publish)"
    is_older = _is_older(views, ledger)
    print(f"root {settings.root}\nviews as of {published_at:%Y-%m-%d %H:%M:%S}Z{later if is_older else ''}")  # noqa: T201 - output
    for title, query in (STATUS | (OF_OWN_SOURCES if settings.sources else {})).items():
        _print_section(ledger if title == RUNS else views, title, query)


def _print_section(connection: Connection, title: str, query: str) -> None:
    print(f"\n{title}")  # noqa: T201 - the command's output
    write_result(connection, query, Format.TABLE, None)


def _is_older(views: Connection, ledger: Connection) -> bool:
    """Whether the ledger has rows that the views have not. Files alone do not tell: they may have been put together."""
    if _files(ledger) <= _files(views):
        return False
    shown, written = (connection.execute(NEWEST_ROW).fetchone() for connection in (views, ledger))
    return shown != written


def _files(connection: Connection) -> set[str]:
    """The files of the ledger that the connection sees."""
    rows = connection.execute("select path from raw.files where table_name = 'runs'").fetchall()
    return {path for (path,) in rows}
