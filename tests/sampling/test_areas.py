import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import RunError
from engine.sampling.areas import area_of, box_of, contains, cut, fading, mask_of

SHAPE = (1, 4, 16, 24)


def test_a_share_of_the_sides_is_rounded_to_cells_and_at_least_one():
    options = {"area": ("percentage", 0.5, 0.01, 0.26, 1.0)}
    assert area_of(options, SHAPE, None) == (8, 1, 4, 24)


def test_an_area_is_cut_at_the_border():
    assert cut((16, 16, 8, 20), SHAPE) == (8, 4, 8, 20)


def test_an_area_outside_says_where_the_picture_ends():
    with pytest.raises(RunError, match="16 rows and 24 columns"):
        cut((8, 8, 16, 0), SHAPE)


def test_the_box_around_a_mask_is_at_least_eight_cells():
    mask = torch.zeros(1, 1, 16, 24)
    assert box_of(mask) == (8, 8, 0, 0)
    mask[..., 3:5, 2:14] = -0.5
    assert box_of(mask) == (8, 12, 3, 2)


def test_a_border_inside_the_picture_fades_and_the_pictures_own_does_not():
    weights = fading((8, 16, 0, 8), SHAPE)[0, 0]
    assert weights.shape == (8, 16)
    assert torch.allclose(weights[0, :5], torch.tensor([0.25, 0.5, 0.75, 1, 1]))
    assert torch.allclose(weights[-3:, -1], torch.tensor([1, 1, 0.5]))
    assert weights[-1, 0] == 0.5 * 0.25


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 15), st.integers(0, 23))
def test_an_area_that_was_cut_lies_in_the_picture_and_fades_to_no_less_than_0(tall, wide, y, x):
    area = cut((tall, wide, y, x), SHAPE)
    assert contains((16, 24, 0, 0), area)
    weights = fading(area, SHAPE)
    assert weights.shape[2:] == area[:2]
    assert weights.min() > 0
    assert weights.max() <= 1


def test_a_mask_of_another_size_is_scaled_to_the_latent():
    mask = torch.zeros(32, 48)
    mask[:, 24:] = 1
    scaled = mask_of({"mask": mask}, SHAPE)
    assert scaled.shape == (1, 1, 16, 24)
    assert scaled[0, 0, 0].tolist() == [0.0] * 12 + [1.0] * 12
