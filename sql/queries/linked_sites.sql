-- Which other sites do documents link to most?
select
    site,
    count(*) as link_count,
    count(distinct document_id) as document_count,
from main.links
where is_external and site is not null
group by site
order by document_count desc, site
limit 30
