-- At which hour (UTC) does each site publish?
select
    site,
    extract('hour' from published_at at time zone 'UTC') as published_hour,
    count(*) as document_count,
from main.documents
where published_precision in ('second', 'minute')
group by site, published_hour
order by site, published_hour
