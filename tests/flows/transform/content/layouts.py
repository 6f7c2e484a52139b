"""Made-up pages: an article of some paragraphs in one layout or another, and all that stands around such an article."""

from flows.transform.content import read_content
from flows.transform.evidence import read_evidence
from flows.transform.noise import remove_noise
from flows.transform.outline import Outline
from flows.transform.removals import Removals
from flows.transform.trees import parse
from flows.web.sites import site_facts

URL = "https://courier.example/news/ferry"

ARTICLES = {
    "en": (
        "Ferry to the small island returns after a long winter",
        [
            (
                "The ferry to the small island left the quay on Monday for the first time since November, with forty "
                "passengers, two tractors and a crate of hens on board."
            ),
            (
                "It had been laid up all winter after its engine failed in a gale, and the islanders had been rowed "
                "across by the lifeboat crew whenever the weather let them."
            ),
            (
                '"We learned to bake our own bread again," said Nora Pell, who keeps the only shop there. "I am not '
                'sure that we shall stop now."'
            ),
            (
                "The council paid for the repair, which took eleven weeks longer than planned because a part had to be "
                "cast anew at a foundry on the mainland."
            ),
            (
                "From June the boat is to cross four times a day, and a second one, bought from a lake in the north, "
                "will join it before the summer holidays begin."
            ),
        ],
    ),
    "de": (
        "Die alte Fähre fährt wieder über den langen See",
        [
            (
                "Seit Montag fährt die alte Fähre wieder über den See, zum ersten Mal seit November und mit vierzig "
                "Fahrgästen, zwei Traktoren und einer Kiste voller Hühner an Bord."
            ),
            (
                "Den ganzen Winter hatte sie im Hafen gelegen, weil ihr Motor in einem Sturm versagt hatte, und die "
                "Bewohner wurden von der Wasserwacht hinübergerudert, wenn das Wetter es zuließ."
            ),
            (
                "„Wir haben wieder gelernt, unser Brot selbst zu backen“, sagte Nora Pell, die den einzigen Laden am "
                "anderen Ufer führt. „Ich weiß nicht, ob wir damit aufhören.“"
            ),
            (
                "Die Gemeinde hat die Reparatur bezahlt, die elf Wochen länger dauerte als geplant, weil ein Teil in "
                "einer Gießerei neu gegossen werden musste."
            ),
            (
                "Ab Juni soll das Schiff viermal am Tag fahren, und ein zweites, das von einem See im Norden gekauft "
                "wurde, kommt vor den Sommerferien hinzu."
            ),
        ],
    ),
    "zh": (
        "停航一冬的老渡船重新驶向小岛",
        [
            "星期一，开往小岛的老渡船自去年十一月以来第一次离开码头，船上有四十名乘客、两台拖拉机和一箱母鸡。",
            "去年冬天，渡船的发动机在一场大风中损坏，此后一直停在港内，岛上的居民只能在天气允许的时候由救生队划船接送。",
            "岛上唯一一家商店的店主说：“我们又学会了自己烤面包，现在我也不知道以后还会不会停下来。”",
            "修理费用由镇里承担，工期比原计划多了十一个星期，因为有一个零件必须在对岸的铸造厂重新铸造。",
            "从六月起，渡船每天往返四次，另一艘从北方湖区买来的船也将在暑假开始之前投入使用。",
        ],
    ),
}

# What stands around an article, by language: menu, related, newsletter, cookies, comment, share, caption, byline, foot.
AROUND = {
    "en": {
        "menu": ["Home", "News", "Sport", "Weather"],
        "related": ["Lighthouse keeper retires", "Mayor opens new harbour wall", "Storm closes the coast road"],
        "letter": "Sign up for our newsletter and get the best stories in your inbox every morning.",
        "cookies": "We use cookies to improve your experience. By continuing you accept our privacy policy.",
        "comment": "Great news! I have been waiting for this since Christmas, see you all on the boat.",
        "share": ["Share on Facebook", "Share on Twitter", "Email"],
        "caption": "The ferry at the quay on Monday. Photo: Ada Lund",
        "byline": "By Tom Reed",
        "foot": "© 2024 The Made-Up Courier. All rights reserved.",
    },
    "de": {
        "menu": ["Startseite", "Politik", "Sport", "Wetter"],
        "related": ["Leuchtturmwärter geht in Rente", "Bürgermeisterin eröffnet Mole", "Sturm sperrt die Uferstraße"],
        "letter": "Abonnieren Sie unseren Newsletter und lesen Sie jeden Morgen das Beste vom Tage.",
        "cookies": "Wir verwenden Cookies. Mit der Nutzung der Seite stimmen Sie der Datenschutzerklärung zu.",
        "comment": "Das freut mich sehr, ich habe seit Weihnachten darauf gewartet. Bis bald an Bord!",
        "share": ["Auf Facebook teilen", "Auf Twitter teilen", "Drucken"],
        "caption": "Die Fähre am Montag im Hafen. Foto: Ada Lund",
        "byline": "Von Tom Reed",
        "foot": "© 2024 Der Erdachte Bote. Alle Rechte vorbehalten.",
    },
    "zh": {
        "menu": ["首页", "新闻", "体育", "天气"],
        "related": ["灯塔看守人退休", "镇长为新防波堤揭幕", "风暴封闭沿海公路"],
        "letter": "订阅我们的电子报，每天早晨收到最好的故事。",
        "cookies": "本站使用Cookie以改善您的体验，继续浏览即表示您接受隐私政策。",
        "comment": "太好了！从去年冬天等到现在，大家船上见。",
        "share": ["分享到微信", "分享到微博", "打印"],
        "caption": "星期一停在码头的渡船。摄影：陆安",
        "byline": "记者 陆安",
        "foot": "© 2024 虚构信使报 版权所有",
    },
}


