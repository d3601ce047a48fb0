"""Run a case through the whole engine in this process, models staying loaded from case to case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from engine.errors import InvalidGraph
from engine.execution.cache import Cache
from engine.execution.check import check
from engine.execution.executor import execute
from engine.execution.memory import Memory
from engine.execution.plan import plan
from engine.graph.files import read_api
from engine.models.residency import Residency
from engine.spec.context import Context
from engine.spec.registry import Registry
from engine.values.codec import Codec

MEMORY = 2**28  # bytes of results kept from case to case: prompts, above all


@dataclass(slots=True)
class Easel:
    """The engine with its cache and its models, kept warm."""

    registry: Registry
    cache: Cache = field(default_factory=lambda: Cache(codec=Codec(), memory=Memory(MEMORY)))
    residency: Residency = field(default_factory=lambda: Residency("cpu"))

    def draw(self, workflow: Mapping[str, Any], context: Context) -> list[Path]:
        """The files that a workflow in API form writes, in the order of its nodes.

        Raises `InvalidGraph` where the check finds problems, and whatever failed the run.
        """
        graph = read_api(workflow)
        problems = check(graph, self.registry, context)
        if problems:
            raise InvalidGraph(problems)
        made = plan(graph, self.registry, None, self.cache, context, effects=False)
        outcome = execute(made, self.cache, context, _unheard, guard=torch.no_grad)
        if outcome.error is not None:
            raise outcome.error
        return [
            Path(path)
            for id in graph.nodes
            if id in outcome.results
            for path in outcome.results[id].files
        ]


def _unheard(_: object) -> None:
    """Nobody listens."""
