"""Load other people's nodes: every folder or Python file under `custom_nodes` is a pack.

A pack brings nodes (`@node`), HTTP routes (`Routes`) and JavaScript (`WEB_DIRECTORY`); all are
found by themselves. One that can't be taken in whole is named with its reason, and the rest go
on. Knows nothing of what a node does; ours under `nodes/` are found the same way, by `load_ours`.
"""

import importlib
import importlib.util
import pkgutil
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import nodes
from engine.errors import PackError
from engine.folders import Folders, python_files
from engine.packs import routes
from engine.packs.failing import reason_of, trace_of
from engine.packs.routes import Route, Routes
from engine.spec import library
from engine.spec.node import NodeSpec
from engine.spec.registry import Registry, specs_in
from engine.spec.revision import revision_of_files

ROOT_NAME = "custom_nodes"


@dataclass(frozen=True, slots=True)
class Pack:
    """What a pack brings. web: the folder of its JavaScript, as a name in the pack's; or ""."""

    name: str
    specs: tuple[NodeSpec, ...] = ()
    routes: tuple[Route, ...] = ()
    web: str = ""


class Watch(Protocol):
    """Told of each pack before it is imported, with a digest of its files, and after."""

    def begin(self, pack: str, digest: str) -> None:
        """It is imported next. Raises `PackError` if it must not be."""
        ...

    def end(self) -> None:
        """That is over, whatever came of it."""
        ...


class Unwatched:
    """Nobody needs to know."""

    def begin(self, pack: str, digest: str) -> None:
        pass

    def end(self) -> None:
        pass


def load_ours(registry: Registry) -> None:
    """Import every module under `nodes/` and take its nodes in, folders in the menu's order."""
    for found in pkgutil.walk_packages(nodes.__path__, "nodes."):
        if not found.ispkg:
            registry.add_module(importlib.import_module(found.name))


def load_packs(
    registry: Registry,
    folders: Folders,
    tell: Callable[[str], None] = lambda _: None,
    watch: Watch | None = None,
) -> list[Pack]:
    """Import every pack and take its nodes in, or none of them; `registry.failed` names those
    that could not be.

    tell: hears a sentence about each pack that failed, and its traceback on the lines after it.
    """
    found, taken = list[Pack](), dict[tuple[str, str], str]()
    for name, path in folders.packs():
        try:
            pack = _loaded(name, path, watch or Unwatched())
            if pack.routes:
                routes.check(name, pack.routes, taken)
            _take(registry, pack)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a pack may do anything at import, even exit
            registry.failed[name] = reason_of(error, name)
            _forget(_module_of(name))
            tell(f"The pack {name} is left out: {registry.failed[name]}{trace_of(error)}")
        else:
            taken.update(((route.method, route.path), name) for route in pack.routes)
            found.append(pack)
    return found


def _take(registry: Registry, pack: Pack) -> None:
    """Add a pack's nodes whole. Raises `EaselError` for a name that is taken, also by the pack
    itself, and leaves none of them behind."""
    trial = Registry(dict(registry.specs))
    for spec in pack.specs:
        trial.add(spec)
    registry.specs.update(trial.specs)


def _loaded(name: str, path: Path, watch: Watch) -> Pack:
    # Of what is imported, not of what the files become later.
    digest = revision_of_files(python_files(path))
    try:
        watch.begin(name, digest)
        modules = _imported(_module_of(name), path)
    finally:
        watch.end()
    specs = tuple(
        replace(spec, pack=name, revision=lambda: digest)
        for module in modules
        for spec in specs_in(module)
    )
    library.read(library.write(specs))  # what can't be told to a server fails here, alone
    pack = Pack(name, specs, tuple(_routes_in(modules)), _web_of(name, path, modules))
    if not (specs or pack.routes or pack.web):
        raise PackError(name, "it has no @node function, no Routes and no WEB_DIRECTORY")
    return pack


def _routes_in(modules: Iterable[ModuleType]) -> Iterator[Route]:
    tables = {
        id(v): v for module in modules for v in vars(module).values() if isinstance(v, Routes)
    }
    for table in tables.values():
        yield from table.found


def _web_of(name: str, path: Path, modules: Iterable[ModuleType]) -> str:
    """The pack's folder of JavaScript: `WEB_DIRECTORY`, or `web` in its `pyproject.toml`."""
    given = next((found for m in modules if (found := vars(m).get("WEB_DIRECTORY"))), None)
    given = given or _web_of_project(path / "pyproject.toml")
    if not given:
        return ""
    if not path.is_dir():
        raise PackError(name, "only a folder can have a WEB_DIRECTORY, not a single file")
    place, whole = (path / str(given)).resolve(), path.resolve()
    if not place.is_dir() or not place.is_relative_to(whole):
        raise PackError(name, f"WEB_DIRECTORY {str(given)!r} is no folder inside the pack")
    return place.relative_to(whole).as_posix()


def _web_of_project(file: Path) -> Any:
    if not file.is_file():
        return None
    try:
        read: Any = tomllib.loads(file.read_text("utf-8"))
        return read["tool"]["comfy"].get("web")
    except (KeyError, TypeError, AttributeError):
        return None


def _module_of(pack: str) -> str:
    return f"{ROOT_NAME}.{pack.replace('.', '_x_')}"


def _imported(name: str, path: Path) -> list[ModuleType]:
    """Import a pack: a file, a package, or a folder of plain files. Returns all its modules."""
    sys.modules.setdefault(ROOT_NAME, _namespace(ROOT_NAME, []))
    _forget(name)
    if path.is_file():
        return [_import_file(name, path)]
    start = path / "__init__.py"
    if start.is_file():
        _import_file(name, start, package=path)
    else:
        sys.modules[name] = _namespace(name, [str(path)])
        for file in filter(Path.is_file, sorted(path.glob("*.py"))):
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
