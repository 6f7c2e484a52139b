-- No page is extracted twice by the same extractor under the same rules.
select
    page_id,
    extractor,
    rules_version,
    count(*) as row_count,
from raw.documents
group by page_id, extractor, rules_version
having count(*) > 1
