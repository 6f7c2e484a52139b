-- One row per capture of a URL: its bytes as received, and the text that the feed gave with it.
select
    page_id,
    body,
    hint_text,
from raw.pages
