-- One row per site and UTC day of publication; the day is null for documents without any time.
with
dated as (
    select
        site,
        -- Not a plain cast: that would take the day of the reader's own time zone.
        cast(published_at at time zone 'UTC' as date) as published_date,
        character_count,
        len(images) as image_count,
        len(authors) > 0 as has_author,
        published_precision in ('second', 'minute') as is_exact,
        published_at is null or published_precision = 'upper_bound' as is_undated,
    from main.documents
)

select
    site,
    published_date,
    count(*) as document_count,
    cast(sum(character_count) as bigint) as character_count,
    cast(coalesce(sum(image_count), 0) as bigint) as image_count,
    count(*) filter (where has_author) / count(*) as author_share,
    count(*) filter (where is_exact) / count(*) as exact_time_share,
    count(*) filter (where is_undated) as undated_count,
from dated
group by site, published_date
