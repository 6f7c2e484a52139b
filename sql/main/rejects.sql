-- One row per input that was refused and still is: where on the street, why, and where to find it.
select
    rejects.reject_id,
    rejects.stage,
    rejects.reason,
    rejects.detail,
    rejects.url,
    rejects.location,
    rejects.page_id,
    rejects.source,
    rejects.run_id,
    coalesce(rejects.rejected_at, rejects.loaded_at) as rejected_at,
    rejects.digest,
    rejects.loaded_at,
    rejects.extractor,
    rejects.rules_version,
    coalesce(rejects.extraction_number, case when rejects.stage = 'transform' then 1 end) as extraction_number,
from raw.rejects as rejects
anti join derived.page_ends as page_ends on rejects.reject_id = page_ends.reject_id and not page_ends.is_current
