"""What transforming pages again changes: what counted before against what is made now, by field and by site."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from threading import Lock

from flows.transform.fingerprints import TOKEN
from warehouse.model import Document, End, Image, Link, Reject

COMPARED = (
    "title",
    "lead",
    "text",
    "authors",
    "agency",
    "section",
    "tags",
    "language",
    "published_at",
    "published_precision",
    "modified_at",
    "canonical_url",
    "image_url",
    "images",
    "links",
    "is_free",
)
"""The columns of a document that its page decides; what follows from them, such as counts and hashes, is left out."""

DEAR = ("document", "title", "published_at")
"""Without these a document cannot be found or placed in time: losing one is a loss."""

LEAST_COMPARED = 20
MOST_LOSSES = 0.1
"""Of so many documents or more, the share that may lose something dear before a run stops. A better extractor refuses
a few hundredths that were no articles; one that is broken loses nearly all of some site's."""

EXAMPLES = 3
"""Examples kept of each way in which a field changed, each of another site where that can be."""

SHOWN_CHARACTERS = 160
BEFORE_THE_CHANGE = 30
"""Characters that an example shows in all, and of what is the same before the first change."""


@dataclass(frozen=True, slots=True)
class Remade:
    """A page of a site that was transformed again: what counted of it before, and what it is now."""

    before: End
    now: End
    site: str


class Way(StrEnum):
    """How a field changed: from one value to another, from none to one, or from one to none."""

    CHANGED = "changed"
    GAINED = "gained"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one page's document that is not what it was; `document` is the document as a whole."""

    field: str
    way: Way
    old: str
    new: str
    url: str
    site: str
    is_loss: bool = False
    similarity: float | None = None
    """How alike the two texts are; of a text only."""


@dataclass(slots=True)
class Tally:
    """What changed on the pages of a site, or of all."""

    page_count: int = 0
    changed_count: int = 0
    document_count: int = 0
    """Pages that had a document: those that can lose something."""
    loss_count: int = 0
    ways: Counter[tuple[str, Way]] = field(default_factory=Counter)
    similarities: float = 0.0

    def add(self, before: End, changes: Sequence[Change]) -> None:
        """Counts one page."""
        self.page_count += 1
        self.changed_count += bool(changes)
        self.document_count += isinstance(before, Document)
        self.loss_count += any(change.is_loss for change in changes)
        self.ways.update((change.field, change.way) for change in changes)
        self.similarities += sum(change.similarity or 0.0 for change in changes)

    @property
    def similarity(self) -> float | None:
        """How alike old and new texts are in the mean of those that changed; None where none did."""
        count = self.ways["text", Way.CHANGED]
        return self.similarities / count if count else None

    @property
    def fields(self) -> Counter[str]:
        """How often each field changed in whatever way."""
        found: Counter[str] = Counter()
        for (name, _), count in self.ways.items():
            found[name] += count
        return found


