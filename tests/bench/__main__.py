"""`make bench`: everything that is measured, printed as Markdown for the README's section.

`python -m tests.bench live` prints one part alone; any of PARTS may be named.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench import bulk, live_web, query_cost, street


def _street() -> int:
    data = os.environ.get("BROADSHEET_GOLD_DATA")
    if not data:
        sys.exit("set BROADSHEET_GOLD_DATA to the folder of real pages (it holds archive/archive_2020_dev.tar.xz)")
    street.main(Path(data) / "archive" / "archive_2020_dev.tar.xz")
    return 0


def _bulk() -> int:
    data = os.environ.get("BROADSHEET_GOLD_DATA")
    if not data:
        sys.exit("set BROADSHEET_GOLD_DATA to the folder of real pages (it holds pages/*.parquet)")
    print("\n## Reading in bulk\n", flush=True)
    bulk.main(sorted((Path(data) / "pages").glob("*.parquet")))
    return 0


def _live() -> int:
    print()
    live_web.main()
    return 0


def _queries() -> int:
    print("\n## Query cost\n", flush=True)
    return query_cost.main()


PARTS: dict[str, Callable[[], int]] = {"street": _street, "bulk": _bulk, "live": _live, "queries": _queries}

if __name__ == "__main__":
    names = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in names if name not in PARTS]:
        sys.exit(f"{unknown[0]}: no part of the bench; expected some of: {', '.join(PARTS)}")
    sys.exit(max([PARTS[name]() for name in names]))
