-- No page is stored twice.
select
    page_id,
    count(*) as row_count,
from raw.pages
group by page_id
having count(*) > 1
