"""Which pages are no article, by made-up pages of made-up outlets, and which only look as if they were none."""

import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.transform.documents import transform
from flows.transform.phrases import phrases, plain, weight
from flows.web.urls import site_of
from warehouse.model import Document, Page, Reason, Reject

URL = "https://news.example/2024/05/harbour"
STORY = (
    "The harbour of Eastport will get a second ferry in the autumn, the town council decided on Tuesday evening. "
    "Until now the only boat has been full on most summer days, and those who came late had to wait for hours. "
    "The new ferry carries sixty cars and costs eleven million crowns, half of which the county pays. "
)
OTHERS = "<h3>Most read</h3>" + "".join(
    f"<p><a href='/{n}'>Another story about the town, number {n}</a></p>" for n in range(9)
)
ARTICLE = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A second ferry", %s}</script>'
LOCKED = ARTICLE % '"isAccessibleForFree": false'
FREE = ARTICLE % '"datePublished": "2024-05-07T10:00:00Z"'


def whole(body, title="Eastport Courier", head=""):
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def made(markup, **given):
    return transform(Page(source="test", site=site_of(URL), requested_url=URL, url=URL, body=markup.encode(), **given))


ERROR_TITLES = [
    "404 Not Found",
    "Error 404 (Not Found)!!1",
    "Page not found | Eastport Courier",
    "Page Not Found - Eastport Courier",
    "Oops! That page can’t be found. – Eastport Courier",
    "Sorry, we couldn't find that page",
    "Seite nicht gefunden - Ostbote",
    "Die angeforderte Seite wurde nicht gefunden",
    "Page introuvable - Le Courrier d'Est",
    "Página no encontrada | El Correo",
    "Página não encontrada — O Correio",
    "Pagina non trovata | Il Corriere d'Est",
    "Pagina niet gevonden - De Bode",
    "Sidan kunde inte hittas | Östbladet",
    "Siden blev ikke fundet",
    "Sivua ei löytynyt",
    "Nie znaleziono strony - Kurier",
    "Stránka nenalezena",
    "Страница не найдена — Вестник",
    "Сторінку не знайдено",
    "Η σελίδα δεν βρέθηκε",
    "Sayfa bulunamadı",
    "Az oldal nem található",
    "Halaman tidak ditemukan",
    "Không tìm thấy trang",
    "页面不存在_东港日报",
    "找不到网页 - 东港日报",
    "您访问的页面不存在",
    "ページが見つかりません | 東港新聞",
    "페이지를 찾을 수 없습니다",
    "الصفحة غير موجودة",
    "הדף לא נמצא",
    "पृष्ठ नहीं मिला",
    "Just a moment...",
    "Nur einen Moment…",
    "请稍候…",
    "Attention Required! | Cloudflare",
    "Access Denied",
    "Access to this page has been denied.",
    "Pardon Our Interruption...",
    "Zugriff verweigert",
    "Доступ запрещен",
    "403 Forbidden",
    "502 Bad Gateway",
    "503 Service Temporarily Unavailable",
    "ERROR: The request could not be satisfied",
    "Error establishing a database connection",
]


@pytest.mark.parametrize("title", ERROR_TITLES)
def test_a_page_titled_as_an_error_is_one_whatever_its_status(title):
    refused = made(
        whole(f"<img src='/logo.png'><h1>{title}</h1><p>Please try again, or go to our front page.</p>", title)
    )
    assert isinstance(refused, Reject)
    assert refused.reason is Reason.ERROR_PAGE


@pytest.mark.parametrize("title", ["Page not found | Eastport Courier", "Seite nicht gefunden"])
def test_the_newest_articles_on_an_error_page_do_not_become_its_text(title):
    refused = made(whole(f"<h1>{title}</h1><p>Perhaps one of these is of interest.</p>{OTHERS}", title))
    assert isinstance(refused, Reject)
    assert refused.reason is Reason.ERROR_PAGE


@pytest.mark.parametrize(
    "message",
    [
        "Please enable JavaScript and cookies to continue. Ray ID 8a1b2c.",
        "You need to enable JavaScript to run this app.",
        "Bitte aktivieren Sie JavaScript in Ihrem Browser, um diese Seite zu sehen.",
        "Veuillez activer JavaScript pour afficher cette page.",
        "Por favor, habilite JavaScript para ver esta página.",
        "Включите поддержку JavaScript в вашем браузере.",
        "请启用JavaScript后继续访问。",
        "このページを見るにはJavaScriptを有効にしてください。",
        "The requested URL /2024/05/harbour was not found on this server.",
        "La página que busca no existe.",
        "Our systems have detected unusual traffic from your computer network.",
        "You don't have permission to access this resource.",
    ],
)
def test_a_text_that_is_nothing_but_an_error_message_is_no_article(message):
    refused = made(whole(f"<img src='/logo.png'><p>{message}</p>"))
    assert isinstance(refused, Reject)
    assert refused.reason is Reason.ERROR_PAGE


