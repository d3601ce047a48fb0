"""Choose between two inputs; the other one is not computed."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from engine.spec.inputs import LazyMarker, Match
from engine.spec.node import node

Same: TypeAlias = Annotated[Any, Match("switch")]
Either: TypeAlias = Annotated[Same, LazyMarker()]


def _wanted(known: Mapping[str, Any]) -> list[str]:
    return ["on_true" if known["switch"] else "on_false"]


@node(
    "ComfySwitchNode",
    title="Switch",
    category="logic",
    outputs=["output"],
    needs=_wanted,
    experimental=True,
)
def switch(*, switch: bool, on_false: Either, on_true: Either) -> Same:
    """Pass one of two inputs on.

    Args:
        switch: which one; what the other one depends on does not run for it.
        on_false: passed on while the switch is off.
        on_true: passed on while the switch is on.
    """
    return on_true if switch else on_false
