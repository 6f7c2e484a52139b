-- Which sources need looking after, and what is wrong with them?
select
    source,
    kind,
    problem,
    last_polled_at,
    last_new_document_at,
    is_silent,
    has_error_jump,
    is_shrunken,
    lost_window_count,
    last_problem,
from main.source_health
where problem is not null
order by source
