"""All node types that are known, and what an editor, a check or a client may ask of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from engine.errors import GraphError
from engine.spec.node import NodeSpec


@dataclass(slots=True)
class Registry(Mapping[str, NodeSpec]):
    """Node specs by class type, in the order they were added; later packs never replace ours.

    failed: packs that could not be imported, each with its reason in one sentence.
    """

    specs: dict[str, NodeSpec] = field(default_factory=dict[str, NodeSpec])
    failed: dict[str, str] = field(default_factory=dict[str, str])

    def __getitem__(self, name: str) -> NodeSpec:
        return self.specs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.specs)

    def __len__(self) -> int:
        return len(self.specs)

    def add(self, spec: NodeSpec) -> None:
        """Take a node type in. Raises `GraphError` if its name is taken."""
        if spec.name in self.specs:
            other = self.specs[spec.name]
            raise GraphError(
                f"node type {spec.name} of {spec.pack or spec.module} is already defined by "
                f"{other.pack or other.module}; give it another name"
            )
        self.specs[spec.name] = spec

    def add_module(self, module: ModuleType) -> None:
        """Take in every `@node` function that `module` itself defines."""
        for spec in specs_in(module):
            self.add(spec)


def specs_in(module: ModuleType) -> Iterable[NodeSpec]:
    """The specs of the `@node` functions defined in `module`, in order of definition."""
    for value in vars(module).values():
        spec: Any = getattr(value, "spec", None)
        if isinstance(spec, NodeSpec) and value.__module__ == module.__name__:
            yield spec
