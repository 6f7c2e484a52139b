-- No reject is stored twice.
select
    reject_id,
    count(*) as row_count,
from raw.rejects
group by reject_id
having count(*) > 1
