-- What was published last? Times that are only upper bounds stay out.
select
    published_at,
    site,
    title,
    url,
from main.documents
where published_precision <> 'upper_bound'
order by published_at desc nulls last, document_id
limit 20
