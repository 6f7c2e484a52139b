"""The extractor's name changes where a result may change, and nowhere else."""

import ast
import subprocess
import sys
from importlib.metadata import packages_distributions
from importlib.resources import files

import pytest

from flows.transform import versions
from flows.transform.versions import LIBRARIES, ROOMS, code_digest

DATES = (
    b'"""Says what it does."""\nimport re\n\n# A reason.\nLIMIT = 3\n"""And why."""\n\n'
    b"def day(text):\n    return text[:10]\n"
)
PAGE = b"from rooms.dates import LIMIT, day\n\ndef read(text):\n    '''Reads.'''\n    return day(text), LIMIT\n"
MODULES = {"rooms.dates": DATES, "rooms.page": PAGE}
DATA = [b'{"a": 1}']
LIBS = ["lxml/6.1"]
SAME = [
    pytest.param(DATES.replace(b"# A reason.", b"# Another reason, longer."), id="comment"),
    pytest.param(DATES.replace(b"Says what it does.", b"Says it better."), id="docstring of the module"),
    pytest.param(DATES.replace(b"And why.", b"And whence."), id="text below a constant"),
    pytest.param(DATES.replace(b"    return", b'    """The day."""\n    return'), id="docstring of a function"),
    pytest.param(DATES.replace(b"\n\ndef", b"\n\n\n\ndef"), id="blank lines"),
    pytest.param(DATES.replace(b"text[:10]", b"(text[:10])"), id="brackets"),
]
OTHER = [
    pytest.param(DATES.replace(b"3", b"4"), id="constant"),
    pytest.param(DATES.replace(b"[:10]", b"[:9]"), id="expression"),
    pytest.param(DATES.replace(b"import re", b"import json"), id="library"),
    pytest.param(DATES.replace(b"return", b"yield"), id="statement"),
]


def digest(**changes):
    return code_digest(**{"modules": MODULES, "data": DATA, "libraries": LIBS} | changes)


@pytest.mark.parametrize("dates", SAME)
def test_tidying_changes_no_name(dates):
    assert dates != DATES
    assert digest(modules=MODULES | {"rooms.dates": dates}) == digest()


@pytest.mark.parametrize("dates", OTHER)
def test_what_may_change_a_result_changes_the_name(dates):
    assert dates != DATES
    assert digest(modules=MODULES | {"rooms.dates": dates}) != digest()


def test_a_module_that_moves_or_is_called_otherwise_is_the_same():
    moved = {"rooms.times.days": DATES, "rooms.page": PAGE.replace(b"rooms.dates", b"rooms.times.days")}
    assert digest(modules=moved) == digest()
    assert digest(modules=dict(reversed(MODULES.items()))) == digest()


def test_the_same_name_from_another_module_is_another_thing():
    both = MODULES | {"rooms.other": DATES.replace(b"[:10]", b"[:4]")}
    assert digest(modules=both | {"rooms.page": PAGE.replace(b"rooms.dates", b"rooms.other")}) != digest(modules=both)


def test_a_module_that_is_imported_as_such_counts_by_its_content():
    page = b"from rooms import dates\n\nday = dates.day\n"
    first = digest(modules={"rooms.dates": DATES, "rooms.page": page})
    assert digest(modules={"rooms.dates": DATES.replace(b"3", b"4"), "rooms.page": page}) != first


def test_data_and_libraries_count_by_content_and_version():
    assert digest(data=[b'{"a": 2}']) != digest()
    assert digest(libraries=["lxml/6.2"]) != digest()


def test_comments_in_toml_say_nothing():
    one, other = b"# why\na = 1\nb = 2\n", b"b = 2\na = 1 # that is why\n"
    assert versions._toml_content(one) == versions._toml_content(other)
    assert versions._toml_content(b"a = 2\nb = 2") != versions._toml_content(one)


def test_every_library_that_the_rooms_import_is_named():
    """But for that which only bounds the threads of another."""
    distributions = packages_distributions()
    imported = set()
    for room in ROOMS:
        for name, source in versions._sources(files(room), room):
            tree = ast.parse(source.read_bytes()) if name.endswith(".py") else ast.parse("")
            for node in ast.walk(tree):
                names = [node.module] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                imported |= {one.partition(".")[0] for one in names if one}
    foreign = imported - set(sys.stdlib_module_names) - {"flows", "warehouse"}
    named = {one.replace("_", "-").lower() for one in LIBRARIES}
    assert foreign
    for module in foreign:
        assert {one.replace("_", "-").lower() for one in distributions[module]} & (named | {"threadpoolctl"}), module


def test_every_library_that_is_named_is_there():
    assert all(versions._version(name) != "0" for name in LIBRARIES)


def test_the_name_is_the_same_in_every_process():
    code = "from flows.transform.versions import extractor; print(extractor())"
    names = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=hash_seed).stdout
        for hash_seed in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2"})
    }
    assert names == {f"{versions.extractor()}\n"}
