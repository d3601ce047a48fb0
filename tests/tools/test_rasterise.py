"""Artwork becomes clean premultiplied pictures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tools.train_embedded.concepts import GROUNDS
from tools.train_embedded.pictures import laid_on
from tools.train_embedded.rasterise import IconSet, Word, bare, gathered, resized, squared


def test_variation_selectors_do_not_count() -> None:
    assert bare("2764-fe0f") == bare("2764") == "2764"
    assert bare("1f468-200d-1f373") == "1F468-200D-1F373"


def test_a_wide_picture_is_padded_in_the_middle() -> None:
    found = squared(Image.new("RGBA", (8, 4), (255, 0, 0, 255)))
    assert found.size == (8, 8)
    assert found.getpixel((0, 0)) == (0, 0, 0, 0)
    assert found.getpixel((0, 4)) == (255, 0, 0, 255)


def test_shrinking_never_mixes_in_the_colour_of_clear_pixels() -> None:
    picture = Image.new("RGBA", (2, 2), (0, 255, 0, 0))  # clear, but green
    picture.putpixel((0, 0), (255, 0, 0, 255))
    assert resized(picture, 1)[0, 0].tolist() == [64, 0, 0, 64]


def test_a_clear_picture_on_a_ground_is_the_ground() -> None:
    found = laid_on(torch.zeros(2, 4, 4, 4, dtype=torch.uint8), torch.tensor([0, 5]))
    colour = torch.tensor(GROUNDS[5].colour) / 127.5 - 1
    assert torch.allclose(found[0], torch.ones(3, 4, 4))
    assert torch.allclose(found[1], colour[:, None, None].expand(3, 4, 4), atol=1e-5)


def test_icons_are_found_by_code_points_and_through_aliases(tmp_path: Path) -> None:
    icons = {"width": 8, "height": 8, "icons": {"apple": {"body": "<g/>"}},
             "aliases": {"fruit": {"parent": "apple"}}}  # fmt: skip
    (tmp_path / "icons.json").write_text(json.dumps(icons))
    chars = tmp_path / "chars.json"
    chars.write_text(json.dumps({"1f34e": "fruit", "1f34f": "gone"}))
    found = IconSet(tmp_path, chars)
    assert 'viewBox="0 0 8 8"' in (found.svg("1F34E") or "")
    assert found.svg("1F34F") is None
    assert found.svg("2764") is None


def test_a_blob_that_is_notos_drawing_again_is_left_out() -> None:
    white = np.full((4, 4, 4), 255, np.uint8)
    word = Word("1F34E", "red apple", (), "", ())
    alike = [
        s for _, s, _ in gathered([word], lambda _, s: white if s in {"noto", "blob"} else None)
    ]
    assert alike == ["noto"]
    other = {"noto": white, "blob": white // 2}
    assert [s for _, s, _ in gathered([word], lambda _, s: other.get(s))] == ["noto", "blob"]


def test_an_svg_is_drawn_at_its_size() -> None:
    resvg = pytest.importorskip("resvg_py")
    assert resvg is not None
    from tools.train_embedded.rasterise import rendered

    body = '<rect width="2" height="1" fill="red"/>'
    red = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1">{body}</svg>'
    found = rendered(red, 8)
    assert found.size == (8, 8)
    assert found.getpixel((4, 4)) == (255, 0, 0, 255)
