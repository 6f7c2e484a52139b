-- Every reject of the transform names a page that is kept.
select
    rejects.reject_id,
    rejects.page_id,
    rejects.reason,
    rejects.run_id,
from raw.rejects as rejects
anti join raw.pages as pages on rejects.page_id = pages.page_id
where rejects.stage = 'transform'
