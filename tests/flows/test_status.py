"""The status page: runs as they stand now, whatever is published; and the sources that are somebody's."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows import publication
from flows.status import OF_OWN_SOURCES, STATUS, print_status
from tests.sql.rows import NOON, at, warehouse
from warehouse import catalog, engine, runs, storage
from warehouse.model import State
from warehouse.settings import Settings

HOUSE = Path(__file__).parents[2]

HOLD_A_RUN = """
import signal, sys
from pathlib import Path
from warehouse import runs
from warehouse.settings import Settings
with runs.recorded(Settings(root=Path(sys.argv[1])), flow="ingest", source="s", parameters={}, versions=("0", "e")):
    print("begun", flush=True)
    signal.pause()
"""


def begun(settings):
    """A process that is in the middle of a run."""
    command = [sys.executable, "-c", HOLD_A_RUN, settings.root]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HOUSE)
    assert process.stdout.readline() == "begun\n"
    return process


def ended(process, number=signal.SIGKILL):
    process.send_signal(number)
    process.communicate()


def recorded(settings, flow="ingest", source="s"):
    return runs.recorded(settings, flow=flow, source=source, parameters={}, versions=("0", "test/1"))


@pytest.fixture
def page(capsys):
    """The status page of a warehouse, in its parts by their titles; the lines at its top are that of no title."""

    def show(settings):
        print_status(settings)
        parts = re.split(r"\n\n(?=\S)", capsys.readouterr().out)
        return {"": parts[0]} | {part.partition("\n")[0]: part.partition("\n")[2] for part in parts[1:]}

    return show


def states(shown):
    """The state of each run, newest first."""
    known = "|".join(State)
    return re.findall(rf"\b({known})\b", shown["last runs"])


def test_a_killed_run_shows_as_interrupted_at_once_and_a_living_one_as_running(settings, page):
    publication.publish(settings)
    process = begun(settings)
    assert states(page(settings)) == ["running"]
    ended(process)
    assert states(page(settings)) == ["interrupted"]
    # The views say nothing of it, and the page says that they do not.
    with engine.published(settings) as connection:
        assert connection.execute("from main.runs").fetchall() == []
    assert "runs have begun or ended since" in page(settings)[""]
    publication.publish(settings)
    assert "since" not in page(settings)[""]


def test_where_the_first_run_was_killed_there_is_a_page_though_there_are_no_views(settings, page):
    process = begun(settings)
    assert states(page(settings)) == ["running"]
    ended(process)
    shown = page(settings)
    assert states(shown) == ["interrupted"]
    assert "no views yet" in shown[""]
    assert list(shown) == ["", "last runs"]
    assert not settings.catalog.exists()


def test_each_run_stands_as_its_newest_row_says(settings, page):
    publication.publish(settings)
    with recorded(settings):
        pass
    with pytest.raises(OSError, match="disk"), recorded(settings):
        raise OSError("disk")
    with pytest.raises(KeyboardInterrupt), recorded(settings):
        raise KeyboardInterrupt
    ended(begun(settings))
    process = begun(settings)
    with recorded(settings) as mine:
        shown = page(settings)
        assert states(shown) == ["running", "running", "interrupted", "cancelled", "failed"]
        assert "runs have begun or ended since" in shown[""]
    ended(process, signal.SIGTERM)
    assert states(page(settings))[:2] == ["completed", "interrupted"]
    mine.end(State.FAILED, "not published")
    assert states(page(settings))[0] == "failed"


def test_the_page_says_of_when_the_views_are(settings, page):
    publication.publish(settings)
    os.utime(settings.catalog, (1_770_000_000, 1_770_000_000))
    assert page(settings)[""].splitlines()[1] == "views as of 2026-02-02 02:40:00Z"


def test_looking_makes_no_tables_and_leaves_the_ledger_as_it_is(settings, page):
    with pytest.raises(engine.NotPublishedError, match="broadsheet ingest"):
        page(settings)
    assert not settings.root.exists()
    ended(begun(settings))
    before = sorted(settings.tables.rglob("*"))
    page(settings)
    assert sorted(settings.tables.rglob("*")) == before


def test_the_ledger_is_shown_by_the_view_that_is_published(settings):
    ended(begun(settings))
    with recorded(settings):
        publication.publish(settings)
        query = "select * from main.runs order by started_at"
        with catalog.ledger(settings) as now, engine.published(settings) as views:
            assert now.execute(query).fetchall() == views.execute(query).fetchall()


def test_of_a_long_ledger_the_newest_days_are_read_and_the_newest_runs_are_whole(settings, monkeypatch):
    moments = iter(NOON + timedelta(hours=number) for number in range(10_000))
    clock = type("Clock", (datetime,), {"now": classmethod(lambda *_: next(moments))})
    monkeypatch.setattr(runs, "datetime", clock)
    monkeypatch.setattr(storage, "datetime", clock)
    monkeypatch.setattr(catalog, "LEDGER_FILES", 4)
    with recorded(settings, source="long"):
        for number in range(24):
            with recorded(settings, source=f"s{number}"):
                pass
    with catalog.ledger(settings) as ledger:
        shown = ledger.execute("select source, state from main.runs order by started_at desc").fetchall()
        assert ledger.execute("select count(*) from raw.files").fetchone() == (50,)
        ((rows,),) = ledger.execute("select count(*) from raw.runs").fetchall()
    assert 4 <= rows < 20
    assert shown[:3] == [("s23", "completed"), ("s22", "completed"), ("s21", "completed")]
    # Its start is among what is not read, its end is what counts.
    assert shown[-1] == ("long", "completed")


SHOWN_TO_ANOTHER = """
import os, sys
from pathlib import Path
from flows.status import print_status
from warehouse import catalog
from warehouse.settings import Settings
if os.getuid() == 0:
    # Only now: the interpreter may lie where nobody else may read.
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
if not os.access(catalog.SQL / "columns.toml", os.R_OK):
    sys.exit("unreadable")
