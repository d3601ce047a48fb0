"""`main.py worker`: the process that runs a server's jobs. Nobody types it; servers start it.

Puts the engine together: nodes, packs, cache, models. With `--nodes MODULE` the module's own
`registry(folders)` takes the place of our nodes, and nothing of torch is imported.
"""

import argparse
import faulthandler
import gc
import importlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.commands import flags
from engine.folders import Folders
from engine.packs.load import Pack, load_ours, load_packs
from engine.spec.context import Context
from engine.spec.registry import Registry
from engine.workers import handover, serving
from engine.workers.journal import JOURNALS
from engine.workers.protocol import Door
from engine.workers.running import JobEngine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What a server says to a worker that it starts."""
    parser.add_argument("--socket", required=True, help="the line to the server")
    parser.add_argument("--journals", type=Path, help="where to note what is written")
    parser.add_argument("--keeper", type=int, default=0, help="who starts it again (a process id)")
    parser.add_argument("--nodes", help="a module whose registry(folders) has all the nodes")
    parser.add_argument("--disable-metadata", action="store_true", help="no workflow in pictures")
    flags.add_output(parser)
    flags.add_common(parser)


def run(args: argparse.Namespace) -> int:
    """Serve until the server's end of the line closes; does not return."""
    handover.settle()
    faulthandler.enable()
    folders = flags.folders_of(args)
    line = handover.taken(args.socket)
    journals = args.journals or folders.user / JOURNALS
    serving.serve(line, journals, lambda: _engine(args, folders))
    return 0


def _engine(args: argparse.Namespace, folders: Folders) -> JobEngine:
    context = Context(folders=folders, metadata=not args.disable_metadata)
    if args.nodes:
        from engine.execution.cache import Cache

        registry: Registry = importlib.import_module(args.nodes).registry(folders)
        packs = _packs(registry, folders, args.keeper)
        return JobEngine(registry, Cache(), context, packs=packs, door=_door(packs))
    return _whole_engine(args, context)


def _whole_engine(args: argparse.Namespace, context: Context) -> JobEngine:
    """All nodes, with torch."""
    import torch

    from engine.execution.cache import Cache
    from engine.execution.disk import Disk
    from engine.models import devices
    from engine.models.residency import Residency
    from engine.values.codec import Codec

    device = devices.chosen(args.device)
    models, folders = Residency(device), context.folders
    results = None if args.no_disk_cache else Disk(folders.user / "cache" / "results")
    registry = Registry()
    load_ours(registry)
    packs = _packs(registry, folders, args.keeper)
    gc.freeze()  # what torch and the nodes brought stays for good: no collection need walk it
    return JobEngine(
        registry,
        Cache(codec=Codec(), disk=results),
        replace(context, device=device, models=models),
        policy=device.partition(":")[0],
        guard=torch.no_grad,
        drop_models=lambda: _drop(models),
        devices=lambda: _devices(device),
        packs=packs,
        door=_door(packs),
    )


def _packs(registry: Registry, folders: Folders, keeper: int) -> list[Pack]:
    """Take in the nodes of all packs; the server says which of them failed, and why."""
    from engine.packs.crashes import Crashes

    crashes = Crashes(folders.user / "cache" / "importing", keeper)
    return load_packs(registry, folders, watch=crashes)


def _door(packs: Sequence[Pack]) -> Door | None:
    """Where packs' routes are answered; none without routes, or without a port."""
    from engine.packs import routes

    found = {pack.name: pack.routes for pack in packs if pack.routes}
    if not found:
        return None
    try:
        door = routes.opened(found)
    except OSError as error:
        print(f"Routes of packs can't be answered: {error}", file=sys.stderr, flush=True)
        return None
    return Door(door.port, routes.SECRET, door.secret)


def _drop(models: Any) -> None:
    models.free()


def _devices(device: str) -> list[dict[str, Any]]:
    """As `GET /system_stats` lists devices; memory in bytes."""
    import psutil
    import torch

    place = torch.device(device)
    if place.type == "cuda":
        free, total = torch.cuda.mem_get_info(place)
        name, reserved = torch.cuda.get_device_name(place), torch.cuda.memory_reserved(place)
        idle = reserved - torch.cuda.memory_allocated(place)
    else:
        memory = psutil.virtual_memory()
        free, total, name, reserved, idle = memory.available, memory.total, device, 0, 0
    return [
        {
            "name": name,
            "type": place.type,
            "index": place.index,
            "vram_total": total,
            "vram_free": free + idle,
            "torch_vram_total": reserved or total,
            "torch_vram_free": idle or free,
            "torch_version": torch.__version__,
        }
    ]
