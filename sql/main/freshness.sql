-- One row per table: how much it shows and how new that is.
select
    'pages' as table_name,
    count(*) as row_count,
    max(loaded_at) as newest_loaded_at,
    max(captured_at) as newest_captured_at,
    cast(null as timestamptz) as newest_published_at,
from main.pages
union all
select
    'documents' as table_name,
    count(*) as row_count,
    max(loaded_at) as newest_loaded_at,
    max(captured_at) as newest_captured_at,
    max(published_at) as newest_published_at,
from main.documents
union all
select
    'rejects' as table_name,
    count(*) as row_count,
    max(loaded_at) as newest_loaded_at,
    cast(null as timestamptz) as newest_captured_at,
    cast(null as timestamptz) as newest_published_at,
from main.rejects
union all
select
    'fetches' as table_name,
    count(*) as row_count,
    max(loaded_at) as newest_loaded_at,
    cast(null as timestamptz) as newest_captured_at,
    cast(null as timestamptz) as newest_published_at,
from main.fetches
union all
select
    'site_rules' as table_name,
    count(*) as row_count,
    max(loaded_at) as newest_loaded_at,
    cast(null as timestamptz) as newest_captured_at,
    cast(null as timestamptz) as newest_published_at,
from main.site_rules
union all
select
    'runs' as table_name,
    count(*) as row_count,
    max(coalesce(finished_at, started_at)) as newest_loaded_at,
    cast(null as timestamptz) as newest_captured_at,
    cast(null as timestamptz) as newest_published_at,
from main.runs
