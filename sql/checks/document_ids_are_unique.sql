-- No document is shown twice.
select
    document_id,
    count(*) as row_count,
from main.documents
group by document_id
having count(*) > 1
