"""A made-up outlet whose pages carry its name behind every headline and the same lines around every text."""

from warehouse.model import Page

SITE = "harbour-courier.example"
SUFFIX = " | Harbour Courier"
PLEA = "Your gift of any size lets our four reporters go on asking the harbour office what it would rather not say."
OFFER = "Order the tide table of the Harbour Courier with the weather of all twelve months, printed on washable paper."
PLACES = ("lighthouse", "ferry", "fish market", "old pier", "rope works", "customs house", "lido", "boat yard")
NEWS = (
    (
        "The council met on Tuesday to talk about the {place}, and agreed with a small majority that it will be "
        "repaired before winter. Work on the {place} number {number} is to begin once the nesting season has ended."
    ),
    (
        "Neighbours of the {place} have asked for that since a storm took its roof three years ago, when nobody was "
        "hurt. They wonder who is to pay; the mayor spoke of {number} thousand crowns and a collection among the shops."
    ),
    (
        "An earlier plan would have moved the {place} to the other bank, which its keeper called a folly. It "
        "was given up without a vote after {number} letters had come in, most of them against it and some in verse."
    ),
)


def story(number: int, site: str = SITE, suffix: str = SUFFIX) -> Page:
    """Article number so-and-so, with the outlet's plea between its paragraphs and its offer behind them."""
    place = PLACES[number % len(PLACES)]
    title = f"Council repairs {place} number {number}"
    first, *others = (f"<p>{text.format(place=place, number=number)}</p>" for text in NEWS)
    url = f"https://www.{site}/news/{number}"
    body = (
        f"<html><head><title>{title}{suffix}</title></head><body><article>"
        f"{first}<p>{PLEA}</p>{''.join(others)}<p>{OFFER}</p></article></body></html>"
    )
    return Page(source="courier", site=site, requested_url=url, url=url, body=body.encode(), content_type="text/html")


def titles(numbers: range) -> list[str]:
    """The headlines of these articles, without the outlet's name."""
    return [f"Council repairs {PLACES[number % len(PLACES)]} number {number}" for number in numbers]
