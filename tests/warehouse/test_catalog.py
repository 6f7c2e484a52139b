"""The catalog is built aside, checked, and swapped in; readers never meet a lock, a gap or a step back."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from tests.warehouse.records import NOON, document, page
from warehouse import catalog, engine, runs, storage
from warehouse.catalog import ChecksFailedError
from warehouse.model import Counts, Fetch, Redirect, Reject, Stage
from warehouse.schema import DOCUMENTS, FETCHES, PAGES, REJECTS, arrow_schema
from warehouse.settings import Settings

HOUSE = Path(__file__).parents[2]


@pytest.fixture
def loaded(settings):
    load(settings, range(3))
    catalog.publish(settings, [])
    return settings


def load(settings, numbers):
    """Pages and documents of a run that ends well."""
    pages = [page(number) for number in numbers]
    with runs.recorded(settings, flow="test", source="s", parameters={}, versions=("0", "test/1")) as run:
        storage.append_new(settings, PAGES, pages, run.run_id)
        storage.append_new(settings, DOCUMENTS, [document(item) for item in pages], run.run_id)
        count = len(pages)
        run.add(Counts(input_count=count, page_count=count, document_count=count))


def asked(settings, query):
    with engine.published(settings) as connection:
        return connection.execute(query).fetchall()


def test_an_empty_warehouse_publishes_empty_views(settings):
    catalog.publish(settings, [])
    assert asked(settings, "select count(*) from main.documents") == [(0,)]


def test_a_query_before_the_first_publication_says_what_to_do(settings):
    with pytest.raises(engine.NotPublishedError, match="broadsheet ingest"), engine.published(settings):
        pass


def test_every_public_view_and_column_says_what_it_means(loaded):
    views = asked(
        loaded, "select view_name from duckdb_views() where schema_name = 'main' and not internal and comment is null"
    )
    columns = asked(
        loaded,
        "select table_name, column_name from duckdb_columns() "
        "where schema_name = 'main' and not internal and comment is null",
    )
    assert (views, columns) == ([], [])


def test_a_row_that_breaks_a_check_keeps_the_last_good_catalog_and_is_named(loaded):
    storage.append_new(loaded, DOCUMENTS, [document(page(99))], "run")
    with pytest.raises(ChecksFailedError, match=page(99).page_id):
        catalog.publish(loaded, [])
    assert asked(loaded, "select count(*) from main.documents") == [(3,)]
    assert not list(loaded.root.glob(".warehouse-*"))


def test_a_failed_first_publication_leaves_no_catalog(settings):
    storage.append_new(settings, DOCUMENTS, [document(page(99))], "run")
    with pytest.raises(ChecksFailedError):
        catalog.publish(settings, [])
    assert not settings.catalog.exists()


def test_an_open_session_keeps_what_it_sees_and_a_new_one_sees_the_new(loaded):
    ready = "import sys, duckdb\nc = duckdb.connect(sys.argv[1], read_only=True)\n"
    count = "c.execute('select count(*) from main.documents').fetchone()[0]"
    reader = subprocess.Popen(
        [sys.executable, "-c", f"{ready}print({count}, flush=True)\nsys.stdin.read()\nprint({count})", loaded.catalog],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout.readline() == "3\n"
    load(loaded, range(3, 8))
    catalog.publish(loaded, [])
    assert asked(loaded, "select count(*) from main.documents") == [(8,)]
    assert reader.communicate()[0] == "3\n"


def test_publishers_at_once_take_turns_and_the_newest_state_stays(loaded):
    load(loaded, range(3, 6))
    publishers = [threading.Thread(target=catalog.publish, args=(loaded, [])) for _ in range(4)]
    for publisher in publishers:
        publisher.start()
    for publisher in publishers:
        publisher.join()
    assert asked(loaded, "select count(*) from main.documents") == [(6,)]


def test_drafts_that_a_killed_publisher_left_are_swept(loaded):
    draft = loaded.root / ".warehouse-1.duckdb"
    draft.write_bytes(b"half")
    catalog.publish(loaded, [])
    assert not draft.exists()


def test_a_draft_that_nobody_may_write_is_swept_too(loaded):
    draft = loaded.root / ".warehouse-1.duckdb"
    draft.write_bytes(b"half")
    draft.chmod(0o444)
    (loaded.root / ".warehouse-1.duckdb.wal").write_bytes(b"")
    catalog.publish(loaded, [])
    assert not list(loaded.root.glob(".warehouse-*"))


def test_the_published_file_is_for_reading_by_everybody_and_for_writing_by_nobody(loaded):
    assert stat.S_IMODE(loaded.catalog.stat().st_mode) == 0o444
    load(loaded, range(3, 5))
    catalog.publish(loaded, [])
    assert stat.S_IMODE(loaded.catalog.stat().st_mode) == 0o444
    assert asked(loaded, "select count(*) from main.documents") == [(5,)]


OPENED_TO_WRITE = """
import os, sys
from pathlib import Path
import duckdb
from warehouse import catalog
from warehouse.settings import Settings

