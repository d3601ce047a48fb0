"""Nodes on pictures and masks, by exact small values."""

import pytest
import torch

from nodes.image.basic import empty_image, get_image_size, image_invert
from nodes.image.scale import image_scale
from nodes.image.transform import image_crop, image_flip, image_pad_for_outpaint, image_rotate
from nodes.mask.convert import image_to_mask, mask_to_image, solid_mask, threshold_mask

torch.set_num_threads(1)
COUNT = torch.arange(6.0).reshape(1, 2, 3, 1) / 10


def rows(image):
    return [[round(value * 10) for value in row] for row in image[0, ..., 0].tolist()]


def test_a_colour_is_read_as_red_green_blue():
    picture = empty_image(width=1, height=1, batch_size=1, color=0xFF8000)
    assert torch.equal(picture[0, 0, 0] * 255, torch.tensor([255.0, 128.0, 0.0]))


def test_inverting_twice_gives_the_picture_back():
    assert torch.allclose(image_invert(image=image_invert(image=COUNT)), COUNT)


def test_a_size_is_told():
    assert tuple(get_image_size(image=torch.zeros(4, 2, 3, 3))) == (3, 2, 4)


def test_a_picture_is_mirrored_and_turned_clockwise():
    assert rows(image_flip(image=COUNT, flip_method="x-axis: vertically")) == [[3, 4, 5], [0, 1, 2]]
    assert rows(image_flip(image=COUNT, flip_method="y-axis: horizontally")) == [
        [2, 1, 0],
        [5, 4, 3],
    ]
    assert rows(image_rotate(image=COUNT, rotation="90 degrees")) == [[3, 0], [4, 1], [5, 2]]
    assert rows(image_rotate(image=COUNT, rotation="180 degrees")) == [[5, 4, 3], [2, 1, 0]]
    assert rows(image_rotate(image=COUNT, rotation="270 degrees")) == [[2, 5], [1, 4], [0, 3]]


def test_a_crop_is_a_copy():
    cut = image_crop(image=COUNT, width=2, height=1, x=1, y=1)
    assert rows(cut) == [[4, 5]]
    cut.zero_()
    assert COUNT.max() == 0.5


def test_two_sides_of_zero_leave_a_picture_alone():
    scaled = image_scale(image=COUNT, upscale_method="bilinear", width=0, height=0, crop="disabled")
    assert scaled is COUNT
    one = image_scale(image=COUNT, upscale_method="area", width=0, height=4, crop="disabled")
    assert one.shape == (1, 4, 6, 1)


def test_new_room_is_grey_and_masked():
    image, mask = image_pad_for_outpaint(
        image=torch.ones(1, 4, 4, 3), left=8, top=0, right=0, bottom=0, feathering=0
    )
    assert image[0, 0, :9, 0].tolist() == [0.5] * 8 + [1]
    assert mask[0, 0].tolist() == [1] * 8 + [0] * 4


def test_a_mask_becomes_a_picture_and_back():
    mask = torch.rand(2, 3, 4)
    for channel in ("red", "green", "blue"):
        assert torch.equal(image_to_mask(image=mask_to_image(mask=mask), channel=channel), mask)


def test_what_is_exactly_at_the_threshold_is_not_masked():
    assert threshold_mask(mask=torch.tensor([[[0.4, 0.5, 0.6]]]), value=0.5).tolist() == [
        [[0, 0, 1]]
    ]


@pytest.mark.parametrize("value", [0, 1, 0.25])
def test_a_solid_mask_has_one_value(value):
    mask = solid_mask(value=value, width=2, height=3)
    assert mask.dtype == torch.float32
    assert (mask == value).all()
