"""Where model files, inputs, outputs and user data lie: every path a user can name is made here.

Knows paths and names, nothing of what is in the files. A name is relative to a folder, written
with `/` (backslashes of workflows saved on Windows are read as `/`), and never leaves its folder.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from engine.errors import EaselError

ROOT: Final = Path(__file__).resolve().parent.parent
WEIGHT_SUFFIXES: Final = frozenset(
    {".ckpt", ".pt", ".pt2", ".bin", ".pth", ".safetensors", ".pkl", ".sft"}
)
PICTURE_SUFFIXES: Final = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"}
)
MODEL_FOLDERS: Final = (
    "checkpoints",
    "configs",
    "loras",
    "vae",
    "text_encoders",
    "diffusion_models",
    "clip_vision",
    "style_models",
    "embeddings",
    "diffusers",
    "vae_approx",
    "controlnet",
    "gligen",
    "upscale_models",
    "hypernetworks",
    "photomaker",
    "classifiers",
    "model_patches",
    "audio_encoders",
    "latent_upscale_models",
)
ALIASES: Final = {"unet": "diffusion_models", "clip": "text_encoders", "t2i_adapter": "controlnet"}
OLD_NAMES: Final = {
    "diffusion_models": "unet",
    "text_encoders": "clip",
    "controlnet": "t2i_adapter",
}
DATA_FOLDERS: Final = ("input", "output", "temp", "user")
LATENTS: Final = "latents"  # the latent files in the folder input

WHOLE_HASH_LIMIT: Final = 64 * 2**20  # bytes; larger files are sampled
SAMPLED_BLOCKS: Final = 256
BLOCK: Final = 64 * 2**10
HEADER: Final = 2**20


class PathError(EaselError):
    """A name that a user gave leads nowhere, or out of its folder."""


@dataclass(slots=True)
class Folders:
    """The folders of one installation.

    models: the root of the model folders; extra: further places for each kind of model, those of
    `extra_model_paths.yaml`; a later place is looked into after an earlier one. only: the packs
    that may be loaded, None for all; without: those that may not. counters: the last number that
    `outputs` gave to a file, by folder and name.
    """

    models: Path = ROOT / "models"
    input: Path = ROOT / "input"
    output: Path = ROOT / "output"
    temp: Path = ROOT / "temp"
    user: Path = ROOT / "user"
    custom_nodes: Path = ROOT / "custom_nodes"
    extra: dict[str, list[Path]] = field(default_factory=dict[str, list[Path]])
    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    counters: dict[tuple[Path, str], int] = field(
        default_factory=dict[tuple[Path, str], int], repr=False
    )
    _listed: dict[str, tuple[tuple[tuple[str, int], ...], list[str]]] = field(
        default_factory=dict[str, tuple[tuple[tuple[str, int], ...], list[str]]], repr=False
    )
    _prints: dict[tuple[str, int, int, int], str] = field(
        default_factory=dict[tuple[str, int, int, int], str], repr=False
    )

    def places(self, folder: str) -> list[Path]:
        """The directories that a folder's name stands for, first the one that wins.

        Raises `PathError` for a folder that nobody knows.
        """
        folder = ALIASES.get(folder, folder)
        if folder in DATA_FOLDERS:
            return [getattr(self, folder)]
        if folder == LATENTS:
            return [self.input]
        if folder == "custom_nodes":
            return [self.custom_nodes, *self.extra.get(folder, [])]
        if folder not in MODEL_FOLDERS and folder not in self.extra:
            known = ", ".join([*MODEL_FOLDERS, *DATA_FOLDERS])
            raise PathError(f"there is no model folder called {folder!r}; there are: {known}")
        own = [self.models / folder]
        if folder in OLD_NAMES and (self.models / OLD_NAMES[folder]).is_dir():
            own.append(self.models / OLD_NAMES[folder])
        return [*own, *self.extra.get(folder, [])]

    def packs(self) -> list[tuple[str, Path]]:
        """The packs that are to be loaded, by name: each folder with Python files and each Python
        file in `custom_nodes`. Of two with one name the first place's counts, and a folder before
        a file. Hidden ones, `_...` and `....disabled` are none.
        """
        found = dict[str, Path]()
        for place in self.places("custom_nodes"):
            entries = sorted(place.iterdir()) if place.is_dir() else []
            for path in sorted(entries, key=Path.is_file):
                name = path.stem if path.is_file() else path.name
                if self._is_pack(path) and self._is_wanted({name, path.name}):
                    found.setdefault(name, path)
        return sorted(found.items())

    @staticmethod
    def _is_pack(path: Path) -> bool:
        if path.name.startswith((".", "_")) or path.name.endswith(".disabled"):
            return False
        return path.suffix == ".py" if path.is_file() else any(path.glob("*.py"))

    def _is_wanted(self, names: set[str]) -> bool:
        return not names & self.without and (self.only is None or bool(names & self.only))

    def names(self, folder: str) -> list[str]:
        """The files in a folder, relative and sorted, links followed; listed again on change."""
        folder = ALIASES.get(folder, folder)
        suffixes = None
        if folder in ("input", "output", "temp"):
            suffixes = PICTURE_SUFFIXES
        elif folder == LATENTS:
            suffixes = frozenset({".latent"})
        elif folder not in ("configs", "diffusers", "user"):
            suffixes = WEIGHT_SUFFIXES
        places = self.places(folder)
        held = self._listed.get(folder)
        if held and held[0] == _stamps([Path(name) for name, _ in held[0]]):
            return list(held[1])
        found, visited = dict[str, None](), list[Path]()
        for place in places:
            visited.append(place)
            for path in _walk(place, visited, deep=folder not in ("input", LATENTS)):
                if folder == "diffusers":  # its models are folders
                    if path.name == "model_index.json" and path.parent != place:
                        found[path.parent.relative_to(place).as_posix()] = None
                elif suffixes is None or path.suffix.lower() in suffixes:
                    found[path.relative_to(place).as_posix()] = None
        names = sorted(found, key=str.lower)
        self._listed[folder] = (_stamps(visited), names)
        return list(names)

    def resolve(self, folder: str, name: str) -> Path:
        """The file `name` in a folder. Raises `PathError` if it isn't there or lies outside."""
        wanted = name.replace("\\", "/")
        for place in self.places(folder):
            path = inside(place, wanted)
            if path.exists():
                return path
        raise PathError(
            f"{name!r} is not in the folder {folder}; put it there, or choose one that is"
        )

    def annotated(self, name: str, default: str = "input") -> Path:
        """The file behind `name`, `name [input]`, `name [output]` or `name [temp]`.

        Raises `PathError` if it isn't there or lies outside.
        """
        match = re.fullmatch(r"(.*?)\s*\[(input|output|temp)\]", name, re.DOTALL)
        bare, folder = (match[1], match[2]) if match else (name, default)
        return self.resolve(folder, bare)

    def fingerprint(self, path: Path) -> str:
        """A digest of a file's content: the whole below 64 MB, else size, head and 256 blocks.

        Remembered by path, inode, size and modification time.
        """
        stat = path.stat()
        mark = (str(path), stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if mark not in self._prints:
            self._prints[mark] = fingerprint_of(path)
        return self._prints[mark]

    def add_extra(self, config: Path) -> None:
        """Take in an `extra_model_paths.yaml`. Raises `PathError` that names file and place."""
        import yaml

        try:
            read: Any = yaml.safe_load(config.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise PathError(f"{config}: can't be read as YAML: {error}") from error
        if not isinstance(read, Mapping | None):
            raise PathError(f"{config}: expected groups of folders and paths, got {read!r}")
        for group, entries in cast("Mapping[Any, Any]", read or {}).items():
            if not isinstance(entries, Mapping):
                raise PathError(f"{config}: {group}: expected folders and paths, got {entries!r}")
            self._add_group(config, str(group), cast("Mapping[str, Any]", entries))

    def _add_group(self, config: Path, group: str, entries: Mapping[str, Any]) -> None:
        first = bool(entries.get("is_default", False))
        base = os.path.expandvars(os.path.expanduser(str(entries.get("base_path") or "")))
        for folder, paths in entries.items():
            if folder in ("base_path", "is_default") or not paths:
                continue
            if not isinstance(paths, str):
                raise PathError(f"{config}: {group}.{folder}: expected a path, got {paths!r}")
            lines = [
                os.path.expandvars(os.path.expanduser(line.strip())) for line in paths.split("\n")
            ]
            found = [config.parent / base / line for line in lines if line]
            known = self.extra.setdefault(ALIASES.get(folder, folder), [])
            known[:] = [*found, *known] if first else [*known, *found]


def python_files(pack: Path) -> list[Path]:
    """A pack's Python files; what only looks like one, as links of editors do, is passed over."""
    if not pack.is_dir():
        return [pack]
    return sorted(file for file in pack.rglob("*.py") if file.is_file())


def inside(place: Path, name: str) -> Path:
    """`place / name`, if that lies inside `place`. Raises `PathError` otherwise.

    A link that stands in the folder may lead elsewhere (people link their models in); the name
    itself may not: no `..`, no root, no drive, no NUL.
    """
    parts = name.split("/")
    if not name or name.startswith("/") or ".." in parts or "\0" in name or ":" in parts[0]:
        raise PathError(f"{name!r} is not a name inside {place.name}; it must not leave the folder")
    return place.joinpath(*parts)


def safe_name(name: str) -> str:
    """`name` with what file systems refuse replaced by `_`; never empty, never hidden."""
    kept = re.sub(r'[\x00-\x1f<>:"|?*\\/]', "_", name).strip(" .")
    return kept[:200] or "_"


def fingerprint_of(path: Path) -> str:
    """A digest of a file's content (see `Folders.fingerprint`)."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        digest.update(str(size).encode())
        if size <= WHOLE_HASH_LIMIT:
            while block := file.read(2**20):
                digest.update(block)
        else:
            for at, length in _sampled(size):
                file.seek(at)
                digest.update(file.read(length))
    return digest.hexdigest()


def _sampled(size: int) -> Iterator[tuple[int, int]]:
    yield 0, HEADER
    for index in range(SAMPLED_BLOCKS):
        yield (size - BLOCK) * index // (SAMPLED_BLOCKS - 1), BLOCK


def _walk(place: Path, visited: list[Path], deep: bool) -> Iterator[Path]:
    """The files under `place`; every directory looked into is added to `visited` (cycles once)."""
    waiting, seen = [place], set[str]()
    while waiting:
        here = waiting.pop()
        real = os.path.realpath(here)
        if real in seen:
            continue
        seen.add(real)
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                if deep:
                    waiting.append(Path(entry.path))
                    visited.append(Path(entry.path))
            elif entry.is_file():
                yield Path(entry.path)


def _stamps(places: Sequence[Path]) -> tuple[tuple[str, int], ...]:
    """The directories and their modification times: unchanged while their lists are."""
    stamps = list[tuple[str, int]]()
    for place in places:
        try:
            stamps.append((str(place), place.stat().st_mtime_ns))
        except OSError:
            stamps.append((str(place), -1))
    return tuple(stamps)
