"""A row is in its table once, whoever loads it, however often, whatever happens meanwhile."""

import multiprocessing
import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError
from pyarrow import parquet

from tests.warehouse.records import NOON, document, page, reject
from warehouse import remembered, storage
from warehouse.schema import DOCUMENTS, PAGES, REJECTS, TABLES, to_arrow


def stored(settings, table):
    now = storage.snapshot(settings)
    with storage.engine.in_memory(settings) as connection:
        files = storage.engine.listed(now.paths(table))
        return connection.execute(f"select {', '.join(table.key)} from read_parquet({files})").fetchall()


def test_reading_makes_no_table(settings):
    assert storage.table_files(settings, PAGES) == []
    assert storage.read_pages(settings, ["0" * 32]) == []
    assert not settings.root.exists()


def test_a_second_load_of_the_same_pages_adds_nothing(settings):
    pages = [page(number) for number in range(10)]
    assert storage.append_new(settings, PAGES, pages, "first") == pages
    assert storage.append_new(settings, PAGES, pages, "second") == []
    assert len(stored(settings, PAGES)) == 10


def test_a_repeat_inside_a_batch_is_stored_once(settings):
    assert storage.append_new(settings, PAGES, [page(1), page(2), page(1)], "run") == [page(1), page(2)]


def test_an_empty_batch_makes_no_commit(settings):
    storage.append_new(settings, PAGES, [page(1)], "run")
    assert storage.append_new(settings, PAGES, [], "run") == []
    assert DeltaTable(settings.tables / "pages").version() == 1


def test_another_extractor_makes_another_row_of_the_same_page(settings):
    first = document(page(1))
    storage.append_new(settings, DOCUMENTS, [first], "run")
    assert len(storage.append_new(settings, DOCUMENTS, [first, replace(first, extractor="test/2")], "run")) == 1


def test_a_commit_is_refused_when_a_rival_committed_after_the_handle_was_opened(settings):
    """The rule that exactly-once rests on; an upgrade of deltalake that loosens it must be noticed."""
    storage.append_new(settings, PAGES, [page(1)], "run")
    ours, theirs = (DeltaTable(settings.tables / "pages") for _ in range(2))
    for handle in (theirs, ours):
        version = handle.transaction_version("load")
        commit = CommitProperties(app_transactions=[Transaction("load", version + 1)], max_commit_retries=0)
        rows = to_arrow([page(2)], PAGES, run_id="run", loaded_at=NOON)
        if handle is theirs:
            write_deltalake(handle, rows, mode="append", commit_properties=commit)
        else:
            with pytest.raises(CommitFailedError):
                write_deltalake(handle, rows, mode="append", commit_properties=commit)
    assert len(stored(settings, PAGES)) == 2


def test_a_refused_commit_is_tried_again_with_what_is_there_by_then(settings, monkeypatch):
    commits = iter([True, False])
    commit = storage._commit

    def rival_first(handle, table, rows):
        if next(commits, False):
            commit(DeltaTable(settings.tables / "pages"), PAGES, to_arrow([page(1)], PAGES, run_id="b", loaded_at=NOON))
        commit(handle, table, rows)

    monkeypatch.setattr(storage, "_commit", rival_first)
    assert storage.append_new(settings, PAGES, [page(1), page(2)], "a") == [page(2)]
    assert len(stored(settings, PAGES)) == 2


def test_endless_rivals_end_as_an_error_that_names_the_table(settings, monkeypatch):
    def refused(*_):
        raise CommitFailedError("rival")

    monkeypatch.setattr(storage, "_commit", refused)
    monkeypatch.setattr(storage.time, "sleep", lambda _: None)
    with pytest.raises(storage.TableBusyError, match="pages"):
        storage.append_new(settings, PAGES, [page(1)], "run")


def load_all(settings, results):
    pages = [page(number) for number in range(200)]
    added = [
        len(storage.append_new(settings, PAGES, pages[start : start + 20], "run")) for start in range(0, len(pages), 20)
    ]
    results.put(sum(added))


def test_two_processes_loading_the_same_pages_keep_the_counts_exact(settings):
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    loaders = [context.Process(target=load_all, args=(settings, results)) for _ in range(2)]
    for loader in loaders:
        loader.start()
    added = [results.get(timeout=60) for _ in loaders]
    for loader in loaders:
        loader.join()
    assert sum(added) == 200
    assert len(set(stored(settings, PAGES))) == len(stored(settings, PAGES)) == 200


def test_pages_are_read_back_with_their_bodies(settings):
    pages = [page(number) for number in range(5)]
    storage.append_new(settings, PAGES, pages, "run")
    wanted = [pages[3].page_id, pages[1].page_id, "no such page"]
    assert sorted(storage.read_pages(settings, wanted), key=lambda item: item.url) == [pages[1], pages[3]]
    assert storage.read_pages(settings, ["no such page"]) == []


