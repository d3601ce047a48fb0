"""Sizes: every method gives the size asked for, constants stay constant, inputs stay."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.imaging.bislerp import bislerp, lengths
from engine.imaging.resize import centre_cropped, completed, picture_resized, resized

torch.set_num_threads(1)
METHODS = ["nearest-exact", "bilinear", "area", "bicubic", "lanczos", "bislerp"]
sizes = st.tuples(st.integers(1, 40), st.integers(1, 40))


@settings(max_examples=60, deadline=None)
@given(sizes, sizes, st.sampled_from(METHODS), st.sampled_from(["disabled", "center"]))
def test_any_size_becomes_any_size(old, new, method, crop):
    (width, height), (new_width, new_height) = old, new
    planes = torch.full((2, 3, height, width), 0.6)
    out = resized(planes, new_width, new_height, method, crop)
    assert out.shape == (2, 3, new_height, new_width)
    assert torch.allclose(out, planes[:1, :1, :1, :1], atol=1e-5)
    assert torch.equal(planes, torch.full_like(planes, 0.6))


@pytest.mark.parametrize("method", ["nearest-exact", "bilinear", "area", "bicubic", "bislerp"])
def test_the_same_size_changes_nothing(method):
    planes = torch.randn(1, 4, 6, 5)
    assert torch.allclose(resized(planes, 5, 6, method, "disabled"), planes, atol=1e-5)


def test_the_centre_is_cut_to_the_new_proportions():
    row = torch.arange(8.0).expand(1, 1, 4, 8)
    assert centre_cropped(row, 4, 4)[0, 0, 0].tolist() == [2, 3, 4, 5]
    assert centre_cropped(row.mT, 4, 4)[0, 0, :, 0].tolist() == [2, 3, 4, 5]
    assert centre_cropped(row, 16, 8).shape == row.shape


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_lanczos_takes_pictures_with_any_channels(channels):
    picture = torch.rand(1, 8, 6, channels)
    assert picture_resized(picture, 3, 5, "lanczos").shape == (1, 5, 3, channels)


def test_lanczos_does_not_bleed_the_colour_of_what_is_transparent():
    picture = torch.zeros(1, 8, 8, 4)
    picture[:, :, 4:] = torch.tensor([1.0, 0.0, 0.0, 1.0])
    small = picture_resized(picture, 5, 5, "lanczos")
    seen = small[small[..., 3] > 0.1]
    assert (seen[:, 0] > 0.95).all()


def test_bislerp_turns_directions_and_keeps_lengths():
    planes = torch.tensor([[1.0, 0.0], [0.0, 1.0]]).reshape(1, 2, 1, 2)
    out = bislerp(planes, 4, 1)
    assert torch.allclose(lengths(out), torch.ones(1, 1, 1, 4), atol=1e-6)
    angles = torch.rad2deg(torch.atan2(out[0, 1, 0], out[0, 0, 0]))
    assert torch.allclose(angles, torch.tensor([0.0, 22.5, 67.5, 90.0]), atol=1e-3)


def test_bislerp_survives_zeros_and_opposites():
    planes = torch.tensor([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 2.0]]).reshape(1, 2, 1, 4)
    assert torch.isfinite(bislerp(planes, 9, 3)).all()


@pytest.mark.parametrize(
    ("asked", "given_back"),
    [
        ((80, 0), (80, 40)),
        ((0, 80), (160, 80)),
        ((3, 0), (3, 2)),
        ((0, 1), (2, 1)),
        ((7, 9), (7, 9)),
    ],
)
def test_a_side_of_zero_keeps_the_proportions(asked, given_back):
    assert completed(*asked, 100, 50) == given_back


def test_no_side_is_smaller_than_the_least():
    assert completed(8, 8, 100, 50, 64) == (64, 64)
    assert completed(8, 0, 100, 50, 64) == (64, 64)
