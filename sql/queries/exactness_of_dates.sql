-- How exactly is the time of publication known, by site, and from what evidence?
select
    site,
    published_precision,
    published_evidence,
    count(*) as document_count,
    count(*) filter (where has_date_conflict) as conflict_count,
from main.documents
group by site, published_precision, published_evidence
order by site, document_count desc, published_precision, published_evidence
