"""Whatever happens to a load, the warehouse ends with every page once and every page's document once."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tarfile
import time

import pytest

from flows.extract.readers import open_reader
from flows.extract.sources import Source
from flows.transform.pool import worker_pool
from tests.flows.archives import feed_file, write_archive
from tests.flows.plain import ingest_plainly, load_plainly
from tests.flows.transform.deadly import deadly_by_address
from warehouse import engine
from warehouse.model import Counts, SourceKind

FILES = 120


@pytest.fixture
def archive(tmp_path):
    return write_archive(tmp_path / "archive", range(FILES))


def asked(settings, query):
    with engine.published(settings) as connection:
        return connection.execute(query).fetchall()


def is_exact(settings, files):
    """Every file's page and document, once, in the published views."""
    pages = asked(settings, "select count(*), count(distinct page_id) from main.pages")
    documents = asked(settings, "select count(*), count(distinct document_id) from main.documents")
    return pages == documents == [(files, files)]


def test_the_counts_of_a_run_account_for_every_file(settings, archive):
    assert ingest_plainly(settings, archive) == Counts(input_count=FILES, page_count=FILES, document_count=FILES)
    assert is_exact(settings, FILES)


def test_a_second_load_adds_nothing(settings, archive):
    ingest_plainly(settings, archive)
    assert ingest_plainly(settings, archive, source="by another door") == Counts(
        input_count=FILES, unchanged_count=FILES
    )
    assert is_exact(settings, FILES)


def test_another_order_and_another_container_add_nothing(settings, archive, tmp_path):
    ingest_plainly(settings, archive)
    packed = tmp_path / "packed.tar.xz"
    with tarfile.open(packed, "w:xz") as tar:
        for path in sorted(archive.rglob("*.md"), reverse=True):
            tar.add(path, path.relative_to(archive))
    assert ingest_plainly(settings, packed) == Counts(input_count=FILES, unchanged_count=FILES)


def test_a_title_edited_under_the_same_number_is_a_second_capture_and_an_edit(settings, archive):
    ingest_plainly(settings, archive)
    (archive / "example" / "7.md").write_text(feed_file(7, title="Story 7, corrected"), encoding="utf-8")
    counts = ingest_plainly(settings, archive)
    assert (counts.page_count, counts.unchanged_count, counts.document_count) == (1, FILES - 1, 1)
    assert asked(settings, "select count(*), count(distinct document_id) from main.document_versions") == [
        (FILES + 1, FILES)
    ]
    ((old, new),) = asked(settings, "select old_title, new_title from main.edits where is_title_changed")
    assert {old, new} == {"Story 7", "Story 7, corrected"}


def start(settings, archive):
    command = [sys.executable, "-m", "tests.flows.plain", str(settings.root), str(archive), "20"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)


def finish(process):
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output.decode()


def test_two_processes_loading_at_once_keep_every_count_exact(settings, archive):
    for process in [start(settings, archive) for _ in range(2)]:
        finish(process)
    assert is_exact(settings, FILES)
    runs = asked(settings, "select state, input_count, page_count, unchanged_count, document_count from main.runs")
    assert [run[:2] for run in runs] == [("completed", FILES)] * 2
    assert sum(page_count for _, _, page_count, _, _ in runs) == FILES
    assert all(page_count == document_count for _, _, page_count, _, document_count in runs)


