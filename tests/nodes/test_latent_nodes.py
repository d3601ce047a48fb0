"""Nodes on latents: places in the noise, masks, and values."""

import torch

from nodes.latent.arithmetic import latent_add, latent_multiply, latent_subtract
from nodes.latent.basic import set_latent_noise_mask
from nodes.latent.batch import latent_batch, latent_from_batch, repeat_latent_batch
from nodes.latent.composite import latent_blend
from nodes.latent.scale import latent_upscale
from nodes.latent.transform import latent_rotate

torch.set_num_threads(1)


def latent(count=1, height=8, width=8, **more):
    return {"samples": torch.randn(count, 4, height, width), **more}


def test_sums_and_differences_undo_each_other():
    one, other = latent(), latent()
    total = latent_add(samples1=one, samples2=other)
    back = latent_subtract(samples1=total, samples2=other)
    assert torch.allclose(back["samples"], one["samples"], atol=1e-6)


def test_a_latent_keeps_what_else_it_holds():
    mask = torch.rand(1, 1, 64, 64)
    doubled = latent_multiply(samples=latent(noise_mask=mask, batch_index=[3]), multiplier=2.0)
    assert doubled["noise_mask"] is mask
    assert doubled["batch_index"] == [3]


def test_a_blend_says_how_much_of_the_first_there_is():
    one, other = latent(), latent()
    blend = latent_blend(samples1=one, samples2=other, blend_factor=1.0)
    assert torch.allclose(blend["samples"], one["samples"])


def test_a_noise_mask_gets_a_channel():
    masked = set_latent_noise_mask(samples=latent(), mask=torch.rand(64, 48))
    assert masked["noise_mask"].shape == (1, 1, 64, 48)


def test_an_item_keeps_its_place_in_the_noise():
    taken = latent_from_batch(samples=latent(4), batch_index=2, length=2)
    assert taken["batch_index"] == [2, 3]
    again = latent_from_batch(samples=taken, batch_index=1, length=1)
    assert again["batch_index"] == [3]


def test_repeating_moves_on_to_fresh_noise():
    taken = latent_from_batch(samples=latent(4), batch_index=1, length=2)
    assert repeat_latent_batch(samples=taken, amount=2)["batch_index"] == [1, 2, 3, 4]
    assert "batch_index" not in repeat_latent_batch(samples=latent(2), amount=2)


def test_repeated_items_come_in_order_with_their_masks():
    whole = latent(2, noise_mask=torch.rand(2, 1, 64, 64))
    repeated = repeat_latent_batch(samples=whole, amount=2)
    assert torch.equal(repeated["samples"], torch.cat([whole["samples"]] * 2))
    assert torch.equal(repeated["noise_mask"], torch.cat([whole["noise_mask"]] * 2))


def test_one_mask_serves_a_whole_batch_and_more_are_taken_apart():
    single = latent(3, noise_mask=torch.rand(1, 1, 64, 64))
    assert latent_from_batch(samples=single, batch_index=1, length=1)["noise_mask"].shape[0] == 1
    several = latent(3, noise_mask=torch.rand(2, 1, 64, 64))
    last = latent_from_batch(samples=several, batch_index=2, length=1)
    assert torch.equal(last["noise_mask"], several["noise_mask"][:1])


def test_a_joined_batch_keeps_both_places():
    joined = latent_batch(samples1=latent(2), samples2=latent(1, batch_index=[5]))
    assert joined["batch_index"] == [0, 1, 5]


def test_a_latent_is_never_scaled_below_64_pixels():
    small = latent_upscale(
        samples=latent(), upscale_method="area", width=8, height=0, crop="disabled"
    )
    assert small["samples"].shape == (1, 4, 8, 8)


def test_a_latent_turns_clockwise():
    samples = torch.arange(2.0).reshape(1, 1, 1, 2)
    turned = latent_rotate(samples={"samples": samples}, rotation="90 degrees")
    assert turned["samples"].flatten().tolist() == [0, 1]
    assert turned["samples"].shape == (1, 1, 2, 1)
