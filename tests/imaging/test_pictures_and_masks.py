"""Arithmetic on pictures and masks, by small exact values."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import max_pool2d

from engine.imaging import batches, masks
from engine.imaging.blend import MODES, blended
from engine.imaging.composite import pasted, pasted_softly
from engine.imaging.filters import blurred, gaussian, sharpened
from engine.imaging.latents import interpolated
from engine.imaging.outpaint import padded
from engine.imaging.quantise import bayer, quantised

torch.set_num_threads(1)


def one_cell(size=9):
    mask = torch.zeros(1, size, size)
    mask[0, size // 2, size // 2] = 1
    return mask


def test_growing_makes_a_diamond_or_a_square():
    assert masks.grown(one_cell(), 2, tapered=True).sum() == 13
    assert masks.grown(one_cell(), 2, tapered=False).sum() == 25


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 30))
def test_growing_by_squares_is_the_highest_in_the_window(height, width, reach):
    mask = torch.rand(2, height, width)
    window = max_pool2d(torch.nn.functional.pad(mask, (reach,) * 4), 2 * reach + 1, 1)
    assert torch.equal(masks.grown(mask, reach, tapered=False), window)


@pytest.mark.parametrize("tapered", [True, False])
def test_shrinking_undoes_growing_and_nothing_comes_from_outside(tapered):
    grown = masks.grown(one_cell(), 2, tapered=tapered)
    assert torch.equal(masks.grown(grown, -2, tapered=tapered), one_cell())
    whole = torch.ones(1, 5, 5)
    assert torch.equal(masks.grown(whole, -3, tapered=tapered), whole)
    assert torch.equal(masks.grown(whole, 16384, tapered=tapered), whole)


def test_feathering_rises_over_as_many_pixels_as_said():
    out = masks.feathered(torch.ones(4, 4), 2, 0, 0, 0)
    assert out.shape == (1, 4, 4)
    assert out[0, 0].tolist() == [0.5, 1, 1, 1]
    assert masks.feathered(torch.ones(1, 2, 2), 99, 0, 0, 0)[0, 0].tolist() == [0.5, 1]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("multiply", [0, 0, 0.36, 0.6]),
        ("add", [0, 1, 1, 1]),
        ("subtract", [0, 0, 0, 0]),
        ("and", [0, 0, 1, 1]),
        ("or", [0, 1, 1, 1]),
        ("xor", [0, 1, 0, 0]),
    ],
)
def test_masks_are_joined_as_their_operation_says(operation, expected):
    below = torch.tensor([[0.0, 0.0, 0.6, 0.6]])
    above = torch.tensor([[0.0, 1.0, 0.6, 1.0]])
    out = masks.combined(below, above, 0, 0, operation)
    assert torch.allclose(out, torch.tensor([[expected]]).float())


def test_a_mask_outside_of_the_other_changes_nothing():
    below = torch.rand(1, 4, 4)
    assert torch.equal(masks.combined(below, torch.ones(1, 2, 2), 9, 9, "add"), below)


def test_a_colour_is_found_exactly():
    image = torch.tensor([[[[18 / 255, 52 / 255, 86 / 255], [18 / 255, 52 / 255, 87 / 255]]]])
    assert masks.of_colour(image, 0x123456).tolist() == [[[1, 0]]]


@settings(max_examples=60, deadline=None)
@given(st.integers(-6, 9), st.integers(-6, 9), st.integers(1, 6), st.integers(1, 6))
def test_what_is_pasted_lies_where_it_should(x, y, width, height):
    below, above = torch.zeros(1, 1, 7, 8), torch.ones(1, 1, height, width)
    out = pasted(below, above, x, y, None, stretch=False)
    across = max(0, min(8, x + width) - max(0, x))
    down = max(0, min(7, y + height) - max(0, y))
    assert out.sum() == across * down
    assert below.sum() == 0


def test_a_mask_weighs_what_is_pasted_and_batches_repeat():
    below, above = torch.zeros(3, 1, 2, 2), torch.ones(1, 1, 4, 4)
    out = pasted(below, above, 0, 0, torch.full((1, 9, 9), 0.25), stretch=True)
    assert torch.allclose(out, torch.full((3, 1, 2, 2), 0.25))


def test_a_soft_edge_fades_on_inner_sides_only():
    out = pasted_softly(torch.zeros(1, 1, 4, 8), torch.ones(1, 1, 4, 4), 4, 0, 2)
    assert out[0, 0, 0].tolist() == [0, 0, 0, 0, 0.5, 1, 1, 1]
    outside = pasted_softly(torch.zeros(1, 1, 4, 4), torch.ones(1, 1, 4, 4), 9, 9, 2)
    assert outside.sum() == 0


def test_a_blur_keeps_flat_pictures_and_the_mean_of_its_kernel():
    assert gaussian(3, 1.5).sum() == pytest.approx(1, abs=1e-6)
    flat = torch.full((1, 6, 5, 3), 0.3)
    assert torch.allclose(blurred(flat, 2, 1.0), flat, atol=1e-6)
    assert torch.allclose(sharpened(flat, 2, 1.0, 2.0), flat, atol=1e-5)


def test_a_picture_smaller_than_the_radius_is_blurred_too():
    assert blurred(torch.rand(2, 1, 3, 4), 31, 1.0).shape == (2, 1, 3, 4)


def test_sharpening_makes_an_edge_steeper():
    edge = torch.cat([torch.full((1, 4, 4, 3), 0.4), torch.full((1, 4, 4, 3), 0.6)], dim=2)
    out = sharpened(edge, 1, 1.0, 0.1)
    assert out[0, 0, 4, 0] - out[0, 0, 3, 0] > 0.2


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("normal", 0.5),
        ("multiply", 0.1),
        ("screen", 0.6),
        ("overlay", 0.2),
        ("soft_light", 0.2),
        ("difference", 0.0),
    ],
)
def test_blends_of_two_greys(mode, expected):
    below, above = torch.full((1, 1, 1, 3), 0.2), torch.full((1, 1, 1, 3), 0.5)
    assert blended(below, above, mode, 1.0)[0, 0, 0, 0] == pytest.approx(expected, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.sampled_from(list(MODES)))
def test_every_blend_stays_between_black_and_white(below, above, share, mode):
    out = blended(torch.tensor([below]), torch.tensor([above]), mode, share)
    assert 0 <= out <= 1
    assert blended(torch.tensor([below]), torch.tensor([above]), mode, 0.0) == torch.tensor([below])


@pytest.mark.parametrize("dither", ["none", "floyd-steinberg", "bayer-2", "bayer-16"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_reduced_picture_has_so_few_colours(dither, channels):
    image = torch.rand(2, 9, 7, channels)
    out = quantised(image, 5, dither)
    assert out.shape == (2, 9, 7, 3)
    assert len(out[0].reshape(-1, 3).unique(dim=0)) <= 5


@pytest.mark.parametrize("order", [2, 4, 8, 16])
def test_a_bayer_matrix_has_all_levels_once(order):
    levels = ((bayer(order) + 0.5) * order**2 - 0.5).round().long().flatten()
    assert sorted(levels.tolist()) == list(range(order**2))


def test_the_first_bayer_matrix_is_the_known_one():
    assert (bayer(2) * 4 + 1.5).tolist() == [[0, 2], [3, 1]]


def test_room_is_made_around_a_picture():
    image = torch.ones(2, 8, 8, 3)
    wide, mask = padded(image, 2, 0, 0, 1, feathering=2)
    assert wide.shape == (2, 9, 10, 3)
    assert mask.shape == (1, 9, 10)
    assert (wide[:, :8, :2] == 0.5).all()
    assert mask[0, 0].tolist() == [1, 1, 1, 0.25, 0, 0, 0, 0, 0, 0]
    hard = padded(image, 2, 0, 0, 0, feathering=4)[1]
    assert hard[0, 0].tolist() == [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]


def test_an_interpolation_keeps_the_length_of_its_vectors():
    one, other = torch.randn(1, 4, 8, 8), torch.randn(1, 4, 8, 8)
    assert torch.allclose(interpolated(one, other, 1.0), one, atol=1e-5)
    assert torch.allclose(interpolated(one, other, 0.0), other, atol=1e-5)
    half = interpolated(one, -one, 0.5)
    assert torch.isfinite(half).all()
    assert torch.isfinite(interpolated(torch.zeros_like(one), other, 0.5)).all()


def test_batches_are_repeated_cut_and_matched():
    batch = torch.arange(3.0).reshape(3, 1)
    assert batches.repeated_to(batch, 5).flatten().tolist() == [0, 1, 2, 0, 1]
    assert batches.repeated_to(batch, 2).flatten().tolist() == [0, 1]
    assert batches.part(batch, 1, 9).flatten().tolist() == [1, 2]
    assert batches.part(batch, 99, 1).flatten().tolist() == [2]
    joined = batches.joined(torch.rand(1, 4, 4, 4), torch.rand(2, 8, 8, 3))
    assert joined.shape == (3, 4, 4, 4)
    assert (joined[1:, ..., 3] == 1).all()
