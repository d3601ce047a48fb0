"""Node specs as a JSON file and back, so that a process without torch or packs knows them.

What is code (call, check, fingerprint, needs, revision) stays behind: a spec that was read has
`call=None`. A choice that is a folder stays symbolic. Nothing that equals its default is written.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING as NO_DEFAULT
from dataclasses import fields, is_dataclass
from typing import Any, cast

from engine.spec.inputs import MISSING, Choice, Grows, Input, Match, Number, Output, Text, Toggle
from engine.spec.node import NodeSpec
from engine.spec.registry import Registry

_TAGGED: Mapping[str, type] = {
    kind.__name__: kind for kind in (Number, Text, Toggle, Choice, Match, Grows)
}
_CODE = frozenset({"call", "fingerprint", "check", "needs", "revision"})


def write(specs: Iterable[NodeSpec]) -> str:
    """JSON text, a node a paragraph, in the order given; ends with a line break."""
    entries = {spec.name: _plain(spec) for spec in specs}
    return json.dumps(entries, indent=1, ensure_ascii=False) + "\n"


def read(text: str) -> Registry:
    """The registry that `write` wrote; every `call` is None."""
    registry = Registry()
    for entry in json.loads(text).values():
        registry.add(_spec(entry))
    return registry


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        tag = type(value).__name__
        entry: dict[str, Any] = {"widget": tag} if tag in _TAGGED else {}
        for item in fields(value):
            held = getattr(value, item.name)
            if item.init and item.name not in _CODE and not _is_default(item, held):
                entry[item.name] = _plain(held)
        return entry
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in cast("Iterable[Any]", value)]
    return value


def _is_default(item: Any, held: Any) -> bool:
    if held is MISSING:
        return True
    if item.default is not NO_DEFAULT:
        return type(held) is type(item.default) and held == item.default
    return item.default_factory is not NO_DEFAULT and held == item.default_factory()


def _spec(entry: Mapping[str, Any]) -> NodeSpec:
    inputs = tuple(_input(item) for item in entry.get("inputs", ()))
    outputs = tuple(Output(**_untag(item)) for item in entry.get("outputs", ()))
    plain: dict[str, Any] = {**entry, "inputs": inputs, "outputs": outputs}
    return NodeSpec(**plain)


def _input(entry: Mapping[str, Any]) -> Input:
    return Input(**_untag(entry))


def _untag(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _marker(value) for key, value in entry.items()}


def _marker(value: Any) -> Any:
    """A tagged mapping as the marker it was; anything else as it is."""
    if not isinstance(value, Mapping):
        return value
    entry = dict(cast("Mapping[str, Any]", value))
    kind = _TAGGED.get(entry.pop("widget", ""))
    if kind is None:
        return cast("Mapping[str, Any]", value)
    return kind(**{key: _frozen(held) for key, held in entry.items()})


def _frozen(value: Any) -> Any:
    return tuple(cast("Iterable[Any]", value)) if isinstance(value, list) else value
