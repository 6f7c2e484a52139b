-- No fetch is stored twice.
select
    fetch_id,
    count(*) as row_count,
from raw.fetches
group by fetch_id
having count(*) > 1
