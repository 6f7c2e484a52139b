-- One row per source: how it does, judged at its own last poll, so that a scheduler that stands still silences none.
with
documents as (
    select
        source,
        count(*) filter (where is_document) as document_count,
        max(valid_from) filter (where is_version and version_number = 1) as last_new_document_at,
    from staging.documents
    group by source
),

ingests as (
    select
        source,
        max(started_at) as last_run_at,
        max(started_at) filter (where state in ('completed', 'partial')) as last_good_run_at,
    from main.runs
    group by source
),

refusals as (
    select
        source,
        arg_max(reason || ': ' || detail, rejected_at) as last_problem,
    from main.rejects
    where stage in ('read', 'fetch')
    group by source
),

judged as (
    select
        sources.source,
        sources.kind,
        sources.is_enabled,
        sources.is_configured,
        coalesce(cadence.last_polled_at, errors.last_asked_at, ingests.last_run_at) as last_polled_at,
        case
            when cadence.source is not null then listings.last_success_at
            else coalesce(errors.last_answered_at, ingests.last_good_run_at)
        end as last_success_at,
        documents.last_new_document_at,
        coalesce(documents.document_count, 0) as document_count,
        cadence.usual_cadence_seconds,
        cadence.silent_seconds,
        cadence.is_silent,
        errors.error_share,
        errors.usual_error_share,
        errors.has_error_jump,
        listings.last_link_count,
        listings.usual_link_count,
        listings.is_shrunken,
        coalesce(listings.lost_window_count, 0) as lost_window_count,
        listings.last_lost_window_at,
        listings.failing_since,
        refusals.last_problem,
        -- Only feeds and sitemaps are read every hour; other sources are left out of the comparison.
        case when cadence.source is not null then max(cadence.last_polled_at) over () end as newest_polled_at,
    from main.sources as sources
    left join staging.source_cadence as cadence on sources.source = cadence.source
    left join staging.source_errors as errors on sources.source = errors.source
    left join staging.source_listings as listings on sources.source = listings.source
    left join documents on sources.source = documents.source
    left join ingests on sources.source = ingests.source
    left join refusals on sources.source = refusals.source
),

worded as (
    select
        *,
        -- Whole days from two on, else whole hours from two on, else minutes.
        list_transform(
            [silent_seconds, usual_cadence_seconds],
            lambda seconds: case
                when seconds >= 172800 then cast(floor(seconds / 86400) as bigint) || ' days'
                when seconds >= 7200 then cast(floor(seconds / 3600) as bigint) || ' hours'
                else cast(floor(seconds / 60) as bigint) || ' minutes'
            end
        ) as spans,
        strftime(last_polled_at at time zone 'UTC', '%Y-%m-%d %H:%M UTC') as last_polled_text,
        strftime(failing_since at time zone 'UTC', '%Y-%m-%d %H:%M UTC') as failing_since_text,
        strftime(last_lost_window_at at time zone 'UTC', '%Y-%m-%d %H:%M UTC') as last_lost_window_text,
    from judged
)

select
    source,
    kind,
    is_enabled,
    last_polled_at,
    last_success_at,
    last_new_document_at,
    document_count,
    usual_cadence_seconds,
    silent_seconds,
    is_silent,
    error_share,
    usual_error_share,
    has_error_jump,
    last_link_count,
    usual_link_count,
    is_shrunken,
    lost_window_count,
    last_lost_window_at,
    failing_since,
    last_problem,
    case
        -- What nobody means to read any more has no problem: switched off, or once by hand and long ago.
        when is_configured and not is_enabled then null
        when not is_configured and last_polled_at < newest_polled_at - interval 2 days then null
        when last_polled_at < newest_polled_at - interval 2 days
            then 'not read since ' || last_polled_text || ', though other sources were'
        when failing_since is not null
            then 'no answer since ' || failing_since_text || coalesce(', ' || last_problem, '')
        when is_silent then 'silent for ' || spans[1] || ', usually every ' || spans[2]
        when has_error_jump
            then
                cast(round(100 * error_share) as bigint) || ' % of its addresses failed within a week, '
                || coalesce('usually ' || cast(round(100 * usual_error_share) as bigint) || ' %', 'with none before')
        when is_shrunken
            then
                'lists ' || last_link_count || ' links, usually '
                || cast(round(usual_link_count) as bigint)
        when last_lost_window_at > last_polled_at - interval 1 day
            then
                'links were missed: at ' || last_lost_window_text
                || ' the feed showed few or none that had been seen before'
    end as problem,
from worded