def test_a_page_has_no_end_until_it_is_a_document_or_a_reject(settings):
    pages = [page(number) for number in range(3)]
    storage.append_new(settings, PAGES, [*pages, page(9, kind="feed")], "run")
    storage.append_new(settings, DOCUMENTS, [document(pages[0])], "run")
    storage.append_new(settings, REJECTS, [reject(pages[1])], "run")
    assert storage.pages_without_end(settings) == [(pages[2].page_id, "run")]


def test_an_empty_warehouse_has_nothing_to_read(settings):
    assert storage.pages_without_end(settings) == []
    assert storage.read_pages(settings, ["x"]) == []
    assert all(not storage.snapshot(settings).files[table.name] for table in TABLES)


def test_a_root_with_blanks_and_quotes_in_its_name_works(settings):
    odd = replace(settings, root=settings.root / "it's a root ü")
    storage.append_new(odd, PAGES, [page(1)], "run")
    assert storage.read_pages(odd, [page(1).page_id]) == [page(1)]


def files_of(settings, table):
    return [parquet.ParquetFile(path) for path in storage.snapshot(settings).paths(table)]


def noise(size, seed=0):
    """Bytes that cannot be packed, the same ones for the same seed."""
    return random.Random(seed).randbytes(size)


def test_pages_of_a_site_lie_together_and_are_given_back_in_their_own_order(settings):
    pages = [replace(page(number), site=f"{'ba'[number % 2]}.example") for number in (3, 1, 2, 4)]
    assert storage.append_new(settings, PAGES, pages, "run") == pages
    (file,) = files_of(settings, PAGES)
    lying = file.read(["site", "url"]).to_pylist()
    assert lying == sorted(lying, key=lambda row: (row["site"], row["url"]))
    assert [row["site"] for row in lying] == ["a.example"] * 2 + ["b.example"] * 2


def test_what_pages_of_a_site_have_in_common_is_stored_about_once(settings):
    template = noise(400_000)
    pages = [page(number, body=template + noise(1000, number)) for number in range(1, 31)]
    storage.append_new(settings, PAGES, pages, "run")
    (file,) = files_of(settings, PAGES)
    packed = sum(_column(file, group, "body").total_compressed_size for group in range(file.num_row_groups))
    assert file.num_row_groups == 1
    assert packed < 2 * len(template)


def markup(number):
    """A page of 140 KB: lines of one template in an order of its own, each with words of its own."""
    letters, own = random.Random("template"), random.Random(number)
    vocabulary = ["".join(letters.choices("etaoinshrdlu", k=letters.randint(2, 9))) for _ in range(3_000)]
    frequencies = [1 / rank for rank in range(1, 3_001)]
    lines = [f'<div class="{" ".join(letters.choices(vocabulary, frequencies, k=12))}">' for _ in range(400)]
    return "\n".join(
        own.choice(lines) + " ".join(own.choices(vocabulary, frequencies, k=12)) for _ in range(600)
    ).encode()


def test_pages_of_few_sites_are_packed_harder_than_pages_of_many(settings):
    apart = [replace(page(n, body=markup(n)), site=f"{n}.example") for n in range(1, 7)]
    together = [replace(one, site=f"{number // 2}.example", body=one.body + b" ") for number, one in enumerate(apart)]
    sizes = []
    for shard in (apart, together):
        already = set(storage.snapshot(settings).paths(PAGES))
        storage.append_new(settings, PAGES, shard, "run")
        (added,) = set(storage.snapshot(settings).paths(PAGES)) - already
        sizes.append(_column(parquet.ParquetFile(added), 0, "body").total_compressed_size)
    # Level 6 saves 5 % here; the blank that tells the bodies apart changes nothing.
    assert sizes[1] < 0.97 * sizes[0]


def test_a_row_group_holds_no_more_bodies_than_may_be_unpacked_for_one(settings):
    pages = [page(number, body=noise(2_000_000, number)) for number in range(20)]
    storage.append_new(settings, PAGES, pages, "run")
    (file,) = files_of(settings, PAGES)
    sizes = [_column(file, group, "body").total_uncompressed_size for group in range(file.num_row_groups)]
    assert len(sizes) == 3
    assert max(sizes) <= PAGES.layout.group_bytes
    assert (
        sorted(storage.read_pages(settings, [one.page_id for one in pages]), key=lambda one: one.captured_at) == pages
    )


def test_a_footer_holds_no_bodies(settings):
    """The writer's default keeps the least and the greatest body whole, for every query to read."""
    storage.append_new(settings, PAGES, [page(number, body=noise(500_000, number)) for number in range(3)], "run")
    (file,) = files_of(settings, PAGES)
    assert file.metadata.serialized_size < 20_000


def test_queries_by_a_long_text_find_it_although_statistics_know_its_beginning_only(settings):
    urls = [f"https://example.org/{'long/' * 40}{number}" for number in range(3)]
    storage.append_new(settings, PAGES, [replace(page(1), url=url, requested_url=url) for url in urls], "run")
    with storage.tables_as_they_are(settings, PAGES) as connection:
        assert connection.execute("select max(url) from pages").fetchall() == [(urls[2],)]
        for url in urls:
            assert connection.execute("select url from pages where url = ?", [url]).fetchall() == [(url,)]
        assert connection.execute("select count(*) from pages where url > ?", [urls[0]]).fetchall() == [(2,)]


