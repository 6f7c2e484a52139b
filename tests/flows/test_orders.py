"""What is kept of an order with its run."""

from flows.orders import IngestOrder


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
