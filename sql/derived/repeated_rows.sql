-- One row per row of raw.documents whose document or page has others: the few of which some may not count.
with
repeated_documents as (
    select document_id,
    from raw.documents
    group by document_id
    having count(*) > 1
),

repeated_pages as (
    select page_id,
    from raw.documents
    group by page_id
    having count(*) > 1
)

select
    row_key,
    document_id,
    page_id,
    content_hash,
    captured_at,
    loaded_at,
from raw.documents
where
    document_id in (from repeated_documents)
    or page_id in (from repeated_pages)
