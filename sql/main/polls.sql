-- One row per poll of a source: what its feeds or sitemaps answered in one run, and what of it was new.
with
readings as (
    select
        source,
        run_id,
        kind,
        fetched_at,
        outcome,
        link_count,
        new_link_count,
        new_link_count / nullif(link_count, 0) as new_share,
        max(link_count) over (
            partition by source, requested_url
            order by fetched_at
            rows between unbounded preceding and 1 preceding
        ) > 0 as is_known,
        -- Of the last hundred looks, four days by the hour: over all of them a median is ten times as dear.
        median(new_link_count / nullif(link_count, 0)) over (
            partition by source, requested_url
            order by fetched_at
            rows between 100 preceding and 1 preceding
        ) as usual_new_share,
    from raw.fetches
    where kind in ('feed', 'sitemap')
),

answered as (
    select
        * exclude (new_share, is_known, usual_new_share),
        -- The window moved on: what the feed showed in between was never seen. Either nothing that it shows is known,
        -- or next to nothing: a feed may keep an old item at its top for weeks, and one known of five is 80 % new. That
        -- tells only where news usually make up less than half as much. A sitemap is no window, and a first reading
        -- knows nothing.
        kind = 'feed' and is_known and (
            new_share = 1 or (link_count >= 5 and new_share >= 0.8 and usual_new_share < 0.4)
        ) as is_window_lost,
    from readings
),

-- Where robots.txt forbids a listing, or its host cannot be had, nothing is asked: only a reject tells of it. It is the
-- listing's own where it stands in no other. A robots.txt that cannot be had stands for itself too, and is no listing.
unasked as (
    select
        rejects.source,
        rejects.run_id,
        case when sources.kind = 'sitemap' then 'sitemap' else 'feed' end as kind,
        coalesce(rejects.rejected_at, rejects.loaded_at) as fetched_at,
        'reject' as outcome,
    from raw.rejects as rejects
    inner join main.sources as sources on rejects.source = sources.source
    anti join raw.fetches as fetches
        on
            rejects.source = fetches.source
            and rejects.run_id = fetches.run_id
            and rejects.url = fetches.requested_url
    where
        rejects.stage = 'fetch'
        and (rejects.location = rejects.url or (sources.kind in ('feed', 'sitemap') and rejects.url = sources.location))
        and not ends_with(rejects.url, '/robots.txt')
),

listings as (
    from answered
    union all by name
    from unasked
),

polls as (
    select
        source,
        run_id,
        case when bool_or(kind = 'sitemap') then 'sitemap' else 'feed' end as kind,
        max(fetched_at) as polled_at,
        count(*) as listing_count,
        count(*) filter (where outcome = 'reject') as failed_listing_count,
        cast(sum(link_count) as bigint) as link_count,
        cast(sum(new_link_count) as bigint) as new_link_count,
        coalesce(bool_or(is_window_lost), false) as is_window_lost,
    from listings
    group by source, run_id
),

first_captures as (
    select
        arg_min(source, captured_at) as source,
        arg_min(run_id, captured_at) as run_id,
    from raw.pages
    where kind = 'document'
    group by requested_url
),

news as (
    select
        source,
        run_id,
        count(*) as new_document_count,
    from first_captures
    group by source, run_id
)

select
    polls.source,
    polls.run_id,
    polls.kind,
    polls.polled_at,
    polls.listing_count,
    polls.failed_listing_count,
    polls.link_count,
    polls.new_link_count,
    coalesce(news.new_document_count, 0) as new_document_count,
    polls.is_window_lost,
from polls
left join news on polls.source = news.source and polls.run_id = news.run_id
