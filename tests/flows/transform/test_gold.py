"""The real pages with known answers, read where they are: they belong to their publishers and never come here."""

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

import pytest

from flows.extract.archive.archives import read_archive
from flows.extract.archive.feed_files import read_feed_file
from flows.transform.documents import transform
from flows.transform.text import dense, squeeze
from warehouse.model import Document, Page, Precision

A_DAY_AND_A_HALF = timedelta(hours=36)


@pytest.fixture(scope="module")
def scored(gold_data):
    """Each gold record with the document that its file became."""
    folder = gold_data / "archive" / "gold"
    pairs = []
    for answers in sorted(folder.glob("*.json")):
        (file,) = folder.glob(f"{answers.stem}__*.md")
        page = read_feed_file(file.read_bytes(), location=file.name, source="gold")
        pairs.append((json.loads(answers.read_text(encoding="utf-8")), transform(page)))
    assert pairs, f"{folder} holds no gold records"
    return pairs


def wrong(scored, is_right):
    return [gold["n"] for gold, document in scored if not is_right(gold, document)]


def test_every_gold_page_becomes_a_document(scored):
    assert wrong(scored, lambda _, document: isinstance(document, Document)) == []


def test_every_gold_paragraph_is_in_the_text(scored):
    def is_right(gold, document):
        return all(dense(squeeze(paragraph)) in dense(document.text) for paragraph in gold["paragraphs"])

    assert wrong(scored, is_right) == []


def test_every_gold_paragraph_is_a_paragraph(scored):
    def is_right(gold, document):
        return {squeeze(paragraph) for paragraph in gold["paragraphs"]} <= set(document.paragraphs)

    assert wrong(scored, is_right) == []


def test_what_is_forbidden_is_in_no_text(scored):
    def is_right(gold, document):
        rest = dense(document.text)
        for known in ("paragraphs", "optional_text", "embeds_text", "captions"):
            for passage in gold[known]:
                rest = rest.replace(dense(squeeze(passage)), "\0", 1)
        return not any(dense(squeeze(snippet)) in rest for snippet in gold["must_not_contain"])

    assert wrong(scored, is_right) == []


def test_titles_languages_and_leads_are_right(scored):
    assert wrong(scored, lambda gold, document: document.title == squeeze(gold["title"])) == []
    assert wrong(scored, lambda gold, document: document.language == gold["language"]) == []
    assert wrong(scored, lambda gold, document: document.lead == (gold["lead"] and squeeze(gold["lead"]))) == []


def test_authors_are_right(scored):
    def is_right(gold, document):
        return set(gold["authors"]) <= set(document.authors) <= {*gold["authors"], *gold["authors_optional"]}

    assert wrong(scored, is_right) == []


def test_publication_times_are_right_and_claim_no_more_than_is_known(scored):
    def is_right(gold, document):
        wanted = datetime.fromisoformat(gold["published_at"])
        if gold["published_precision"] == "day":
            return (document.published_at.date(), document.published_precision) == (wanted.date(), Precision.DAY)
        late = wanted.astimezone(UTC) - document.published_at
        if "bound" in gold["published_precision"]:
            return timedelta() <= late <= A_DAY_AND_A_HALF and document.published_precision is Precision.UPPER_BOUND
        return abs(late) <= timedelta(minutes=1) and document.published_precision == gold["published_precision"]

    assert wrong(scored, is_right) == []


def test_pictures_have_their_own_addresses(scored):
    def key(url):
        parts = urlsplit(url)
        return parts.netloc + unquote(parts.path)

    def is_right(gold, document):
        wanted, spare = ({key(url) for url in gold[name]} for name in ("image_urls", "image_urls_optional"))
        return {key(image.url) for image in document.images} - (spare - wanted) == wanted

    assert wrong(scored, is_right) == []


def test_the_whole_archive_becomes_documents(gold_data):
    """No page is lost, none keeps the feed's advertising, none is dated after its capture."""
    archive = gold_data / "archive" / "archive_2020_dev.tar.xz"
    pages = [item for item in read_archive(archive, source="dev", max_page_bytes=10_000_000) if isinstance(item, Page)]
    documents = [transform(page) for page in pages]
    assert [result for result in documents if not isinstance(result, Document)] == []
    advertising = re.compile("feedx|获取更多RSS|Feed enhanced|信任原则|Image caption|图片版权")
    assert [document.url for document in documents if advertising.search(document.text)] == []
    assert [document.url for document in documents if document.published_at is None or not document.title] == []
    a_day = timedelta(days=1)
    assert [
        page.url for page, made in zip(pages, documents, strict=True) if made.published_at > page.captured_at + a_day
    ] == []
