-- Every run that ended accounts for each of its inputs and for each page that entered the transform.
select
    run_id,
    state,
    input_count,
    page_count + unchanged_count + read_reject_count as read_count,
    page_count + resumed_page_count + reprocessed_page_count as entered_count,
    document_count + transform_reject_count as left_count,
from main.runs
where
    state not in ('running', 'interrupted')
    and (input_count <> read_count or entered_count <> left_count)
