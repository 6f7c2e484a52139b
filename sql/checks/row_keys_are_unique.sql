-- No two rows of documents share a row_key, or setting one of them aside would hide the other.
with
shared as (
    select row_key,
    from raw.documents
    group by row_key
    having count(*) > 1
)

select
    row_key,
    page_id,
    extractor,
    rules_version,
from raw.documents
where row_key in (from shared)
