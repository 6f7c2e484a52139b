"""Subscriptions from a feed reader (OPML, http://opml.org/spec2.opml), as sources in a sources file."""

import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import tomlkit
from lxml import etree

from flows.extract.listing.hints import plain_title
from flows.extract.listing.links import Problem, usable_url
from flows.extract.listing.markup import OPML_ROOTS, document_from, root_of
from flows.extract.sources import RULES, Source, SourceError, load_sources
from flows.web.charsets import decode
from flows.web.urls import host_of
from warehouse.model import Reason, SourceKind

LONGEST_NAME = 48
"""Characters of a name made from a title: the rule allows 64, a number may follow."""


def read_opml(body: bytes) -> tuple[Source, ...] | Problem:
    """The subscribed feeds as sources, each address and each name once; what is no OPML is a Problem.

    A name is made from the title. Outlines whose address is of no use are told by `unusable_outlines`.
    """
    outlines = _outlines(body)
    if isinstance(outlines, Problem):
        return outlines
    sources: dict[str, Source] = {}
    for outline in outlines:
        url = usable_url("", outline.get("xmlurl", ""))
        if isinstance(url, str) and url not in sources:
            sources[url] = _source(outline, url, {source.name for source in sources.values()})
    return tuple(sources.values())


def unusable_outlines(body: bytes) -> tuple[Problem, ...]:
    """The subscriptions whose address no feed can be fetched from, and why."""
    outlines = _outlines(body)
    if isinstance(outlines, Problem):
        return ()
    usable = (usable_url("", outline.get("xmlurl", "")) for outline in outlines)
    return tuple(each for each in usable if isinstance(each, Problem))


def import_file(file: Path, target: Path) -> tuple[int, int]:
    """Adds the feeds of an OPML file to a sources file: how many, and how many were there already.

    Raises SourceError where either file cannot be read.
    """
    try:
        sources = read_opml(file.read_bytes())
    except OSError as error:
        raise SourceError(f"{file}: cannot be read ({error.strerror or error})", file=file) from None
    if isinstance(sources, Problem):
        raise SourceError(f"{file}: {sources.detail}", file=file)
    added = add_sources(target, sources)
    return added, len(sources) - added


def add_sources(file: Path, sources: Iterable[Source]) -> int:
    """Adds sources at the end of a sources file, and says how many: those whose location it has are left out.

    Names that are taken get a number. All that stood in the file stays as it was; it is made where there is none,
    and replaced as a whole. Raises SourceError where the file, or a source, cannot be read as one.
    """
    old = load_sources(file) if file.exists() else ()
    new = _new(old, sources)
    if new:
        _replace(file, _with_tables(file, new))
    return len(new)


def _outlines(body: bytes) -> list[dict[str, str]] | Problem:
    """The attributes, in lower case, of the outlines that subscribe to a feed, however deep they stand."""
    text, _ = decode(body)
    root = root_of(text)
    if root is None or root[0] not in OPML_ROOTS:
        return Problem(Reason.MALFORMED_INPUT, "no OPML: expected a file that a feed reader exported")
    parser = etree.XMLParser(recover=True, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(document_from(text, root[1]), parser)
    except etree.LxmlError as error:
        return Problem(Reason.MALFORMED_INPUT, f"broken XML: {str(error)[:200]}")
    return [said for said in _attributes(tree) if "xmlurl" in said] if tree is not None else []


def _attributes(tree: etree._Element) -> Iterator[dict[str, str]]:
    for outline in tree.iter("outline", "Outline", "OUTLINE"):
        yield {str(name).lower(): str(value).strip() for name, value in outline.attrib.items()}


def _source(outline: dict[str, str], url: str, taken: Collection[str]) -> Source:
    title = plain_title(outline.get("title")) or plain_title(outline.get("text"))
    language = outline.get("language", "")
    return Source(
        name=_free(_slug(title or host_of(url)), taken),
        kind=SourceKind.FEED,
        location=url,
        language=language if RULES["language"].is_right(language) else None,
    )


def _slug(title: str) -> str:
    """A name made of a title: letters and digits of any script, all else a hyphen."""
    lowered = unicodedata.normalize("NFC", title).lower()
    return re.sub(r"[^\w.]+", "-", lowered).strip("-._")[:LONGEST_NAME].strip("-._") or "feed"


def _free(name: str, taken: Collection[str]) -> str:
    numbered = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
    return next(each for each in numbered if each not in taken)


def _new(old: Iterable[Source], sources: Iterable[Source]) -> list[Source]:
    taken = {source.name for source in old}
    held = {source.location for source in old}
    new: list[Source] = []
    for source in sources:
        if source.location not in held:
            held.add(source.location)
            new.append(replace(source, name=_free(source.name, taken)))
            taken.add(new[-1].name)
    return new


def _with_tables(file: Path, sources: Iterable[Source]) -> str:
    text = file.read_bytes().decode("utf-8") if file.exists() else ""
    document = tomlkit.parse(text)
    if "sources" in document and not isinstance(document["sources"], tomlkit.items.AoT):
        raise SourceError(f"{file}: sources is one list; expected tables, each headed [[sources]]", file=file)
    tables = tomlkit.aot()
    for source in sources:
        tables.append(tomlkit.item(_said(source)))
    added = tomlkit.dumps({"sources": tables}).lstrip("\n")
    return f"{text.rstrip()}\n\n{added}" if text.strip() else added


def _said(source: Source) -> dict[str, object]:
    """What must be said of a source: the keys that are not as they are where nothing is said."""
    plain = Source(name=source.name, kind=source.kind, location=source.location)
    said = {key: getattr(source, key) for key in Source.__slots__}
    kept = {key: value for key, value in said.items() if value != getattr(plain, key)}
    return {"name": source.name, "kind": str(source.kind), "location": source.location, **kept}


def _replace(file: Path, text: str) -> None:
    """Writes beside the file, tries whether it loads, and puts it in its place."""
    target = file.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".new")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(text.encode("utf-8"))
            out.flush()
            os.fsync(out.fileno())
        _check(temporary, target)
        if target.exists():
            shutil.copymode(target, temporary)
        else:
            temporary.chmod(0o644)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _check(temporary: Path, target: Path) -> None:
    try:
        load_sources(temporary)
    except SourceError as error:
        problem = error.problem.replace(str(temporary), str(target))
        raise SourceError(problem, file=target, key=error.key) from None
