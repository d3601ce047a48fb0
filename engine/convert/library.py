"""What node types look like in ComfyUI's editor: sockets, widgets, and what a widget list holds.

Made of node specs, ours or those of a saved `GET /object_info`. Knows no files and no graphs.
Numbers in brackets are the rules of tests/convert/README.md.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from engine.graph.sockets import ANY, Slot, Sockets, Span
from engine.spec.comfy import inputs_of
from engine.spec.inputs import MISSING, Choice, Input, Number, Text
from engine.spec.node import NodeSpec

SEEDS: Final = ("seed", "noise_seed")
SCALARS: Final = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"})
WIDGETS: Final = SCALARS | {
    *("AUDIO_RECORD", "BOUNDING_BOX", "BOUNDING_BOXES", "CHART", "COLOR", "COLORS", "CURVE"),
    *("GALLERIA", "IMAGECOMPARE", "LOAD_3D", "LOAD_3D_ANIMATION", "MARKDOWN", "MULTISELECT"),
    *("PAINTER", "PREVIEW_3D", "RANGE", "TEXTAREA", "TREESELECT", "VIDEO_EDIT", "WEBCAM"),
}
DYNAMIC: Final = "COMFY_DYNAMICCOMBO_V3"
REPLACED: Final = frozenset(
    {
        *("SaveImage", "SaveAnimatedWEBP", "SaveAnimatedPNG", "SaveWEBM", "SaveVideo"),
        *("SaveAudio", "SaveAudioMP3", "SaveAudioOpus", "SaveGLB", "SaveSVGNode", "SaveLatent"),
        *("CLIPSave", "VAESave", "ModelSave", "LoraSave"),
    }
)
"""Types in whose `filename_prefix` names between percent signs are replaced [41]."""


@dataclass(frozen=True, slots=True)
class Widget:
    """One widget: its value is one of a list, and its mode the next one if it has a control."""

    name: str
    type: str
    control: bool = False
    default: Any = None
    has_default: bool = True
    multiline: bool = False
    dynamic: bool = False
    span: Span | None = None
    branches: Mapping[str, tuple["Widget", ...]] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Layout:
    """A node type as the editor lays it out.

    named: all widgets by name, those of branches too. forced: the places, among widgets and such
    inputs, of inputs that were made to take links only; old files hold a value there. uploads: how
    many buttons stand behind the widgets.
    """

    spec: NodeSpec
    sockets: Sockets
    widgets: tuple[Widget, ...]
    named: Mapping[str, Widget]
    inputs: frozenset[str]
    forced: tuple[int, ...] = ()
    uploads: int = 0


class Library:
    """Node types by name; what comes first in `registries` counts.

    listed: the files of a folder of models or pictures, for the first choice where a value is
    missing; without it such a value stays missing.
    """

    def __init__(
        self,
        *registries: Mapping[str, NodeSpec],
        listed: Callable[[str], Sequence[Any]] | None = None,
    ) -> None:
        self.registries, self.listed = registries, listed
        self._layouts: dict[str, Layout | None] = {}

    def layout(self, class_type: str) -> Layout | None:
        """How a type is laid out; None if it is not known."""
        if class_type not in self._layouts:
            found = (registry.get(class_type) for registry in self.registries)
            spec = next((spec for spec in found if spec is not None), None)
            self._layouts[class_type] = self._laid_out(spec) if spec else None
        return self._layouts[class_type]

    def sockets(self, class_type: str) -> Sockets | None:
        """What `flatten` asks for."""
        layout = self.layout(class_type)
        return layout.sockets if layout else None

    def _laid_out(self, spec: NodeSpec) -> Layout:
        inputs = sorted(spec.inputs, key=lambda found: not found.required)
        widgets = [self._widget(found) for found in inputs if is_widget(found)]
        plain = [Slot(found.name, slot_type(found)) for found in _sockets(inputs)]
        set_by_hand = [Slot(w.name, w.type, True, w.span) for w in widgets]
        outputs = [
            Slot(found.name, found.match.allowed if found.match else found.type)
            for found in spec.outputs
        ]
        return Layout(
            spec=spec,
            sockets=Sockets((*plain, *set_by_hand), tuple(outputs)),
            widgets=tuple(widgets),
            named={widget.name: widget for widget in _with_branches(widgets)},
            inputs=frozenset(slot.name for slot in (*plain, *set_by_hand)),
            forced=tuple(_forced(inputs)),
            uploads=sum(isinstance(i.widget, Choice) and bool(i.widget.upload) for i in inputs),
        )

    def _widget(self, declared: Input, prefix: str = "") -> Widget:
        default = self._default(declared)
        text = declared.widget if isinstance(declared.widget, Text) else None
        return Widget(
            name=prefix + declared.name,
            type=declared.type,
            control=_has_control(declared),
            default=None if default is MISSING else default,
            has_default=default is not MISSING,
            multiline=text is not None and text.multiline is True,
            dynamic=text is not None and text.dynamic_prompts,
            span=_span(declared),
            branches=dict(self._branches(declared, prefix)) if declared.type == DYNAMIC else {},
        )

    def _branches(self, declared: Input, prefix: str) -> Iterator[tuple[str, tuple[Widget, ...]]]:
        """What a dynamic choice shows for each of its options."""
        listed = declared.options.get("options")
        for option in cast(list[Any], listed) if isinstance(listed, list) else []:
            if not isinstance(option, Mapping):
                continue
            found = cast(Mapping[str, Any], option)
            sections = found.get("inputs")
            inner = inputs_of(cast(Mapping[str, Any], sections or {}))
            plain = (item for item in inner if is_widget(item) and item.type != DYNAMIC)
            name = f"{prefix}{declared.name}."
            yield str(found.get("key")), tuple(self._widget(item, name) for item in plain)

    def _default(self, declared: Input) -> Any:
        """What stands in a widget that was given nothing [15]."""
        if declared.default is not MISSING:
            return declared.default
        if isinstance(declared.widget, Choice):
            return next(iter(self._choices(declared.widget)), MISSING)
        if declared.type == DYNAMIC:
            return next((key for key, _ in self._branches(declared, "")), MISSING)
        return {"INT": 0, "FLOAT": 0, "BOOLEAN": False}.get(declared.type, "")

    def _choices(self, choice: Choice) -> Sequence[Any]:
        listed = self.listed(choice.folder) if choice.folder and self.listed else ()
        return (*listed, *choice.options)


def _with_branches(widgets: Sequence[Widget]) -> Iterator[Widget]:
    for widget in widgets:
        yield widget
        for branch in widget.branches.values():
            yield from branch


def is_widget(declared: Input) -> bool:
    """Whether the editor makes a widget of an input [9]."""
    if declared.options.get("forceInput") is True:
        return False
    return declared.type in WIDGETS or declared.type == DYNAMIC


def slot_type(declared: Input) -> str:
    """The type of an input's socket; one that takes what its neighbours take is open."""
    if declared.match is not None:
        return declared.match.allowed
    return ANY if declared.grows is not None else declared.type


