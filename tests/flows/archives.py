"""Archives for tests, of pages written here."""

from pathlib import Path

PARAGRAPH = (
    "The harbour council met on Tuesday to talk about the new tram line, and did not agree on where it should end. "
)


def feed_file(number: int, title: str | None = None, text: str = PARAGRAPH * 3) -> str:
    """One feed-archive file: its number is a minute of one day in 2026."""
    moment = 1_770_000_000_000 + number * 60_000
    return (
        f"<!--{moment}-->\n[{title or f'Story {number}'}](https://www.example.org/story/{number})\n------\n\n"
        f"<p>{text}</p><p>Story {number} ends with a sentence of its own that no other story has.</p>\n"
    )


def write_archive(folder: Path, numbers: range) -> Path:
    """A folder of so many files."""
    (folder / "example").mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / "example" / f"{number}.md").write_text(feed_file(number), encoding="utf-8")
    return folder