print_status(Settings(root=Path(sys.argv[1])))
"""


def test_who_may_only_read_the_warehouse_sees_how_its_runs_stand():
    if os.getuid() != 0:
        pytest.skip("takes another user's eyes, which only root can borrow")
    # Beside pytest's folders, which are for their owner alone.
    with tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
        settings = Settings(root=Path(folder) / "data")
        publication.publish(settings)
        ended(begun(settings))
        process = begun(settings)
        Path(folder).chmod(0o755)
        command = [sys.executable, "-c", SHOWN_TO_ANOTHER, settings.root]
        done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False)
        ended(process)
    if done.stderr == "unreadable\n":
        pytest.skip("an unprivileged user may not read these sources")
    assert re.findall("running|interrupted", done.stdout) == ["running", "interrupted"], done.stderr


@pytest.mark.parametrize("title", STATUS)
def test_each_section_answers_also_where_there_is_nothing(title):
    assert warehouse().execute(STATUS[title]).fetchall() == [] or title == "tables"


def named(queries, **tables):
    """The names in the two sections about sources."""
    connection = warehouse(**tables)
    return [[row[0] for row in connection.execute(queries[title]).fetchall()] for title in OF_OWN_SOURCES]


STARTERS = [{"name": name, "kind": "feed", "is_enabled": True} for name in ("calm", "never", "sick")]


def test_the_starter_list_is_not_shown_and_what_was_read_of_it_is():
    fetches = [
        {"source": "calm", "kind": "feed"},
        {"source": "sick", "kind": "feed", "outcome": "reject", "reason": "timeout"},
    ]
    assert named(STATUS, sources=STARTERS, fetches=fetches) == [["calm", "sick"], ["sick", "calm"]]
    every = [["calm", "never", "sick"], ["sick", "calm", "never"]]
    assert named(OF_OWN_SOURCES, sources=STARTERS, fetches=fetches) == every


def test_a_source_that_was_ingested_once_is_shown_and_so_is_one_that_has_only_documents():
    stored = {"documents": [{"source": "never"}], "pages": [{"source": "never"}]}
    tables = {"sources": STARTERS, "runs": [{"source": "by hand"}], **stored}
    assert named(STATUS, **tables) == [["by hand", "never"], ["by hand", "never"]]
    assert named(OF_OWN_SOURCES, **tables)[0] == ["by hand", "calm", "never", "sick"]


def test_where_nothing_was_read_no_source_is_shown_unless_it_is_ones_own(settings, page, tmp_path):
    publication.publish(settings)
    assert "0 rows" in page(settings)["sources"]
    assert "0 rows" in page(settings)["source health"]
    own = tmp_path / "sources.toml"
    own.write_text('[[sources]]\nname = "mine"\nkind = "feed"\nlocation = "https://example.org/feed"\n')
    mine = Settings(root=settings.root, sources=own)
    publication.publish(mine)
    assert "mine" in page(mine)["sources"]
    assert "mine" in page(mine)["source health"]


def test_the_sources_with_problems_come_first_and_the_fetches_of_the_last_day_are_counted():
    connection = warehouse(
        sources=STARTERS,
        fetches=[
            {"source": "calm", "kind": "feed", "fetched_at": at(11)},
            {"source": "sick", "kind": "feed", "outcome": "reject", "reason": "timeout"},
        ],
    )
    assert [row[0] for row in connection.execute(STATUS["source health"]).fetchall()] == ["sick", "calm"]
    assert len(connection.execute(STATUS["fetches of the last day"]).fetchall()) == 2
