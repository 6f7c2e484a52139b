"""Importing this loads all that the transform loads on first use, so that workers forked afterwards share it.

The language model, the segmenter, the character tables and the weights of the text take 1.9 s of CPU and 55 MB; loaded
before the fork, they cost that once and not once for each worker.
"""

import ctypes
import gc
from contextlib import suppress

from flows.transform.documents import transform
from warehouse.model import Page

PAGES = {
    "zh": "市政府周二宣布，新的图书馆将于明年春天开放，馆内设有儿童阅览室。",
    "en": "The council said on Tuesday that the library will open next spring, with a room for children. ",
}

for name, sentence in PAGES.items():
    url = f"https://example.org/{name}"
    # A feed's fragment and a whole page: they go different ways to their text.
    for markup in (f"<p>{sentence * 8}</p>", f"<html><body><p>{sentence * 8}</p></body></html>"):
        transform(Page(source="warm", site="example.org", requested_url=url, url=url, body=markup.encode()))

# What loading took and nothing needs any more (20 MB) goes back to the system, where its library can do that.
gc.collect()
with suppress(AttributeError):
    ctypes.CDLL(None).malloc_trim(0)
# A piece of memory that a worker's collector writes its marks into is the worker's own from then on.
gc.freeze()
