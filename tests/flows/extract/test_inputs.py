"""Which files a form may read: those below the given folders, wherever links lead; of others nothing is told."""

from pathlib import Path

import pytest

from flows.extract.inputs import ANYWHERE, Inputs
from flows.extract.readers import checked_location, open_reader
from flows.extract.sources import Source, SourceError
from flows.orders import IngestOrder
from tests.flows.extract.bulk.warc_making import http, record, warc_of
from warehouse.model import Reject, SourceKind

KINDS = [SourceKind.ARCHIVE, SourceKind.WARC, SourceKind.PARQUET, SourceKind.URL_LIST]
OUTSIDE = "lies outside of the folders that forms may read"


@pytest.fixture
def allowed(tmp_path):
    folder = tmp_path / "allowed"
    (folder / "below").mkdir(parents=True)
    return folder


@pytest.fixture
def inputs(allowed):
    return Inputs((allowed,))


@pytest.fixture
def outside(tmp_path):
    """A folder with a file of each kind that could be read, and must not be."""
    folder = tmp_path / "allowed2"
    folder.mkdir()
    warc_of([record(block=http())], folder / "a.warc")
    (folder / "list.txt").write_text("https://example.org/1\n")
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_told_of_what_lies_outside(allowed, outside, inputs, kind, monkeypatch):
    monkeypatch.chdir(allowed)
    places = [
        *(outside, outside / "a.warc", outside / "list.txt", outside / "gone", outside / "*.warc", "/etc/passwd", "/"),
        *("..", "../allowed2/list.txt", "below/../../allowed2", "../*/list.txt", "~", "~/x", "/proc/self/environ"),
    ]
    for place in map(str, places):
        with pytest.raises(SourceError, match=OUTSIDE) as refused:
            checked_location(kind, place, inputs)
        assert repr(place) in str(refused.value)
        assert "no such" not in str(refused.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_is_where_it_leads(allowed, outside, inputs, kind):
    (allowed / "link").symlink_to(outside)
    (allowed / "link.txt").symlink_to(outside / "list.txt")
    for place in ("link", "link/a.warc", "link/list.txt", "link.txt"):
        with pytest.raises(SourceError, match=OUTSIDE):
            checked_location(kind, str(allowed / place), inputs)


def test_a_link_among_the_files_of_a_folder_or_a_pattern_is_refused_by_its_name(allowed, outside, inputs):
    warc_of([record(block=http())], allowed / "below" / "b.warc")
    (allowed / "below" / "c.warc").symlink_to(outside / "a.warc")
    for place in (allowed, allowed / "below", allowed / "*" / "*.warc", allowed / "**" / "*.warc"):
        with pytest.raises(SourceError, match=rf"c.warc {OUTSIDE}") as refused:
            checked_location(SourceKind.WARC, str(place), inputs)
        assert "allowed2" not in str(refused.value)


@pytest.mark.parametrize("pattern", ["*/../../allowed2/a.warc", "*/../../allowed2/[a].warc", "[b]elow/../../**"])
def test_a_pattern_does_not_lead_out_by_dots(allowed, outside, inputs, pattern):
    assert (outside / "a.warc").exists()
    for kind in (SourceKind.WARC, SourceKind.PARQUET):
        with pytest.raises(SourceError, match=OUTSIDE) as refused:
            checked_location(kind, str(allowed / pattern), inputs)
        assert str(refused.value).count("a.warc") == pattern.count("a.warc")


def test_what_a_pattern_would_find_behind_a_link_is_as_if_it_were_not_there(allowed, outside, inputs):
    (allowed / "link").symlink_to(outside)
    for name in ("a", "b"):
        with pytest.raises(SourceError, match="nothing matches the pattern"):
            checked_location(SourceKind.WARC, str(allowed / "[l]ink" / f"[{name}].warc"), inputs)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("limited", [True, False])
def test_what_can_be_no_path_is_said_in_a_line(allowed, kind, limited):
    (allowed / "loop").symlink_to(allowed / "loop")
    inputs = Inputs((allowed,)) if limited else ANYWHERE
    for place in ("a\0b", "", " ", "\ud800", "~nobody-of-that-name/x", str(allowed / "loop"), "x" * 10_000):
        with pytest.raises(SourceError):
            checked_location(kind, place, inputs)


def test_a_link_in_an_archives_folder_is_not_followed(allowed, outside, inputs, settings):
    (allowed / "1.md").symlink_to(outside / "list.txt")
    (allowed / "2.md").write_text("no header")
    source = Source(name="a", kind=SourceKind.ARCHIVE, location=str(allowed))
    items = list(open_reader(source, settings, inputs=inputs))
    assert all(isinstance(item, Reject) for item in items)
    assert len(items) == 2


def test_what_lies_below_is_read_also_by_a_link_that_leads_there(allowed, inputs, tmp_path):
    (allowed / "below" / "list.txt").write_text("https://example.org/1\n")
    (tmp_path / "way").symlink_to(allowed)
    for place in (allowed / "below" / "list.txt", tmp_path / "way" / "below" / "list.txt"):
        assert checked_location(SourceKind.URL_LIST, str(place), inputs) == str(place)
    assert checked_location(SourceKind.URL_LIST, "https://example.org/1", inputs)
    assert checked_location(SourceKind.FEED, "https://example.org/feed", inputs)


def test_a_folder_may_itself_be_a_link_and_several_may_be_allowed(allowed, outside, tmp_path):
    (tmp_path / "way").symlink_to(allowed)
    (allowed / "list.txt").write_text("https://example.org/1\n")
    both = Inputs((tmp_path / "way", outside))
    for place in (allowed / "list.txt", outside / "list.txt"):
        assert checked_location(SourceKind.URL_LIST, str(place), both)


def test_the_command_may_read_what_its_user_may(outside):
    assert checked_location(SourceKind.WARC, str(outside), ANYWHERE) == str(outside)


@pytest.mark.parametrize("pasted", [True, False])
def test_a_list_without_an_address_is_refused_whole_and_nothing_of_it_is_repeated(settings, tmp_path, pasted):
    text = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534\n"
    place = tmp_path / "passwd"
    place.write_text(text)
    with pytest.raises(SourceError, match="no line of it is a web address") as refused:
        IngestOrder.checked("url_list", text if pasted else str(place), None, None, settings)
    assert "root" not in str(refused.value).replace(str(Path(tmp_path)), "")


def test_a_configured_list_without_an_address_is_one_reject_without_its_lines(settings, tmp_path):
    place = tmp_path / "passwd"
    place.write_text("https://example.org/1\n")
    source = Source(name="list", kind=SourceKind.URL_LIST, location=str(place))
    reader = open_reader(source, settings)
    # It became another file after it was looked at.
    place.write_text("nobody:x:65534:65534\n")
    (reject,) = (item for item in reader if isinstance(item, Reject))
    assert "no line of it is a web address" in reject.detail
    assert "65534" not in f"{reject}"
    assert reader.shortfalls
