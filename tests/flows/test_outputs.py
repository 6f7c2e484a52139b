"""Outputs: whatever the spelling, none of the warehouse's own files; none that is there, unless asked; whole or not."""

import errno
import os
import signal
import subprocess
import sys
import threading
from itertools import product
from pathlib import Path

import pytest

from flows.outputs import Output, OutputRefusedError


@pytest.fixture
def settings(settings):
    """Those of a warehouse with a catalog and a table's file."""
    pages = settings.tables / "pages"
    pages.mkdir(parents=True)
    (pages / "part.parquet").write_bytes(b"rows")
    settings.catalog.write_bytes(b"views")
    return settings


@pytest.fixture
def place(tmp_path):
    """A folder beside it."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def write(path, settings, content=b"new", **wishes):
    with Output.checked(path, settings, **wishes).opened() as file:
        file.write(content)


def held(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    "spelling",
    [
        "data/new.csv",
        "data/warehouse.duckdb",
        "data/tables/pages/part.parquet",
        "data/tables/pages/new.parquet",
        "data/.runs/new.csv",
        "data/none/such/new.csv",
        "out/../data/new.csv",
        "data/../data/./new.csv",
        "data//tables/../new.csv",
        "out/to_root/new.csv",
        "out/to_root/tables/pages/part.parquet",
        "out/to_catalog",
        "out/to_table",
        "out/to_link",
        "out/dangling",
        "data/to_elsewhere.csv",
    ],
)
def test_nothing_in_the_warehouse_is_written_however_it_is_spelt(settings, place, spelling, monkeypatch):
    (place / "to_root").symlink_to(settings.root)
    (place / "to_catalog").symlink_to("../data/warehouse.duckdb")
    (place / "to_table").symlink_to(settings.tables / "pages" / "part.parquet")
    (place / "to_link").symlink_to("to_table")
    (place / "dangling").symlink_to(settings.root / "new.csv")
    (settings.root / "to_elsewhere.csv").symlink_to(place / "elsewhere.csv")
    monkeypatch.chdir(place.parent)
    for path, can_replace in product((place.parent / spelling, Path(spelling)), (False, True)):
        with pytest.raises(OutputRefusedError, match="lies in the warehouse's own folder"):
            Output.checked(path, settings, can_replace=can_replace)
    assert (settings.tables / "pages" / "part.parquet").read_bytes() == b"rows"
    assert settings.catalog.read_bytes() == b"views"


def test_from_inside_the_warehouse_a_bare_name_is_refused(settings, monkeypatch):
    monkeypatch.chdir(settings.tables)
    with pytest.raises(OutputRefusedError, match="own folder"):
        Output.checked(Path("new.csv"), settings, can_replace=True)


def test_the_root_itself_is_refused(settings):
    with pytest.raises(OutputRefusedError, match="own folder"):
        Output.checked(settings.root, settings, can_replace=True)


def test_parts_of_the_warehouse_that_lie_elsewhere_behind_a_link_are_its_own_too(settings, tmp_path):
    elsewhere = tmp_path / "large_disk"
    (settings.tables / "pages").rename(elsewhere)
    (settings.tables / "pages").symlink_to(elsewhere)
    with pytest.raises(OutputRefusedError, match="own folder"):
        Output.checked(elsewhere / "part.parquet", settings, can_replace=True)


def test_a_name_that_only_begins_like_the_root_is_no_part_of_it(settings, tmp_path):
    (tmp_path / "data2").mkdir()
    write(tmp_path / "data2" / "new.csv", settings)
    write(tmp_path / "data.csv", settings)
    assert (tmp_path / "data.csv").read_bytes() == (tmp_path / "data2" / "new.csv").read_bytes() == b"new"


def test_a_new_file_has_the_usual_mode_and_nothing_stays_beside_it(place, settings):
    usual = place / "usual"
    usual.touch()
    write(place / "a.csv", settings)
    assert (place / "a.csv").stat().st_mode == usual.stat().st_mode
    assert held(place) == {"usual": b"", "a.csv": b"new"}


def test_a_file_that_is_there_is_replaced_only_where_that_is_asked_for(place, settings):
    (place / "a.csv").write_bytes(b"old")
    with pytest.raises(OutputRefusedError, match="--force"):
        Output.checked(place / "a.csv", settings)
    assert held(place) == {"a.csv": b"old"}
    write(place / "a.csv", settings, can_replace=True)
    assert held(place) == {"a.csv": b"new"}


def test_a_file_that_comes_while_another_is_written_stays(place, settings):
    output = Output.checked(place / "a", settings)
    (place / "a").write_bytes(b"somebody else's")
    with pytest.raises(OutputRefusedError, match="meanwhile"), output.opened() as file:
        file.write(b"new")
    assert held(place) == {"a": b"somebody else's"}


def test_where_there_are_no_hard_links_a_new_file_is_renamed_all_the_same(place, settings, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EPERM, "no such thing here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    write(place / "a", settings)
    assert held(place) == {"a": b"new"}


def test_links_are_followed_and_stay(place, settings):
    (place / "link").symlink_to("target")
    write(place / "link", settings)
    with pytest.raises(OutputRefusedError, match="--force"):
        write(place / "link", settings)
    write(place / "link", settings, b"newer", can_replace=True)
    assert (place / "link").is_symlink()
    assert held(place) == {"link": b"newer", "target": b"newer"}


def test_another_name_of_a_tables_file_is_replaced_and_the_tables_file_stays(place, settings):
    file = settings.tables / "pages" / "part.parquet"
    (place / "other_name").hardlink_to(file)
    write(place / "other_name", settings, can_replace=True)
    assert file.read_bytes() == b"rows"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone/a.csv", "there is no folder"),
        ("folder", "no regular file"),
        ("circle", "circle"),
        ("file/a.csv", "Not a directory"),
        ("x" * 300, "File name too long"),
        ("to_folder", "no regular file"),
    ],
)
@pytest.mark.parametrize("can_replace", [False, True])
def test_what_cannot_be_written_is_refused_before_any_work(place, settings, name, said, can_replace):
    (place / "folder").mkdir()
    (place / "file").touch()
    (place / "circle").symlink_to("circle")
    (place / "to_folder").symlink_to("folder")
    with pytest.raises(OutputRefusedError, match=said):
        Output.checked(place / name, settings, can_replace=can_replace)


def test_a_folder_that_may_not_be_written_shows_when_the_output_is_opened(place, settings, monkeypatch):
    def refuse(**_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("flows.outputs.tempfile.mkstemp", refuse)
    with pytest.raises(OutputRefusedError, match=r"a\.csv.*Permission denied"):
        write(place / "a.csv", settings)


@pytest.mark.parametrize("error", [ValueError("broken query"), KeyboardInterrupt(), OSError("a source's trouble")])
def test_where_the_work_fails_the_old_file_stays_and_nothing_is_beside_it(place, settings, error):
    (place / "a.csv").write_bytes(b"old")

    def fail(output):
        with output.opened() as file:
            file.write(b"half")
            raise error

    for name in ("a.csv", "b.csv"):
        with pytest.raises(type(error)) as raised:
            fail(Output.checked(place / name, settings, can_replace=True))
        assert raised.value is error
    assert held(place) == {"a.csv": b"old"}


def test_a_full_disk_is_told_of_the_output(place, settings):
    output = Output.checked(place / "a.csv", settings)
    with pytest.raises(OutputRefusedError, match=r"a\.csv.*no room left"), output.opened():
        raise OSError(errno.ENOSPC, "No space left on device")
    assert held(place) == {}


def test_a_pipe_is_written_as_it_stands(place, settings):
    os.mkfifo(place / "pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((place / "pipe").read_bytes()))
    reader.start()
    write(place / "pipe", settings)
    reader.join()
    assert read == [b"new"]
    assert (place / "pipe").is_fifo()


def test_a_pipe_in_the_warehouse_is_refused(settings):
    os.mkfifo(settings.root / "pipe")
    with pytest.raises(OutputRefusedError, match="own folder"):
        Output.checked(settings.root / "pipe", settings)


def test_a_device_takes_what_it_is_given_and_stays(settings):
    write(Path(os.devnull), settings)
    assert Path(os.devnull).is_char_device()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.usefixtures("_heeded_signals")
def test_a_command_that_is_ended_from_outside_leaves_nothing_behind(place, settings, number):
    code = (
        "import signal, sys, time\nfrom pathlib import Path\nfrom flows.outputs import Output\n"
        "from warehouse.settings import Settings\n"
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
        "output = Output.checked(Path(sys.argv[2]), Settings(root=Path(sys.argv[1])), can_replace=True)\n"
        "with output.opened() as file:\n    file.write(b'half')\n    print('ready', flush=True)\n    time.sleep(60)"
    )
    (place / "a.csv").write_bytes(b"old")
    command = [sys.executable, "-c", code, settings.root, place / "a.csv"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as writer:
        assert writer.stdout.readline() == "ready\n"
        assert len(held(place)) == 2
        writer.send_signal(number)
        writer.wait(10)
    assert held(place) == {"a.csv": b"old"}


def test_after_the_block_signals_mean_what_they_meant(place, settings):
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
    write(place / "a.csv", settings)
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)] == before


def test_outside_the_main_thread_a_file_is_written_all_the_same(place, settings):
    writer = threading.Thread(target=write, args=(place / "a.csv", settings))
    writer.start()
    writer.join()
    assert held(place) == {"a.csv": b"new"}
