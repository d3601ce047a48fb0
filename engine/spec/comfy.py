"""Node specs out of `GET /object_info`, ComfyUI's or ours, so that foreign types are known too.

Tolerant: what an entry says oddly is left out, never an error, since packs write what they like.
The other way is `info.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from engine.errors import FileProblem
from engine.spec.inputs import (
    MISSING,
    WIDGET_TYPES,
    Choice,
    Input,
    Match,
    Number,
    Output,
    Text,
    Toggle,
    Widget,
)
from engine.spec.node import NodeSpec
from engine.spec.registry import Registry

UPLOADS: Final = ("image", "video", "audio", "file", "animated_image")
_READ: Final = frozenset({"default", "tooltip", "lazy", "template", "options", "multiline"})


def registry_from_object_info(document: Mapping[str, Any]) -> Registry:
    """Every node type of a saved answer. Raises `FileProblem` where it is none."""
    registry = Registry()
    for name, entry in document.items():
        said = _mapping(entry)
        if "input" in said or "output" in said:
            registry.add(spec_from_object_info(name, said))
    if document and not registry:
        raise FileProblem("holds no node definitions; expected what GET /object_info answers")
    return registry


def spec_from_object_info(name: str, entry: Mapping[str, Any]) -> NodeSpec:
    """One node type; `call` is None."""
    title, category = entry.get("display_name"), entry.get("category")
    return NodeSpec(
        name=name,
        title=title if isinstance(title, str) and title else name,
        category=category if isinstance(category, str) else "",
        inputs=tuple(_inputs(entry)),
        outputs=tuple(_outputs(entry)),
        terminal=entry.get("output_node") is True,
        deprecated=entry.get("deprecated") is True,
        experimental=entry.get("experimental") is True,
    )


def inputs_of(sections: Mapping[str, Any], order: Mapping[str, Any] | None = None) -> list[Input]:
    """The inputs of `{"required": {...}, "optional": {...}}`, required ones first."""
    found = list[Input]()
    for section in ("required", "optional"):
        declared = _mapping(sections.get(section))
        for name in _in_order(declared, _mapping(order).get(section)):
            found.append(_input(name, declared[name], section == "required"))
    return found


def _inputs(entry: Mapping[str, Any]) -> list[Input]:
    return inputs_of(_mapping(entry.get("input")), _mapping(entry.get("input_order")))


def _in_order(declared: Mapping[str, Any], order: Any) -> Iterator[str]:
    listed = [name for name in _list(order) if isinstance(name, str) and name in declared]
    yield from dict.fromkeys([*listed, *declared])


def _input(name: str, declared: Any, required: bool) -> Input:
    parts = _list(declared) if isinstance(declared, list) else [declared]
    kind = parts[0] if parts else "*"
    options = _mapping(parts[1] if len(parts) > 1 else None)
    choices = _list(kind if isinstance(kind, list) else options.get("options"))
    type_ = "COMBO" if isinstance(kind, list) else str(kind)
    tooltip = options.get("tooltip")
    return Input(
        name=name,
        type=type_,
        required=required,
        default=options.get("default", MISSING),
        widget=_widget(type_, options, choices),
        tooltip=tooltip if isinstance(tooltip, str) else "",
        lazy=options.get("lazy") is True,
        match=_match(type_, options),
        options=_further(type_, options),
    )


def _further(type_: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options that have no field of their own; dynamic inputs are made of theirs."""
    known = ("COMFY_DYNAMIC", "COMFY_AUTOGROW")
    kept = {"options", "template"} if type_.startswith(known) else set[str]()
    return {key: value for key, value in options.items() if key not in _READ or key in kept}


def _widget(type_: str, options: Mapping[str, Any], choices: Iterable[Any]) -> Widget | None:
    if type_ not in WIDGET_TYPES:
        return None
    control = options.get("control_after_generate") not in (None, False)
    if type_ in ("INT", "FLOAT"):
        grain = options.get("round")
        return Number(
            min=_number(options.get("min")),
            max=_number(options.get("max")),
            step=_number(options.get("step")),
            round=grain if isinstance(grain, bool | int | float) else None,
            control=control,
        )
    if type_ == "STRING":
        return Text(
            multiline=options.get("multiline") is True,
            dynamic_prompts=options.get("dynamicPrompts") is True,
        )
    if type_ == "BOOLEAN":
        return Toggle()
    upload = next((kind for kind in UPLOADS if options.get(f"{kind}_upload")), "")
    plain = tuple(item for item in choices if isinstance(item, str | int | float | bool))
    return Choice(options=plain, upload=upload, control=control)


def _match(type_: str, options: Mapping[str, Any]) -> Match | None:
    if type_ != "COMFY_MATCHTYPE_V3":
        return None
    template = _mapping(options.get("template"))
    return Match(str(template.get("template_id", "")), str(template.get("allowed_types", "*")))


def _outputs(entry: Mapping[str, Any]) -> Iterator[Output]:
    names, many = _list(entry.get("output_name")), _list(entry.get("output_is_list"))
    for index, kind in enumerate(_list(entry.get("output"))):
        type_ = "COMBO" if isinstance(kind, list) else str(kind)
        name = names[index] if index < len(names) else type_
        yield Output(str(name), type_, many=index < len(many) and many[index] is True)


def _number(value: Any) -> float | None:
    return None if isinstance(value, bool) or not isinstance(value, int | float) else value


def _list(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}
