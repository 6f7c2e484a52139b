"""Settings come from the environment, and a value that cannot be used is refused by name."""

import os
from pathlib import Path

import pytest

from warehouse.settings import Settings, SettingsError


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("BROADSHEET_ROOT", "BROADSHEET_SOURCES", "BROADSHEET_WORKERS"):
        monkeypatch.delenv(name, raising=False)


def test_the_root_is_data_under_the_working_folder(tmp_path):
    assert Settings.load().root == tmp_path / "data"


def test_the_environment_comes_before_the_env_file(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("BROADSHEET_ROOT=/from/file\nBROADSHEET_WORKERS=3\nOTHER=x\n")
    monkeypatch.setenv("BROADSHEET_ROOT", "/from/environment")
    assert (Settings.load().root, Settings.load().workers) == (Path("/from/environment"), 3)


@pytest.mark.parametrize("value", ["zero", "0", "-1", "1.5", "²"])
def test_a_number_that_is_none_is_refused_by_name(monkeypatch, value):
    monkeypatch.setenv("BROADSHEET_WORKERS", value)
    with pytest.raises(SettingsError, match=r"BROADSHEET_WORKERS=.*positive whole number"):
        Settings.load()


@pytest.mark.parametrize("name", ["REQUEST_SECONDS", "PAGE_CPU_SECONDS"])
@pytest.mark.parametrize("value", ["0", "0.0", "-1", "soon"])
def test_a_request_and_a_page_are_given_some_time(monkeypatch, name, value):
    monkeypatch.setenv(f"BROADSHEET_{name}", value)
    with pytest.raises(SettingsError, match=rf"BROADSHEET_{name}=.*seconds"):
        Settings.load()


def test_requests_may_follow_each_other_at_once(monkeypatch):
    monkeypatch.setenv("BROADSHEET_DELAY_SECONDS", "0")
    assert Settings.load().delay_seconds == 0


def test_a_misspelt_variable_is_refused_with_the_known_ones(monkeypatch):
    monkeypatch.setenv("BROADSHEET_ROOTS", "/x")
    with pytest.raises(SettingsError, match=r"BROADSHEET_ROOTS.*BROADSHEET_ROOT"):
        Settings.load()


@pytest.mark.parametrize("name", ["ROOT", "MEMORY_LIMIT", "WORKERS", "SOURCES"])
def test_an_empty_value_is_refused_by_name(monkeypatch, name):
    monkeypatch.setenv(f"BROADSHEET_{name}", "")
    with pytest.raises(SettingsError, match=f"BROADSHEET_{name}"):
        Settings.load()


def test_a_memory_limit_that_is_none_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("BROADSHEET_MEMORY_LIMIT", "lots")
    with pytest.raises(SettingsError, match="BROADSHEET_MEMORY_LIMIT='lots'"):
        Settings.load()


def test_links_and_dots_in_the_root_are_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert Settings(root=tmp_path / "link" / ".." / "link" / "x").root == tmp_path / "real" / "x"


def test_a_root_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="BROADSHEET_ROOT"):
        Settings(root=tmp_path / "file")


def test_a_root_that_deltalake_would_misread_is_refused(monkeypatch):
    monkeypatch.setenv("BROADSHEET_ROOT", "/a%20b")
    with pytest.raises(SettingsError, match="BROADSHEET_ROOT"):
        Settings.load()


def test_folders_are_separated_as_in_path_and_made_absolute(monkeypatch, tmp_path):
    assert Settings.load().inputs == ()
    monkeypatch.setenv("BROADSHEET_INPUTS", os.pathsep.join(["/srv/in", "here", ""]))
    assert Settings.load().inputs == (Path("/srv/in"), tmp_path / "here")


def test_folders_of_which_there_are_none_are_refused(monkeypatch):
    monkeypatch.setenv("BROADSHEET_INPUTS", os.pathsep)
    with pytest.raises(SettingsError, match=r"BROADSHEET_INPUTS=.*folders, separated by"):
        Settings.load()
