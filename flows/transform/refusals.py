"""Pages that are no article: error pages, bot checks, consent walls, stubs in front of a paywall, scraps.

Servers send all of these with status 200. Each sign is weighed as a claim: what was seen, and why it does not count
where the page speaks against it. What the publisher states to be an article is refused for a paywall or a consent
wall only, in whose place its text does not stand.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from flows.transform.access import is_free
from flows.transform.blocks import Block
from flows.transform.claims import Claim, first_possible, with_choice
from flows.transform.evidence import Evidence
from flows.transform.outline import Outline
from flows.transform.phrases import phrases, plain, weight
from flows.transform.text import dense
from warehouse.model import Page, Reason

# What an error page says beside its title: servers and bot checks a few sentences, a publisher's "not found" also
# the titles of its newest articles. A text of the title alone would have to be shorter than these, in words.
MOST_OF_GONE = 300
MOST_OF_BARRED = 60
# Where the text says the same as the title, it is believed with more around it (Cloudflare's has some 120 words).
MOST_OF_CONFIRMED = 400
# Without such a title only what is hardly more than the sentence itself.
MOST_OF_MESSAGE = 60
# Consent platforms' first layers have 60 to 350 words; an article about privacy speaks of other things too.
MOST_OF_CONSENT = 400
CONSENT_SHARE = 0.5
CONSENT_ALONE = 0.8
CONSENT_STEMS = 4
COOKIES = ("cookie", "куки", "クッキー", "쿠키")
# The shortest gold texts are of 70 characters in Chinese and of 45 words in English, the shortest teasers that are
# gold of three sentences; a stub has one or two.
MOST_OF_STUB = 60
STUB_SENTENCES = 2
LONGEST_PROMPT = 300
# What stands behind the prompt is the article after all, where it is this long (prompts are hidden by style sheets).
REST_OF_ARTICLE = 150
PROSE = 20
MOSTLY_LINK = 0.5
# The shortest notice among the gold texts has 17 words.
FEWEST_WORDS = 15
# Text beyond this cannot make a page an article that its beginning does not.
MOST_BLOCKS = 400
MOST_LOOKED_AT = 4000
LONGEST_ELLIPSIS = 20
LONGEST_DETAIL = 120
MOST_FRAMES = 200

BEFORE_MARKUP = b"\xef\xbb\xbf \t\r\n"
LISTING = re.compile(rb"(?:<\?xml[^>]{0,200}>\s*)?<(rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]")
TITLE_PARTS = re.compile(r"\s[|–—·»«:-]+\s|[|｜»_]|:\s")
ELLIPSIS = re.compile(r"(?:…|\.\s?\.\s?\.|[\[(](?:…|\.{3})[\])])[\"'”’»]*\s*$")
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*(?=\s|$)|[。！？]")
PLAYERS = re.compile(
    r"youtu|vimeo|dailymotion|player|embed|video|soundcloud|spotify|podcast|tiktok|brightcove|jwplatform"
)
PLAYED = ("VideoObject", "AudioObject", "Clip", "PodcastEpisode", "ImageGallery", "MediaGallery")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page has beside its text: pictures of its own, something that plays, any element for either."""

    has_pictures: bool
    has_player: bool
    has_media: bool


@dataclass(frozen=True)
class _Seen:
    """What the rules look at: the page's statements, and the text that would become a document's."""

    page: Page
    statements: Evidence
    blocks: Sequence[Block]
    shown: Shown

    @cached_property
    def words(self) -> int:
        """The text's words, or as many as any rule asks for."""
        return weight(self.opening)

    @cached_property
    def opening(self) -> str:
        """The beginning of the text, as far as it is looked at."""
        return "\n".join(block.text for block in self.blocks[:MOST_BLOCKS])[:MOST_LOOKED_AT]

    @cached_property
    def titles(self) -> list[tuple[str, str]]:
        """The page's title and first headings with where they stand, whole and by their parts, in plain form."""
        named = [("title", self.statements.page_title or ""), *(("h1", text) for text in self.statements.headings[:3])]
        pieces = (
            (place, piece) for place, text in named for piece in [text, *TITLE_PARTS.split(text[:LONGEST_PROMPT])]
        )
        return [(place, piece) for place, text in pieces if (piece := plain(text))]

    @property
    def states_article(self) -> bool:
        """Whether the publisher calls the page an article, with a headline or a time of publication."""
        dated = self.statements.first_meta("article:published_time", "datepublished")
        return bool(self.statements.stated("headline") or dated or self.statements.first_marked("headline"))

    @property
    def is_locked(self) -> bool:
        return is_free(self.statements) is False


