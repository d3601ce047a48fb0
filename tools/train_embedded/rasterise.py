"""Turn the artwork into pictures: premultiplied RGBA, 128 px, and 512 px where the truth is needed.

Knows the five sets' file formats and how code points name a picture in each. Knows nothing of
captions or networks.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tools.train_embedded.concepts import RING_1, STYLES
from tools.train_embedded.fetch import modules
from tools.train_embedded.settings import NATIVE_SIZE, Settings, read_json, write_json

_ICONIFY = {
    "fluent-flat": "fluent-emoji-flat",
    "noto": "noto",
    "blob": "noto-v1",
    "twemoji": "twemoji",
}
_DROPPED_GROUPS = {2, 9}  # skin tones and hair; flags
_DROPPED_PEOPLE = {"person", "person-gesture", "person-role", "person-fantasy", "person-activity"}
_DROPPED_PEOPLE |= {"person-sport", "person-resting", "family", "person-symbol"}
_DROPPED_SIGNS = {"transport-sign", "warning", "arrow", "zodiac", "av-symbol", "gender", "math"}
_DROPPED_SIGNS |= {"punctuation", "currency", "other-symbol", "keycap", "alphanum", "religion"}


@dataclass(frozen=True)
class Word:
    """What emojibase says of one concept: labels, tags, in English and Chinese."""

    code: str
    english: str
    english_tags: tuple[str, ...]
    chinese: str
    chinese_tags: tuple[str, ...]


def bare(code: str) -> str:
    """Code points without the variation selector, upper case: the key of a concept."""
    return "-".join(p for p in code.upper().split("-") if p != "FE0F")


def words(settings: Settings) -> list[Word]:
    """The concepts of all rings: the first ring in its own order, then the others in Unicode's."""
    base = modules(settings) / "emojibase-data"
    english = json.loads((base / "en" / "data.json").read_text())
    chinese = {bare(e["hexcode"]): e for e in json.loads((base / "zh" / "data.json").read_text())}
    subgroups = json.loads((base / "meta" / "groups.json").read_text())["subgroups"]
    found = {
        bare(e["hexcode"]): _word(e, chinese.get(bare(e["hexcode"]), {}))
        for e in english
        if _kept(e, subgroups)
    }
    first = [concept.code for concept in RING_1]
    return [found[code] for code in first] + [w for c, w in found.items() if c not in set(first)]


def _word(english: dict[str, Any], chinese: dict[str, Any]) -> Word:
    return Word(
        bare(english["hexcode"]),
        english["label"],
        tuple(english.get("tags", ())),
        chinese.get("label", ""),
        tuple(chinese.get("tags", ())),
    )


def _kept(entry: dict[str, Any], subgroups: dict[str, str]) -> bool:
    group, subgroup = entry.get("group"), subgroups.get(str(entry.get("subgroup")), "")
    if group is None or group in _DROPPED_GROUPS:
        return False
    if subgroup in _DROPPED_PEOPLE | _DROPPED_SIGNS:
        return False
    return "o’clock" not in entry["label"] and not entry["label"].endswith("-thirty")


class IconSet:
    """One iconify package: SVG bodies by name, names by code points."""

    def __init__(self, folder: Path, chars: Path) -> None:
        self._icons = json.loads((folder / "icons.json").read_text())
        self._names = {bare(k): v for k, v in json.loads(chars.read_text()).items()}

    def svg(self, code: str) -> str | None:
        """The picture's SVG text, or None when the set has none."""
        name = self._names.get(code)
        for _ in range(4):  # aliases of aliases
            icon = self._icons["icons"].get(name)
            if icon is not None:
                return self._document(icon)
            name = self._icons.get("aliases", {}).get(name, {}).get("parent")
        return None

    def _document(self, icon: dict[str, Any]) -> str:
        width = icon.get("width", self._icons.get("width", 16))
        height = icon.get("height", self._icons.get("height", 16))
        box = f"{icon.get('left', 0)} {icon.get('top', 0)} {width} {height}"
        space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        return f'<svg {space} viewBox="{box}">{icon["body"]}</svg>'


