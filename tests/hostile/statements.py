"""What a page says of itself, said at a length or a depth that nobody means."""

from tests.hostile.article import TITLE, page

MEGABYTE = 1_000_000


def _ld(json: str) -> str:
    return f'<script type="application/ld+json">{json}</script>'


def one_script_of_json_ld() -> str:
    body = "A sentence that says little and comes again. " * (6 * MEGABYTE // 45)
    return page(head=_ld(f'{{"@type": "NewsArticle", "headline": "{TITLE}", "articleBody": "{body}"}}'))


def six_megabytes_of_objects() -> str:
    objects = ",".join(f'{{"@type":"Person","name":"Ann Author{number}"}}' for number in range(150_000))
    return page(head=_ld(f'{{"@graph": [{objects}]}}'))


def deep_json_ld() -> str:
    return page(head=_ld('{"@type":"NewsArticle","author":' * 50_000 + "1" + "}" * 50_000))


def deep_arrays() -> str:
    return page(head=_ld("[" * 400_000))


def many_scripts_of_json_ld() -> str:
    return page(head=_ld('{"@type": "NewsArticle", "author": {"name": "Ann Author"}}') * 50_000)


def json_ld_of_many_authors() -> str:
    authors = ",".join(f'"Ann Author{number}"' for number in range(20_000))
    return page(head=_ld(f'{{"@type": "NewsArticle", "author": [{authors}]}}'))


def json_ld_of_references() -> str:
    nodes = ",".join(f'{{"@type":"NewsArticle","@id":"{n}","author":[{{"@id":"{n + 1}"}}]}}' for n in range(5_000))
    return page(head=_ld(f'{{"@graph": [{nodes}]}}'))


def broken_json_ld() -> str:
    return page(head=_ld('{"a": "b" c" d" e", // ' * 7_000))


def quotes_in_json_ld() -> str:
    return page(head=_ld('{"a": "' + '"  ' * 60_000))


def huge_numbers_in_json_ld() -> str:
    return page(head=_ld('{"@type": "NewsArticle", "wordCount": ' + "9" * 400_000 + "}"))


def long_title() -> str:
    return page().replace(f"<title>{TITLE}</title>", "<title>" + "The title goes on - " * (MEGABYTE // 20) + "</title>")


def long_heading() -> str:
    return page(before="<h1>" + "The heading goes on and on, " * (MEGABYTE // 28) + "</h1>")


def long_metas() -> str:
    names = ("author", "description", "keywords", "og:title", "article:published_time", "og:image", "og:locale")
    return page(head="".join(f'<meta property="{name}" content="{"long, long; " * 80_000}">' for name in names))


def long_language() -> str:
    return page().replace("<html>", f'<html lang="{"en-" * 300_000}">')


def long_canonical() -> str:
    return page(head=f'<link rel=canonical href="https://news.example/{"a/" * 500_000}">')


def data_uris() -> str:
    data = "data:image/png;base64," + "iVBORw0K" * (5 * MEGABYTE // 8)
    return page(within=f'<img src="{data}"><a href="{data}">a picture</a>')


def billion_laughs() -> str:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 10)
    )
    return f"<?xml version='1.0'?><!DOCTYPE html [{entities}]>" + page(within="<p>&a9;</p>")


def external_entity() -> str:
    doctype = '<!DOCTYPE html [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>'
    return "<?xml version='1.0'?>" + doctype + page(within="<p>&xxe; stands where the entity was.</p>")


def base_elsewhere() -> str:
    return page(head="<base href='javascript:alert(1)//'><base href='//['>", within="<a href='story'>a story</a>")


def addresses_that_are_none() -> str:
    bad = (
        "javascript:alert(1)",
        "http://[::1",
        "http://a:b:c/",
        "//",
        "http://\0/",
        "data:,x",
        "ht!tp://x",
        "",
    )
    return page(within="".join(f"<p>A <a href='{url}'>link</a> and <img src='{url}'></p>" for url in bad * 200))
