"""What responses and pages say to robots and against mining, and what of it is obeyed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.fetch.statements import (
    HEAD_BYTES,
    LONGEST_STATEMENT,
    MOST_STATEMENTS,
    opt_out_statements,
    refusal,
    robots_statements,
)
from warehouse.model import Header


def tags(*values):
    return tuple(Header("X-Robots-Tag", value) for value in values)


def page(head, body="<p>The harbour bridge opens on Friday.</p>"):
    return f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


def meta(head):
    return robots_statements((), page(head))


class TestHeaders:
    @pytest.mark.parametrize(
        ("value", "statements"),
        [
            ("noindex", ["x-robots-tag: noindex"]),
            (" NoIndex ,  NOFOLLOW,", ["x-robots-tag: noindex, nofollow"]),
            ("max-snippet: -1, max-image-preview:large", ["x-robots-tag: max-snippet:-1, max-image-preview:large"]),
            (
                "unavailable_after: 25 Jun 2030 15:00:00 PST",
                ["x-robots-tag: unavailable_after:25 jun 2030 15:00:00 pst"],
            ),
            ("otherbot: noindex, nofollow", ["x-robots-tag otherbot: noindex, nofollow"]),
            ("a-bot: none, otherbot: nofollow", ["x-robots-tag a-bot: none", "x-robots-tag otherbot: nofollow"]),
            ("noarchive, otherbot: noindex", ["x-robots-tag: noarchive", "x-robots-tag otherbot: noindex"]),
            ("Broadsheet: noindex", ["x-robots-tag broadsheet: noindex"]),
            ("robots: noindex", ["x-robots-tag: noindex"]),
            ("", []),
            (" , ;", []),
        ],
    )
    def test_what_a_header_says(self, value, statements):
        assert list(robots_statements(tags(value), b"")) == statements

    def test_several_headers_count_whatever_their_case_and_each_statement_once(self):
        headers = (*tags("noindex", "otherbot: none"), Header("x-robots-TAG", "noindex"), Header("Server", "noarchive"))
        assert robots_statements(headers, b"") == ("x-robots-tag: noindex", "x-robots-tag otherbot: none")


class TestMetas:
    @pytest.mark.parametrize(
        "tag",
        [
            '<meta name="robots" content="noindex, follow">',
            "<META CONTENT='NOINDEX,Follow' NAME='Robots' />",
            "<meta name=robots content=noindex,follow>",
            '<meta\n  data-x="a > b"\n  name = "robots"\n  content = "noindex;follow"\n>',
            '<meta name="robots" content="noindex follow">',
            '<meta name="robots" content="noindex&#44; follow">',
            '<meta name="robots" content="noindex, follow" name="other">',
        ],
    )
    def test_a_tag_is_read_however_it_is_written(self, tag):
        assert meta(tag) == ("meta robots: noindex, follow",)

    def test_tags_for_one_robot_carry_its_name_and_ours_come_first(self):
        head = '<meta name="googlebot-news" content="nosnippet"><meta name="broadsheet" content="noarchive">'
        assert meta(head) == ("meta broadsheet: noarchive", "meta googlebot-news: nosnippet")

    def test_our_name_is_what_the_settings_say(self):
        body = page('<meta name="paperreader" content="noindex">')
        assert robots_statements((), body) == ()
        assert robots_statements((), body, "PaperReader") == ("meta paperreader: noindex",)

    @pytest.mark.parametrize(
        "head",
        [
            '<!-- <meta name="robots" content="noindex"> -->',
            '<script>document.write(\'<meta name="robots" content="noindex">\')</script>',
            '<STYLE>/* <meta name="robots" content="noindex"> */</STYLE>',
            '<title>How to use <meta name="robots" content="noindex"></title>',
            '<meta name="description" content="About <meta name=robots content=noindex>">',
            '<metadata name="robots" content="noindex">',
            '<meta property="robots" content="noindex">',
            '<meta name="robots">',
            '<meta name="robots" content="">',
            '<link rel="robots" content="noindex">',
        ],
    )
    def test_what_only_looks_like_a_tag_is_none(self, head):
        assert meta(head) == ()
        assert meta(head + '<meta name="robots" content="all">') == ("meta robots: all",)

    def test_only_the_head_is_looked_at(self):
        tag = '<meta name="robots" content="noindex">'
        assert robots_statements((), page("", tag)) == ()
        assert robots_statements((), f"<title>x</title><body>{tag}".encode()) == ()
        assert robots_statements((), f"<title>x</title><p>{tag}".encode()) == ()
        assert robots_statements((), b" " * HEAD_BYTES + tag.encode()) == ()
        assert robots_statements((), tag.encode()) == ("meta robots: noindex",)

    def test_a_tag_that_only_begins_like_the_end_of_the_head_is_not_it(self):
        assert meta('<p-x></headline><bodywork><meta name="robots" content="noindex">') == ("meta robots: noindex",)

    @pytest.mark.parametrize("charset", ["utf-16", "utf-8-sig", "gbk", "iso-8859-1"])
    def test_the_charset_is_no_matter(self, charset):
        body = page('<meta name="robots" content="noindex">').decode().encode(charset)
        assert robots_statements((), body) == ("meta robots: noindex",)

    def test_a_long_list_of_others_does_not_push_out_what_is_for_everybody(self):
        others = tags(*(f"bot-{number}: none" for number in range(100)))
        found = robots_statements(others, page('<meta name="robots" content="noindex">'))
        assert found[0] == "meta robots: noindex"
        assert len(found) == MOST_STATEMENTS

    def test_what_is_recorded_is_bounded(self):
        head = "".join(f'<meta name="robots" content="rule-{number}-{"x" * 500}">' for number in range(100))
        statements = meta(head)
        assert len(statements) == MOST_STATEMENTS
        assert {len(statement) for statement in statements} == {LONGEST_STATEMENT}


class TestOptOuts:
    def test_a_reservation_is_told_with_its_policy_by_header_and_by_tag(self):
        headers = (Header("TDM-Reservation", "1"), Header("tdm-policy", "https://example.org/tdm.json"))
        body = page('<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="https://example.org/p">')
        assert opt_out_statements(headers, body) == (
            "meta tdm-reservation: 1, tdm-policy: https://example.org/p",
            "tdm-reservation: 1, tdm-policy: https://example.org/tdm.json",
        )

    @pytest.mark.parametrize("value", ["", "2", "yes", "true", "1, 1"])
    def test_any_other_value_reserves_nothing(self, value):
        assert opt_out_statements((Header("tdm-reservation", value),), b"") == ()

    def test_noai_and_noimageai_are_told_without_the_other_rules(self):
        body = page('<meta name="robots" content="index, noai, noimageai"><meta name="otherbot" content="noai">')
        assert opt_out_statements(tags("noai, noindex"), body) == (
            "x-robots-tag: noai",
            "meta robots: noai, noimageai",
            "meta otherbot: noai",
        )

    def test_what_the_sites_files_say_comes_last(self):
        from_robots_txt, from_tdmrep = ("robots.txt: disallows GPTBot",), ("tdmrep.json: tdm-reservation: 1",)
        assert opt_out_statements(tags("noai"), b"", from_robots_txt, from_tdmrep) == (
            "x-robots-tag: noai",
            "tdmrep.json: tdm-reservation: 1",
            "robots.txt: disallows GPTBot",
        )

    def test_silence_is_no_statement(self):
        assert opt_out_statements((Header("Server", "x"),), page("<title>x</title>")) == ()


class TestRefusal:
    @pytest.mark.parametrize(
        ("statement", "word"),
        [
            ("x-robots-tag: noindex", "noindex"),
            ("meta robots: follow, noindex", "noindex"),
            ("meta robots: none", "none"),
            ("x-robots-tag: nofollow, noarchive", "noarchive"),
            ("meta broadsheet: noai", "noai"),
            ("x-robots-tag broadsheet: noindex", "noindex"),
        ],
    )
    def test_what_forbids_keeping_the_page_is_obeyed_and_named(self, statement, word):
        assert refusal([statement], []) == f"{word} ({statement})"

    @pytest.mark.parametrize(
        "statement",
        [
            "meta robots: index, follow, all",
            "meta robots: nofollow, nosnippet, noimageindex, noimageai, notranslate",
            "meta robots: max-snippet:0, max-image-preview:none",
            "x-robots-tag: unavailable_after:25 jun 2030",
            "x-robots-tag otherbot: noindex",
            "meta googlebot-news: noindex",
            "meta broadsheets: noindex",
        ],
    )
    def test_other_rules_and_those_of_other_agents_are_recorded_only(self, statement):
        assert refusal([statement], []) is None

    def test_our_name_is_what_the_settings_say(self):
        assert refusal(["meta broadsheet: noindex"], [], "PaperReader") is None
        assert refusal(["meta paperreader: noindex"], [], "PaperReader") is not None

    @pytest.mark.parametrize("place", ["", "meta ", "tdmrep.json: "])
    def test_a_reservation_is_obeyed_wherever_it_stands(self, place):
        statement = f"{place}tdm-reservation: 1, tdm-policy: https://example.org/p"
        assert refusal([], [statement]) == f"text and data mining is reserved ({statement})"
        assert refusal([], [f"{place}tdm-reservation: 0"]) is None

    def test_the_page_outweighs_its_response_and_the_response_the_sites_file(self):
        file, response, tag = "tdmrep.json: tdm-reservation: 1", "tdm-reservation: 0", "meta tdm-reservation: 1"
        assert refusal([], [file, response]) is None
        assert refusal([], [file, response, tag]) == f"text and data mining is reserved ({tag})"

    @pytest.mark.parametrize(
        "statement", ["robots.txt: disallows CCBot, GPTBot", "robots.txt: content-signal ai-train=no", "meta x: noai"]
    )
    def test_what_is_said_to_collectors_of_training_data_is_recorded_only(self, statement):
        assert refusal([], [statement]) is None

    def test_what_was_found_is_what_is_obeyed(self):
        headers, body = tags("otherbot: noindex", "nofollow"), page('<meta name="robots" content="noai noimageai">')
        found = robots_statements(headers, body), opt_out_statements(headers, body)
        assert refusal(*found) == "noai (meta robots: noai, noimageai)"


PIECES = [
    b"<meta ",
    b'name="robots"',
    b"name=tdm-reservation",
    b" content='",
    b'"',
    b"'",
    b">",
    b"<!--",
    b"-->",
    b"</head",
]
PIECES += [b"<script>", b"</script", b"content=1", b"noindex,", b":", b"\xff", b"&#xd800;", b"\x00", b"x-bot: "]


class TestTotality:
    @given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=4)), st.text())
    def test_every_page_and_header_is_read_and_can_be_stored(self, pieces, value):
        body, headers = b"".join(pieces), (*tags(value), Header("tdm-reservation", value), Header("tdm-policy", value))
        robots, opt_outs = robots_statements(headers, body), opt_out_statements(headers, body)
        for statement in (*robots, *opt_outs):
            statement.encode()
            assert statement.splitlines() == [statement]
        assert len((refusal(robots, opt_outs) or "").splitlines()) <= 1

    @pytest.mark.parametrize(
        "piece", [b"<meta ", b"<meta a='", b"<!--", b"<script>", b"<meta x=", b'<meta "">', b"<", b"a=b "]
    )
    def test_no_page_is_slow(self, piece):
        body = b"<meta " + piece * (HEAD_BYTES // len(piece))
        began = time.process_time()
        robots_statements((), body)
        # A hundred times what it takes; what is quadratic takes minutes.
        assert time.process_time() - began < 5
