-- Every document's versions are numbered from one to its version_count, without gaps, and it shows one of them.
select
    document_id,
    count(*) as row_count,
    count(distinct version_number) as number_count,
    min(version_number) as lowest_number,
    max(version_number) as highest_number,
    max(version_count) as version_count,
    count(*) filter (where is_document) as shown_count,
from staging.documents
where version_count > 1 and is_version
group by document_id
having
    min(version_number) <> 1
    or max(version_number) <> max(version_count)
    or count(*) <> max(version_count)
    or count(distinct version_number) <> max(version_count)
    or count(*) filter (where is_document) <> 1
