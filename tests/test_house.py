"""The house stands as designed: arrows between rooms never turn back, doors stay few."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

ROOMS = {
    # room: (rooms it may import, outside packages that live here)
    "errors": ("", ""),
    "graph": ("errors", "networkx orjson"),
    "folders": ("errors", "yaml"),
    "outputs": ("errors folders", ""),
    "locks": ("", ""),
    "pictures": ("errors", "PIL"),
    "spec": ("errors graph folders", "docstring_parser"),
    "convert": ("errors graph spec folders", ""),
    "execution": ("errors graph spec", "orjson"),
    "values": ("errors spec", "torch safetensors"),
    "imaging": ("errors spec values", "torch numpy PIL"),
    "sampling": ("errors spec values", "torch torchsde scipy numpy"),
    "models": (
        "errors spec values sampling folders",
        "torch diffusers transformers safetensors tokenizers numpy",
    ),
    "nodes": (
        "errors graph spec values imaging sampling models pictures outputs folders",
        "torch simpleeval numpy PIL",
    ),
    "packs": (
        "errors graph spec values imaging sampling models pictures outputs folders nodes locks",
        "aiohttp",
    ),
    "workers": ("errors locks folders outputs graph spec execution packs", "msgspec ray"),
    "store": ("errors locks graph", ""),
    "server": (
        "errors graph spec convert folders outputs pictures store execution workers",
        "aiohttp multidict yarl orjson markdown_it psutil",
    ),
    "replica": ("errors graph", ""),
    "client": ("errors graph replica", "aiohttp"),
    "commands": (
        "errors graph spec convert execution values imaging models pictures outputs folders "
        "nodes packs workers server store client",
        "rich orjson torch psutil",
    ),
    "main": ("commands", ""),
}
TORCH_FREE = ("errors", "graph", "folders", "outputs", "pictures", "spec", "convert", "execution")


def _files(room: str) -> Iterator[Path]:
    base = ROOT if room in ("nodes", "main") else ROOT / "engine"
    yield from (base / room).rglob("*.py")
    if (base / f"{room}.py").is_file():
        yield base / f"{room}.py"


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    for item in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(item, ast.Import):
            yield from ((item.lineno, alias.name) for alias in item.names)
        elif isinstance(item, ast.ImportFrom):
            assert not item.level, f"{path}:{item.lineno}: write imports in full"
            module = item.module or ""
            if module == "engine":
                yield from ((item.lineno, f"engine.{alias.name}") for alias in item.names)
            else:
                yield item.lineno, module


def _room_of(module: str) -> str | None:
    """Which room of ours a module belongs to; None for an outside package."""
    first, _, rest = module.partition(".")
    if first == "engine":
        return rest.partition(".")[0]
    return first if first in ("nodes", "main", "tools", "tests") else None


@pytest.mark.parametrize("room", ROOMS)
def test_arrows_between_rooms_never_turn_back(room):
    allowed, doors = (set(names.split()) for names in ROOMS[room])
    wrong = []
    for path in _files(room):
        for line, module in _imports(path):
            target = _room_of(module)
            outside = module.partition(".")[0]
            where = f"{path.relative_to(ROOT)}:{line}: {module}"
            fine = target in {room, *allowed} if target else outside in doors
            if not fine and not _is_standard(outside):
                wrong.append(where)
    assert not wrong, "\n".join(wrong)


def _is_standard(package: str) -> bool:
    import sys

    return package in sys.stdlib_module_names


def test_every_room_of_the_engine_is_in_the_table():
    found = {path.stem for path in (ROOT / "engine").iterdir() if not path.name.startswith("_")}
    assert found <= set(ROOMS), found - set(ROOMS)


def test_packages_do_nothing_at_their_door():
    doing = []
    for path in _all_ours():
        if path.name == "__init__.py":
            body = ast.parse(path.read_text("utf-8")).body
            doing += [path for item in body if not _is_text(item)]
    assert not doing


def _is_text(item: ast.stmt) -> bool:
    return isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant)


def test_aiohttp_is_imported_in_one_file_of_packs_only():
    for path in _files("packs"):
        for line, module in _imports(path):
            assert not module.startswith("aiohttp") or path.name == "routes.py", f"{path}:{line}"


def test_ray_is_imported_in_functions_of_one_file_only():
    for path in _all_ours():
        for line, module in _imports(path):
            if module.partition(".")[0] == "ray":
                assert path == ROOT / "engine" / "workers" / "ray.py", f"{path}:{line}"
                assert path.read_text("utf-8").splitlines()[line - 1].startswith(" ")


def test_networkx_is_imported_in_functions_of_one_file_only():
    for path in _all_ours():
        for line, module in _imports(path):
            if module.startswith("networkx"):
                assert path.name == "order.py", f"{path}:{line}"


def test_loading_and_text_reach_no_sampler():
    from engine.spec.revision import reached

    for module in ("nodes.loaders.networks", "nodes.conditioning.text"):
        touched = [name for name in reached(module) if name.startswith("engine.sampling.samplers")]
        assert not touched, f"{module} reaches {touched}"


def test_files_have_one_job():
    long = {
        path.relative_to(ROOT): count
        for path in _all_ours()
        if (count := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert not long


def _all_ours() -> list[Path]:
    return [
        path
        for room in ("engine", "nodes", "tools", "benchmarks")
        for path in (ROOT / room).rglob("*.py")
    ]
