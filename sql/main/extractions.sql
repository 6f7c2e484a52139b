-- One row per extraction of a page that followed another one: what it made of the page, beside what was there before.
with
ends as (
    select
        documents.page_id,
        documents.document_id,
        documents.source,
        documents.site,
        documents.url,
        coalesce(documents.extraction_number, 1) as extraction_number,
        documents.extractor,
        documents.rules_version,
        cast(null as varchar) as reason,
        documents.title,
        documents.lead,
        documents.text,
        documents.authors,
        documents.published_at,
        documents.run_id,
        documents.loaded_at,
    from raw.documents as documents
    semi join derived.page_ends as page_ends on documents.row_key = page_ends.row_key
    union all by name
    select
        rejects.page_id,
        rejects.source,
        rejects.url,
        coalesce(rejects.extraction_number, 1) as extraction_number,
        rejects.extractor,
        rejects.rules_version,
        rejects.reason,
        rejects.run_id,
        rejects.loaded_at,
    from raw.rejects as rejects
    semi join derived.page_ends as page_ends on rejects.reject_id = page_ends.reject_id
),

-- Two rivals with different extractors may have given the same number: each followed what had the one before.
numbered as (
    from ends
    qualify row_number() over (partition by page_id, extraction_number order by loaded_at desc, extractor) = 1
)

select
    new.page_id,
    coalesce(new.document_id, old.document_id) as document_id,
    new.source,
    coalesce(new.site, old.site) as site,
    new.url,
    new.extraction_number,
    old.extractor as old_extractor,
    new.extractor,
    new.rules_version,
    old.reason as old_reason,
    new.reason,
    (old.title is distinct from new.title) as is_title_changed,
    (old.lead is distinct from new.lead) as is_lead_changed,
    (old.text is distinct from new.text) as is_text_changed,
    (old.authors is distinct from new.authors) as is_authors_changed,
    (old.published_at is distinct from new.published_at) as is_published_at_changed,
    old.title as old_title,
    new.title as new_title,
    old.text as old_text,
    new.text as new_text,
    new.run_id,
    new.loaded_at,
from numbered as new
inner join numbered as old on new.page_id = old.page_id and new.extraction_number = old.extraction_number + 1
