-- How often was each host asked on each day, and how long was the shortest time between two fetches?
with
spaced as (
    select
        host,
        cast(fetched_at at time zone 'UTC' as date) as fetched_date,
        request_count,
        received_bytes,
        epoch(fetched_at) - lag(epoch(fetched_at)) over (partition by host order by fetched_at) as gap_seconds,
    from main.fetches
    -- Nobody was asked for what the rules deny.
    where request_count > 0
)

select
    fetched_date,
    host,
    count(*) as fetch_count,
    sum(request_count) as request_count,
    sum(received_bytes) as received_bytes,
    min(gap_seconds) as shortest_gap_seconds,
from spaced
group by fetched_date, host
order by fetched_date desc, request_count desc, host
