"""Importing this loads all that the transform loads on first use, so that workers forked afterwards share it.

The language model, the segmenter and the character tables take 1.8 s of CPU and 100 MB; loaded before the fork, they
cost that once and not once for each worker.
"""

from flows.transform.documents import transform
from warehouse.model import Page

PAGES = {
    "zh": "市政府周二宣布，新的图书馆将于明年春天开放，馆内设有儿童阅览室。",
    "en": "The council said on Tuesday that the library will open next spring, with a room for children. ",
}

for name, sentence in PAGES.items():
    url = f"https://example.org/{name}"
    body = f"<p>{sentence * 8}</p>".encode()
    transform(Page(source="warm", site="example.org", requested_url=url, url=url, body=body))
