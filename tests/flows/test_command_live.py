"""The commands that reach for the web: what they say and write, and the one line when they cannot."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.extract.fetch.clocks import SystemClock
from flows.extract.sources import load_sources
from flows.single import fetch_page
from flows.transform.documents import transform
from tests.flows.loopback import Response, article, feed, hosts
from tests.flows.processes import environment_of
from warehouse.settings import Settings

COMMAND = Path(sys.executable).with_name("broadsheet")
PUBLISHED = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
OPML = """<opml version="2.0"><body><outline text="News">
<outline type="rss" text="The Harbour Gazette" xmlUrl="https://example.org/feed" language="en"/>
<outline type="rss" text="El Faro" xmlUrl="https://example.com/rss"/>
</outline></body></opml>"""


def run(root, *words, given=None, **environment):
    settings = environment_of(root, BROADSHEET_DELAY_SECONDS="0", **environment)
    return subprocess.run(
        [COMMAND, *words], env=settings, capture_output=True, text=True, input=given, check=False, timeout=120
    )


def is_one_clear_line(done):
    return done.returncode != 0 and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


@pytest.fixture
def outlet():
    pages = {f"/{number}": article(f"Article {number}", f"What it says: {number}.", PUBLISHED) for number in range(3)}
    listed = feed([(path, f"Article {path}", PUBLISHED, None) for path in pages])
    with hosts(1, SystemClock()) as (host,):
        host.answers = lambda path: listed if path == "/feed" else pages.get(path)
        yield host


@pytest.fixture
def sources(outlet, tmp_path):
    """A sources file that names the outlet, as an environment."""
    path = tmp_path / "sources.toml"
    path.write_text(
        f'[[sources]]\nname = "outlet"\nkind = "feed"\nlocation = "{outlet.url}/feed"\nallow_private = true\n'
    )
    return {"BROADSHEET_SOURCES": str(path)}


def test_a_refresh_says_what_it_did_and_status_shows_its_sources(tmp_path, sources):
    root = tmp_path / "data"
    done = run(root, "refresh", "--max-pages", "2", **sources)
    assert done.returncode == 0, done.stderr
    assert "refresh: 2 read, 2 new pages, 2 documents; published" in done.stdout
    done = run(root, "refresh", "outlet", **sources)
    assert "1 new pages, 2 unchanged, 1 documents" in done.stdout.replace("read, ", "")
    shown = run(root, "status", **sources).stdout
    assert "outlet" in shown
    assert "source health" in shown


def test_a_dry_run_prints_what_would_be_fetched_and_leaves_no_trace(tmp_path, outlet, sources):
    root = tmp_path / "data"
    done = run(root, "refresh", "--dry-run", **sources)
    assert done.returncode == 0
    assert done.stdout.splitlines()[:3] == [f"new\toutlet\t{outlet.url}/{number}" for number in range(3)]
    assert "would fetch 3 links; nothing was stored" in done.stdout
    assert "/0" not in outlet.paths()
    assert not root.exists()
    root.mkdir()
    assert run(root, "refresh", "--dry-run", **sources).stdout == done.stdout
    assert not (root / "tables").exists()


def test_a_list_of_addresses_is_read_from_standard_input(tmp_path, outlet, sources):
    given = f"{outlet.url}/0\nno address at all\nfile:///etc/passwd\njavascript:alert(1)\n# a comment\n{outlet.url}/1\n"
    root = tmp_path / "data"
    done = run(root, "ingest", "url_list", "-", "--source", "outlet", given=given, **sources)
    assert done.returncode == 0, done.stderr
    assert "5 read, 2 new pages, 3 refused while reading, 2 documents" in done.stdout
    query = "select reason, detail from rejects order by detail"
    rows = json.loads(run(root, "sql", query, "--format", "json").stdout)
    assert [row["reason"] for row in rows] == ["malformed_input", "address_refused", "address_refused"]


def test_an_internal_address_is_a_reject_unless_its_source_allows_it(tmp_path, outlet):
    root = tmp_path / "data"
    done = run(root, "ingest", "url_list", f"{outlet.url}/0")
    assert done.returncode == 0, done.stderr
    assert "1 refused while reading" in done.stdout
    assert outlet.log == []
    rows = json.loads(run(root, "sql", "select reason, url from rejects", "--format", "json").stdout)
    assert rows == [{"reason": "address_refused", "url": f"{outlet.url}/0"}]


def test_one_address_becomes_a_document_and_nothing_is_written(tmp_path, outlet):
    done = run(tmp_path / "data", "extract", f"{outlet.url}/0")
    assert done.returncode == 1
    assert json.loads(done.stdout)["reason"] == "address_refused"
    assert not (tmp_path / "data").exists()


def test_a_page_from_the_web_is_fetched_by_the_rules_of_its_host(tmp_path, outlet):
    settings = Settings(root=tmp_path / "data", delay_seconds=0)
    page = fetch_page(f"{outlet.url}/0", settings, allow_private=True)
    assert page.body == outlet.answers("/0").body
    assert transform(page).title == "Article 0"
    outlet.answers = lambda _: Response(b"User-agent: *\nDisallow: /", content_type="text/plain")
    assert fetch_page(f"{outlet.url}/0", settings, allow_private=True).reason == "robots_denied"
    assert not settings.root.exists()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["refresh", "nobody"], "unknown source 'nobody'; expected some of: outlet"),
        (["refresh", "--since", "soon"], "since 'soon': expected a day such as 2026-11-30"),
        (["refresh", "--max-pages", "0"], "max_pages 0: expected a positive number"),
        (["ingest", "feed", "file:///etc/passwd"], "no web address; expected one such as"),
        (["ingest", "sitemap", "javascript:alert(1)"], "no web address; expected one such as"),
        (["ingest", "feed", "https://me:secret@example.org/feed"], "holds a user or a password"),
        (["ingest", "url_list", "no/such/list.txt"], "no such file; expected a file with one address a line"),
        (["extract", "https://me:secret@example.org/"], "holds a user or a password"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(tmp_path, sources, words, problem):
    done = run(tmp_path / "data", *words, **sources)
    assert is_one_clear_line(done)
    assert problem in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[sources]\n", "sources.toml: no TOML:"),
        ('[[sources]]\nname = "a"\nkind = "feed"\n', "sources.toml: sources[1].location is missing"),
        (
            '[[sources]]\nname = "a"\nkind = "fed"\nlocation = "x"\n',
            "sources[1].kind is 'fed'; expected one of archive",
        ),
        ('[[sources]]\nname = "a"\nkind = "feed"\nlocation = "file:///x"\n', "sources[1].location is 'file:///x'"),
        ('[[sources]]\nname = "a"\nkind = "feed"\nlocation = "https://u:pw@x.org/"\n', "sources[1].location holds"),
        (
            '[[sources]]\nname = "a"\nkind = "feed"\nlocation = "https://x.org/"\npolicy = "ignore"\n',
            "sources[1].policy is 'ignore'; expected one of respect, record",
        ),
        (
            '[[sources]]\nname = "a"\nkind = "feed"\nlocation = "https://x.org/"\ndelay_seconds = -1\n',
            "sources[1].delay_seconds is -1; expected seconds, from 0 to 3600",
        ),
    ],
)
def test_a_wrong_sources_file_is_named_with_its_key_and_what_was_expected(tmp_path, text, problem):
    path = tmp_path / "sources.toml"
    path.write_text(text)
    done = run(tmp_path / "data", "refresh", BROADSHEET_SOURCES=str(path))
    assert is_one_clear_line(done)
    assert problem in done.stderr
    assert "pw" not in done.stderr


def test_feeds_of_an_opml_file_become_sources_once(tmp_path):
    opml, target = tmp_path / "subscriptions.opml", tmp_path / "mine.toml"
    opml.write_text(OPML)
    done = run(tmp_path / "data", "import-opml", opml, "--to", target)
    assert done.stdout == f"{target}: 2 sources added, 0 were there already\n"
    assert run(tmp_path / "data", "import-opml", opml, "--to", target).stdout.endswith(
        "0 sources added, 2 were there already\n"
    )
    assert [source.location for source in load_sources(target)] == [
        "https://example.org/feed",
        "https://example.com/rss",
    ]


def test_an_opml_file_that_is_none_is_said_in_one_line(tmp_path):
    opml = tmp_path / "subscriptions.opml"
    opml.write_text("<html>no subscriptions</html>")
    assert is_one_clear_line(run(tmp_path / "data", "import-opml", opml, "--to", tmp_path / "mine.toml"))
    assert is_one_clear_line(run(tmp_path / "data", "import-opml", opml))
