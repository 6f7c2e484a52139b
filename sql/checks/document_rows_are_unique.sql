-- No page is extracted twice in a row by the same extractor under the same rules.
select
    page_id,
    extractor,
    rules_version,
    coalesce(extraction_number, 1) as extraction_number,
    count(*) as row_count,
from raw.documents
group by page_id, extractor, rules_version, coalesce(extraction_number, 1)
having count(*) > 1