class TooManyLossesError(RuntimeError):
    """More documents would lose what makes them useful than a run may do unasked; `tally` says how many of how many."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(
            f"stopped: {tally.loss_count:,} of {tally.document_count:,} documents would be lost, or lose their title, "
            f"time or most of their text, and more than {MOST_LOSSES:.0%} is for you to allow (--allow-losses); "
            "those at hand were not stored, and --dry-run shows them all"
        )
        self.tally = tally


class Changes:
    """What changed on all the pages that were transformed again.

    Threads may add to it, and it does not grow with the pages, but for the names of sites. No dataclass: Prefect
    walks through those when they are a task's argument, and this one changes meanwhile.
    """

    def __init__(self, *, are_losses_allowed: bool = True) -> None:
        self.whole = Tally()
        self.sites: dict[str, Tally] = {}
        self.examples: dict[tuple[str, Way], list[Change]] = {}
        self.reasons: Counter[tuple[str, Way]] = Counter()
        """Why pages are refused that were not before (`gained`), or were and are not any more (`lost`)."""
        self._are_losses_allowed = are_losses_allowed
        self._lock = Lock()

    def add(self, remade: Iterable[Remade]) -> None:
        """Compares what counted before with what is made now, page by page.

        Raises TooManyLossesError where that was not allowed; what was added is counted all the same.
        """
        compared = [(one, changes_of(one)) for one in remade]
        with self._lock:
            for one, changes in compared:
                self.whole.add(one.before, changes)
                self.sites.setdefault(one.site, Tally()).add(one.before, changes)
                self._count_reasons(one)
                self._keep_examples(changes)
            if self.has_too_many_losses and not self._are_losses_allowed:
                raise TooManyLossesError(self.whole)

    @property
    def has_too_many_losses(self) -> bool:
        """Whether more is lost than a run may lose unasked."""
        compared = self.whole.document_count
        return compared >= LEAST_COMPARED and self.whole.loss_count > MOST_LOSSES * compared

    @property
    def summary(self) -> str:
        """The changes in one line."""
        whole, documents = self.whole, self.whole.ways
        if not whole.page_count:
            return "no page was due: each was transformed by this extractor and the newest rules of its site"
        told = f"{whole.page_count:,} pages compared, {whole.changed_count:,} changed"
        lost, gained = (documents["document", way] for way in (Way.LOST, Way.GAINED))
        return told + (f"; documents lost: {lost:,}, gained: {gained:,}" if lost or gained else "")

    def _count_reasons(self, one: Remade) -> None:
        before, after = (str(end.reason) if isinstance(end, Reject) else None for end in (one.before, one.now))
        if before != after:
            self.reasons.update((name, way) for name, way in ((before, Way.LOST), (after, Way.GAINED)) if name)

    def _keep_examples(self, changes: Iterable[Change]) -> None:
        for change in changes:
            kept = self.examples.setdefault((change.field, change.way), [])
            known = [number for number, one in enumerate(kept) if one.site == change.site]
            if len(kept) < EXAMPLES:
                kept.append(change)
            elif not known and (again := _repeated(kept)) is not None:
                kept[again] = change


def changes_of(one: Remade) -> list[Change]:
    """What of a page is not as it was."""
    old, new = one.before, one.now
    if isinstance(old, Document) and isinstance(new, Document):
        return list(_fields(old, new))
    if isinstance(old, Reject) and isinstance(new, Reject) and old.reason == new.reason:
        return []
    way = Way.CHANGED
    if isinstance(old, Document) or isinstance(new, Document):
        way = Way.LOST if isinstance(old, Document) else Way.GAINED
    return [Change("document", way, _told(old), _told(new), new.url or "", one.site, is_loss=way is Way.LOST)]


def similarity(old: str, new: str) -> float:
    """How alike two texts are, as in the view `edits`: Dice's coefficient over their pairs of neighbouring words."""
    one, other = _word_pairs(old), _word_pairs(new)
    if not one and not other:
        return 1.0
    return 2 * len(one & other) / (len(one) + len(other))


def _fields(old: Document, new: Document) -> Iterator[Change]:
    for name in COMPARED:
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        way = Way.CHANGED if _is_given(before) and _is_given(after) else Way.LOST if _is_given(before) else Way.GAINED
        is_text = name == "text" and way is Way.CHANGED
        # Where half of a text is gone, what is left is a teaser, or another block of the page.
        is_loss = (is_text and len(after) < len(before) / 2) or (name in DEAR and way is Way.LOST)
        alike = similarity(before, after) if is_text else None
        shown = _around_the_change(_shown(before), _shown(after))
        yield Change(name, way, *shown, new.url, new.site, is_loss=is_loss, similarity=alike)


def _is_given(value: object) -> bool:
    return value is not None and value not in ("", ())


def _told(end: End) -> str:
    return (end.title or "") if isinstance(end, Document) else f"{end.reason}: {end.detail}"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(map(_shown, value))
    if isinstance(value, Image | Link):
        return value.url
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


def _around_the_change(old: str, new: str) -> tuple[str, str]:
    """Both values from shortly before the place where they part, and no longer than is read."""
    same = next((place for place, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), None)
    parting = min(len(old), len(new)) if same is None else same
    start = max(0, parting - BEFORE_THE_CHANGE) if max(len(old), len(new)) > SHOWN_CHARACTERS else 0
    return _cut(old, start), _cut(new, start)


def _cut(value: str, start: int) -> str:
    shown = value[start : start + SHOWN_CHARACTERS]
    return f"{'…' if start and shown else ''}{shown}{'…' if start + SHOWN_CHARACTERS < len(value) else ''}"


def _word_pairs(text: str) -> set[tuple[str, str]]:
    """The pairs of neighbouring words; the first has a blank one before it, so that one word is a pair too."""
    words = TOKEN.findall(text.casefold())
    return set(zip(["", *words], words, strict=False))


def _repeated(kept: Sequence[Change]) -> int | None:
    """The place of the last example whose site has another one."""
    often = Counter(change.site for change in kept)
    return next((place for place in reversed(range(len(kept))) if often[kept[place].site] > 1), None)
