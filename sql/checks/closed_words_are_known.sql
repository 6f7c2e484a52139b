-- Every state, stage, reason, kind, outcome, policy, precision, evidence, status and cut is one of the closed words.
with
-- Words that two tables share are listed once.
kinds as (
    select
        'pages' as table_name,
        kind,
    from raw.pages
    union all
    select
        'fetches' as table_name,
        kind,
    from raw.fetches
),

reasons as (
    select
        'rejects' as table_name,
        reason,
    from raw.rejects
    union all
    select
        'fetches' as table_name,
        reason,
    from raw.fetches
),

cuts as (
    select unnest(cuts) as cut,
    from raw.documents
),

strangers as (
    select
        table_name,
        'kind' as column_name,
        kind as word,
        count(*) as row_count,
    from kinds
    where kind not in ('document', 'feed', 'sitemap', 'robots')
    group by table_name, kind
    union all
    select
        'fetches' as table_name,
        'outcome' as column_name,
        outcome as word,
        count(*) as row_count,
    from raw.fetches
    where outcome not in ('page', 'unchanged', 'absent', 'reject')
    group by outcome
    union all
    select
        'sources' as table_name,
        'policy' as column_name,
        policy as word,
        count(*) as row_count,
    from raw.sources
    where policy not in ('respect', 'record')
    group by policy
    union all
    select
        'pages' as table_name,
        'hint_published_kind' as column_name,
        hint_published_kind as word,
        count(*) as row_count,
    from raw.pages
    where hint_published_kind not in ('publication', 'crawl', 'unknown')
    group by hint_published_kind
    union all
    select
        'documents' as table_name,
        'published_precision' as column_name,
        published_precision as word,
        count(*) as row_count,
    from raw.documents
    where published_precision not in ('second', 'minute', 'day', 'upper_bound')
    group by published_precision
    union all
    select
        'documents' as table_name,
        'published_evidence' as column_name,
        published_evidence as word,
        count(*) as row_count,
    from raw.documents
    where
        published_evidence not in (
            'json_ld', 'meta', 'time_element', 'visible', 'script', 'feed', 'url', 'archive_timestamp'
        )
    group by published_evidence
    union all
    select
        'documents' as table_name,
        'published_zone' as column_name,
        published_zone as word,
        count(*) as row_count,
    from raw.documents
    where published_zone not in ('explicit', 'site', 'assumed')
    group by published_zone
    union all
    select
        'documents' as table_name,
        'extraction_status' as column_name,
        extraction_status as word,
        count(*) as row_count,
    from raw.documents
    where extraction_status not in ('complete', 'cut', 'cheap')
    group by extraction_status
    union all
    select
        'documents' as table_name,
        'cuts' as column_name,
        cut as word,
        count(*) as row_count,
    from cuts
    where
        cut not in (
            'bytes', 'tags', 'depth', 'attributes', 'scripts', 'title', 'metas', 'link_elements', 'json_ld', 'links',
            'images'
        )
    group by cut
    union all
    select
        'rejects' as table_name,
        'stage' as column_name,
        stage as word,
        count(*) as row_count,
    from raw.rejects
    where stage not in ('read', 'fetch', 'transform')
    group by stage
    union all
    select
        table_name,
        'reason' as column_name,
        reason as word,
        count(*) as row_count,
    from reasons
    where
        reason not in (
            'malformed_input', 'not_found', 'http_status', 'timeout', 'unreachable', 'too_large', 'robots_denied',
            'address_refused', 'not_html', 'bad_encoding', 'no_text', 'too_short', 'paywall_stub', 'error_page',
            'resource_limit', 'extractor_failed'
        )
    group by table_name, reason
    union all
    select
        'runs' as table_name,
        'state' as column_name,
        state as word,
        count(*) as row_count,
    from raw.runs
    where state not in ('running', 'completed', 'partial', 'failed', 'cancelled', 'interrupted')
    group by state
)

select
    table_name,
    column_name,
    word,
    row_count,
from strangers
