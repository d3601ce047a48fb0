"""A tiny work folder with drawn blocks for artwork, so that every stage can run in seconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tools.train_embedded import concepts, contrastive, decoder, tokens, unet, upscaler, vae
from tools.train_embedded.settings import NATIVE_SIZE, Settings, write_json

CONCEPTS = concepts.RING_1[:4]
SIDES = {NATIVE_SIZE: "pictures", 512: "pictures-512"}


def block(number: int, style: int, side: int) -> np.ndarray:
    """uint8 [side, side, 4]: an opaque rectangle whose colour and width tell concept and style."""
    art = np.zeros((side, side, 4), np.uint8)
    width = side // 8 * (style + 2)
    art[side // 4 : side // 2 + side // 8, side // 8 : width + side // 8] = (
        60 * number, 255 - 60 * number, 40 * style, 255,
    )  # fmt: skip
    return art


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings whose folder holds what `fetch` and `rasterise` would have left."""
    folder: Path = tmp_path_factory.mktemp("train")
    pairs = [(c.code, s.key) for c in CONCEPTS for s in concepts.STYLES[:3]]
    for side, name in SIDES.items():
        art = [block(i // 3, i % 3, side) for i in range(len(pairs))]
        np.save(folder / f"{name}.npy", np.stack(art))
        write_json(folder / f"{name}.json", pairs)
    words = [
        {"code": c.code, "english": c.english[0], "english_tags": ["thing"],
         "chinese": c.chinese[0], "chinese_tags": []}
        for c in CONCEPTS
    ]  # fmt: skip
    write_json(folder / "words.json", words)
    settings = Settings(folder)
    settings.prepare()
    tokens.caption(settings)
    return settings


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread and small batches."""
    torch.set_num_threads(1)
    for module in (vae, unet, decoder, upscaler):
        monkeypatch.setattr(module, "BATCH", 4)
    monkeypatch.setattr(contrastive, "CONCEPTS", 3)
    monkeypatch.setattr(upscaler, "GROUNDS_KEPT", 1)
