-- Every ended run counted the pages and documents that carry its id, and no fewer rejects than do.
with
loaded as (
    select
        run_id,
        'page' as what,
    from raw.pages
    where kind = 'document'
    union all
    select
        run_id,
        'document' as what,
    from raw.documents
    union all
    select
        run_id,
        case when stage = 'transform' then 'transform_reject' else 'read_reject' end as what,
    from raw.rejects
),

stored as (
    select
        run_id,
        count(*) filter (where what = 'page') as page_rows,
        count(*) filter (where what = 'document') as document_rows,
        count(*) filter (where what = 'read_reject') as read_reject_rows,
        count(*) filter (where what = 'transform_reject') as transform_reject_rows,
    from loaded
    group by run_id
),

compared as (
    select
        runs.run_id,
        runs.state,
        runs.page_count,
        coalesce(stored.page_rows, 0) as page_rows,
        runs.document_count,
        coalesce(stored.document_rows, 0) as document_rows,
        runs.read_reject_count,
        coalesce(stored.read_reject_rows, 0) as read_reject_rows,
        runs.transform_reject_count,
        coalesce(stored.transform_reject_rows, 0) as transform_reject_rows,
        -- A run that broke off may have stored a shard that it no longer came to count.
        runs.state in ('completed', 'partial') as is_whole,
    from main.runs as runs
    left join stored on runs.run_id = stored.run_id
    where runs.state not in ('running', 'interrupted')
)

select
    run_id,
    state,
    page_count,
    page_rows,
    document_count,
    document_rows,
    read_reject_count,
    read_reject_rows,
    transform_reject_count,
    transform_reject_rows,
from compared
where
    page_count > page_rows
    or document_count > document_rows
    or (is_whole and page_count < page_rows)
    or (is_whole and document_count < document_rows)
    -- Counted rejects may be more than the stored ones: one that is known already is not stored again.
    or (is_whole and read_reject_count < read_reject_rows)
    or (is_whole and transform_reject_count < transform_reject_rows)