def test_five_kills_lose_nothing_and_double_nothing(settings, archive):
    """Each kill falls at a random moment of loading: once the run is in the ledger, before it would have ended."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for kill in range(5):
        # A fresh archive part each time, so that there is always something left to load.
        write_archive(archive, range(FILES + kill * 40))
        process = start(settings, archive)
        locks = settings.root / ".runs"
        while process.poll() is None and not (locks.is_dir() and any(locks.iterdir())):
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 1.5))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        finish(start(settings, archive))
        assert is_exact(settings, FILES + kill * 40), f"after kill {kill + 1}, seed {seed}"
    states = dict(asked(settings, "select state, count(*) from main.runs group by state"))
    assert set(states) <= {"completed", "interrupted"}
    assert asked(settings, "select count(*) from main.runs where state = 'completed'")[0][0] >= 5


def test_a_killed_run_leaves_no_worker_behind(settings, tmp_path):
    process = start(settings, write_archive(tmp_path / "large", range(2000)))
    while process.poll() is None and len(children(process.pid)) < 3:
        time.sleep(0.01)
    left = children(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    until = time.monotonic() + 20
    while any(is_alive(pid) for pid in left) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [pid for pid in left if is_alive(pid)]


def children(session):
    """Processes of the session but for its leader: fork server, resource tracker, workers."""
    listed = subprocess.run(["ps", "-s", str(session), "-o", "pid="], capture_output=True, text=True, check=False)
    return [int(pid) for pid in listed.stdout.split() if int(pid) != session]


def is_alive(pid):
    state = subprocess.run(["ps", "-p", str(pid), "-o", "stat="], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def test_pages_that_kill_their_workers_are_rejects_and_the_others_documents(settings, archive):
    deadly = sorted((archive / "example").iterdir())[::17]
    for path in deadly:
        path.write_text(path.read_text().replace("/story/", "/deadly-story/"))
    source = Source(name="archive", kind=SourceKind.ARCHIVE, location=str(archive))
    with worker_pool(2, work=deadly_by_address) as workers:
        counts = load_plainly(open_reader(source, settings), settings, flow="ingest", source="archive", workers=workers)
    assert counts == Counts(
        input_count=FILES,
        page_count=FILES,
        document_count=FILES - len(deadly),
        transform_reject_count=len(deadly),
    )
    found = asked(settings, "select reason, contains(detail, 'SIGSEGV'), count(*) from main.rejects group by all")
    assert found == [("extractor_failed", True, len(deadly))]


def test_a_truncated_archive_gives_what_it_holds_and_a_partial_run(settings, archive, tmp_path):
    whole, cut = tmp_path / "whole.tar", tmp_path / "cut.tar"
    with tarfile.open(whole, "w") as tar:
        tar.add(archive, "articles")
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    counts = ingest_plainly(settings, cut)
    assert counts.is_balanced
    assert 0 < counts.page_count < FILES
    assert counts.read_reject_count == 1
    assert asked(settings, "select state from main.runs") == [("partial",)]
    ((location, reason),) = asked(settings, "select location, reason from main.rejects")
    assert (location, reason) == ("cut.tar", "malformed_input")


def test_nothing_already_loaded_is_touched_by_a_broken_archive(settings, archive, tmp_path):
    ingest_plainly(settings, archive)
    before = settings.catalog.stat().st_ino
    broken = tmp_path / "broken"
    shutil.copytree(archive, broken)
    (broken / "example" / "3.md").write_bytes(b"\xff\xfe not a page")
    counts = ingest_plainly(settings, broken)
    assert (counts.unchanged_count, counts.read_reject_count, counts.page_count) == (FILES - 1, 1, 0)
    assert is_exact(settings, FILES)
    assert settings.catalog.stat().st_ino != before


def test_a_number_from_decades_before_the_written_date_cannot_stop_publishing(settings, tmp_path):
    """Met in a review: such a file's document was dated after its capture, which the checks refuse for ever."""
    archive = write_archive(tmp_path / "odd", range(3))
    for name, number in (("a", 800_000_000_000), ("b", 1_593_481_597_000), ("c", 1_580_000_000_000)):
        text = f"<!--{number}-->\n[Odd {name}](https://www.example.org/odd/{name})\n------\n"
        (archive / f"{name}.md").write_text(f"{text}日期：Tue, 30 Jun 2020 02:00:00 +0000\n\n<p>Odd {name}.</p>\n")
    assert ingest_plainly(settings, archive).document_count == 6
    late = "select count(*) from main.documents where published_at > captured_at + interval 1 day"
    assert asked(settings, late) == [(0,)]
