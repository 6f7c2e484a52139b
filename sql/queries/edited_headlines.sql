-- Which headlines were changed after publication, and how much of the text stayed?
select
    edits.edited_at,
    documents.site,
    edits.old_title,
    edits.new_title,
    round(edits.similarity, 2) as similarity,
    documents.url,
from main.edits as edits
inner join main.documents as documents on edits.document_id = documents.document_id
where edits.is_title_changed
order by edits.edited_at desc nulls last, edits.document_id, edits.version_number
limit 50
