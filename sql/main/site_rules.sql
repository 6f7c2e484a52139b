-- One row per site of which something was learnt: the newest of its rules.
select
    site,
    rules_version,
    title_suffixes,
    title_prefixes,
    noise_lines,
    page_count,
    learned_at,
    run_id,
    loaded_at,
from raw.site_rules
qualify row_number() over (partition by site order by rules_version desc) = 1