CONSENT_WALLS = {
    "Before you continue to Eastport": [
        "We use cookies and data to deliver and maintain our services, and to measure how they are used.",
        "If you choose to accept all, we and our partners will also use cookies for personalised advertising.",
        "You can manage your privacy settings at any time, withdraw your consent, or reject all.",
    ],
    "Wir schätzen Ihre Privatsphäre": [
        "Mit Ihrer Zustimmung verwenden wir und unsere Partner Cookies, um personenbezogene Daten zu verarbeiten.",
        "Personalisierte Anzeigen und Inhalte beruhen auf Ihrer Einwilligung, die Sie jederzeit widerrufen können.",
        "Näheres steht in den Hinweisen zum Datenschutz; mit Cookies hat auch das Ablehnen zu tun.",
    ],
    "Votre vie privée nous importe": [
        "Avec votre consentement, nous et nos partenaires utilisons des cookies pour traiter des données personnelles.",
        "La publicité personnalisée finance ce site ; vous pouvez tout accepter ou tout refuser.",
        "Vous pouvez retirer votre consentement à tout moment en cliquant sur la page des cookies.",
    ],
}


@pytest.mark.parametrize("title", CONSENT_WALLS)
def test_a_consent_wall_is_no_article(title):
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in CONSENT_WALLS[title])
    refused = made(whole(f"<h1>{title}</h1>{paragraphs}", title))
    assert isinstance(refused, Reject)
    assert (refused.reason, refused.detail.split(":")[0]) == (Reason.ERROR_PAGE, "consent wall")


STUBS = {
    "a cut sentence": "<p>The harbour of Eastport will get a second ferry in the autumn, and the council…</p>",
    "dots in brackets": "<p>The harbour of Eastport will get a second ferry in the autumn, and the [...]</p>",
    "a prompt": "<p>The harbour will get a second ferry.</p><p>Subscribe to continue reading.</p>",
    "a German prompt": "<p>Der Hafen bekommt eine zweite Fähre.</p><p>Jetzt weiterlesen mit Ostbote Plus</p>",
    "a French prompt": "<p>Le port aura un second ferry.</p><p>Il vous reste 83 % de cet article à lire.</p>",
    "a Spanish prompt": "<p>El puerto tendrá otro ferry.</p><p>Suscríbete para seguir leyendo</p>",
    "a Polish prompt": "<p>Port dostanie drugi prom.</p><p>Treść dostępna tylko dla prenumeratorów</p>",
    "a Chinese prompt": "<p>东港将于秋季增加第二艘渡轮。</p><p>订阅后继续阅读全文</p>",
    "a Japanese prompt": "<p>東港に二隻目のフェリーが就航する。</p><p>この記事は有料会員限定です</p>",
    "teasers behind it": f"<p>The harbour will get a second ferry.</p><p>Subscribe to continue reading.</p>{OTHERS}",
}


@pytest.mark.parametrize("name", STUBS)
def test_a_sentence_before_a_paywall_is_a_stub(name):
    refused = made(whole(f"<article><h1>A second ferry</h1>{STUBS[name]}</article>", "A second ferry", LOCKED))
    assert isinstance(refused, Reject)
    assert refused.reason is Reason.PAYWALL_STUB


def test_the_description_alone_of_a_page_that_is_not_free_is_a_stub():
    lead = "The harbour of Eastport will get a second ferry in the autumn."
    head = f'{LOCKED}<meta property="og:description" content="{lead}">'
    refused = made(whole(f"<article><h1>A second ferry</h1><p>{lead}</p></article>", "A second ferry", head))
    assert isinstance(refused, Reject)
    assert refused.reason is Reason.PAYWALL_STUB


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{STORY}</p><p>Subscribe to continue reading.</p>",
        f"<p>The harbour will get a second ferry.</p><p>Subscribe to continue reading.</p>{f'<p>{STORY}</p>' * 4}",
        f"<p>{STORY}</p><p>It was late when the vote was taken…</p>",
        "<p>A ferry sank in the harbour of Eastport on Monday morning. Nobody was hurt, said the police.</p>",
    ],
    ids=["a long teaser", "a prompt over the whole text", "an ellipsis at the end of prose", "a short piece of news"],
)
def test_more_than_a_stub_is_a_document_though_it_is_not_free(body):
    document = made(whole(f"<article><h1>A second ferry</h1>{body}</article>", "A second ferry", LOCKED))
    assert isinstance(document, Document)
    assert document.is_free is False