def around(language):
    return AROUND[language]


def links(texts, *, as_list=True):
    anchors = [f'<a href="/{index}">{text}</a>' for index, text in enumerate(texts)]
    return f"<ul>{''.join(f'<li>{a}</li>' for a in anchors)}</ul>" if as_list else " ".join(anchors)


def paragraphs_as(tag, texts):
    return "".join(f"<{tag}>{text}</{tag}>" for text in texts)


def semantic(title, body, rest):
    """The landmarks of HTML5."""
    return (
        f"<header><nav>{links(rest['menu'])}</nav></header><main><article><h1>{title}</h1>"
        f'<p class="byline">{rest["byline"]}</p><figure><img src="/a.jpg"><figcaption>{rest["caption"]}</figcaption>'
        f'</figure><div class="share-bar">{links(rest["share"])}</div>'
        f'<div class="article-body">{body}</div></article>'
        f'<aside class="related-articles"><h2>{rest["related"][0]}</h2>{links(rest["related"])}</aside>'
        f'<section class="comments"><div class="comment"><p>{rest["comment"]}</p></div></section></main>'
        f'<div class="newsletter-signup"><p>{rest["letter"]}</p></div>'
        f'<footer><p>{rest["foot"]}</p></footer><div id="cookie-banner"><p>{rest["cookies"]}</p></div>'
    )


def divisions(title, body, rest):
    """Nothing but `div`, as older systems write it, the boxes before and behind the text in the same column."""
    return (
        f'<div id="top"><div class="menu">{links(rest["menu"])}</div></div><div id="wrapper"><div class="entry">'
        f'<h1 class="entry-title">{title}</h1><div class="meta">{rest["byline"]}</div>'
        f'<div class="entry-content">{body}</div><div class="social">{links(rest["share"], as_list=False)}</div>'
        f'<div class="newsletter"><p>{rest["letter"]}</p></div></div>'
        f'<div class="related-posts">{links(rest["related"])}</div>'
        f'<div id="comments"><div class="comment-body"><p>{rest["comment"]}</p></div></div></div>'
        f'<div id="sidebar">{links(rest["related"][::-1])}</div>'
        f'<div id="footer">{rest["foot"]}</div><div class="cookie-consent">{rest["cookies"]}</div>'
    )


def tables(title, body, rest):
    """The layout table of the nineties."""
    return (
        f'<table width="100%"><tr><td colspan="3">{links(rest["menu"], as_list=False)}</td></tr><tr>'
        f'<td class="nav">{links(rest["related"])}</td><td class="content"><h1>{title}</h1>{body}</td>'
        f'<td class="right">{links(rest["share"])}</td></tr><tr><td colspan="3">{rest["foot"]}</td></tr></table>'
    )


LAYOUTS = {layout.__name__: layout for layout in (semantic, divisions, tables)}


def page(body, head=""):
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def article_page(layout, language, body=None, head=""):
    """One page: an article in a layout, with all that surrounds it."""
    title, paragraphs = ARTICLES[language]
    markup = LAYOUTS[layout](title, body or paragraphs_as("p", paragraphs), AROUND[language])
    stated = f'<title>{title}</title><meta property="og:title" content="{title}">'
    return page(markup, stated + head)


def content_of(markup, fed=None, *, is_fragment=False):
    """The content of a page as the transform asks for it: without scripts and what is named as noise everywhere."""
    root = parse(markup)
    outline = Outline(root)
    statements = read_evidence(outline, URL)
    remove_noise(outline, site_facts(URL), Removals(outline, None))
    return read_content(root, statements, fed, is_fragment=is_fragment)


def texts(content):
    return [block.text for block in content.blocks]
