"""The 160 cases of ComfyUI's front end, and when an answer is right (README.md beside this)."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from engine.convert.library import Library
from engine.spec.comfy import registry_from_object_info

FOLDER = Path(__file__).parent / "cases"


def _json(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))


INDEX = _json("index.json")
OPTIONAL = frozenset(INDEX["optional_inputs"])
NAMES = sorted(path.name.removesuffix(".ui.json") for path in FOLDER.glob("*.ui.json"))


@cache
def library() -> Library:
    return Library(registry_from_object_info(_json("object_info.json")))


def workflow(name: str) -> dict[str, Any]:
    return _json(f"{name}.ui.json")


def truths(name: str) -> list[dict[str, Any]]:
    files = [f"{name}.api.json", f"{name}.alt.api.json"]
    return [_json(file) for file in files if (FOLDER / file).exists()]


def wrong(name: str, got: dict[str, Any]) -> list[str]:
    """What differs from the nearest right answer; nothing if there is no truth for this case."""
    match = INDEX["cases"][name].get("match", {})
    answers = [_differences(got, truth, match) for truth in truths(name)]
    return min(answers, key=len, default=[])


def _differences(got: dict[str, Any], truth: dict[str, Any], match: dict[str, str]) -> list[str]:
    found = [f"{id}: too many" for id in got if id not in truth]
    for id, node in truth.items():
        kind = node.get("class_type")
        if kind is None:
            continue  # a type that the front end did not know may look anyhow
        if id not in got or got[id].get("class_type") != kind:
            found.append(f"{id}: {kind} is missing")
            continue
        want, have = node["inputs"], got[id]["inputs"]
        for name in {*want, *have}:
            if f"{kind}.{name}" in OPTIONAL and (name not in have or name not in want):
                continue
            pattern = match.get(f"{id}.inputs.{name}")
            if pattern is not None:
                good = re.fullmatch(pattern, str(have.get(name)), re.DOTALL) is not None
            else:
                good = name in have and name in want and same(have[name], want[name])
            if not good:
                found.append(f"{id}.{name}: {have.get(name)!r}, not {want.get(name)!r}")
    return found


def same(a: Any, b: Any) -> bool:
    """Equal as JavaScript has it: 8 is 8.0, true is not 1."""
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return float(a) == float(b)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b
