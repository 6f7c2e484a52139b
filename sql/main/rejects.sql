-- One row per input that was refused: where on the street, why, and where to find it.
select
    reject_id,
    stage,
    reason,
    detail,
    url,
    location,
    page_id,
    source,
    run_id,
    coalesce(rejected_at, loaded_at) as rejected_at,
    digest,
    loaded_at,
from raw.rejects
