-- How long after publication were documents captured, by site? Only where the minute of publication is known.
select
    site,
    count(*) as document_count,
    round(median(date_diff('second', published_at, captured_at)) / 60, 1) as median_minutes,
    round(quantile_cont(date_diff('second', published_at, captured_at), 0.95) / 60, 1) as slow_minutes,
from main.documents
where published_precision in ('second', 'minute') and captured_at is not null
group by site
order by median_minutes, site
