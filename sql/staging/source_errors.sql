-- One row per source of which anything was asked: the share of its addresses that failed, lately and before.
-- Addresses and not fetches: a feed that answers every hour would hide the documents that do not, and a dead link that
-- is tried again and again would look like many.
with
asked as (
    select
        source,
        requested_url,
        outcome = 'reject' as has_failed,
        fetched_at,
        max(fetched_at) over (partition by source) as last_asked_at,
    from raw.fetches
    where kind <> 'robots'
),

addresses as (
    select
        source,
        fetched_at > last_asked_at - interval 7 days as is_late,
        arg_max(case when has_failed then 1.0 else 0.0 end, fetched_at) as failure,
    from asked
    where fetched_at > last_asked_at - interval 37 days
    group by source, requested_url, is_late
),

shares as (
    select
        source,
        count(*) filter (where is_late) as address_count,
        avg(failure) filter (where is_late) as error_share,
        avg(failure) filter (where not is_late) as usual_error_share,
    from addresses
    group by source
),

answers as (
    select
        source,
        max(fetched_at) as last_asked_at,
        max(fetched_at) filter (where outcome <> 'reject') as last_answered_at,
    from raw.fetches
    where kind <> 'robots'
    group by source
)

select
    shares.source,
    answers.last_asked_at,
    answers.last_answered_at,
    shares.error_share,
    shares.usual_error_share,
    -- Below ten addresses one or two failures are a large share and no news.
    shares.address_count >= 10
    and shares.error_share >= coalesce(shares.usual_error_share, 0) + 0.2 as has_error_jump,
from shares
inner join answers on shares.source = answers.source
