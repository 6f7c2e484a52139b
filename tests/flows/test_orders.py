"""What is kept of an order with its run."""

from pathlib import Path

from flows.orders import LONGEST_LIST, IngestOrder


def test_passwords_in_pasted_lines_are_not_kept_with_the_run(settings):
    lines = "user:hunter2@example.org\nhttps://user:hunter2@example.org/a\nhttps://example.org/b?mail=a@example.org"
    order = IngestOrder.checked("url_list", lines, None, None, settings)
    assert (
        order.parameters["location"] == "example.org\nhttps://example.org/a\nhttps://example.org/b?mail=a@example.org"
    )


def test_a_path_is_kept_as_it_stands(settings, tmp_path):
    folder = tmp_path / "of desk@example.org"
    folder.mkdir()
    (folder / "list.txt").write_text("https://example.org/a")
    for kind, place in (("archive", folder), ("url_list", folder / "list.txt")):
        assert IngestOrder.checked(kind, str(place), None, None, settings).parameters["location"] == str(place)


def test_a_list_that_prefect_would_refuse_is_handed_on_as_a_file_under_the_root(settings):
    lines = "\n".join(f"https://user:hunter2@example.org/é/{number}" for number in range(20_000))
    handed = IngestOrder.checked("url_list", lines, "desk", 3, settings).handed_on(settings.root)
    file = Path(handed["location"])
    assert file.parent == settings.root / "lists"
    assert file.read_text(encoding="utf-8") == lines.replace("user:hunter2@", "")
    again = IngestOrder.checked(**handed, settings=settings)
    assert again.handed_on(settings.root) == again.parameters == handed


def test_a_short_list_is_handed_on_as_it_is(settings):
    order = IngestOrder.checked("url_list", "https://example.org/" + "a" * (LONGEST_LIST - 22), None, None, settings)
    assert order.handed_on(settings.root) == order.parameters
    assert not settings.root.exists()