settings = Settings(root=Path(sys.argv[1]))
if os.getuid() == 0:
    # Only now: the interpreter may lie where nobody else may read.
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
if not os.access(catalog.SQL / "columns.toml", os.R_OK):
    sys.exit("unreadable")
try:
    duckdb.connect(str(settings.catalog))
except duckdb.IOException as error:
    print("Permission denied" in str(error))
with duckdb.connect(str(settings.catalog), read_only=True) as reader:
    print(reader.execute("select count(*) from main.runs").fetchone())
    draft = settings.root / ".warehouse-1.duckdb"
    draft.touch(0o444)
    catalog.publish(settings, [])
    print(oct(settings.catalog.stat().st_mode & 0o777), draft.exists())
"""


def test_a_tool_that_opens_the_catalog_for_writing_fails_at_once_and_harms_no_reader_or_publisher():
    """As somebody whom the system does not let write everywhere: tests may run as root."""
    # Beside pytest's folders, which are for their owner alone.
    with tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
        settings = Settings(root=Path(folder) / "data")
        load(settings, range(3))
        catalog.publish(settings, [])
        Path(folder).chmod(0o755)
        if os.getuid() == 0:
            for path in [settings.root, *settings.root.rglob("*")]:
                os.chown(path, 65534, 65534)
        command = [sys.executable, "-c", OPENED_TO_WRITE, settings.root]
        done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False)
    if done.stderr == "unreadable\n":
        pytest.skip("an unprivileged user may not read these sources")
    assert done.stdout.splitlines() == ["True", "(1,)", "0o444 False"], done.stderr


def test_the_views_work_where_the_data_has_been_moved_to(loaded, tmp_path):
    moved = tmp_path / "moved"
    shutil.move(loaded.root, moved)
    with duckdb.connect(str(moved / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute(f"set variable broadsheet_root = '{moved}'")
        assert connection.execute("select count(*) from main.documents").fetchone() == (3,)
    assert asked(replace(loaded, root=moved), "select count(*) from main.documents") == [(3,)]


def test_a_catalog_attached_under_another_name_answers(loaded):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{loaded.catalog}' as news (read_only)")
        assert connection.execute("select count(*) from news.main.documents").fetchone() == (3,)


def test_the_file_is_of_a_storage_version_that_drivers_of_duckdb_1_can_open(loaded):
    """Bytes 12 to 19 of a DuckDB file are its version; 64 is what every 1.x driver reads."""
    with loaded.catalog.open("rb") as stream:
        assert int.from_bytes(stream.read(20)[12:], "little") == 64


def test_files_from_before_a_column_was_declared_read_as_null(settings):
    old = DOCUMENTS.name, [name for name in arrow_schema(PAGES).names if name != "location"]
    schema = pa.schema([arrow_schema(PAGES).field(name) for name in old[1]])
    DeltaTable.create(settings.tables / "pages", schema=schema, partition_by=["loaded_date"])
    rows = storage.to_arrow([page(1)], PAGES, run_id="old", loaded_at=storage.datetime.now(storage.UTC)).select(old[1])
    write_deltalake(settings.tables / "pages", rows, mode="append")
    catalog.publish(settings, [])
    assert asked(settings, "select location from main.pages") == [(None,)]
    storage.append_new(settings, PAGES, [page(2, location="a/b.md")], "new")
    catalog.publish(settings, [])
    assert sorted(asked(settings, "select coalesce(location, '-') from main.pages")) == [("-",), ("a/b.md",)]


def test_fetches_and_refusals_are_published_as_they_were_stored(settings):
    steps = (Redirect(301, "https://example.org/new"),)
    given = {"host": "example.org", "requested_url": page(1).url, "url": "https://example.org/new", "redirects": steps}
    fetch = Fetch(source="s", kind="document", fetched_at=NOON, outcome="unchanged", **given)
    reject = Reject(stage=Stage.FETCH, reason="timeout", detail="no answer", source="s", rejected_at=NOON)
    storage.append_new(settings, FETCHES, [fetch], "run")
    storage.append_new(settings, REJECTS, [reject], "run")
    catalog.publish(settings, [{"name": "s", "kind": "feed", "policy": "record", "delay_seconds": 2.0}])
    steps = [{"status": 301, "url": "https://example.org/new"}]
    assert asked(settings, "select fetch_id, redirects from main.fetches") == [(fetch.fetch_id, steps)]
    assert asked(settings, "select rejected_at from main.rejects") == [(NOON,)]
    assert asked(settings, "select policy, delay_seconds, allow_private from main.sources") == [("record", 2.0, None)]
    assert asked(settings, "select source, last_success_at from main.source_health") == [("s", NOON)]


@pytest.mark.parametrize(
    "query",
    [
        "create table x as select 1",
        "copy (select 1) to 'x.csv'",
        "attach 'other.duckdb'",
        "set memory_limit = '1GB'",
        "select 1; select 2",
        "",
        "install httpfs",
        "pragma database_list",
        "call pragma_version()",
        "explain analyze copy (select 1) to 'x.csv'",
        "explain (analyze) copy (select 1) to 'x.csv'",
        "/* a */ explain -- b\n analyze /* c */ delete from documents",
        "explain insert into x values (1)",
    ],
)
def test_whatever_is_not_one_select_is_refused(loaded, query):
    with engine.published(loaded) as connection, pytest.raises(engine.QueryRefusedError):
        engine.refuse_writes(connection, query)


@pytest.mark.parametrize(
    "query",
    [
        "explain select 1",
        "EXPLAIN ANALYZE select count(*) from documents",
        "explain (format json) select 1",
        "-- why?\nexplain /* so */ with a as (select 1) select * from a",
        "describe documents",
        "from documents",
        "values (1)",
    ],
)
def test_whatever_only_reads_is_answered(loaded, query):
    with engine.published(loaded) as connection:
        engine.refuse_writes(connection, query)
        assert connection.execute(query).fetchall()


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_csv('{root}/secret.csv')",
        "select * from read_text('{root}/secret.csv')",
        "select * from glob('{root}/*')",
        "select * from '{root}/secret.csv'",
        "select getenv('HOME')",
    ],
)
def test_a_select_reads_nothing_but_the_tables_files(loaded, query):
    (loaded.root / "secret.csv").write_text("a\n1\n")
    with engine.published(loaded) as connection, pytest.raises(engine.Error):
        connection.execute(query.format(root=loaded.root)).fetchall()


def test_a_session_cannot_unlock_itself_or_write_over_the_tables(loaded):
    (path,) = asked(loaded, "select path from raw.files where table_name = 'pages'")[0]
    before = (loaded.root / path).read_bytes()
    with engine.published(loaded) as connection:
        for query in (
            "set enable_external_access = true",
            "set lock_configuration = false",
            f"copy (select 1) to '{loaded.root / path}'",
            "create table main.x as select 1",
        ):
            with pytest.raises(engine.Error):
                connection.execute(query)
    assert (loaded.root / path).read_bytes() == before


def test_a_run_without_an_end_is_interrupted_once_its_process_is_gone(settings):
    with runs.recorded(settings, flow="test", source="s", parameters={}, versions=("0", "test/1")):
        catalog.publish(settings, [])
        assert asked(settings, "select state from main.runs") == [("running",)]
    lost = replace(settings, root=settings.root.with_name("lost"))
    code = """
import os, sys
from pathlib import Path
from warehouse import runs
from warehouse.settings import Settings
with runs.recorded(Settings(root=Path(sys.argv[1])), flow="f", source="s", parameters={}, versions=("0", "e")):
    os._exit(9)
"""
    subprocess.run([sys.executable, "-c", code, str(lost.root)], check=False, env={**os.environ})
    catalog.publish(lost, [])
    assert asked(lost, "select state from main.runs") == [("interrupted",)]
