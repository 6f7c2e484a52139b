-- Every page that a fetch brought is kept.
-- Pages are committed first and listed last: a kill or a run under way can leave a page without its fetch, not this.
select
    fetches.fetch_id,
    fetches.page_id,
    fetches.requested_url,
    fetches.run_id,
from raw.fetches as fetches
anti join raw.pages as pages on fetches.page_id = pages.page_id
where fetches.outcome = 'page'
