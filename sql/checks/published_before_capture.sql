-- No document was published later than it was captured, but for what a date alone leaves open.
-- Two days: one because a date names no hour, up to 14 hours for a zone that is not known, the rest for clocks that are
-- wrong and for pages dated tomorrow.
select
    document_id,
    url,
    published_at,
    captured_at,
    published_precision,
    published_evidence,
from raw.documents
where published_at > captured_at + interval 2 days
