-- How many documents did each site publish on each day?
select
    site,
    published_date,
    document_count,
    undated_count,
from main.documents_per_day
order by published_date desc nulls last, document_count desc, site