class Artwork:
    """All five sets; gives a picture of a concept in a style at a size."""

    def __init__(self, settings: Settings) -> None:
        self._modules = modules(settings)

    @cached_property
    def _sets(self) -> dict[str, IconSet]:
        base = self._modules / "@iconify-json"
        chars = {"noto-v1": base / "noto" / "chars.json"}  # the blobs bear Noto's names
        return {
            style: IconSet(base / name, chars.get(name, base / name / "chars.json"))
            for style, name in _ICONIFY.items()
        }

    @cached_property
    def _webp(self) -> dict[str, Path]:
        assets = self._modules / "@lobehub" / "fluent-emoji-3d" / "assets"
        return {bare(path.stem): path for path in sorted(assets.glob("*.webp"))}

    def picture(self, code: str, style: str, size: int) -> np.ndarray | None:
        """uint8 [size, size, 4], premultiplied; None when the style lacks the concept."""
        if style == "fluent-3d":
            path = self._webp.get(code)
            return None if path is None else resized(squared(Image.open(path)), size)
        svg = self._sets[style].svg(code)
        return None if svg is None else resized(rendered(svg, 2 * size), size)


def rendered(svg: str, size: int) -> Image.Image:
    """Draw an SVG at a size; straight RGBA."""
    import resvg_py

    data = resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True)
    return squared(Image.open(io.BytesIO(bytes(data))))


def squared(picture: Image.Image) -> Image.Image:
    """Pad to a square, centred, transparent."""
    picture = picture.convert("RGBA")
    side = max(picture.size)
    if picture.size == (side, side):
        return picture
    canvas = Image.new("RGBA", (side, side))
    canvas.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return canvas


def resized(picture: Image.Image, size: int) -> np.ndarray:
    """uint8 [size, size, 4]; averaged where colours are weighted by alpha, so edges stay clean."""
    premultiplied = picture.convert("RGBa")
    kind = Image.Resampling.BOX if picture.width % size == 0 else Image.Resampling.LANCZOS
    return np.asarray(premultiplied.resize((size, size), kind))


def _twins(picture: np.ndarray, other: np.ndarray | None) -> bool:
    """Whether two sets hold the same drawing: mean difference under 2 of 255."""
    if other is None:
        return False
    return float(np.abs(picture.astype(np.int16) - other).mean()) < 2.0


def gathered(
    found: list[Word], draw: Callable[[str, str], np.ndarray | None]
) -> Iterator[tuple[str, str, np.ndarray]]:
    """(code, style, picture) of every concept; a blob that is Noto's drawing again is left out."""
    for word in found:
        noto = draw(word.code, "noto")
        for style in STYLES:
            picture = noto if style.key == "noto" else draw(word.code, style.key)
            if picture is None or (style.key == "blob" and _twins(picture, noto)):
                continue
            yield word.code, style.key, picture


def rasterise(settings: Settings) -> None:
    """Write ``pictures.npy`` [N, 128, 128, 4], ``pictures.json`` (N pairs) and ``words.json``."""
    if (settings.work / "pictures.json").exists():
        return
    artwork, found = Artwork(settings), words(settings)
    pairs: list[tuple[str, str]] = []
    pictures: list[np.ndarray] = []
    for code, style, picture in gathered(found, lambda c, s: artwork.picture(c, s, NATIVE_SIZE)):
        pairs.append((code, style))
        pictures.append(picture)
    np.save(settings.work / "pictures.npy", np.stack(pictures))
    write_json(settings.work / "words.json", [vars(word) for word in found])
    write_json(settings.work / "pictures.json", pairs)
    print(f"rasterise: {len(pairs)} pictures of {len({c for c, _ in pairs})} concepts")


def rasterise_large(
    settings: Settings, size: int = 512
) -> tuple[np.ndarray, list[tuple[str, str]]]:
    """The first ring's pictures at `size`, from the work folder if they are there already.

    Returns uint8 [N, size, size, 4] (memory-mapped) and their pairs of code and style.
    """
    path, listing = settings.work / f"pictures-{size}.npy", settings.work / f"pictures-{size}.json"
    if not listing.exists():
        ring = {concept.code for concept in RING_1}
        pairs = [(c, s) for c, s in read_json(settings.work / "pictures.json") if c in ring]
        artwork = Artwork(settings)
        np.save(path, np.stack([_present(artwork, code, style, size) for code, style in pairs]))
        write_json(listing, pairs)
    return np.load(path, mmap_mode="r"), [(c, s) for c, s in read_json(listing)]


def _present(artwork: Artwork, code: str, style: str, size: int) -> np.ndarray:
    picture = artwork.picture(code, style, size)
    if picture is None:
        raise RuntimeError(f"the artwork of {code} in {style} is gone; fetch it again")
    return picture
