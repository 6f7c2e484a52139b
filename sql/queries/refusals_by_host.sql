-- What did each host refuse in the last week of fetches, and how often?
select
    host,
    reason,
    status,
    count(*) as fetch_count,
    count(distinct requested_url) as url_count,
    max(fetched_at) as last_fetched_at,
    arg_max(requested_url, fetched_at) as example,
from main.fetches
where
    outcome = 'reject'
    and fetched_at > (select max(newest.fetched_at), from main.fetches as newest) - interval 7 days
group by host, reason, status
order by fetch_count desc, host, reason, status
