"""How long it takes to convert an editor's workflow: 500 nodes under 50 ms, 10,000 in linear time.

    python benchmarks/convert.py

CPU time of one core, without reading the bytes of the file and starting Python; no torch.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine.commands.library import declared
from engine.convert.api import to_api
from engine.convert.library import Library
from engine.convert.opening import read_any
from engine.convert.writing import to_ui

LIMIT = 0.050  # seconds for 500 nodes, from bytes to the API form
ROUNDS = 5
SAMPLER = [7, "fixed", 20, 8.0, "euler", "normal", 1.0]


def workflow(count: int) -> bytes:
    """A chain of samplers with Reroutes and bypassed nodes between, each with a prompt."""
    nodes: list[dict[str, Any]] = []
    links: list[list[Any]] = []

    def add(kind: str, values: list[Any], mode: int = 0, **inputs: tuple[int, int, str]) -> int:
        id, slots = len(nodes) + 1, list[dict[str, Any]]()
        for place, (name, (origin, slot, type_)) in enumerate(inputs.items()):
            links.append([len(links) + 1, origin, slot, id, place, type_])
            slots.append({"name": name.strip("_"), "type": type_, "link": len(links)})
        nodes.append({"id": id, "type": kind, "pos": [id, 0], "size": [210, 80], "flags": {}})
        nodes[-1] |= {"order": id, "mode": mode, "inputs": slots, "outputs": []}
        nodes[-1] |= {"properties": {"Node name for S&R": kind}, "widgets_values": values}
        return id

    loader = add("CheckpointLoaderSimple", ["model.safetensors"])
    latent = add("EmptyLatentImage", [512, 512, 1])
    model = loader
    while len(nodes) < count:
        lora = add(
            "LoraLoader",
            ["one.safetensors", 1.0, 1.0],
            4,
            model=(model, 0, "MODEL"),
            clip=(loader, 1, "CLIP"),
        )
        reroute = add("Reroute", [], _=(lora, 0, "*"))
        words = add("CLIPTextEncode", ["a {red|blue} kite"], clip=(lora, 1, "CLIP"))
        latent = add(
            "KSampler",
            SAMPLER,
            model=(reroute, 0, "MODEL"),
            positive=(words, 0, "CONDITIONING"),
            negative=(words, 0, "CONDITIONING"),
            latent_image=(latent, 0, "LATENT"),
        )
        model = lora
    return json.dumps({"nodes": nodes, "links": links, "version": 0.4}).encode()


def best(count: int) -> tuple[float, float]:
    """Seconds of CPU time to the API form and back to the editor's, the best of several rounds."""
    data, library = workflow(count), Library(declared())
    times = list[tuple[float, float]]()
    for _ in range(ROUNDS):
        start = time.process_time()
        graph, _ = read_any(data, "workflow", library)
        to_api(graph, library)
        middle = time.process_time()
        to_ui(graph, library)
        times.append((middle - start, time.process_time() - middle))
    return min(t[0] for t in times), min(t[1] for t in times)


def main() -> int:
    best(50)  # node types are laid out once
    found = {count: best(count) for count in (500, 2_500, 10_000)}
    for count, (there, back) in found.items():
        print(f"{count:6} nodes: {there * 1e3:7.1f} ms to API, {back * 1e3:7.1f} ms to the editor")
    growth = found[10_000][0] / found[500][0] / 20
    print(f"10,000 nodes cost {growth:.2f} times as much a node as 500")
    return 0 if found[500][0] < LIMIT and growth < 2 else 1


if __name__ == "__main__":
    sys.exit(main())
