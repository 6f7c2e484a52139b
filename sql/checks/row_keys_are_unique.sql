-- No two rows of documents share a row_key, or setting one of them aside would hide the other.
select
    row_key,
    count(*) as row_count,
    min(page_id) as first_page_id,
    max(page_id) as last_page_id,
from raw.documents
group by row_key
having count(*) > 1
