-- One row per row of raw.documents that is not its document's only one: whether it counts, as which version, when.
-- Nearly every document has one row, and that is not here: a window over these few is cheap, over all it is not.
with
newest as (
    -- Extracting a page again replaces what was made of it before, and never makes a version.
    from derived.repeated_rows
    where not is_superseded
),

captures as (
    select
        *,
        row_number() over in_order as capture_number,
        lag(content_hash) over in_order <> content_hash as is_change,
    from newest
    window in_order as (partition by document_id order by captured_at nulls first, page_id)
),

followed as (
    select
        *,
        min(captured_at) filter (where is_change) over (
            partition by document_id
            order by capture_number
            rows between 1 following and unbounded following
        ) as next_change_at,
    from captures
),

versions as (
    select
        document_id,
        content_hash,
        max(capture_number) as last_capture_number,
        first(captured_at order by capture_number) as valid_from,
        first(next_change_at order by capture_number) as next_change_at,
        row_number() over (partition by document_id order by min(capture_number)) as version_number,
        count(*) over (partition by document_id) as version_count,
        max(max(capture_number)) over (partition by document_id) as capture_count,
    from followed
    group by document_id, content_hash
)

select
    repeated_rows.row_key,
    repeated_rows.document_id,
    captures.row_key is not null and captures.capture_number = versions.last_capture_number as is_version,
    captures.row_key is not null and captures.capture_number = versions.capture_count as is_document,
    cast(versions.version_number as integer) as version_number,
    cast(versions.version_count as integer) as version_count,
    versions.valid_from,
    -- The version that the document shows is still valid, also where its content went back to an earlier one.
    case when versions.last_capture_number < versions.capture_count then versions.next_change_at end as valid_to,
from derived.repeated_rows as repeated_rows
left join captures on repeated_rows.row_key = captures.row_key
left join versions
    on captures.document_id = versions.document_id and captures.content_hash = versions.content_hash
where
    -- Of a page that was transformed again, what counts is often its document's only capture: it needs no word here.
    captures.row_key is null
    or versions.capture_count > 1