def test_a_few_words_that_nobody_calls_an_article_are_too_short():
    refused = made(whole("<img src='/logo.png'><div>Eastport Courier, Quay Street 4</div>"))
    assert isinstance(refused, Reject)
    assert refused.reason is Reason.TOO_SHORT


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("<p>The ferry is late today.</p>", FREE),
        ("<p>The ferry is late today.</p>", '<meta property="og:type" content="article">'),
        ("<p>The ferry is late.</p><video src='/ferry.mp4'></video>", ""),
        ("<p>The ferry is late.</p><iframe src='https://player.example/embed/1'></iframe>", ""),
    ],
    ids=["stated in JSON-LD", "stated in og:type", "a film", "a player in a frame"],
)
def test_a_few_words_are_enough_for_what_is_stated_or_shown(body, head):
    assert isinstance(made(whole(f"<article><h1>Ferry</h1>{body}</article>", "Ferry", head)), Document)


def test_a_feed_item_may_be_as_short_as_it_likes():
    assert isinstance(made("<p>Ferry late.</p>", hint_title="Ferry"), Document)
    assert isinstance(made("<p>Page not found.</p>", hint_title="404"), Document)


@pytest.mark.parametrize(
    "root",
    [
        '<rss version="2.0"><channel><title>Eastport</title><item><title>A</title></item></channel></rss>',
        "<urlset><url></url></urlset>",
    ],
)
def test_a_listing_that_was_taken_for_a_page_is_no_document(root):
    refused = made(f'<?xml version="1.0" encoding="utf-8"?>\n{root}')
    assert isinstance(refused, Reject)
    assert refused.reason is Reason.NOT_HTML


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("Page not found: why links rot", ""),
        ("Access denied: the council shuts its doors", ""),
        ("Page not found", FREE),
        ("Just a moment", ""),
        ("We value your privacy, says the mayor", ""),
        ("Peugeot 404", ""),
        ("404", FREE),
    ],
)
def test_an_article_may_be_titled_like_an_error(title, head):
    body = f"<article><h1>{title}</h1>{f'<p>{STORY}</p>' * 8}</article>"
    assert isinstance(made(whole(body, title, head)), Document)


def test_an_article_may_be_about_cookies_or_java_script():
    about = (
        "Cookies are small files. A browser stores cookies with your consent, and advertising partners read them. "
        "The council wants to ban tracking on its own pages, because privacy matters to those who live here. "
    )
    body = f"<article><h1>The council and its cookies</h1><p>{about}</p><p>{STORY}</p><p>{STORY}</p></article>"
    assert isinstance(made(whole(body, "The council and its cookies", FREE)), Document)
    script = f"<article><h1>Scripts</h1><p>Please enable JavaScript, the page says. {STORY}</p></article>"
    assert isinstance(made(whole(script, "Scripts")), Document)


def test_twenty_thousand_prompts_under_an_error_title_are_refused_in_time():
    assert isinstance(made(whole("<p>Subscribe to continue reading</p>" * 20_000, "404 Not Found")), Reject)


@given(st.text())
def test_the_plain_form_is_total_and_idempotent(text):
    assert plain(plain(text)) == plain(text)
    assert weight(text) >= 0


def test_every_phrase_is_a_pattern_without_groups_in_plain_form():
    declared = tomllib.loads(files("flows.transform").joinpath("refusals.toml").read_text(encoding="utf-8"))
    for name, languages in declared.items():
        assert phrases(name).pattern.groups == 0
        for pattern in (pattern for patterns in languages.values() for pattern in patterns):
            assert re.search(r"[,;!\"]|\\[A-Z]", re.sub(r",\?|\{[\d,]+\}", "", pattern)) is None, pattern


@pytest.mark.parametrize(
    "text", ["subscribe for a" * 200, "subscribe" + " for a" * 900, "..." * 900 + "'" * 900, "la " * 1500]
)
def test_texts_made_to_be_slow_are_not(text):
    body = f"<article><h1>{text}</h1><p>{text[:290]}</p><p>{text}x</p></article>"
    assert isinstance(made(whole(body, text, LOCKED)), Document | Reject)
