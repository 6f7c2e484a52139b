"""`make bench`: everything that is measured, printed as Markdown for the README's section.

`python -m tests.bench transform --sample 20` prints one part alone; any of PARTS may be named.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from tests.bench import bulk, live_web, query_cost, street


def _street(_: Namespace) -> int:
    data = os.environ.get("BROADSHEET_GOLD_DATA")
    if not data:
        sys.exit("set BROADSHEET_GOLD_DATA to the folder of real pages (it holds archive/archive_2020_dev.tar.xz)")
    street.main(Path(data) / "archive" / "archive_2020_dev.tar.xz")
    return 0


def _bulk(_: Namespace) -> int:
    data = os.environ.get("BROADSHEET_GOLD_DATA")
    if not data:
        sys.exit("set BROADSHEET_GOLD_DATA to the folder of real pages (it holds pages/*.parquet)")
    print("\n## Reading in bulk\n", flush=True)
    bulk.main(sorted((Path(data) / "pages").glob("*.parquet")))
    return 0


def _live(_: Namespace) -> int:
    print()
    live_web.main()
    return 0


def _queries(_: Namespace) -> int:
    print("\n## Query cost\n", flush=True)
    return query_cost.main()


def _transform(options: Namespace) -> int:
    from tests.bench import transform

    return transform.main(options.sample)


def _workers(options: Namespace) -> int:
    from tests.bench import workers

    return workers.speed(options.sample)


def _memory(options: Namespace) -> int:
    from tests.bench import workers

    return workers.memory(options.pages or workers.PAGES)


def _storage(_: Namespace) -> int:
    from tests.bench import stored

    return stored.main()


def _fuzz(options: Namespace) -> int:
    from tests.bench import fuzz

    return fuzz.main(options.mutations, options.first)


def _warc(options: Namespace) -> int:
    from tests.bench import warc_street

    return warc_street.main(options.pages)


PARTS: dict[str, Callable[[Namespace], int]] = {
    "transform": _transform,
    "workers": _workers,
    "memory": _memory,
    "storage": _storage,
    "warc": _warc,
    "street": _street,
    "bulk": _bulk,
    "fuzz": _fuzz,
    "live": _live,
    "queries": _queries,
}


def _options() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"some of: {', '.join(PARTS)}; none: all of them")
    parser.add_argument("--sample", type=int, metavar="N", help="N pages of each set alone, for a quick look")
    parser.add_argument("--pages", type=int, metavar="N", help="pages of the parts `memory` and `warc`")
    parser.add_argument("--mutations", type=int, default=10_000, metavar="N", help="pages of the part `fuzz`")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the number of its first one, to go on from")
    options = parser.parse_args()
    if unknown := [name for name in options.parts if name not in PARTS]:
        parser.error(f"{unknown[0]}: no part of the bench; expected some of: {', '.join(PARTS)}")
    return options


if __name__ == "__main__":
    given = _options()
    sys.exit(max([PARTS[name](given) for name in given.parts or list(PARTS)]))
