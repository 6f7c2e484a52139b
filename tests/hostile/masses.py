"""Far too many of what one or two of are common."""

from tests.hostile.article import page


def attributes_on_one_tag() -> str:
    return page(before="<div " + " ".join(f"a{number}=1" for number in range(1_000_000)) + "></div>")


def spread_attributes() -> str:
    tag = "<p " + " ".join(f"data-a{number}='x'" for number in range(100)) + "></p>"
    return page(before=tag * 10_000)


def line_breaks() -> str:
    return page(within="<br>" * 1_000_000)


def line_breaks_with_words() -> str:
    return page(within="<p>" + "one word<br>" * 200_000 + "</p>")


def links() -> str:
    return page(after="".join(f"<a href='/{number}'>Story {number}</a> " for number in range(200_000)))


def links_within() -> str:
    return page(within="<p>" + "".join(f"<a href='/{number}'>story</a> " for number in range(200_000)) + "</p>")


def author_metas() -> str:
    return page(head="".join(f'<meta name="author" content="Ann Author{number}">' for number in range(100_000)))


def paragraphs() -> str:
    lines = (
        f"<p>Paragraph number {number} of a page that goes on for ever, it seems.</p>" for number in range(100_000)
    )
    return page(after="".join(lines))


def table_cells() -> str:
    return page(within="<table>" + "<tr><td>1</td><td>2</td><td>three</td></tr>" * 100_000 + "</table>")


def list_items() -> str:
    return page(within="<ul>" + "<li>an item of the list" * 100_000 + "</ul>")


def images() -> str:
    return page(within="".join(f"<img src='/p/{number}.jpg' alt='p' width=600>" for number in range(50_000)))


def figures() -> str:
    figure = "<figure><img src='/p/{0}.jpg'><figcaption>Caption {0} of a picture.</figcaption></figure>"
    return page(within="".join(figure.format(number) for number in range(30_000)))


def times() -> str:
    return page(before="".join(f"<time datetime='2020-01-01T00:00:{n % 60:02}Z'>1 May</time>" for n in range(20_000)))


def visible_dates() -> str:
    return page(
        before="".join(f"<span>Published on {n % 28 + 1} May 2020 at 10:{n % 60:02}</span>" for n in range(20_000))
    )


def headings() -> str:
    return page(before="".join(f"<h1>Heading {number}</h1>" for number in range(100_000)))


def source_set() -> str:
    candidates = ", ".join(f"/p/{number}.jpg {number}w" for number in range(200_000))
    return page(within=f"<img src='/p.jpg' srcset='{candidates}'>")


def class_names() -> str:
    names = " ".join(f"byline author-{number}" for number in range(200_000))
    return page(before=f"<div class='{names}'>By Ann Author</div>")


def same_classes() -> str:
    return page(before="<div class='author byline'>By Ann Author</div>" * 50_000)


def scripts() -> str:
    return page(before="<script>var published = '2020-01-01';</script>" * 50_000)


def huge_script() -> str:
    return page(before="<script>" + "var a = {'datePublished': '2020-01-01T00:00:00Z'};\n" * 200_000 + "</script>")


def styles() -> str:
    return page(head="<style>p { color: red }</style>" * 100_000)


def frames() -> str:
    return page(before="<iframe src='https://ads.example/x'></iframe>" * 50_000)


def titles() -> str:
    return page(head="<title>Another title - Another site</title>" * 50_000)


def scopes() -> str:
    scope = "<div itemscope itemtype='https://schema.org/NewsArticle'><span itemprop='author'>Ann Author</span></div>"
    return page(before=scope * 30_000)


def typed_scopes() -> str:
    return page(before="<i itemscope itemtype='https://schema.org/Thing' typeof='schema:Thing'>a</i>" * 23_000)


def tags() -> str:
    return page(after="".join(f"<a rel=tag href='/t/{number}'>tag {number}</a>" for number in range(50_000)))


def huge_page() -> str:
    return page(after="<p>" + "The same sentence fills this page to its very brim. " * 1_000_000 + "</p>")


def huge_page_of_paragraphs() -> str:
    return page(after="<p>The same sentence fills this page to its very brim.</p>" * 800_000)
