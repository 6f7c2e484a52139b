"""The command that runs a flow, from its start to whatever end: nothing of it stays behind, one line says what was."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.flows.archives import write_archive
from tests.flows.processes import all_end, environment_of
from warehouse import engine
from warehouse.settings import Settings

COMMAND = Path(sys.executable).with_name("broadsheet")


def start(root, archive, folder=None):
    return subprocess.Popen(
        [COMMAND, "ingest", "archive", archive],
        cwd=folder,
        env=environment_of(root, BROADSHEET_WORKERS="2"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_a_run(root, process):
    while process.poll() is None and not list((root / ".runs").glob("*.lock")):
        time.sleep(0.05)


pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked up in /proc")


def test_a_run_that_succeeds_says_what_it_did_and_leaves_nothing_behind(tmp_path):
    root = tmp_path / "data"
    # The folder that one stands in is no place for modules to come from: many a script there is called as one of them.
    for module in ("attr", "anyio", "flows", "statistics"):
        (tmp_path / f"{module}.py").write_text("raise ImportError('a script of the user, no module')")
    process = start(root, write_archive(tmp_path / "archive", range(5)), folder=tmp_path)
    output, errors = process.communicate(timeout=180)
    assert process.returncode == 0
    assert output.startswith("ingest: 5 read, 5 new pages, 5 documents; published ")
    assert "nanobind" not in errors
    assert all_end(root)


def test_a_run_that_fails_inside_ends_in_one_line_and_leaves_nothing_behind(tmp_path):
    root = tmp_path / "data"
    root.mkdir()
    (root / "tables").write_text("a file where the tables should be")
    process = start(root, write_archive(tmp_path / "archive", range(5)))
    _, errors = process.communicate(timeout=180)
    assert process.returncode == 1
    assert "Traceback" not in errors
    assert "nanobind" not in errors
    assert errors.splitlines()[-1].startswith("broadsheet: ")
    assert all_end(root)


@pytest.mark.usefixtures("_heeded_signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_is_cancelled_and_says_so(tmp_path, how):
    root = tmp_path / "data"
    process = start(root, write_archive(tmp_path / "archive", range(6000)))
    wait_for_a_run(root, process)
    time.sleep(1)
    if how is signal.SIGINT:
        os.killpg(process.pid, how)
    else:
        process.send_signal(how)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors.splitlines()[-1] == "broadsheet: interrupted; run again to go on from here"
    assert "Traceback" not in errors
    assert all_end(root)
    with engine.published(Settings(root=root)) as connection:
        assert connection.execute("select state from main.runs").fetchall() == [("cancelled",)]


def test_a_killed_run_leaves_neither_worker_nor_server(tmp_path):
    root = tmp_path / "data"
    process = start(root, write_archive(tmp_path / "archive", range(6000)))
    wait_for_a_run(root, process)
    process.kill()
    process.communicate()
    assert all_end(root)
