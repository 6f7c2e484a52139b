"""What the bundled sample holds, read as plain files: the README beside it promises no less and no more."""

import re
import tomllib
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "flows" / "sample"
FILES = sorted((SAMPLE / "articles").rglob("*.md"))
EXPECTED = tomllib.loads((Path(__file__).parent / "expected.toml").read_text(encoding="utf-8"))
BROKEN = {"harbourpost/1048381", "kuestenblatt/1046109", "jianghai/1045303"}
REPEAT = "harbourpost/1048388"


def place(file: Path) -> str:
    """The outlet and the first part of the name, `harbourpost/1048391`: the title after it is for people."""
    stem = re.match(r"\d{7}|\d{4}-\d\d-\d\d", file.name)
    assert stem is not None
    return f"{file.parent.name}/{stem[0]}"


BY_PLACE = {place(file): file for file in FILES}


def test_every_file_is_a_page_a_repeat_or_broken():
    pages = {page["file"] for page in EXPECTED["pages"]}
    assert len(FILES) == len(BY_PLACE) == 35
    assert pages | BROKEN | {REPEAT} == set(BY_PLACE)
    assert len(pages) == 31


def test_the_repeat_has_the_bytes_of_another_file():
    assert BY_PLACE[REPEAT].read_bytes() == BY_PLACE["harbourpost/1048391"].read_bytes()
    assert len({file.read_bytes() for file in FILES}) == len(FILES) - 1


def test_one_broken_file_is_empty_one_has_no_address_and_one_is_not_utf_8():
    assert BY_PLACE["harbourpost/1048381"].read_bytes() == b""
    assert b"](" not in BY_PLACE["kuestenblatt/1046109"].read_bytes()
    assert "\ufffd" in BY_PLACE["jianghai/1045303"].read_bytes().decode(errors="replace")


def test_all_other_files_are_utf_8():
    for where in BY_PLACE.keys() - {"jianghai/1045303"}:
        assert BY_PLACE[where].read_text(encoding="utf-8") is not None


def test_one_story_has_two_versions_under_one_address():
    urls = [page["url"] for page in EXPECTED["pages"]]
    twice = {url for url in urls if urls.count(url) > 1}
    titles = [page["title"] for page in EXPECTED["pages"] if page["url"] in twice]
    assert len(titles) == len(set(titles)) == 2


def test_a_carriage_return_survived_version_control():
    assert b"\r" in BY_PLACE["jianghai/1045305"].read_bytes()


def test_the_expected_address_and_title_stand_in_the_file():
    for page in EXPECTED["pages"]:
        text = BY_PLACE[page["file"]].read_text(encoding="utf-8")
        assert page["url"] in text
        assert page["title"] in text


def test_the_noise_stands_on_the_pages_of_its_outlet():
    for outlet, snippets in EXPECTED["noise"].items():
        pages = "".join(
            BY_PLACE[page["file"]].read_text(encoding="utf-8")
            for page in EXPECTED["pages"]
            if page["file"].startswith(outlet)
        )
        assert [snippet for snippet in snippets if snippet not in pages] == []


def test_no_page_leaves_the_reserved_domains_but_for_the_picture_proxy():
    for where, file in BY_PLACE.items():
        for host in re.findall(r"""(?:https?:|["'])//([^/?"')\s<]+)""", file.read_bytes().decode(errors="replace")):
            assert host == "images.weserv.nl" or host.endswith(".example"), (where, host)


def test_file_names_are_good_on_every_system():
    for file in FILES:
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f]|[ .]$', file.stem)
        assert len(file.name.encode()) <= 143
