-- One row per row of raw.documents whose document or page has others: the few of which some may not count.
with
repeated_documents as (
    select document_id,
    from raw.documents
    group by document_id
    having count(*) > 1
)

select
    documents.row_key,
    documents.document_id,
    documents.page_id,
    documents.content_hash,
    documents.captured_at,
    coalesce(not page_ends.is_current, false) as is_superseded,
from raw.documents as documents
left join derived.page_ends as page_ends on documents.row_key = page_ends.row_key
where
    page_ends.row_key is not null
    or documents.document_id in (from repeated_documents)
