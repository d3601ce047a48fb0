"""The revision of a node: a digest of the code that its result depends on.

That is the source of the module that defines it and of every module of ours that it imports,
directly or not, with the versions of the libraries that do the arithmetic. What only declares or
moves things (`spec`, `graph`, errors and folders) does not count: mending it changes no picture.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from engine.folders import ROOT

OURS = ("engine", "nodes")
UNCOUNTED = ("engine.spec", "engine.graph", "engine.errors", "engine.folders")
LIBRARIES = ("torch", "diffusers", "transformers")


@cache
def revision_of_module(module: str) -> str:
    """A digest of all code that `module` reaches; 32 hexadecimal digits."""
    digest = hashlib.blake2b(library_versions().encode(), digest_size=16)
    for name in sorted(reached(module)):
        path = _source(name)
        if path is not None:
            digest.update(name.encode())
            digest.update(_content(path))
    return digest.hexdigest()


def revision_of_files(files: Iterator[Path] | list[Path]) -> str:
    """A digest of a foreign pack's Python files, whose imports we don't follow."""
    digest = hashlib.blake2b(library_versions().encode(), digest_size=16)
    for path in sorted(files):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def library_versions() -> str:
    """The versions of what computes, without importing any of it."""
    from importlib.metadata import PackageNotFoundError, version

    found = list[str]()
    for library in LIBRARIES:
        try:
            found.append(f"{library}={version(library)}")
        except PackageNotFoundError:
            found.append(f"{library}=none")
    return " ".join(found)


def reached(module: str) -> set[str]:
    """`module` and every counted module of ours that it imports, directly or not."""
    seen, waiting = {module}, [module]
    while waiting:
        path = _source(waiting.pop())
        if path is None:
            continue
        for name in _imports(path):
            if name not in seen and name.split(".")[0] in OURS and not name.startswith(UNCOUNTED):
                seen.add(name)
                waiting.append(name)
    return seen


@cache
def _imports(path: Path) -> frozenset[str]:
    """The modules that a file imports, inside its functions too; `from a import b` may be `a.b`."""
    found = set[str]()
    for item in ast.walk(ast.parse(_content(path))):
        if isinstance(item, ast.Import):
            found.update(alias.name for alias in item.names)
        elif isinstance(item, ast.ImportFrom) and item.module and not item.level:
            found.add(item.module)
            found.update(f"{item.module}.{alias.name}" for alias in item.names)
    return frozenset(found)


@cache
def _content(path: Path) -> bytes:
    return path.read_bytes()


@cache
def _source(module: str) -> Path | None:
    """Where one of our modules lies; None for a name inside a module, or a foreign module."""
    base = ROOT.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None
