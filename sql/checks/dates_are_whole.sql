-- Every time of publication says how exact it is and where it was read, and none says so without a time.
select
    document_id,
    url,
    published_at,
    published_precision,
    published_evidence,
from raw.documents
where
    (published_at is null) <> (published_precision is null)
    or (published_at is null) <> (published_evidence is null)
