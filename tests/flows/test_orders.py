"""What is kept of an order with its run."""

from flows.orders import IngestOrder


def test_passwords_in_pasted_lines_are_not_kept_with_the_run(settings):
    lines = "https://user:hunter2@example.org/a\nhttps://example.org/b?mail=a@example.org"
    order = IngestOrder.checked("url_list", lines, None, None, settings)
    assert order.parameters["location"] == "https://example.org/a\nhttps://example.org/b?mail=a@example.org"
