"""`main.py convert FILE`: a workflow of any form to ComfyUI's API form, ours, or its editor's."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from engine.commands import flags

if TYPE_CHECKING:
    from engine.convert.library import Library
    from engine.folders import Folders
    from engine.graph.model import Graph
    from engine.spec.node import NodeSpec

MAX_ANSWER = 128 * 2**20
WAIT = 60  # seconds for a running ComfyUI to answer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `convert`."""
    parser.add_argument(
        "--to",
        choices=("api", "easel", "ui"),
        default="api",
        help="what runs (default), our own form, or that of ComfyUI's editor",
    )
    parser.add_argument(
        "--object-info",
        metavar="FILE|URL",
        help="node definitions: a saved answer of GET /object_info, or a running ComfyUI's address",
    )
    flags.add_common(parser)
    parser.add_argument("file", type=Path, help="a workflow, or a picture that holds one")


def run(args: argparse.Namespace) -> int:
    """Print the workflow as JSON; returns the exit code."""
    from engine.errors import EaselError

    try:
        return _Conversion(args).whole()
    except EaselError as error:
        print(error, file=sys.stderr)
        return flags.WRONG
    except BrokenPipeError:  # who reads us has seen enough
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        return flags.DONE
    except KeyboardInterrupt:
        return flags.CANCELLED


class _Conversion:
    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.folders: Folders = flags.folders_of(args)

    def whole(self) -> int:
        graph, notes, library = self._read()
        for note in notes:
            print(note, file=sys.stderr)
        print(self._text(graph, library), flush=True)
        return flags.DONE

    def _read(self) -> tuple[Graph, list[str], Library]:
        """The workflow; packs are only loaded where a type is known to nobody else."""
        from engine.commands import library
        from engine.commands.reading import library_of, read_workflow
        from engine.convert.opening import AS_DRAWN, AS_RUN, types_in

        order = AS_RUN if self.args.to == "api" else AS_DRAWN
        given = self.args.object_info
        registries = [definitions(given)] if given else []
        known = library_of(self.folders, *registries, library.declared())
        graph, notes = read_workflow(self.args.file, known, order)
        lacking = [name for name in types_in(graph) if known.layout(name) is None]
        if lacking and library.any_packs(self.folders):
            packs = library.loaded(self.folders, lambda text: print(text, file=sys.stderr))
            known = library_of(self.folders, *registries, packs)
            graph, notes = read_workflow(self.args.file, known, order)
        return graph, notes, known

    def _text(self, graph: Graph, library: Library) -> str:
        from engine.convert.api import to_api
        from engine.convert.writing import to_ui
        from engine.graph.files import easel_of
        from engine.graph.text import dumps

        if self.args.to == "easel":
            return dumps(easel_of(graph)).decode().rstrip("\n")
        document = to_api(graph, library) if self.args.to == "api" else to_ui(graph, library)
        return json.dumps(document, indent=2)


def definitions(place: str) -> Mapping[str, NodeSpec]:
    """Node types out of a saved answer of `GET /object_info`, or asked of a running ComfyUI.

    Raises `FileProblem` that names the place.
    """
    from engine.errors import FileProblem
    from engine.spec.comfy import registry_from_object_info

    try:
        document: Any = json.loads(_answer(place))
    except (ValueError, RecursionError):
        raise FileProblem("is not JSON", path=place) from None
    if not isinstance(document, Mapping):
        raise FileProblem("expected a JSON object by node type", path=place)
    try:
        return registry_from_object_info(cast("Mapping[str, Any]", document))
    except FileProblem as problem:
        raise FileProblem(str(problem), path=place) from None


def _answer(place: str) -> bytes:
    from engine.errors import FileProblem

    try:
        if not place.startswith(("http://", "https://")):
            with Path(place).open("rb") as file:
                return file.read(MAX_ANSWER)
        return _asked(place)
    except OSError as error:
        reason = error.strerror or getattr(error, "reason", None) or error
        raise FileProblem(f"gives no node definitions: {reason}", path=place) from None


def _asked(address: str) -> bytes:
    from urllib.parse import urlsplit
    from urllib.request import urlopen

    if urlsplit(address).path in ("", "/"):
        address = address.rstrip("/") + "/object_info"
    with urlopen(address, timeout=WAIT) as answer:  # http or https, as the user gave it
        return answer.read(MAX_ANSWER)
