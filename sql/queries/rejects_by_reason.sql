-- What was refused, why, and what does one of each look like?
select
    stage,
    reason,
    source,
    count(*) as reject_count,
    max(rejected_at) as newest_rejected_at,
    min(coalesce(url, location)) as example,
from main.rejects
group by stage, reason, source
order by reject_count desc, stage, reason, source
