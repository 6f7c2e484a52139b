"""`make bench`: everything that is measured, printed as Markdown for the README's section."""

import os
import sys
from pathlib import Path

from tests.bench import query_cost, street

if __name__ == "__main__":
    data = os.environ.get("BROADSHEET_GOLD_DATA")
    if not data:
        sys.exit("set BROADSHEET_GOLD_DATA to the folder of real pages (it holds archive/archive_2020_dev.tar.xz)")
    street.main(Path(data) / "archive" / "archive_2020_dev.tar.xz")
    print("\n## Query cost\n", flush=True)
    sys.exit(query_cost.main())
