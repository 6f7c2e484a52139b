-- Every document was made from a page that is kept.
select
    documents.page_id,
    documents.document_id,
    documents.url,
    documents.run_id,
from raw.documents as documents
anti join raw.pages as pages on documents.page_id = pages.page_id
