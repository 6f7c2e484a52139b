"""What may be asked of a flow: parameters checked once, the same way for the form, the command and the tests."""

from dataclasses import dataclass

from flows.extract.readers import checked_location
from flows.extract.sources import RULES, SourceError
from warehouse.model import SourceKind


@dataclass(frozen=True, slots=True)
class IngestOrder:
    """One source to be read once."""

    kind: SourceKind
    location: str
    source: str
    max_pages: int | None

    @classmethod
    def checked(cls, kind: str, location: str, source: str | None, max_pages: int | None) -> "IngestOrder":
        """The order, with the source named after the kind where no name is given.

        Raises SourceError with one line that names the value at fault and what was expected, before any work is done.
        """
        if kind not in set(SourceKind):
            raise SourceError(f"kind {kind!r} cannot be read; expected one of: {', '.join(SourceKind)}")
        name = source or kind
        if not RULES["name"].is_right(name):
            raise SourceError(f"source name {name!r}: expected {RULES['name'].expected}")
        if max_pages is not None and max_pages < 1:
            raise SourceError(f"max_pages {max_pages}: expected a positive number, or nothing for all")
        return cls(SourceKind(kind), checked_location(SourceKind(kind), location), name, max_pages)

    @property
    def parameters(self) -> dict[str, object]:
        """As they are kept with the run."""
        return {"kind": self.kind, "location": self.location, "source": self.source, "max_pages": self.max_pages}
