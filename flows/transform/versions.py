"""What made a document: name and version of the code that decides the result.

Kept apart from the transform, so that a command can name the extractor without importing it. The name changes where
the result may: not for a comment, a docstring, or a file that has another name or place.
"""

import ast
import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

ROOMS = ("flows.transform", "flows.web")
LIBRARIES = (
    *("charset-normalizer", "courlan", "google-re2", "htmldate", "justext", "lxml", "lxml_html_clean", "numpy"),
    *("opencc", "publicsuffixlist", "py3langid", "rensa", "rjieba", "trafilatura"),
)
"""Distributions whose release may change a result: those that the rooms import, and those that decide inside
trafilatura. The time zones of the system, and the release of Python, are not among them."""
# How the work is spread over processes decides nothing: a new pool must not make every document old.
UNDECIDING = ("channel.py", "fork_server.py", "keeper.py", "pool.py", "warm.py", "worker.py")

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def extractor() -> str:
    """Our version, a digest of the code, data and libraries that decide the result, and trafilatura's version."""
    return f"broadsheet/{_version('broadsheet')}+{_digest()} trafilatura/{_version('trafilatura')}"


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "0"


def _digest() -> str:
    modules: dict[str, bytes] = {}
    data: list[bytes] = []
    for room in ROOMS:
        for name, source in _sources(files(room), room):
            if name.endswith(".py"):
                modules[name.removesuffix(".py").removesuffix(".__init__")] = source.read_bytes()
            else:
                data.append(source.read_bytes() if name.endswith(".npz") else _toml_content(source.read_bytes()))
    libraries = [f"{name}/{_version(name)}" for name in LIBRARIES]
    return code_digest(modules, data, [*libraries, f"libxml2/{_libxml2_version()}"])[:8]


def code_digest(modules: Mapping[str, bytes], data: list[bytes], libraries: list[str]) -> str:
    """One digest of modules by their dotted names, of the contents of data files, and of the versions of libraries.

    A module counts by its code alone. Where it imports another one of them, that one's digest stands for its name: so
    a move changes nothing, and to import the same name from somewhere else does.
    """
    digests: dict[str, str] = {}

    def digest_of(name: str) -> str:
        if name not in digests:
            tree = ast.parse(modules[name])
            digests[name] = hashlib.sha256("\n".join(_code(tree, modules, digest_of)).encode()).hexdigest()
        return digests[name]

    parts = [*sorted(map(digest_of, modules)), *sorted(hashlib.sha256(content).hexdigest() for content in data)]
    return hashlib.sha256("\n".join([*parts, *libraries]).encode()).hexdigest()


def _code(node: Any, modules: Mapping[str, bytes], digest_of: Any) -> Iterator[str]:
    """The code below a node, piece by piece, in words that are the same in each release of Python.

    What is empty is left out: newer releases add fields, which older code leaves empty. `ast.dump` shows them.
    """
    if isinstance(node, list):
        yield "["
        for item in node:
            yield from _code(item, modules, digest_of)
        yield "]"
    elif isinstance(node, ast.ImportFrom) and _is_own(node, modules):
        for alias in node.names:
            module = f"{node.module}.{alias.name}"
            yield f"import {digest_of(module if module in modules else str(node.module))} {alias.name} {alias.asname}"
    elif isinstance(node, ast.AST):
        yield type(node).__name__
        for name in sorted(node._fields):
            value: Any = getattr(node, name, None)
            if isinstance(node, DOCUMENTED) and name == "body":
                value = _undocumented(value)
            if value not in (None, [], ""):
                yield name
                yield from _code(value, modules, digest_of)
    else:
        yield repr(node)


def _is_own(node: ast.ImportFrom, modules: Mapping[str, bytes]) -> bool:
    return node.module in modules or any(f"{node.module}.{alias.name}" in modules for alias in node.names)


def _undocumented(body: list[ast.stmt]) -> list[ast.stmt]:
    """Statements without texts that stand alone: docstrings, and what is said below a constant."""
    return [
        one
        for one in body
        if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str))
    ]


def _toml_content(source: bytes) -> bytes:
    """What a TOML file says, without its comments."""
    return json.dumps(tomllib.loads(source.decode()), sort_keys=True, default=str).encode()


def _libxml2_version() -> str:
    """Of the parser itself, which a wheel of lxml brings along and a build of one's own does not."""
    from lxml.etree import LIBXML_VERSION

    return ".".join(map(str, LIBXML_VERSION))


def _sources(room: Traversable, dotted: str) -> Iterator[tuple[str, Traversable]]:
    """The files of a room and of the rooms within it that decide, with their dotted names."""
    for source in room.iterdir():
        name = f"{dotted}.{source.name}"
        if source.name.endswith((".py", ".toml", ".npz")) and source.name not in UNDECIDING:
            yield name, source
        elif source.is_dir() and source.name != "__pycache__":
            yield from _sources(source, name)
