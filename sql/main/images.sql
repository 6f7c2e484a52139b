-- One row per image of a document, in order.
with
placed as (
    select
        document_id,
        unnest(images) as image,
        generate_subscripts(images, 1) as position,
    from main.documents
)

select
    document_id,
    cast(position as integer) as position,
    image.url,
    image.caption,
from placed
