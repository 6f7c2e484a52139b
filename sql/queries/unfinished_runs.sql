-- Which runs did not come to a good end, and how far did they get?
select
    started_at,
    flow,
    source,
    state,
    detail,
    input_count,
    document_count,
from main.runs
where state not in ('running', 'completed')
order by started_at desc, run_id
