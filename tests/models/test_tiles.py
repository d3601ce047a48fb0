"""Tiles cover all of a picture, and leave it as it is where nothing changes."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.models.tiles import count, positions, tiled


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 200), st.integers(2, 64), st.data())
def test_tiles_reach_the_end_and_overlap(size, tile, data):
    overlap = data.draw(st.integers(0, tile - 1))
    places = positions(size, tile, overlap)
    assert places[0] == 0
    assert places[-1] + tile >= size
    assert all(b - a == tile - overlap for a, b in itertools.pairwise(places))


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(4, 16), st.integers(0, 3))
def test_tiles_of_an_unchanged_picture_make_it_whole_again(height, width, tile, overlap):
    x = torch.randn(2, 3, height, width)
    same = tiled(x, lambda part: part, tile=(tile, tile), overlap=overlap, scale=1, channels=3)
    assert torch.allclose(same, x, atol=1e-5)


def doubled(part):
    return part.repeat_interleave(2, 2).repeat_interleave(2, 3)


def test_an_enlarging_network_gives_an_enlarged_picture():
    x = torch.randn(1, 3, 30, 21)
    large = tiled(x, doubled, tile=(12, 8), overlap=4, scale=2, channels=3)
    assert torch.allclose(large, doubled(x), atol=1e-5)


def test_every_tile_is_counted():
    x, seen = torch.zeros(2, 1, 30, 30), []
    tiled(
        x,
        lambda part: part,
        tile=(16, 8),
        overlap=4,
        scale=1,
        channels=1,
        on_tile=lambda: seen.append(1),
    )
    assert len(seen) == count((30, 30), (16, 8), 4, batch=2)


def test_an_overlap_as_wide_as_a_tile_is_refused():
    with pytest.raises(ValueError, match="overlap"):
        tiled(torch.zeros(1, 1, 9, 9), doubled, tile=(8, 4), overlap=4, scale=2, channels=1)
