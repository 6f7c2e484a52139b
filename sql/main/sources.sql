-- One row per source: those configured, and those that only runs or fetches name.
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
),

-- Read by scheduled runs, which name no source of their own, and since taken out of the sources file.
removed as (
    select distinct fetches.source,
    from raw.fetches as fetches
    anti join raw.sources as sources on fetches.source = sources.name
    anti join ad_hoc on fetches.source = ad_hoc.source
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
    policy,
    delay_seconds,
    allow_private,
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
    cast(null as varchar) as policy,
    cast(null as double) as delay_seconds,
    cast(null as boolean) as allow_private,
from ad_hoc
union all
select
    source,
    cast(null as varchar) as kind,
    cast(null as varchar) as location,
    cast(null as varchar) as language,
    cast(null as varchar) as time_zone,
    cast(null as varchar) as licence,
    false as is_enabled,
    cast(null as varchar) as disabled_reason,
    false as is_configured,
    cast(null as varchar) as policy,
    cast(null as double) as delay_seconds,
    cast(null as boolean) as allow_private,
from removed
