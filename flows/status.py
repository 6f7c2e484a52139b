"""The status page: what is in the warehouse, how fresh it is, how the last runs ended, what was refused."""

from flows.results import Format, write_result
from warehouse import engine
from warehouse.settings import Settings

STATUS = {
    "sources": "select source, kind, is_enabled, location from main.sources order by all",
    "source health": (
        "select source, last_polled_at, last_new_document_at, document_count as documents, "
        "round(100 * error_share, 1) as \"errors %\", coalesce(problem, '') as problem "
        "from main.source_health as health where last_polled_at is not null or problem is not null "
        "order by health.problem is null, source"
    ),
    "fetches of the last day": (
        "select kind, outcome, reason, count(*) as fetches, sum(request_count) as requests, "
        "sum(received_bytes) as bytes from main.fetches "
        "where fetched_at > (select max(fetched_at) - interval 1 day from main.fetches) "
        "group by all order by fetches desc, kind, outcome, reason"
    ),
    "tables": "select * from main.freshness order by all",
    "last runs": (
        "select started_at, flow, source, state, input_count as inputs, page_count as pages, "
        "unchanged_count as unchanged, document_count as documents, "
        "read_reject_count + transform_reject_count as rejects "
        "from main.runs order by started_at desc limit 5"
    ),
    "refused": "select stage, reason, count(*) as inputs from main.rejects group by all order by inputs desc",
}


def print_status(settings: Settings) -> None:
    """What is in the warehouse, how fresh it is, how the last runs ended, what was refused."""
    print(f"root {settings.root}")  # noqa: T201 - the command's output
    with engine.published(settings) as connection:
        for title, query in STATUS.items():
            print(f"\n{title}")  # noqa: T201 - as above
            write_result(connection, query, Format.TABLE, None)
