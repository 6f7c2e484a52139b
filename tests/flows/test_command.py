"""The command: one verb a subcommand, output for people and programs, one clear line when it cannot."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyarrow import parquet

from flows.cli import app
from tests.flows.archives import write_archive
from tests.flows.plain import ingest_plainly

COMMAND = Path(sys.executable).with_name("broadsheet")
README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A warehouse of thirty documents and a reject."""
    from warehouse.settings import Settings

    place = tmp_path_factory.mktemp("command")
    archive = write_archive(place / "archive", range(30))
    (archive / "empty.md").write_bytes(b"")
    ingest_plainly(Settings(root=place / "data", workers=1), archive)
    return place / "data"


def run(root, *words, given=None):
    environment = {**os.environ, "BROADSHEET_ROOT": str(root)}
    return subprocess.run([COMMAND, *words], env=environment, capture_output=True, text=True, input=given, check=False)


def is_one_clear_line(done):
    return done.returncode != 0 and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


def test_every_command_has_help_and_is_in_the_readme():
    for name, command in app.commands.items():
        assert command.help, f"{name} has no help"
        assert f"broadsheet {name}" in README.read_text(encoding="utf-8"), f"{name} is not in the README"


def test_the_readmes_queries_run(root):
    (block,) = re.findall(r"```sql\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    queries = [query for query in block.split(";") if query.strip()]
    assert len(queries) == 5
    for query in queries:
        assert run(root, "sql", query).returncode == 0, query


def test_a_query_comes_back_as_a_table(root):
    done = run(root, "sql", "select site, count(*) as documents from documents group by site")
    assert "example.org" in done.stdout
    assert "30" in done.stdout
    assert "1 row" in done.stdout


def test_the_other_formats_are_for_programs(root, tmp_path):
    query = "select title, authors, published_at from documents order by title limit 2"
    assert run(root, "sql", query, "--format", "csv").stdout.splitlines()[0] == "title,authors,published_at"
    rows = json.loads(run(root, "sql", query, "--format", "json").stdout)
    lines = [json.loads(line) for line in run(root, "sql", query, "--format", "jsonl").stdout.splitlines()]
    assert rows == lines
    assert [row["title"] for row in rows] == ["Story 0", "Story 1"]
    file = tmp_path / "result.parquet"
    assert run(root, "sql", query, "--format", "parquet", "--output", file).returncode == 0
    assert parquet.read_table(file).column("title").to_pylist() == ["Story 0", "Story 1"]


@pytest.mark.parametrize("form", ["table", "csv", "json", "jsonl", "parquet"])
def test_an_output_is_whole_replaced_only_by_force_and_never_the_warehouses_own(root, tmp_path, form):
    file = tmp_path / "result"
    assert run(root, "sql", "select 1 as n", "--format", form, "--output", file).returncode == 0
    first = file.read_bytes()
    again = run(root, "sql", "select 2 as n", "--format", form, "--output", file)
    assert is_one_clear_line(again)
    assert "--force" in again.stderr
    # The query fails in the middle, after many rows.
    halfway = "select if(range < 300000, 1, error('halfway')) as n from range(300001)"
    assert run(root, "sql", halfway, "--format", form, "--output", file, "--force").returncode == 1
    assert file.read_bytes() == first
    assert run(root, "sql", "select 2 as n", "--format", form, "--output", file, "--force").returncode == 0
    assert file.read_bytes() != first
    assert list(tmp_path.iterdir()) == [file]
    own = [root / "warehouse.duckdb", next((root / "tables" / "pages").rglob("*.parquet")), root / "new.csv"]
    before = {path: path.read_bytes() for path in own if path.exists()}
    for path in own:
        refused = run(root, "sql", "select 2 as n", "--format", form, "--output", path, "--force")
        assert is_one_clear_line(refused)
        assert "own folder" in refused.stderr
    assert {path: path.read_bytes() for path in own if path.exists()} == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.usefixtures("_heeded_signals")
def test_a_query_that_works_hard_is_ended_by_a_signal_and_leaves_nothing(root, tmp_path, number):
    hard = "select sum(a.range * b.range) from range(1000000) as a, range(1000000) as b"
    environment = {**os.environ, "BROADSHEET_ROOT": str(root)}
    command = [COMMAND, "sql", hard, "--output", tmp_path / "result"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as done:
        while not list(tmp_path.iterdir()):
            time.sleep(0.05)
        time.sleep(0.5)
        done.send_signal(number)
        told = done.communicate(timeout=20)[1]
    assert done.returncode == 1
    assert "broadsheet: interrupted" in told
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_with_an_output_is_said_before_the_query_is_looked_at(root, tmp_path):
    (tmp_path / "file").touch()
    done = run(root, "sql", "select nothing", "--output", tmp_path / "file")
    assert is_one_clear_line(done)
    assert "is there already" in done.stderr


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_standard_output_by_its_name_is_standard_output_also_where_the_shell_made_it_a_file(root, tmp_path, form):
    query = ("sql", "select 1 as n", "--format", form, "--output")
    run(root, *query, tmp_path / "plain")
    with (tmp_path / "file").open("ab") as stream:
        stream.write(b"before ")
        stream.flush()
        environment = {**os.environ, "BROADSHEET_ROOT": str(root)}
        subprocess.run([COMMAND, *query, "/dev/stdout"], env=environment, stdout=stream, check=True)
    assert (tmp_path / "file").read_bytes() == b"before " + (tmp_path / "plain").read_bytes()


def test_an_empty_result_is_valid_in_every_format(root, tmp_path):
    query = "select title from documents where false"
    assert json.loads(run(root, "sql", query, "--format", "json").stdout) == []
    assert run(root, "sql", query, "--format", "jsonl").stdout == ""
    assert "0 rows" in run(root, "sql", query).stdout
    run(root, "sql", query, "--format", "parquet", "--output", tmp_path / "empty.parquet")
    assert parquet.read_table(tmp_path / "empty.parquet").num_rows == 0


def test_a_query_may_begin_with_a_comment(root):
    assert run(root, "sql", "-- how many?\nselect 1 as n", "--format", "csv").stdout == "n\n1\n"


def test_a_query_can_come_from_standard_input(root):
    assert run(root, "sql", "-", "--format", "csv", given="select count(*) as n from rejects").stdout == "n\n1\n"


@pytest.mark.parametrize(
    "query", sorted((Path(__file__).parents[2] / "sql" / "queries").glob("*.sql")), ids=lambda p: p.stem
)
def test_every_saved_query_runs_as_it_stands(root, query):
    done = run(root, "sql", "-", given=query.read_text(encoding="utf-8"))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("sql", "delete from documents"),
        ("sql", "copy (select 1) to 'x'"),
        ("sql", "select 1; select 2"),
        ("sql", ""),
        ("sql", "select 1", "--rows", "-1"),
        ("sql", "select 1", "--rows", "many"),
        ("sql", "select 1", "--format", "parquet"),
        ("sql", "select 1", "--format", "xml"),
        ("sql", "select 1", "--output", "/no/such/folder/file.csv", "--format", "csv"),
        ("sql",),
        ("ingest", "archive", "/no/such/place"),
        ("ingest", "archive", "README.md"),
        ("ingest", "carrier-pigeon", "."),
        ("ingest", "archive", "tests", "--source", "no blanks please"),
        ("ingest", "archive", "tests", "--max-pages", "0"),
        ("reprocess", "--source", "nobody"),
        ("reprocess", "--since", "yesterday"),
        ("extract", "/no/such/page.html"),
        ("nonsense",),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_said_in_one_clear_line(root, words):
    done = run(root, *words)
    assert is_one_clear_line(done), done.stderr


@pytest.mark.parametrize("form", ["table", "csv", "json", "jsonl"])
def test_a_query_that_fails_is_told_in_one_line_and_its_place_below(root, form):
    done = run(root, "sql", "-- which?\nselect '新闻',\n\tnothing from documents;", "--format", form)
    assert done.returncode == 1
    first, *place = done.stderr.splitlines()
    assert first.startswith('broadsheet: Binder Error: Referenced column "nothing" not found')
    assert place == ["LINE 3:  nothing from documents", "         ^^^^^^^"]
    assert done.stdout == ""


def test_a_file_that_is_no_tables_is_not_read(root):
    done = run(root, "sql", "select * from read_text('/etc/hostname')")
    assert done.returncode == 1
    assert done.stderr.startswith('broadsheet: Permission Error: Cannot access file "/etc/hostname"')


def test_a_result_of_many_rows_says_how_many_there_are(root):
    many = ("sql", "select range as n from range(1500) -- all;\n;")
    assert run(root, *many).stdout.splitlines()[-1].startswith("1,000 of 1,500 rows shown")
    assert run(root, *many, "--rows", "7").stdout.splitlines()[-1].startswith("7 of 1,500 rows shown")
    for every in ("all", "0", "1500"):
        assert run(root, *many, "--rows", every).stdout.splitlines()[-1] == "1,500 rows"
    assert len(run(root, *many, "--format", "csv").stdout.splitlines()) == 1501


def test_all_columns_of_the_documents_can_be_read(root):
    lines = run(root, "sql", "select * from documents order by title limit 2").stdout.splitlines()
    assert [line.split(": ")[1].strip() for line in lines if line.startswith("title: ")] == ["Story 0", "Story 1"]


def test_an_empty_folder_is_nothing_to_read(root, tmp_path):
    done = run(root, "ingest", "archive", tmp_path)
    assert is_one_clear_line(done)
    assert "empty folder" in done.stderr


def test_a_dry_run_of_reprocess_says_what_would_change_and_stores_nothing(root):
    files = sorted((root / "tables").rglob("*.parquet"))
    done = run(root, "reprocess", "--dry-run", "--source", "archive")
    assert done.returncode == 0, done.stderr
    assert "no page was due" in done.stdout
    assert done.stdout.endswith("nothing was stored\n")
    assert sorted((root / "tables").rglob("*.parquet")) == files


def test_a_warehouse_that_is_not_there_says_what_to_do(tmp_path):
    done = run(tmp_path / "nothing", "sql", "select 1")
    assert is_one_clear_line(done)
    assert "broadsheet ingest" in done.stderr


def test_a_wrong_setting_is_refused_by_name(root):
    environment = {**os.environ, "BROADSHEET_ROOT": str(root), "BROADSHEET_WORKERS": "many"}
    done = subprocess.run([COMMAND, "status"], env=environment, capture_output=True, text=True, check=False)
    assert is_one_clear_line(done)
    assert "BROADSHEET_WORKERS='many'" in done.stderr


def test_a_query_needs_neither_prefect_nor_pyarrow(root):
    """What keeps `broadsheet sql` under half a second of CPU."""
    code = (
        "import sys\nfrom flows.cli import app\n"
        "app(['sql', 'select 1'], standalone_mode=False)\n"
        "heavy = {'prefect', 'pyarrow', 'pydantic', 'trafilatura'}\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & heavy))"
    )
    environment = {**os.environ, "BROADSHEET_ROOT": str(root)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_publish_check_and_status_say_what_they_did(root):
    assert "published" in run(root, "publish").stdout
    assert "every check passed" in run(root, "check").stdout
    status = run(root, "status").stdout
    assert "completed" in status
    assert "malformed_input" in status


def test_extract_turns_a_saved_page_into_a_document_and_writes_nothing(tmp_path):
    page = tmp_path / "page.html"
    sentence = "The library opens next spring, the council said on Tuesday, with a room for children and a garden. "
    page.write_text(
        f"<html><head><title>A library</title></head><body><article><h1>A library</h1><p>{sentence * 5}</p>"
    )
    done = run(tmp_path / "data", "extract", page, "--url", "https://www.example.org/news/library")
    document = json.loads(done.stdout)
    assert (document["title"], document["site"]) == ("A library", "example.org")
    assert "opens next spring" in document["text"]
    assert not (tmp_path / "data").exists()


def test_extract_reads_a_feed_archive_file_by_its_own_header(root, tmp_path):
    archive = write_archive(tmp_path / "archive", range(1))
    document = json.loads(run(root, "extract", archive / "example" / "0.md").stdout)
    assert (document["title"], document["url"]) == ("Story 0", "https://www.example.org/story/0")


def test_output_into_a_closed_pipe_is_no_error(root):
    environment = {**os.environ, "BROADSHEET_ROOT": str(root)}
    command = [COMMAND, "sql", "select * from range(100000)", "--format", "csv"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as done:
        assert done.stdout.readline() == "range\n"
        done.stdout.close()
        assert done.stderr.read() == ""


def test_extract_explains_each_field_by_what_was_weighed_for_it(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        "<html><head><title>Library opens - Sample Post</title><meta property='og:title' content='Library opens'>"
        "<body><h1>Library opens</h1><p>By Ann Example</p>"
        + "<p>The library of the town of Sample opened on Monday with music, cake and a short speech.</p>" * 6
        + "</body></html>",
        encoding="utf-8",
    )
    shown = run(tmp_path / "data", "extract", page, "--url", "https://www.example.org/a/b", "--explain").stdout
    fields = [line.split(":")[0] for line in shown.splitlines() if line and not line.startswith(" ")]
    assert fields[:4] == ["refusal", "title", "lead", "text"]
    assert {"authors", "published_at", "language", "image_url", "tags", "section"} <= set(fields)
    assert "title: Library opens" in shown
    assert "og:title: Library opens" in shown
    assert "words by blocks, confidence" in shown
    assert not (tmp_path / "data").exists()


def test_extract_explains_why_a_page_is_refused(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<html><body></body></html>", encoding="utf-8")
    done = run(tmp_path / "data", "extract", page, "--explain")
    assert done.returncode == 1
    assert done.stdout.startswith("rejected: no_text")


def test_an_export_says_what_it_wrote_and_can_be_read_again(root, tmp_path):
    file = tmp_path / "out.warc.gz"
    done = run(root, "export", "--format", "warc", file, "--host", "example.org", "--source", "archive")
    assert done.stdout == f"export: 30 pages written to {file}\n"
    assert is_one_clear_line(run(root, "export", file))
    assert run(root, "export", file, "--force").returncode == 0
    assert is_one_clear_line(run(root, "export", root / "tables" / "out.warc", "--force"))
    assert is_one_clear_line(run(root, "export", tmp_path / "out.zip"))
    assert is_one_clear_line(run(root, "export", file, "--host", "https://example.org"))
    assert is_one_clear_line(run(tmp_path / "nowhere", "export", file))


@pytest.mark.parametrize("kind", ["warc", "parquet"])
def test_a_bulk_location_of_no_use_is_one_clear_line(root, tmp_path, kind):
    (tmp_path / "a.warc.gz").write_text("plain text")
    (tmp_path / "a.parquet").write_text("plain text")
    for place in (tmp_path / "gone", tmp_path / f"*.{kind}.x", tmp_path / f"a.{'warc.gz' if kind == 'warc' else kind}"):
        assert is_one_clear_line(run(root, "ingest", kind, place))
    done = run(root, "ingest", "archive", tmp_path, "--host", "example.org")
    assert is_one_clear_line(done)
    assert "hosts and days can be chosen of parquet and warc alone" in done.stderr
