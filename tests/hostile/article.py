"""A short plain article, in which and around which the harm is done."""

KEPT = "The ferry that had linked both banks for ninety years made its last crossing on Tuesday evening."
LAST = "The council will decide in spring whether the old landing stage becomes a swimming place."
PARAGRAPHS = (
    KEPT,
    "Some three hundred people stood along the quay when the ropes were cast off, among them the widow of its captain.",
    "A bridge upstream has taken over the traffic since last autumn, and fewer than forty passengers a day were left.",
    "Two schools had asked for a season more. Their pupils will now take a bus that leaves a quarter of an hour early.",
    LAST,
)
TITLE = "Last crossing of the old ferry"
HEAD = f'<title>{TITLE}</title><meta property="og:type" content="article">'


def text(within: str = "") -> str:
    """The article's paragraphs, something put between the second and the third."""
    paragraphs = [f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS]
    return "\n".join([*paragraphs[:2], within, *paragraphs[2:]])


def page(*, head: str = "", before: str = "", within: str = "", after: str = "") -> str:
    """A whole page with the article, and other things in its head, before, within and behind the text."""
    article = f"<article><h1>{TITLE}</h1>\n{text(within)}\n</article>"
    return f"<!doctype html><html><head>{HEAD}{head}</head><body>{before}{article}{after}</body></html>"
