-- Which documents did reprocessing change, and how?
select
    loaded_at,
    site,
    url,
    old_reason,
    reason,
    old_title,
    new_title,
    is_lead_changed,
    is_text_changed,
    is_authors_changed,
    is_published_at_changed,
from main.extractions
where
    is_title_changed
    or is_lead_changed
    or is_text_changed
    or is_authors_changed
    or is_published_at_changed
    or reason is distinct from old_reason
order by loaded_at desc, site, url, extraction_number
limit 100
