"""The starter list becomes a file of the user's own, and never replaces one."""

import pytest

from flows.extract.sources import SourceError, load_sources
from flows.extract.starter import write_starter_list


def test_the_file_holds_the_starter_list_without_the_sample_and_explains_each_key(tmp_path):
    file = tmp_path / "sources.toml"
    count = write_starter_list(file)
    starter = [source for source in load_sources(None) if source.name != "sample"]
    assert load_sources(file) == tuple(starter)
    assert count == len(starter)
    assert "# policy " in file.read_text(encoding="utf-8")


def test_a_file_that_is_there_stays(tmp_path):
    file = tmp_path / "sources.toml"
    file.write_text("mine")
    with pytest.raises(SourceError, match="stands there already"):
        write_starter_list(file)
    assert file.read_text() == "mine"
    (tmp_path / "link.toml").symlink_to(tmp_path / "gone.toml")
    with pytest.raises(SourceError, match="stands there already"):
        write_starter_list(tmp_path / "link.toml")


def test_a_folder_that_is_not_there_is_said_in_a_line(tmp_path):
    with pytest.raises(SourceError, match="cannot be written"):
        write_starter_list(tmp_path / "gone" / "sources.toml")
