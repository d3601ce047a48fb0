"""Flags that all commands share: where things lie, which device computes, and the first start.

Standard library only: the parser answers before anything heavy is imported.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.folders import Folders

FOLDERS = {
    "models": "the model folders",
    "input": "pictures to read",
    "temp": "previews",
    "user": "settings and cache",
    "custom-nodes": "packs of nodes",
}
CHOOSING = {
    "whitelist-custom-nodes": "load these although --disable-all-custom-nodes is given",
    "blacklist-custom-nodes": "load all but these",
}
DONE, FAILED, WRONG, CANCELLED = 0, 1, 2, 130
"""Exit codes that scripts can use."""


def add_common(parser: argparse.ArgumentParser) -> None:
    """The flags of every command."""
    group = parser.add_argument_group("where things lie")
    for name, text in FOLDERS.items():
        group.add_argument(f"--{name}", f"--{name}-directory", type=Path, metavar="DIR", help=text)
    group.add_argument(
        "--base-directory", type=Path, metavar="DIR", help="where all these folders lie"
    )
    group.add_argument(
        "--extra-model-paths-config",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a YAML file with further model folders; may be given again",
    )
    packs = parser.add_argument_group("packs")
    packs.add_argument("--disable-all-custom-nodes", action="store_true", help="load none")
    for name, text in CHOOSING.items():
        packs.add_argument(
            f"--{name}", action="extend", nargs="+", default=[], metavar="NAME", help=text
        )
    work = parser.add_argument_group("how it computes")
    work.add_argument(
        "--device", default="auto", help="cpu, cuda, cuda:1, xpu, mps (default: best)"
    )
    work.add_argument("--no-disk-cache", action="store_true", help="keep results in memory only")
    parser.add_argument(
        "--no-setup", action="store_true", help="say what is missing, don't install it"
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    """Where results are written."""
    parser.add_argument(
        "-o", "--output", "--output-directory", type=Path, metavar="DIR", help="where results go"
    )


def folders_of(args: argparse.Namespace) -> Folders:
    """The folders that the flags name; those that aren't named are the installation's own.

    Raises `PathError` for a file of extra paths that can't be read.
    """
    from engine.folders import Folders

    named = ("models", "input", "output", "temp", "user", "custom_nodes")
    base: Path | None = args.base_directory
    given: dict[str, Any] = {
        name: getattr(args, name, None) or (base and base / name) for name in named
    }
    folders = Folders(**{name: path.absolute() for name, path in given.items() if path})
    if args.disable_all_custom_nodes:
        folders.only = frozenset(args.whitelist_custom_nodes)
    folders.without = frozenset(args.blacklist_custom_nodes)
    for config in args.extra_model_paths_config:
        folders.add_extra(config)
    return folders


def of_packs(args: argparse.Namespace) -> list[str]:
    """The flags that choose packs, again, for another process."""
    off = ["--disable-all-custom-nodes"] if args.disable_all_custom_nodes else []
    names = [(flag, getattr(args, flag.replace("-", "_"))) for flag in CHOOSING]
    return [*off, *(f"--{flag}={name}" for flag, given in names for name in given)]


def for_workers(args: argparse.Namespace, folders: Folders, named: Iterable[str]) -> list[str]:
    """The same again for a worker; named: which of the folders it is told."""
    places = [f"--{name.replace('_', '-')}={getattr(folders, name)}" for name in named]
    configs: list[Path] = args.extra_model_paths_config
    extra = [f"--extra-model-paths-config={file.absolute()}" for file in configs]
    cache = ["--no-disk-cache"] if args.no_disk_cache else []
    return ["--no-setup", *places, *extra, *of_packs(args), *cache]
