"""Which node types there are: declared (a file, at once) or loaded (with their code)."""

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping

from engine.folders import ROOT, Folders
from engine.spec import library
from engine.spec.node import NodeSpec
from engine.spec.registry import Registry, specs_in

SPECS = ROOT / "nodes" / "specs.json"

Tell = Callable[[str], None]


def declared() -> Registry:
    """Our own nodes as `nodes/specs.json` declares them: no torch, no packs, no code."""
    return library.read(SPECS.read_text("utf-8"))


class OnDemand(Mapping[str, NodeSpec]):
    """Our own nodes, each with its code from the moment it is asked for.

    A workflow that only cuts pictures needs no text encoder: only the modules of the nodes in use
    are imported, which saves seconds at the start.
    """

    def __init__(self) -> None:
        self._specs = dict(declared())
        self._imported = set[str]()

    def __getitem__(self, name: str) -> NodeSpec:
        module = self._specs[name].module
        if module not in self._imported:
            self._imported.add(module)
            found = specs_in(importlib.import_module(module))
            self._specs.update({spec.name: spec for spec in found})
        return self._specs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)

    def __contains__(self, name: object) -> bool:
        return name in self._specs


def loaded(folders: Folders, tell: Tell) -> Registry:
    """Our own nodes and those of all packs, with their code.

    tell: hears one sentence about each pack that could not be imported.
    """
    from engine.packs.load import load_ours, load_packs

    registry = Registry()
    load_ours(registry)
    load_packs(registry, folders, tell)
    return registry


def any_packs(folders: Folders) -> bool:
    """Whether there is a pack to load."""
    return bool(folders.packs())


def knowing(
    types: Iterable[str], folders: Folders, tell: Tell, *, run: bool
) -> Mapping[str, NodeSpec]:
    """The smallest library that will do.

    types: the node types in question; one that isn't ours may be a pack's, and then all packs are
    loaded. run: code is needed, not declarations alone.
    """
    ours = declared()
    if all(name in ours or name.startswith("subgraph/") for name in types):
        return OnDemand() if run else ours
    return loaded(folders, tell)
