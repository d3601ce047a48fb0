"""Eight-bit bytes and latent files: cut off as ComfyUI does, and refused when damaged."""

import pytest
import torch
from safetensors.torch import save

from engine.errors import InputFileError
from engine.values.latent_files import read_latent, write_latent
from engine.values.pixels import from_bytes, to_bytes

torch.set_num_threads(1)


def test_values_are_cut_off_and_clamped():
    picture = torch.tensor([[0.999, 1.0, -3.0, 7.0, float("nan"), 0.5, float("inf")]])
    assert list(to_bytes(picture)) == [254, 255, 0, 255, 0, 127, 255]


def test_every_byte_survives_the_way_through_a_tensor():
    data = bytes(range(256))
    assert to_bytes(from_bytes(data, 16, 16, 1)) == data


def test_a_latent_file_gives_its_samples_back():
    samples = torch.randn(2, 4, 8, 6)
    data = write_latent(samples.permute(0, 1, 3, 2), {"prompt": "{}"})
    assert torch.equal(read_latent(data), samples.permute(0, 1, 3, 2))


def test_an_old_latent_file_is_scaled_to_the_units_of_the_vae():
    data = save({"latent_tensor": torch.full((1, 4, 2, 2), 0.18215)})
    assert torch.allclose(read_latent(data), torch.ones(1, 4, 2, 2))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not safetensors at all",
        save({"weights": torch.zeros(3)}),
        save({"latent_tensor": torch.zeros(3)}),
        write_latent(torch.zeros(1, 4, 8, 8), {})[:-9],
    ],
)
def test_what_is_no_latent_file_is_named(data):
    with pytest.raises(InputFileError, match=r"x\.latent"):
        read_latent(data, "x.latent")
