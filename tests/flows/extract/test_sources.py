"""The sources file: data, checked by name."""

import pytest

from flows.extract.readers import checked_location
from flows.extract.sources import Source, SourceError, load_sources
from warehouse.model import SourceKind

ONE = '[[sources]]\nname = "wire"\nkind = "archive"\nlocation = "wire.tar"\n'


@pytest.fixture
def load(tmp_path):
    def loaded(text):
        file = tmp_path / "sources.toml"
        file.write_text(text, encoding="utf-8")
        return load_sources(file)

    return loaded


def test_the_bundled_sources_can_be_read():
    sources = load_sources(None)
    assert "sample" in [source.name for source in sources]
    for source in sources:
        checked_location(source.kind, source.location)


def test_a_source_needs_a_name_a_kind_and_a_location(load, tmp_path):
    expected = Source(name="wire", kind=SourceKind.ARCHIVE, location=str(tmp_path / "wire.tar"))
    assert load(ONE) == (expected,)


def test_everything_that_can_be_said_of_a_source(load):
    more = 'is_enabled = false\ndisabled_reason = "sold"\n'
    more += 'language = "zh-Hans"\ntime_zone = "Asia/Shanghai"\nlicence = "CC0"\n'
    (source,) = load(ONE + more)
    assert (source.is_enabled, source.disabled_reason, source.language) == (False, "sold", "zh-Hans")
    assert (source.time_zone, source.licence) == ("Asia/Shanghai", "CC0")


def test_an_absolute_location_stays(load):
    (source,) = load(ONE.replace("wire.tar", "/srv/wire.tar"))
    assert source.location == "/srv/wire.tar"


def test_no_sources_are_no_error(load):
    assert load("") == ()


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        (ONE + 'colour = "red"\n', "sources[1].colour", "is not known; expected one of name, kind"),
        (ONE + ONE, "sources[2].name", "'wire' stands there twice"),
        (ONE.replace("archive", "carrier_pigeon"), "sources[1].kind", "is 'carrier_pigeon'; expected one of archive"),
        (ONE.replace('kind = "archive"\n', ""), "sources[1].kind", "is missing"),
        (ONE.replace('"wire.tar"', "7"), "sources[1].location", "is 7; expected a text"),
        (ONE.replace('"wire"', '""'), "sources[1].name", "expected a text that is not empty"),
        (ONE.replace('"wire"', '"a b"'), "sources[1].name", "letters, digits"),
        (ONE + 'is_enabled = "yes"\n', "sources[1].is_enabled", "expected true or false"),
        (ONE + "is_enabled = false\n", "sources[1].disabled_reason", "expected a reason"),
        (ONE + 'disabled_reason = "x"\n', "sources[1].disabled_reason", "expected a reason"),
        (ONE + 'language = "Chinese!"\n', "sources[1].language", "BCP 47"),
        (ONE + 'time_zone = "Mars/Olympus"\n', "sources[1].time_zone", "Europe/Paris"),
        (ONE + 'time_zone = "../etc"\n', "sources[1].time_zone", "Europe/Paris"),
        ('[wire]\nkind = "archive"\n', "wire", "only tables [[sources]]"),
        ('[sources]\nname = "wire"\n', "sources", "each headed [[sources]]"),
        ("sources = [1]\n", "sources[1]", "is no table"),
    ],
)
def test_a_wrong_file_is_refused_by_file_and_key(load, tmp_path, text, key, said):
    with pytest.raises(SourceError) as caught:
        load(text)
    assert str(caught.value).startswith(f"{tmp_path / 'sources.toml'}: {key} ")
    assert said in str(caught.value)
    assert (caught.value.key, caught.value.file) == (key, tmp_path / "sources.toml")


@pytest.mark.parametrize(
    ("kind", "location"),
    [
        ("url_list", "https://user:hunter2@example.org/1"),
        ("url_list", "https://example.org/1\\nhttps://user:hunter2@example.org/2"),
        ("url_list", "example.org/1\\r\\n user:hunter2@example.org/2"),
        ("url_list", "example.org/1\\nhttps:/\\t/user:hunter2@example.org/2"),
        ("feed", "user:hunter2@example.org/feed"),
    ],
)
def test_credentials_in_any_line_of_a_location_are_refused_and_not_repeated(load, kind, location):
    with pytest.raises(SourceError) as caught:
        load(f'[[sources]]\nname = "mine"\nkind = "{kind}"\nlocation = "{location}"\n')
    assert "sources.toml: sources[1].location holds a user or a password" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_an_at_sign_in_a_path_or_after_the_host_is_no_credential(load, tmp_path):
    (source,) = load(ONE.replace("wire.tar", "desk@example.org/wire.tar"))
    assert source.location == str(tmp_path / "desk@example.org/wire.tar")
    (source,) = load(ONE.replace("archive", "feed").replace("wire.tar", "https://example.org/@desk/feed"))
    assert source.location == "https://example.org/@desk/feed"


def test_a_file_that_is_no_toml_or_not_there_is_refused(load, tmp_path):
    with pytest.raises(SourceError, match=r"no TOML: .*line 1"):
        load("name = \n")
    with pytest.raises(SourceError, match="cannot be read"):
        load_sources(tmp_path / "gone.toml")