def _sockets(inputs: Sequence[Input]) -> Iterator[Input]:
    """The inputs that are only sockets; a group that grows has none of its own name."""
    for declared in inputs:
        grows = declared.grows is not None or declared.type.startswith("COMFY_AUTOGROW")
        if not is_widget(declared) and not grows:
            yield declared


def _forced(inputs: Sequence[Input]) -> Iterator[int]:
    counted = [i for i in inputs if is_widget(i) or i.options.get("forceInput") is True]
    return (place for place, found in enumerate(counted) if not is_widget(found))


def _has_control(declared: Input) -> bool:
    """Whether one more value follows, which says what happens to this one after a run [10]."""
    if isinstance(declared.widget, Number | Choice) and declared.widget.control:
        return True
    if declared.type != "INT" or declared.name not in SEEDS:
        return False
    return declared.options.get("control_after_generate") is not False


def _span(declared: Input) -> Span | None:
    """The range of a number's widget; the editor's own where the definition has none [36]."""
    if declared.type not in ("INT", "FLOAT") or not isinstance(declared.widget, Number):
        return None
    said, whole = declared.widget, declared.type == "INT"
    step = said.step if said.step else (1 if whole else 0.5)
    grain = said.round
    if isinstance(grain, bool):
        grain = None if grain else 0
    return Span(
        min=0 if said.min is None else said.min,
        max=2048 if said.max is None else said.max,
        step=step,
        whole=whole,
        round=grain,
    )
