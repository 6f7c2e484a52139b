-- One row per run of a flow: its end where it has one, else how it stands.
with
latest as (
    from raw.runs
    -- An end counts before the start, whatever the clocks said; of two ends (a failed publication) the newer.
    qualify row_number() over (partition by run_id order by state = 'running', loaded_at desc) = 1
)

select
    run_id,
    flow,
    source,
    case
        when state = 'running' and run_id not in (from raw.live_runs) then 'interrupted'
        else state
    end as state,
    started_at,
    finished_at,
    broadsheet_version,
    extractor,
    parameters,
    detail,
    input_count,
    page_count,
    unchanged_count,
    read_reject_count,
    resumed_page_count,
    reprocessed_page_count,
    document_count,
    transform_reject_count,
from latest
