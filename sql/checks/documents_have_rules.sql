-- Every document that was made by rules of its site was made by such as are kept.
select
    documents.page_id,
    documents.document_id,
    documents.site,
    documents.rules_version,
    documents.run_id,
from raw.documents as documents
anti join raw.site_rules as site_rules
    on documents.site = site_rules.site and documents.rules_version = site_rules.rules_version
where documents.rules_version > 0
