"""WARC files of decent pages with the hostile corpus strewn in, and what must have become of each page in the views."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path

from tests.bench.warcs import FIRST_CAPTURE, packed, response
from tests.hostile.corpus import Expected, hostile_pages
from warehouse import engine
from warehouse.model import Reason
from warehouse.settings import Settings

HOST = "https://hostile.example/"

READ_REASONS = {Reason.HTTP_STATUS, Reason.NOT_HTML, Reason.TOO_LARGE}
"""A reader already may refuse what is no page, is empty, or is larger than a page may be."""

ENDS = f"""
select requested_url, null as reason, extraction_status, cuts from main.documents where url like '{HOST}%'
union all
select coalesce(pages.requested_url, rejects.url), reason, null, null
from main.rejects left join main.pages using (page_id) where rejects.url like '{HOST}%'
"""


def strew(folder: Path, decent: Iterable[tuple[str, bytes]], files: int = 3, *, most_bytes: int) -> dict[str, Expected]:
    """Writes the files; returns the expected end of each hostile page by its name.

    Hostile pages above `most_bytes` are left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    targets = [folder / f"strewn-{number}.warc.gz" for number in range(files)]
    turns = cycle(targets)
    expected: dict[str, Expected] = {}
    pages = iter(decent)
    for number, (name, body, content_type, end) in enumerate(hostile_pages()):
        if len(body) > most_bytes:
            continue
        expected[name] = end
        moment = FIRST_CAPTURE + timedelta(days=1, seconds=number)
        record = response(f"{HOST}{name}", body, moment, headers={"Content-Type": content_type})
        _append(next(turns), [record])
        _append(next(turns), _records(pages, 3))
    for target, record in zip(turns, _records(pages, None), strict=False):
        _append(target, [record])
    return expected


def misfits(settings: Settings, expected: dict[str, Expected]) -> list[str]:
    """The hostile pages that did not come to their end, or to two of them, in words."""
    with engine.published(settings) as connection:
        rows = connection.execute(ENDS).fetchall()
    found: dict[str, list[tuple[object, ...]]] = {name: [] for name in expected}
    for url, *end in rows:
        found[url.removeprefix(HOST)].append(tuple(end))
    return [f"{name}: {ends}" for name, ends in found.items() if not _is_expected(ends, expected[name])]


def _is_expected(ends: list[tuple[object, ...]], expected: Expected) -> bool:
    if len(ends) != 1:
        return False
    reason, status, cuts = ends[0]
    if expected.reason or reason:
        return reason == expected.reason or reason in READ_REASONS
    return (status, tuple(cuts or ())) == (expected.status, expected.cuts)  # type: ignore[arg-type]


def _records(pages: Iterator[tuple[str, bytes]], most: int | None) -> Iterator[bytes]:
    for number, (url, body) in enumerate(pages, start=1):
        yield response(url, body, FIRST_CAPTURE)
        if number == most:
            return


def _append(target: Path, records: Iterable[bytes]) -> None:
    with target.open("ab") as file:
        file.writelines(packed(record, target) for record in records)