NARROW = {PAGES: ("page_id", "url")}


def narrow_urls(settings):
    with storage.narrow_tables(settings, NARROW) as connection:
        return sorted(url for (url,) in connection.execute("select url from pages").fetchall())


def test_narrow_columns_are_read_from_new_files_alone(settings, monkeypatch):
    read = []
    relation = storage._relation
    monkeypatch.setattr(
        storage, "_relation", lambda *given, **how: read.append(len(given[2])) or relation(*given, **how)
    )
    for number in range(3):
        storage.append_new(settings, PAGES, [page(number)], "run")
        read.clear()
        assert narrow_urls(settings) == narrow_urls(settings) == [page(before).url for before in range(number + 1)]
        assert read == [1]
    # The keys that are there, too, and where the rows of an id stand.
    read.clear()
    storage.append_new(settings, PAGES, [page(3)], "run")
    storage.read_pages(settings, [page(0).page_id])
    assert read == [1, 4, 1]


def test_narrow_columns_are_those_of_the_files_that_there_are(settings):
    for number in range(3):
        storage.append_new(settings, PAGES, [page(number)], "run")
    assert len(narrow_urls(settings)) == 3
    DeltaTable(settings.tables / "pages").delete(f"url = '{page(1).url}'")
    assert narrow_urls(settings) == [page(0).url, page(2).url]


def test_a_table_without_a_new_commit_is_not_even_opened(settings, monkeypatch):
    storage.append_new(settings, PAGES, [page(0)], "run")
    assert narrow_urls(settings) == [page(0).url]
    opened = []
    existing = storage._existing
    monkeypatch.setattr(storage, "_existing", lambda *given: opened.append(given) or existing(*given))
    assert narrow_urls(settings) == [page(0).url]
    assert opened == []
    storage.append_new(settings, PAGES, [page(1)], "run")
    assert narrow_urls(settings) == [page(0).url, page(1).url]
    assert len(opened) == 1


def test_a_table_that_was_made_anew_in_the_same_place_is_read_anew(settings):
    storage.append_new(settings, PAGES, [page(0)], "run")
    assert narrow_urls(settings) == [page(0).url]
    shutil.rmtree(settings.tables / "pages")
    assert narrow_urls(settings) == []
    storage.append_new(settings, PAGES, [page(1)], "run")
    assert narrow_urls(settings) == [page(1).url]


def test_narrow_columns_are_those_of_a_restored_and_of_a_compacted_table(settings):
    for number in range(3):
        storage.append_new(settings, PAGES, [page(number)], "run")
    assert len(narrow_urls(settings)) == 3
    table = DeltaTable(settings.tables / "pages")
    table.restore(table.version() - 1)
    assert narrow_urls(settings) == [page(0).url, page(1).url]
    day = NOON.date()
    rows = to_arrow([page(0), page(1)], PAGES, run_id="run", loaded_at=NOON)
    write_deltalake(table, rows.slice(0, 1), mode="overwrite", predicate=f"loaded_date >= '{day}'")
    assert narrow_urls(settings) == [rows["url"][0].as_py()]


def test_a_log_that_was_tidied_away_is_asked_by_its_checkpoint(settings):
    for number in range(2):
        storage.append_new(settings, PAGES, [page(number)], "run")
    assert len(narrow_urls(settings)) == 2
    DeltaTable(settings.tables / "pages").create_checkpoint()
    for commit in (settings.tables / "pages" / "_delta_log").glob("*.json"):
        commit.unlink()
    assert len(narrow_urls(settings)) == 2


def test_a_handle_from_before_the_last_commit_sees_what_was_there_then(settings):
    storage.append_new(settings, PAGES, [page(0)], "run")
    before = DeltaTable(settings.tables / "pages")
    storage.append_new(settings, PAGES, [page(1)], "run")
    assert narrow_urls(settings) == [page(0).url, page(1).url]
    assert storage._absent(settings, before, PAGES, [page(0), page(1)]) == [page(1)]
    assert narrow_urls(settings) == [page(0).url, page(1).url]


def test_threads_that_load_and_ask_at_once_see_each_row_once(settings):
    def load(number):
        storage.append_new(settings, PAGES, [page(number)], "run")
        return len(narrow_urls(settings))

    with ThreadPoolExecutor(4) as threads:
        seen = list(threads.map(load, range(12)))
    assert max(seen) == 12
    assert narrow_urls(settings) == sorted(page(number).url for number in range(12))


def test_of_more_rows_than_are_remembered_narrow_columns_are_read_each_time(settings, monkeypatch):
    monkeypatch.setattr(remembered, "MOST_ROWS", 2)
    for number in range(4):
        storage.append_new(settings, PAGES, [page(number)], "run")
        assert narrow_urls(settings) == [page(before).url for before in range(number + 1)]
    assert remembered.Columns(settings.tables / "pages", NARROW[PAGES]) not in remembered._SEEN


def _column(file, group, name):
    return file.metadata.row_group(group).column(file.schema_arrow.names.index(name))
