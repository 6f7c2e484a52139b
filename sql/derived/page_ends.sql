-- One row per document row and transform reject whose page has several of them: whether it is the one that counts.
-- What was made of a page last counts: a document sets an earlier refusal aside, a refusal an earlier document.
with
ends as (
    select
        page_id,
        row_key,
        cast(null as varchar) as reject_id,
        coalesce(extraction_number, 1) as extraction_number,
        loaded_at,
    from raw.documents
    union all
    select
        page_id,
        cast(null as bigint) as row_key,
        reject_id,
        coalesce(extraction_number, 1) as extraction_number,
        loaded_at,
    from raw.rejects
    where stage = 'transform' and page_id is not null
),

repeated_pages as (
    select page_id,
    from ends
    group by page_id
    having count(*) > 1
)

select
    row_key,
    reject_id,
    row_number() over (
        partition by page_id
        order by extraction_number desc, loaded_at desc, row_key desc nulls last, reject_id
    ) = 1 as is_current,
from ends
where page_id in (from repeated_pages)
