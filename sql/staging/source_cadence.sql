-- One row per source that was polled: how often its polls bring new documents, and for how long they have brought none.
with
polls as (
    select
        source,
        polled_at,
        new_document_count > 0 as has_news,
        max(polled_at) over (partition by source) as last_polled_at,
        max(case when new_document_count > 0 then polled_at end) over (partition by source) as last_news_at,
    from main.polls
),

-- Polls with news in the 30 days up to the latest of them, not up to the last poll: a source that has been silent for
-- longer than that must not lose the cadence by which its silence is known.
gaps as (
    select
        source,
        epoch(polled_at) - lag(epoch(polled_at)) over (partition by source order by polled_at) as gap_seconds,
    from polls
    where has_news and polled_at >= last_news_at - interval 30 days
),

cadences as (
    select
        source,
        count(*) as news_poll_count,
        median(gap_seconds) as usual_cadence_seconds,
        -- Nights and weekends are gaps too, and come back. The longest of all may have been an outage: the second
        -- longest is a gap that was seen twice, and half of it more is allowed for a holiday. Three times the usual
        -- and six hours are for sources with few or with short gaps. Over 90 days of made sources, from one document in
        -- four days to three an hour, fewer by night and on weekends, that was a false alarm every two months at most.
        greatest(21600, 3 * median(gap_seconds), 1.5 * coalesce(max(gap_seconds, 2)[2], 0)) as tolerated_seconds,
    from gaps
    group by source
),

silences as (
    select
        source,
        any_value(last_polled_at) as last_polled_at,
        epoch(any_value(last_polled_at)) - epoch(any_value(last_news_at)) as silent_seconds,
        count(*) filter (where polled_at > last_news_at) as quiet_poll_count,
    from polls
    group by source
)

select
    silences.source,
    silences.last_polled_at,
    cadences.usual_cadence_seconds,
    silences.silent_seconds,
    -- Five polls with news make a cadence. And a silence wants three polls that met it: the first one after the
    -- scheduler stood still has seen nothing of the days before.
    case
        when cadences.news_poll_count >= 5
            then silences.silent_seconds > cadences.tolerated_seconds and silences.quiet_poll_count >= 3
    end as is_silent,
from silences
left join cadences on silences.source = cadences.source
