-- One row per source that was polled: since when it fails, how much it lists, and how often its window moved on.
with
polls as (
    select
        source,
        kind,
        polled_at,
        link_count,
        is_window_lost,
        failed_listing_count < listing_count as is_answered,
        max(polled_at) over (partition by source) as last_polled_at,
        max(case when failed_listing_count < listing_count then polled_at end) over (
            partition by source
        ) as last_success_at,
        max(case when link_count is not null then polled_at end) over (partition by source) as last_read_at,
    from main.polls
),

listings as (
    select
        source,
        max(last_success_at) as last_success_at,
        min(polled_at) filter (where last_success_at is null or polled_at > last_success_at) as failing_since,
        max(link_count) filter (where polled_at = last_read_at) as last_link_count,
        count(link_count) filter (where polled_at < last_read_at) as earlier_count,
        median(link_count) filter (where polled_at < last_read_at) as usual_link_count,
        quantile_disc(link_count, 0.1) filter (where polled_at < last_read_at) as low_link_count,
        bool_and(kind = 'feed') as is_feed,
        count(*) filter (where is_window_lost) as lost_window_count,
        max(polled_at) filter (where is_window_lost) as last_lost_window_at,
    from polls
    where polled_at >= last_polled_at - interval 30 days or not is_answered or polled_at = last_read_at
    group by source
)

select
    source,
    last_success_at,
    failing_since,
    last_link_count,
    usual_link_count,
    -- Less than half of the usual, and less than nine in ten readings: a feed of the day's news, which begins anew
    -- every midnight, shrinks as usual. Of a sitemap only what has changed is read, so that its length says nothing.
    case
        when is_feed and earlier_count >= 5
            then last_link_count < usual_link_count / 2 and last_link_count < low_link_count
    end as is_shrunken,
    lost_window_count,
    last_lost_window_at,
from listings