def refusal(claims: Sequence[Claim]) -> tuple[Reason, str] | None:
    """Why a page is no document, in a reason and a detail; None where it is one."""
    chosen = first_possible(claims)
    return (chosen.value, f"{chosen.evidence}: {chosen.raw}"[:LONGEST_DETAIL]) if chosen else None


def refusal_claims(
    page: Page, statements: Evidence, blocks: Sequence[Block], shown: Shown, *, is_fragment: bool
) -> list[Claim]:
    """Each sign that a page is no article, in the order in which they count; the one that refuses it is chosen.

    A fragment is what a feed gives of an article: it may be short, and stands for no error page.
    """
    seen = _Seen(page, statements, blocks, shown)
    claims = [claim for rule in (FOR_FRAGMENTS if is_fragment else FOR_PAGES) for claim in rule(seen)]
    return with_choice(claims, first_possible(claims))


def has_player(outline: Outline) -> bool:
    """Whether a page plays something: what it says is then in the film or the sound, and few words are enough."""
    if outline.of("video", "audio", "amp-video", "amp-youtube"):
        return True
    frames = outline.of("iframe", "embed", "object")[:MOST_FRAMES]
    return any(PLAYERS.search(str(frame.get("src") or frame.get("data") or "")[:LONGEST_PROMPT]) for frame in frames)


def _empty(seen: _Seen) -> Iterator[Claim]:
    """Nothing to read, to see or to hear."""
    if not (seen.blocks or seen.shown.has_pictures or seen.shown.has_media):
        yield Claim(Reason.NO_TEXT, "page", "neither text nor media")


def _listing(seen: _Seen) -> Iterator[Claim]:
    """A feed or a sitemap that was taken for a page."""
    if found := LISTING.match(seen.page.body[:1000].lstrip(BEFORE_MARKUP)):
        yield Claim(Reason.NOT_HTML, "root element", found[1].decode())


def _titled(seen: _Seen, names: str, sentences: str, most: int) -> Iterator[Claim]:
    """A title that only an error page has; a text that says so too lets more stand around it."""
    for place, piece in seen.titles:
        if phrases(names).matches(piece):
            confirmed = phrases(sentences).found_in(plain(seen.opening))
            limit = max(most, MOST_OF_CONFIRMED) if confirmed else most
            yield Claim(Reason.ERROR_PAGE, place, piece, refused=_as_article(seen) or _too_long(seen, limit))
            return


def _gone(seen: _Seen) -> Iterator[Claim]:
    return _titled(seen, "gone_titles", "gone_sentences", MOST_OF_GONE)


def _barred(seen: _Seen) -> Iterator[Claim]:
    return _titled(seen, "barred_titles", "barred_sentences", MOST_OF_BARRED)


def _message(seen: _Seen) -> Iterator[Claim]:
    """A text that is hardly more than the message of an error page or of a bot check."""
    if not seen.blocks or seen.words > MOST_OF_MESSAGE:
        return
    for names in ("gone_sentences", "barred_sentences"):
        if found := phrases(names).found_in(plain(seen.opening)):
            yield Claim(Reason.ERROR_PAGE, "text", found, refused=_as_article(seen))


def _consent(seen: _Seen) -> Iterator[Claim]:
    """A text about cookies and partners in place of the article's."""
    # All of them speak of cookies: the question that costs nothing comes first.
    if not any(name in seen.opening.casefold() for name in COOKIES) or seen.words > MOST_OF_CONSENT:
        return
    share, stems = _about_consent(seen)
    if stems < CONSENT_STEMS or share < CONSENT_SHARE:
        return
    named = next(
        (piece for _, piece in [*seen.titles, *_heads(seen)] if phrases("consent_titles").matches(piece)), None
    )
    is_all = share >= CONSENT_ALONE
    doubt = None if named or is_all else "neither the title nor all of the text is about consent"
    if seen.states_article and not is_all:
        doubt = "the publisher states an article"
    yield Claim(Reason.ERROR_PAGE, "consent wall", named or seen.blocks[0].text[:LONGEST_DETAIL], refused=doubt)


