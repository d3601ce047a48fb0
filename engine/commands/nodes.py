"""`main.py nodes [NAME]`: the library, one node's documentation, or what workflows lack."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands import flags

if TYPE_CHECKING:
    from engine.spec.inputs import Input
    from engine.spec.node import NodeSpec
    from engine.spec.registry import Registry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `nodes`."""
    parser.add_argument("name", nargs="?", help="a node type; without it, all are listed")
    parser.add_argument("--json", action="store_true", help="as ComfyUI's object_info")
    parser.add_argument("--write", action="store_true", help="write nodes/specs.json anew")
    parser.add_argument(
        "--coverage",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="which node types of these workflows the library lacks, most used first",
    )
    flags.add_common(parser)


def run(args: argparse.Namespace) -> int:
    """Print what was asked for; returns the exit code."""
    from engine.commands import library

    folders = flags.folders_of(args)
    if args.write:
        return _write()
    registry = library.declared()
    if (args.coverage or args.name not in registry) and library.any_packs(folders):
        registry = library.loaded(folders, lambda text: print(text, file=sys.stderr))
    if args.coverage:
        return _coverage(args.coverage, registry)
    if args.name and args.name not in registry:
        near = difflib.get_close_matches(args.name, list(registry), 1, cutoff=0.5)
        hint = f" Did you mean {near[0]}?" if near else ""
        print(f"There is no node type {args.name!r}.{hint}", file=sys.stderr)
        return flags.WRONG
    names = [args.name] if args.name else list(registry)
    if args.json:
        _print_json(registry, names, folders)
    elif args.name:
        print(documentation(registry[args.name], folders))
    else:
        print(listing(registry.values()))
    return flags.DONE


def listing(specs: Iterable[NodeSpec]) -> str:
    """All node types by category, a line each."""
    menu = dict[str, list[str]]()
    for spec in specs:
        pack = f"  [{spec.pack}]" if spec.pack else ""
        menu.setdefault(spec.category, []).append(f"  {spec.name:<32} {spec.title}{pack}")
    return "\n".join(line for category in sorted(menu) for line in (category, *menu[category], ""))


def documentation(spec: NodeSpec, folders: Any) -> str:
    """One node's page: what it does, what it takes, what it gives."""
    from engine.spec.inputs import MISSING

    lines = [f"{spec.name}: {spec.title}  ({spec.category})", "", spec.description, ""]
    for item in spec.inputs:
        parts = [f"  {item.name:<20} {item.type}{'' if item.required else ', optional'}"]
        if item.default is not MISSING:
            parts.append(f"default {item.default!r}")
        parts.extend(_range(item, folders))
        lines.append(", ".join(parts))
        if item.tooltip:
            lines.append(f"  {'':<20} {item.tooltip}")
    if spec.outputs:
        gives = ", ".join(f"{out.name} ({out.type})" for out in spec.outputs)
        lines += ["", f"Gives: {gives}"]
    return "\n".join(lines)


def _range(item: Input, folders: Any) -> list[str]:
    from engine.spec.info import choices
    from engine.spec.inputs import Choice, Number

    if isinstance(item.widget, Choice):
        options = choices(item.widget, folders)
        where = f" (files in {item.widget.folder})" if item.widget.folder else ""
        return [f"one of: {', '.join(map(str, options)) or 'none yet'}{where}"]
    if isinstance(item.widget, Number) and item.widget.min is not None:
        return [f"{item.widget.min} to {item.widget.max}"]
    return []


def _coverage(paths: Iterable[Path], registry: Registry) -> int:
    """Print what is lacking; a folder stands for the workflows and pictures in it."""
    from engine.commands.reading import read_workflow
    from engine.convert.coverage import lacking
    from engine.convert.library import Library
    from engine.errors import EaselError
    from engine.graph.model import Graph

    known, graphs, failed = Library(registry), list[Graph](), 0
    for path in (file for given in paths for file in _workflows(given)):
        try:
            graphs.append(read_workflow(path, known)[0])
        except EaselError as error:
            failed += 1
            print(error, file=sys.stderr)
    lacks = lacking(graphs, registry)
    for lack in lacks:
        print(f"{lack.nodes:6} in {lack.files:5} {lack.class_type}")
    said = f"{len(lacks)} node types are lacking" if lacks else "No node type is lacking"
    print(f"{said} for {len(graphs)} workflows; {failed} files could not be read.")
    return flags.FAILED if failed else flags.DONE


def _workflows(path: Path) -> list[Path]:
    kinds = (".json", ".png", ".webp", ".jpg", ".jpeg")
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix.lower() in kinds)


def _print_json(registry: Registry, names: list[str], folders: Any) -> None:
    import orjson

    from engine.spec.info import object_info

    found = {name: object_info(registry[name], folders) for name in names}
    print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())


def _write() -> int:
    from engine.commands.library import SPECS
    from engine.graph.atomic import write_atomically
    from engine.packs.load import load_ours
    from engine.spec import library
    from engine.spec.registry import Registry

    registry = Registry()
    load_ours(registry)
    write_atomically(SPECS, library.write(registry.values()).encode())
    print(f"{len(registry)} node types written to {SPECS.name}")
    return flags.DONE
