-- One row per source: those configured, and those that only runs name.
with
ad_hoc as (
    -- What such a source is, its newest run knows. Parameters are JSON; a row that is not must not stop the view.
    select
        runs.source,
        case when json_valid(runs.parameters) then runs.parameters ->> '$.kind' end as kind,
        case when json_valid(runs.parameters) then runs.parameters ->> '$.location' end as location,
    from raw.runs as runs
    anti join raw.sources as sources on runs.source = sources.name
    where runs.source is not null
    qualify row_number() over (partition by runs.source order by runs.started_at desc, runs.run_id desc) = 1
)

select
    name as source,
    kind,
    location,
    language,
    time_zone,
    licence,
    is_enabled,
    disabled_reason,
    true as is_configured,
from raw.sources
union all
select
    source,
    kind,
    location,
    cast(null as varchar) as language,
    cast(null as varchar) as time_zone,
    cast(null as varchar) as licence,
    false as is_enabled,
    cast(null as varchar) as disabled_reason,
    false as is_configured,
from ad_hoc
