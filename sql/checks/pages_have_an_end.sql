-- Every page that a finished run was to transform became a document or a reject.
select
    pages.page_id,
    pages.url,
    pages.run_id,
from raw.pages as pages
inner join main.runs as runs on pages.run_id = runs.run_id
anti join raw.documents as documents on pages.page_id = documents.page_id
anti join raw.rejects as rejects on pages.page_id = rejects.page_id and rejects.stage = 'transform'
where pages.kind = 'document' and runs.state in ('completed', 'partial')
