-- Who wrote most, and where?
with
signed as (
    select
        unnest(authors) as author,
        site,
        published_at,
    from main.documents
)

select
    author,
    site,
    count(*) as document_count,
    max(published_at) as newest_published_at,
from signed
group by author, site
order by document_count desc, author, site
limit 30
