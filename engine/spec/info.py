"""A node spec as ComfyUI's `GET /object_info` writes it, so that its clients understand ours.

Key order is widget order: nothing here may sort.
"""

from collections.abc import Mapping
from typing import Any

from engine.folders import Folders, PathError
from engine.spec.inputs import MISSING, Choice, Input, Number, Text, Toggle
from engine.spec.node import NodeSpec


def object_info(spec: NodeSpec, folders: Folders) -> dict[str, Any]:
    """The entry of one node; choices that are folders are listed now."""
    sections: dict[str, dict[str, Any]] = {"required": {}}
    for declared in spec.inputs:
        section = "required" if declared.required else "optional"
        sections.setdefault(section, {})[declared.name] = _input_info(declared, folders)
    if spec.hidden:
        sections["hidden"] = dict(spec.hidden)
    info: dict[str, Any] = {
        "input": sections,
        "input_order": {section: list(entries) for section, entries in sections.items()},
        "output": [output.type for output in spec.outputs],
        "output_is_list": [output.many for output in spec.outputs],
        "output_name": [output.name for output in spec.outputs],
        "name": spec.name,
        "display_name": spec.title,
        "description": spec.description,
        "python_module": f"custom_nodes.{spec.pack}" if spec.pack else spec.module,
        "category": spec.category,
        "output_node": spec.terminal,
        "deprecated": spec.deprecated,
        "experimental": spec.experimental,
    }
    if any(output.tooltip for output in spec.outputs):
        info["output_tooltips"] = [output.tooltip for output in spec.outputs]
    if any(output.match for output in spec.outputs):
        info["output_matchtypes"] = [
            output.match.template if output.match else None for output in spec.outputs
        ]
    return info


def choices(choice: Choice, folders: Folders) -> list[Any]:
    """What can be chosen now: the files of the folder, then the fixed options."""
    listed: list[Any] = []
    if choice.folder:
        try:
            listed = list(folders.names(choice.folder))
        except PathError:
            listed = []
    return [*listed, *choice.options]


def _input_info(declared: Input, folders: Folders) -> list[Any]:
    options = _options(declared)
    if isinstance(declared.widget, Choice):
        return [choices(declared.widget, folders), options]
    return [declared.type, options]


def _options(declared: Input) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if declared.default is not MISSING:
        options["default"] = declared.default
    options.update(_widget_options(declared.widget))
    if declared.lazy:
        options["lazy"] = True
    if declared.match is not None:
        options["template"] = {
            "template_id": declared.match.template,
            "allowed_types": declared.match.allowed,
        }
    if declared.grows is not None:
        options["template"] = {
            "input": {"required": {"value": [declared.grows.type, {}]}},
            "names": list(declared.grows.names),
            "min": declared.grows.minimum,
        }
    if declared.tooltip:
        options["tooltip"] = declared.tooltip
    options.update(declared.options)
    return options


def _widget_options(widget: Number | Text | Toggle | Choice | None) -> Mapping[str, Any]:
    if isinstance(widget, Number):
        named = {"min": widget.min, "max": widget.max, "step": widget.step, "round": widget.round}
        found: dict[str, Any] = {key: value for key, value in named.items() if value is not None}
        if widget.control:
            found["control_after_generate"] = True
        if widget.display:
            found["display"] = widget.display
        return found
    if isinstance(widget, Text):
        return _text_options(widget)
    if isinstance(widget, Toggle):
        named = {"label_on": widget.on, "label_off": widget.off}
        return {key: value for key, value in named.items() if value}
    if isinstance(widget, Choice):
        found = {f"{widget.upload}_upload": True} if widget.upload else {}
        found |= {"folder": widget.folder} if widget.folder else {}
        return {**found, "control_after_generate": True} if widget.control else found
    return {}


def _text_options(widget: Text) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if widget.multiline is not None:
        options["multiline"] = widget.multiline
    if widget.dynamic_prompts:
        options["dynamicPrompts"] = True
    if widget.placeholder:
        options["placeholder"] = widget.placeholder
    return options
