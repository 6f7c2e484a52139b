-- No version of a site's rules is stored twice.
select
    site,
    rules_version,
    count(*) as row_count,
from raw.site_rules
group by site, rules_version
having count(*) > 1
