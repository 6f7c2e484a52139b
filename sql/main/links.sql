-- One row per outgoing link in a document's text, in order.
with
placed as (
    select
        document_id,
        site as document_site,
        unnest(links) as link,
        generate_subscripts(links, 1) as position,
    from main.documents
),

hosted as (
    select
        document_id,
        document_site,
        position,
        link.url,
        link.text,
        regexp_extract(lower(link.url), '^[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]+)', 1) as host,
    from placed
),

placed_hosts as (
    select
        *,
        host = document_site or ends_with(host, '.' || document_site) as is_own,
        -- SQL has no public suffix list: the last two labels; three under second levels such as co.uk or com.cn and
        -- under hosts whose customers are sites of their own; an address of numbers as it stands. A
        -- document's own site comes from the list, so `is_external` is exact.
        coalesce(
            nullif(regexp_extract(host, '^(?:[0-9.]+|\[.*\])$'), ''),
            nullif(regexp_extract(host, '[^.]+\.(?:blogspot\.com|git(?:hub|lab)\.io|netlify\.app|pages\.dev)$'), ''),
            nullif(regexp_extract(host, '[^.]+\.(?:ac|com?|edu|gob|gouv|gov?|idv|mil|net?|org?|plc)\.[a-z]{2}$'), ''),
            nullif(regexp_extract(host, '[^.]+\.[^.]+$'), ''),
            nullif(host, '')
        ) as linked_site,
    from hosted
)

select
    document_id,
    cast(position as integer) as position,
    url,
    case when is_own then document_site else linked_site end as site,
    text,
    not is_own as is_external,
from placed_hosts
