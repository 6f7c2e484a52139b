"""A warehouse from before a column opens, loads and publishes as one that always had it."""

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from tests.warehouse.records import NOON, document, page
from warehouse import catalog, engine, storage
from warehouse.extractions import Choice, latest_ends, outdated
from warehouse.schema import DOCUMENTS, PAGES, arrow_schema


def test_documents_from_before_zones_were_kept_have_none_and_new_ones_say_theirs(settings):
    names = [name for name in arrow_schema(DOCUMENTS).names if name != "published_zone"]
    schema = pa.schema([arrow_schema(DOCUMENTS).field(name) for name in names])
    DeltaTable.create(settings.tables / "documents", schema=schema, partition_by=["loaded_date"])
    first, second = page(1), page(2)
    storage.append_new(settings, PAGES, [first, second], "pages")
    old = storage.to_arrow([document(first)], DOCUMENTS, run_id="old", loaded_at=NOON).select(names)
    write_deltalake(settings.tables / "documents", old, mode="append")
    storage.append_new(settings, DOCUMENTS, [document(second, published_zone="site")], "new")
    catalog.publish(settings, [])
    with engine.published(settings) as connection:
        rows = connection.execute("select page_id, published_zone from main.documents").fetchall()
    assert dict(rows) == {first.page_id: None, second.page_id: "site"}


def test_documents_from_before_extractions_were_counted_are_the_first_and_can_be_made_again(settings):
    names = [name for name in arrow_schema(DOCUMENTS).names if name != "extraction_number"]
    schema = pa.schema([arrow_schema(DOCUMENTS).field(name) for name in names])
    DeltaTable.create(settings.tables / "documents", schema=schema, partition_by=["loaded_date"])
    storage.append_new(settings, PAGES, [page(1)], "pages")
    old = storage.to_arrow([document(page(1))], DOCUMENTS, run_id="old", loaded_at=NOON).select(names)
    write_deltalake(settings.tables / "documents", old, mode="append")
    assert len(outdated(settings, "test/2", {}, Choice())) == 1
    assert latest_ends(settings, [page(1).page_id])[page(1).page_id].extraction_number is None
    assert storage.append_new(settings, DOCUMENTS, [document(page(1))], "again") == []
    storage.append_new(settings, DOCUMENTS, [document(page(1), extractor="test/2", extraction_number=2)], "new")
    assert len(outdated(settings, "test/2", {}, Choice())) == 0
    catalog.publish(settings, [])
    with engine.published(settings) as connection:
        rows = connection.execute("select extractor, extraction_number, version_count from main.documents").fetchall()
    assert rows == [("test/2", 2, 1)]
