"""What robots.txt and tdmrep.json mean for us, and what they say to AI agents."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.fetch.robots import (
    AI_AGENTS,
    LONGEST_DELAY,
    READ_BYTES,
    Robots,
    Tdmrep,
    agent_of,
    robots_url,
)

SITE = "https://news.example.org"
AGENT = "Broadsheet"


def robots(text):
    return Robots.read(text.encode(), AGENT)


def allowed(text, path):
    return robots(text).is_allowed(SITE + path)


class TestRules:
    def test_nothing_is_forbidden_where_nothing_is_said(self):
        assert Robots.allow_all().is_allowed(SITE + "/a")
        assert Robots.allow_all().statements(SITE + "/a") == ()
        assert allowed("", "/a")

    def test_the_longest_rule_counts_and_allow_wins_a_tie(self):
        text = "User-agent: *\nDisallow: /news\nAllow: /news/free\nDisallow: /tie\nAllow: /tie"
        assert not allowed(text, "/news/paid")
        assert allowed(text, "/news/free/1")
        assert allowed(text, "/tie")

    @pytest.mark.parametrize(
        ("path", "is_allowed"),
        [("/a.pdf", False), ("/a.pdf?x=1", True), ("/x/print/1", False), ("/x/printed", True), ("/caf%C3%A9/1", False)],
    )
    def test_wildcards_and_escapes(self, path, is_allowed):
        assert allowed("User-agent: *\nDisallow: /*.pdf$\nDisallow: /*/print/\nDisallow: /café/", path) is is_allowed

    def test_our_own_group_counts_in_place_of_everybodys(self):
        text = "User-agent: *\nDisallow: /\n\nUser-agent: broadSHEET/1.0\nDisallow: /private"
        assert allowed(text, "/a")
        assert not allowed(text, "/private/a")

    def test_groups_that_name_us_are_one(self):
        ours = "User-agent: Broadsheet\nDisallow: {}\n\n"
        text = ours.format("/a") + "User-agent: other\nDisallow: /\n\n" + ours.format("/b")
        assert [allowed(text, path) for path in ("/a", "/b", "/c")] == [False, False, True]

    def test_agents_in_a_row_share_their_rules(self):
        assert not allowed("User-agent: other\nUser-agent: Broadsheet\nSitemap: /s.xml\nDisallow: /", "/a")

    @pytest.mark.parametrize("name", ["Broad", "sheet", "Broadsheets", "Broadsheet-Images", "b*t"])
    def test_a_name_that_is_partly_ours_is_another(self, name):
        assert allowed(f"User-agent: {name}\nDisallow: /", "/a")

    @pytest.mark.parametrize(
        "line",
        ["user-agent : Broadsheet", "User agent: Broadsheet", "useragent Broadsheet", "USER-AGENT:Broadsheet # we"],
    )
    def test_agent_lines_are_understood_however_they_are_written(self, line):
        assert not allowed(f"User-agent: *\nAllow: /\n{line}\nDisallow: /", "/a")

    def test_an_empty_agent_line_ends_a_group_and_does_not_void_the_next(self):
        text = "User-agent: Broadsheet\nDisallow: /a\nUser-agent\nDisallow: /b\nUser-agent: Broadsheet\nDisallow: /c"
        assert [allowed(text, path) for path in ("/a", "/b", "/c")] == [False, True, False]

    def test_a_byte_order_mark_and_every_line_end_are_no_matter(self):
        for end in ("\n", "\r\n", "\r"):
            body = b"\xef\xbb\xbf" + end.join(["User-agent: *", "Disallow: /a"]).encode()
            assert not Robots.read(body, AGENT).is_allowed(SITE + "/a")

    def test_what_is_no_robots_txt_allows_everything(self):
        page = "<!doctype html><html><head><title>Not found</title></head><body>Disallow: nothing</body></html>"
        assert allowed(page, "/a")
        assert Robots.read(bytes(range(256)) * 40, AGENT).is_allowed(SITE + "/a")

    def test_what_comes_after_500_kib_is_ignored_and_a_cut_line_too(self):
        head = "User-agent: *\nDisallow: /first\n"
        padding = "#" * (READ_BYTES - len(head) - len("\nDisallow: /")) + "\nDisallow: /late\nDisallow: /later"
        rules = robots(head + padding)
        assert [rules.is_allowed(SITE + path) for path in ("/first", "/", "/late", "/later")] == [
            False,
            True,
            True,
            True,
        ]

    def test_robots_txt_itself_may_be_asked_for(self):
        assert allowed("User-agent: *\nDisallow: /", "/robots.txt")

    def test_a_hostile_file_is_read_in_the_time_of_its_lines(self):
        # Each agent with a copy of each rule would be 200 million rules.
        agents = "".join(f"User-agent: a{number}\n" for number in range(10_000)) + "User-agent: GPTBot\nUser-agent: *\n"
        rules = robots(agents + "Disallow: /a\n" * 20_000)
        assert not rules.is_allowed(SITE + "/a")
        assert rules.statements(SITE + "/a") == ("robots.txt: disallows GPTBot",)

    @given(st.binary(max_size=2000), st.text())
    def test_reading_is_total(self, body, url):
        rules = Robots.read(b"User-agent: *\n" + body, AGENT)
        assert rules.is_allowed(url) in (True, False)
        assert all(isinstance(statement, str) for statement in rules.statements(url))

    @given(
        st.lists(
            st.sampled_from(
                ["User-agent: *", "User-agent", "Disallow: /[", "Crawl-delay: 1e999", "Request-rate: 1/9", "#"]
            )
            | st.text(max_size=20)
        )
    )
    def test_rules_in_any_order_are_read(self, lines):
        rules = robots("\n".join(lines).encode(errors="replace").decode())
        assert rules.is_allowed("http://[") in (True, False)
        assert rules.crawl_delay is None or 0 < rules.crawl_delay <= LONGEST_DELAY


class TestDelay:
    @pytest.mark.parametrize(
        ("lines", "delay"),
        [
            ("Disallow:", None),
            ("Crawl-delay: 2.5", 2.5),
            ("Crawl-delay: 0", None),
            ("Crawl-delay: soon", None),
            ("Crawl-delay: -3", None),
            ("Crawl-delay: inf", None),
            ("Crawl-delay: 3600", LONGEST_DELAY),
            ("Request-rate: 1/5", 5),
            ("Request-rate: 2/1m", 30),
            ("Request-rate: 1/1d", LONGEST_DELAY),
            (f"Request-rate: 1/{'9' * 4000}", LONGEST_DELAY),
            ("Crawl-delay: 10\nRequest-rate: 1/5", 10),
        ],
    )
    def test_the_greater_of_crawl_delay_and_request_rate_up_to_a_minute(self, lines, delay):
        assert robots(f"User-agent: *\n{lines}").crawl_delay == delay

    def test_anothers_delay_is_not_ours(self):
        assert robots("User-agent: Bingbot\nCrawl-delay: 10\n\nUser-agent: *\nDisallow: /x").crawl_delay is None


class TestSitemaps:
    def test_they_are_listed_in_order_and_once_wherever_they_stand(self):
        text = "Sitemap: https://a.example/1.xml\nUser-agent: x\nDisallow: /\nsitemap: https://a.example/2.xml\n"
        assert robots(text + text).sitemaps == ("https://a.example/1.xml", "https://a.example/2.xml")


class TestStatements:
    def test_ai_agents_that_are_kept_out_are_named_by_address(self):
        text = "User-agent: ccbot\nUser-agent: GPTBot/1.0\nDisallow: /\n\nUser-agent: ClaudeBot\nDisallow: /paid\n"
        rules = robots(text)
        assert rules.statements(SITE + "/a") == ("robots.txt: disallows CCBot, GPTBot",)
        assert rules.statements(SITE + "/paid/a") == ("robots.txt: disallows CCBot, ClaudeBot, GPTBot",)
        assert rules.is_allowed(SITE + "/a")

    def test_other_agents_and_rules_for_everybody_say_nothing_of_ai(self):
        text = "User-agent: *\nDisallow: /\n\nUser-agent: Bingbot\nDisallow: /\n\nUser-agent: GPTBot\nDisallow:\n"
        assert robots(text).statements(SITE + "/a") == ()

    def test_content_signals_are_told_as_they_stand(self):
        text = "User-agent: *\nContent-Signal: search=yes,  AI-train=no\nContent-Usage: train-ai=n\nAllow: /\n"
        assert robots(text).statements(SITE + "/a") == (
            "robots.txt: content-signal search=yes, ai-train=no",
            "robots.txt: content-usage train-ai=n",
        )

    def test_signals_before_all_groups_are_for_everybody_and_those_of_others_are_not(self):
        text = "Content-Signal: ai-input=no\nUser-agent: other\nContent-Signal: ai-train=no\n"
        assert robots(text).statements(SITE + "/a") == ("robots.txt: content-signal ai-input=no",)

    def test_agents_with_the_same_rules_are_asked_about_once(self):
        rules = robots("".join(f"User-agent: {name}\nDisallow: /\n\n" for name in AI_AGENTS))
        assert len(rules._verdicts) == 1
        names = ", ".join(sorted(AI_AGENTS, key=str.lower))
        assert rules.statements(SITE + "/a") == (f"robots.txt: disallows {names}",)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://user:pass@News.example.org:8443/a/b?c#d", "https://news.example.org:8443/robots.txt"),
        ("http://[::1]:8080/a", "http://[::1]:8080/robots.txt"),
        ("http://news.example.org", "http://news.example.org/robots.txt"),
        ("mailto:a@example.org", ""),
        ("", ""),
    ],
)
def test_robots_txt_is_at_the_root_of_scheme_host_and_port(url, expected):
    assert robots_url(url) == expected


@pytest.mark.parametrize(
    ("user_agent", "agent"),
    [("Broadsheet/1.0 (+https://example.org)", "Broadsheet"), ("Paper Reader", "Paper"), (" x ", "x"), ("", "")],
)
def test_the_agent_is_the_first_word_up_to_the_slash(user_agent, agent):
    assert agent_of(user_agent) == agent


class TestTdmrep:
    def read(self, *entries):
        return Tdmrep.read(json.dumps(entries).encode())

    def test_a_place_that_is_reserved_says_so_with_its_policy(self):
        entry = {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://news.example.org/tdm.json"}
        assert self.read(entry).statements(SITE + "/a") == (
            "tdmrep.json: tdm-reservation: 1, tdm-policy: https://news.example.org/tdm.json",
        )

    def test_the_most_particular_place_speaks_whatever_the_order(self):
        rules = self.read(
            {"location": "/", "tdm-reservation": 1},
            {"location": "/open/", "tdm-reservation": 0},
            {"location": "/*.pdf$", "tdm-reservation": "1"},
        )
        assert rules.statements(SITE + "/a") == ("tdmrep.json: tdm-reservation: 1",)
        assert rules.statements(SITE + "/open/a") == ("tdmrep.json: tdm-reservation: 0",)
        assert rules.statements(SITE + "/open/a.pdf") == ("tdmrep.json: tdm-reservation: 1",)

    def test_elsewhere_nothing_is_said(self):
        rules = self.read({"location": "/paid/", "tdm-reservation": 1})
        assert rules.statements(SITE + "/a") == ()
        assert rules.statements(SITE + "/paid/a") != ()

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html>",
            b"[1, null, [], {}]",
            b'{"location": 5, "tdm-reservation": 1}',
            b'[{"location": "/", "tdm-reservation": 2}]',
            b'[{"location": "/", "tdm-reservation": true}]',
            b'[{"location": "https://x.example/", "tdm-reservation": 1}]',
            b"[" * 100_000,
            b"\xff\xfe",
            b"9" * 5000,
        ],
    )
    def test_garbage_says_nothing(self, body):
        assert Tdmrep.read(body).statements(SITE + "/a") == ()

    def test_what_it_says_can_be_stored(self):
        entry = {"location": "/\ud800\nUser-agent: x", "tdm-reservation": 1, "tdm-policy": "https://a/\udfff\n\n"}
        Tdmrep.read(json.dumps([entry, {"location": "/", "tdm-reservation": 1, "tdm-policy": "\udfff"}]).encode())
        (statement,) = self.read({**entry, "location": "/"}).statements(SITE)
        assert statement.encode().isascii()

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["/", "/a*$"]),
            lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["location", "tdm-reservation"]), inner),
            max_leaves=8,
        ),
        st.text(max_size=30),
    )
    def test_it_is_total(self, content, url):
        assert len(Tdmrep.read(json.dumps(content).encode()).statements(url)) <= 1
