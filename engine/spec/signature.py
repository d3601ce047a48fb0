"""Read a node function's signature and docstring into inputs, outputs and a uniform call.

Knows how Python spells a declaration, and nothing of how a node runs. The spellings:

    latent: Latent                    a socket (a type that names one, by `Socket` or `__socket__`)
    steps: Annotated[int, Number(1, 10000)] = 20        a widget
    mode: Literal["a", "b"] = "a"     a choice
    mask: Mask | None = None          an optional input
    images: list[Image]               the whole list at once
    image: Lazy[Image]                computed only if asked for
    ctx: Context                      no socket
"""

import inspect
import types
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from engine.spec.context import Context
from engine.spec.inputs import (
    ANY,
    MISSING,
    SCALARS,
    Choice,
    Grows,
    Input,
    LazyMarker,
    Match,
    Number,
    Options,
    Output,
    Socket,
    Text,
    Toggle,
    Widget,
)
from engine.spec.result import Result

T = TypeVar("T")
Lazy = Annotated[T, LazyMarker()]
AnyValue = Annotated[Any, Socket(ANY)]


@dataclass(frozen=True, slots=True)
class Read:
    """What a function says of itself."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    call: Callable[[Context, dict[str, Any]], Result | Awaitable[Result]]
    description: str


@dataclass(slots=True)
class _Type:
    """One annotation, taken apart."""

    socket: str = ""
    base: Any = None
    widget: Widget | None = None
    optional: bool = False
    lazy: bool = False
    many: bool = False
    match: Match | None = None
    grows: Grows | None = None
    options: dict[str, Any] | None = None


def read(function: Callable[..., Any], output_names: Sequence[str] = ()) -> Read:
    """Everything that the signature and docstring of `function` declare.

    Raises `TypeError` naming the function and the parameter that can't be read.
    """
    hints = get_type_hints(function, include_extras=True)
    from docstring_parser import parse as parse_docstring  # late: a server needs none

    documented = parse_docstring(function.__doc__ or "")
    texts = {item.arg_name: item.description or "" for item in documented.params}
    context_name, inputs = "", list[Input]()
    for parameter in inspect.signature(function).parameters.values():
        where = f"{function.__qualname__}({parameter.name})"
        annotation = hints.get(parameter.name, inspect.Parameter.empty)
        if annotation is Context:
            context_name = parameter.name
        elif parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise TypeError(f"{where}: a node's inputs are keyword-only (put a * before them)")
        else:
            default = MISSING if parameter.default is parameter.empty else parameter.default
            inputs.append(_input(where, parameter.name, annotation, default, texts))
    outputs, pack = _outputs(function, hints.get("return", None), output_names)
    description = (documented.description or "").strip()
    return Read(tuple(inputs), outputs, _caller(function, context_name, pack), description)


def _input(where: str, name: str, annotation: Any, default: Any, texts: Mapping[str, str]) -> Input:
    taken = _take_apart(where, annotation)
    if taken.grows is not None:
        kind = "COMFY_AUTOGROW_V3"
    elif taken.match is not None:
        kind = "COMFY_MATCHTYPE_V3"
    else:
        kind = taken.socket
    return Input(
        name=name,
        type=kind,
        required=not taken.optional,
        default=MISSING if default is None and taken.optional else default,
        widget=taken.widget,
        tooltip=" ".join(texts.get(name, "").split()),
        lazy=taken.lazy,
        many=taken.many,
        match=taken.match,
        grows=taken.grows,
        options=taken.options or {},
    )


def _take_apart(where: str, annotation: Any) -> _Type:
    """Peel `Annotated`, `| None` and `list[...]` off until a socket's type or a scalar is left."""
    taken = _Type()
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *marks = get_args(annotation)
            for mark in marks:
                _note(taken, mark)
            if taken.socket or taken.grows:
                break
        elif origin in (Union, types.UnionType):
            kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
            if len(kinds) != 1:
                raise TypeError(f"{where}: a union of types is written Socket('A,B')")
            taken.optional, annotation = True, kinds[0]
        elif origin is list:
            taken.many, annotation = True, get_args(annotation)[0]
        else:
            break
    if not taken.socket:
        taken.socket = _plain(where, annotation, taken)
    taken.base = annotation
    return taken


