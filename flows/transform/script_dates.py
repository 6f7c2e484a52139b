"""Publication dates in a page's scripts: the data that its own code shows the page from, JSON-LD too broken to read.

Pages built in the browser carry their article as data (`"publishedAt": "…"`). Where such data names one day alone it is
the page's; with more days it describes other articles too, and says nothing.
"""

import re
from collections.abc import Iterator
from itertools import islice

from flows.transform.datelines import Dated
from flows.transform.outline import Outline
from flows.transform.written_dates import dates_in
from warehouse.model import Evidence

# A page's data is some hundred kilobytes; more is a library.
LONGEST_SCRIPT = 1_000_000
MOST_SCRIPTS = 80
MOST_STATED = 20
VALUE = r"\\?[\"']?\s*[:=]\s*\\?[\"']([^\"'\\<>]{8,40})\\?[\"']"
# Few names, all of which mean the publication: `createdAt` and `date` are also those of pictures and comments. Each
# begins with letters in one case, so that a megabyte of code is searched in a millisecond.
NAMED = tuple(
    re.compile(rf"({name}){VALUE}")
    for name in (
        r"ublish(?:ed)?(?:_?(?:[aA]t|[dD]ate|[oO]n|[tT]ime))?",
        r"ublication_?[dD]ate",
        r"ub_?[dD]ate",
        r"post_?[dD]ate",
        r"uploadDate",
    )
)


def scripted_dates(outline: Outline) -> list[Dated]:
    """The date that the page's scripts name as its publication: the first, if all of them lie on one day."""
    stated = list(islice(_stated(outline), MOST_STATED))
    days = {found[0].written.day for dated in stated if (found := dates_in(dated.raw))}
    return stated[:1] if len(days) == 1 else []


def _stated(outline: Outline) -> Iterator[Dated]:
    for script in outline.of("script")[:MOST_SCRIPTS]:
        text = script.text or ""
        if len(text) <= LONGEST_SCRIPT:
            found = [match for name in NAMED for match in islice(name.finditer(text), MOST_STATED)]
            for match in sorted(found, key=re.Match.start):
                yield Dated(Evidence.SCRIPT, match[2], f"script …{match[1]}")
