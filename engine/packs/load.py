"""Load other people's nodes: every folder or Python file under `custom_nodes` is a pack.

A pack that can't be imported is named with its reason, and the rest go on. Knows nothing of what
a node does; ours under `nodes/` are found the same way, by `load_ours`.
"""

import importlib
import importlib.util
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType

import nodes
from engine.errors import EaselError, PackError
from engine.folders import Folders
from engine.spec.node import NodeSpec
from engine.spec.registry import Registry, specs_in
from engine.spec.revision import revision_of_files

ROOT_NAME = "custom_nodes"


def load_ours(registry: Registry) -> None:
    """Import every module under `nodes/` and take its nodes in, folders in the menu's order."""
    for found in pkgutil.walk_packages(nodes.__path__, "nodes."):
        if not found.ispkg:
            registry.add_module(importlib.import_module(found.name))


def load_packs(
    registry: Registry, folders: Folders, tell: Callable[[str], None] = lambda _: None
) -> None:
    """Import every pack and take its nodes in; `registry.failed` names those that could not be.

    tell: hears one sentence about each pack that failed.
    """
    for name, path in folders.packs():
        try:
            specs = list(_specs_of(name, path))
            for spec in specs:
                registry.add(spec)
            if not specs:
                raise PackError(name, f"{path.name} defines no @node function")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a pack may do anything at import, even exit
            registry.failed[name] = _reason(error)
            tell(f"The pack {name} is left out: {registry.failed[name]}")


def _specs_of(name: str, path: Path) -> Iterator[NodeSpec]:
    """The specs in a pack's modules, marked as the pack's, with a revision over all its files."""
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    sys.modules.setdefault(ROOT_NAME, _namespace(ROOT_NAME, []))
    prefix = f"{ROOT_NAME}.{name}"
    _forget(prefix)
    for module in _import(prefix, path):
        for spec in specs_in(module):
            yield replace(spec, pack=name, revision=partial(revision_of_files, files))


def _import(name: str, path: Path) -> list[ModuleType]:
    """Import a pack: a file, a package, or a folder of plain files. Returns all its modules."""
    if path.is_file():
        return [_import_file(name, path)]
    start = path / "__init__.py"
    if start.is_file():
        _import_file(name, start, package=path)
    else:
        sys.modules[name] = _namespace(name, [str(path)])
        for file in sorted(path.glob("*.py")):
            _import_file(f"{name}.{file.stem}", file)
    return [
        module
        for key, module in sorted(sys.modules.items())
        if key == name or key.startswith(name + ".")
    ]


def _namespace(name: str, places: list[str]) -> ModuleType:
    """A package without a file of its own."""
    package = ModuleType(name)
    package.__path__ = places
    return package


def _import_file(name: str, path: Path, package: Path | None = None) -> ModuleType:
    places = [str(package)] if package else None
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=places)
    if spec is None or spec.loader is None:
        raise PackError(name, f"{path.name} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _forget(prefix: str) -> None:
    for key in [key for key in sys.modules if key == prefix or key.startswith(prefix + ".")]:
        del sys.modules[key]


def _reason(error: BaseException) -> str:
    """One sentence: what went wrong and in which file and line of the pack."""
    if isinstance(error, EaselError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    where = next(
        (f" ({Path(f.filename).name}, line {f.lineno})" for f in reversed(frames) if f.filename), ""
    )
    return f"{type(error).__name__}: {error}{where}"