def _plain(where: str, annotation: Any, taken: _Type) -> str:
    if get_origin(annotation) is Literal:
        taken.widget = taken.widget or Choice(tuple(get_args(annotation)))
    if isinstance(taken.widget, Choice):
        return "COMBO"
    named = getattr(annotation, "__socket__", None)
    if isinstance(named, str):
        return named
    if taken.grows is not None:
        return taken.grows.type
    if annotation in SCALARS:
        taken.widget = taken.widget or _default_widget(annotation)
        return SCALARS[annotation]
    raise TypeError(f"{where}: {annotation!r} names no socket; use Annotated[..., Socket('NAME')]")


def _default_widget(kind: type) -> Widget:
    if kind is str:
        return Text()
    return Toggle() if kind is bool else Number()


def _note(taken: _Type, mark: Any) -> None:
    if isinstance(mark, Socket):
        taken.socket = taken.socket or mark.type
    elif isinstance(mark, Number | Text | Toggle | Choice):
        taken.widget = mark
    elif isinstance(mark, LazyMarker):
        taken.lazy = True
    elif isinstance(mark, Match):
        taken.match, taken.socket = mark, mark.allowed
    elif isinstance(mark, Grows):
        taken.grows = mark
    elif isinstance(mark, Options):
        taken.options = dict(mark.values)


_Pack = Callable[[Any], Result]


def _outputs(
    function: Callable[..., Any], annotation: Any, names: Sequence[str]
) -> tuple[tuple[Output, ...], _Pack]:
    """The outputs that the return annotation declares, and how a returned value becomes a Result.

    The annotation decides, never what came back: a NamedTuple is several outputs, `Result` says
    everything itself (its outputs are then declared as `Annotated[Result, Socket(...), ...]`).
    """
    where = f"{function.__qualname__} -> "
    if annotation in (None, type(None)):
        return (), lambda _: Result()
    if annotation is Result:
        return (), _itself
    if get_origin(annotation) is Annotated and get_args(annotation)[0] is Result:
        kinds = [mark.type for mark in get_args(annotation)[1:] if isinstance(mark, Socket)]
        labels = list(names) or kinds
        return tuple(map(Output, labels, kinds)), _itself
    if isinstance(annotation, type) and hasattr(annotation, "_fields"):
        hints = get_type_hints(annotation, include_extras=True)
        fields: Sequence[str] = cast(Any, annotation)._fields
        found = [_take_apart(where + field, hints[field]) for field in fields]
        labels = list(names) or list(fields)
        return tuple(map(_output, labels, found)), lambda value: Result(tuple(value))
    one = _take_apart(where + "value", annotation)
    label = names[0] if names else one.socket
    return (_output(label, one),), lambda value: Result((value,))


def _output(name: str, taken: _Type) -> Output:
    kind = "COMFY_MATCHTYPE_V3" if taken.match else taken.socket
    return Output(name, kind, many=taken.many, match=taken.match)


def _itself(value: Any) -> Result:
    if not isinstance(value, Result):
        raise TypeError(f"a node that declares Result returned {type(value).__name__}")
    return value


def _caller(
    function: Callable[..., Any], context_name: str, pack: _Pack
) -> Callable[[Context, dict[str, Any]], Result | Awaitable[Result]]:
    if inspect.iscoroutinefunction(function):

        async def call_async(context: Context, inputs: dict[str, Any]) -> Result:
            if context_name:
                inputs = {**inputs, context_name: context}
            return pack(await function(**inputs))

        return call_async

    if context_name:
        return lambda context, inputs: pack(function(**inputs, **{context_name: context}))
    return lambda _, inputs: pack(function(**inputs))
