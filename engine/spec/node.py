"""What a node declares, and how a typed function declares it.

`NodeSpec` is frozen data with a `call`; it is all that the engine knows of a node. `@node` makes
one from a function's signature and docstring, so that nothing is said twice.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeAlias

from engine.spec import signature
from engine.spec.context import Context
from engine.spec.inputs import Input, Output
from engine.spec.result import Result
from engine.spec.revision import revision_of_module

Call: TypeAlias = Callable[[Context, dict[str, Any]], Result | Awaitable[Result]]


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """One node type.

    name: the class type in files; title: what people read; category: the menu, "a/b/c".
    call: takes the context and the inputs by name, returns a `Result` (or awaits one, if
        `is_async`); None where only the declaration is known (a server without torch).
    terminal: its effect is wanted (a save); runs start from such nodes.
    fingerprint: `(context, literal inputs) -> text or number` for what the key can't see (a file
        in a folder choice enters by itself); NaN is never equal to anything.
    check: `(context, literal inputs) -> problems`, one sentence each, "" first for none.
    needs: `(known inputs) -> names` of lazy inputs that are wanted; called until nothing is new.
    revision: a digest of the code that computes it. pack: whose node it is, "" for our own.
    open_inputs: any further input is passed on. reads_id: the node's id enters its key.
    effect: what it writes lies outside the cache (kept in memory only, and while files exist).
    derived: what others work out from the declaration once; it goes when the spec goes.
    """

    name: str
    title: str
    category: str
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    call: Call | None = None
    description: str = ""
    terminal: bool = False
    effect: bool = False
    fingerprint: Callable[[Context, Mapping[str, Any]], str | float] | None = None
    check: Callable[[Context, Mapping[str, Any]], Sequence[str]] | None = None
    needs: Callable[[Mapping[str, Any]], Sequence[str]] | None = None
    revision: Callable[[], str] = str
    pack: str = ""
    module: str = "nodes"
    hidden: Mapping[str, str] = field(default_factory=dict[str, str])
    open_inputs: bool = False
    reads_id: bool = False
    is_async: bool = False
    deprecated: bool = False
    experimental: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])
    derived: dict[type, Any] = field(
        default_factory=dict[type, Any], init=False, repr=False, compare=False
    )

    def input(self, name: str) -> Input | None:
        """The declared input of that name (`group.name` for one that grew), or None."""
        for declared in self.inputs:
            if declared.name == name:
                return declared
            if declared.grows is not None:
                group, _, member = name.partition(".")
                if group == declared.name and member in declared.grows.names:
                    return replace(
                        declared, name=name, type=declared.grows.type, required=False, grows=None
                    )
        return None


def node(
    name: str,
    *,
    title: str,
    category: str,
    outputs: Sequence[str] = (),
    terminal: bool = False,
    effect: bool = False,
    fingerprint: Callable[[Context, Mapping[str, Any]], str | float] | None = None,
    check: Callable[[Context, Mapping[str, Any]], Sequence[str]] | None = None,
    needs: Callable[[Mapping[str, Any]], Sequence[str]] | None = None,
    hidden: Mapping[str, str] | None = None,
    reads_id: bool = False,
    deprecated: bool = False,
    experimental: bool = False,
    **extra: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function as a node; the function itself stays callable as it is.

    outputs: their names, where those of the types (or of the NamedTuple's fields) are not wanted.
    Raises `TypeError` at import where the signature can't be read: that is the author's mistake.
    """

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        read = signature.read(function, outputs)
        function.spec = NodeSpec(  # pyright: ignore[reportFunctionMemberAccess]
            name=name,
            title=title,
            category=category,
            inputs=read.inputs,
            outputs=read.outputs,
            call=read.call,
            description=read.description,
            terminal=terminal,
            effect=effect or terminal,
            fingerprint=fingerprint,
            check=check,
            needs=needs,
            revision=partial(revision_of_module, function.__module__),
            module=function.__module__,
            hidden=dict(hidden or {}),
            reads_id=reads_id,
            is_async=inspect.iscoroutinefunction(function),
            deprecated=deprecated,
            experimental=experimental,
            extra=extra,
        )
        return function

    return declare