def _heads(seen: _Seen) -> list[tuple[str, str]]:
    return [("text", plain(block.text)) for block in seen.blocks[:3]]


def _about_consent(seen: _Seen) -> tuple[float, int]:
    """The share of the text in blocks about consent, and how many of its stems there are."""
    found = [
        (len(block.text), phrases("consent_words").all_in(plain(block.text))) for block in seen.blocks[:MOST_BLOCKS]
    ]
    total = sum(size for size, _ in found)
    about = sum(size for size, stems in found if stems)
    return (about / total if total else 0.0), len({stem for _, stems in found for stem in stems})


def _stub(seen: _Seen) -> Iterator[Claim]:
    """A sentence or two, and then the request to pay or to log in instead of the text."""
    texts = _teaser(seen.blocks)
    asked = next((at for at, text in enumerate(texts) if _asks(text)), None)
    cut = (
        next((at for at, text in enumerate(texts) if ELLIPSIS.search(text[-LONGEST_ELLIPSIS:])), None)
        if seen.is_locked
        else None
    )
    if asked is not None and (cut is None or asked <= cut):
        yield _as_stub(seen, "prompt", texts[asked], end=asked)
    elif cut is not None:
        yield _as_stub(seen, "not free, ends in an ellipsis", texts[cut][-LONGEST_DETAIL:], end=cut + 1)
    elif seen.is_locked and _is_description(seen):
        yield _as_stub(seen, "not free, the description alone", texts[0], end=len(seen.blocks))


def _teaser(blocks: Sequence[Block]) -> list[str]:
    """The first blocks, up to the one with which they are more than a stub."""
    words, texts = 0, []
    for block in blocks[:MOST_BLOCKS]:
        texts.append(block.text)
        words += weight(block.text[:MOST_LOOKED_AT])
        if words > MOST_OF_STUB:
            break
    return texts


def _asks(text: str) -> bool:
    return len(text) <= LONGEST_PROMPT and phrases("prompts").found_in(plain(text)) is not None


def _is_description(seen: _Seen) -> bool:
    """Whether the text is what the page gives as its description, and nothing else."""
    described = seen.statements.first_meta("og:description", "description", "twitter:description") or ""
    return bool(seen.blocks) and dense(seen.opening) == dense(described)


def _as_stub(seen: _Seen, sign: str, raw: str, *, end: int) -> Claim:
    own = " ".join(block.text for block in seen.blocks[:end])[:MOST_LOOKED_AT]
    doubt = _more_than_stub(own, seen.blocks[end:MOST_BLOCKS])
    return Claim(Reason.PAYWALL_STUB, sign, raw, refused=doubt)


def _more_than_stub(own: str, rest: Sequence[Block]) -> str | None:
    words, sentences = weight(own), len(SENTENCE_END.findall(own))
    if words > MOST_OF_STUB or sentences > STUB_SENTENCES:
        return f"{words} words in {sentences} sentences before it"
    behind = [block.text[:MOST_LOOKED_AT] for block in rest if block.link_share < MOSTLY_LINK]
    prose = sum(size for text in behind if (size := weight(text)) >= PROSE)
    return f"{prose} words of prose behind it" if prose >= (REST_OF_ARTICLE if own else PROSE) else None


def _scrap(seen: _Seen) -> Iterator[Claim]:
    """A few words, nothing to see or to hear, and nobody who calls it an article."""
    if not seen.blocks or seen.words >= FEWEST_WORDS:
        return
    plays = seen.shown.has_player or next(seen.statements.nodes_of(*PLAYED), None) is not None
    kind = seen.statements.first_meta("og:type", "og:video", "og:video:url", "twitter:player") or "website"
    doubt = _as_article(seen) or ("pictures, film or sound" if seen.shown.has_pictures or plays else None)
    if kind.casefold() not in ("website", "blog"):
        doubt = doubt or f"og:type {kind}"
    yield Claim(Reason.TOO_SHORT, "text", f"{seen.words} words", refused=doubt)


def _as_article(seen: _Seen) -> str | None:
    return "the publisher states an article" if seen.states_article else None


def _too_long(seen: _Seen, most: int) -> str | None:
    return f"more than {most} words of text" if seen.words > most else None


FOR_FRAGMENTS: tuple[Callable[[_Seen], Iterator[Claim]], ...] = (_listing, _empty)
FOR_PAGES = (*FOR_FRAGMENTS, _gone, _barred, _message, _consent, _stub, _scrap)
