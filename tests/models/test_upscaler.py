"""Upscalers are read in every spelling that their files have, and run in tiles."""

import pytest
import torch
from safetensors.torch import save_file

from engine.errors import ModelFileError, OutOfMemory
from engine.models.upscaler import Compact, Esrgan, load_upscaler

PICTURE = torch.rand(1, 21, 30, 3, generator=torch.Generator().manual_seed(1))


def random(module):
    torch.manual_seed(0)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    return module.eval()


def esrgan(doublings=2, shuffle=1):
    return random(Esrgan(8, 4, 2, doublings, shuffle))


def first_generation(name, doublings):
    """ESRGAN's first names: the trunk in `model.1.sub`, all layers counted."""
    ups = {f"ups.{n}.": f"model.{3 + 3 * n}." for n in range(doublings)}
    last = 2 + 3 * doublings
    table = {
        "conv_first.": "model.0.",
        "conv_body.": "model.1.sub.2.",
        **ups,
        "conv_hr.": f"model.{last}.",
        "conv_last.": f"model.{last + 2}.",
    }
    for ours, theirs in table.items():
        name = name.replace(ours, theirs) if name.startswith(ours) else name
    if name.startswith("body."):
        _, block, dense, conv, kind = name.split(".")
        name = f"model.1.sub.{block}.{dense.upper()}.{conv}.0.{kind}"
    return name


def real(name, _):
    """Real-ESRGAN's names."""
    return name.replace("ups.0", "conv_up1").replace("ups.1", "conv_up2")


def second_generation(name, _):
    """The names between the two."""
    name = name.replace("ups.0", "upconv1").replace("ups.1", "upconv2")
    name = name.replace("conv_hr", "HRconv").replace("conv_body", "trunk_conv")
    return name.replace("body.", "RRDB_trunk.").replace(".rdb", ".RDB")


def saved(path, module, spelling=lambda name, _: name, doublings=2):
    state = {spelling(name, doublings): t for name, t in module.state_dict().items()}
    if path.suffix == ".pth":
        torch.save({"params_ema": state}, path)
    else:
        save_file(state, path)
    return path


@pytest.mark.parametrize("spelling", [first_generation, second_generation, real])
@pytest.mark.parametrize("ending", ["safetensors", "pth"])
def test_every_spelling_is_the_same_network(tmp_path, residency, spelling, ending):
    module = esrgan()
    found = load_upscaler(saved(tmp_path / f"a.{ending}", module, spelling))
    assert found.scale == 4
    expected = module(PICTURE.movedim(-1, 1)).clamp(0, 1).movedim(1, -1)
    assert torch.allclose(found.enlarge(PICTURE, residency), expected, atol=1e-5)


@pytest.mark.parametrize(("doublings", "shuffle", "scale"), [(0, 1, 1), (1, 1, 2), (3, 1, 8)])
def test_the_size_is_read_off_the_first_generations_layers(
    tmp_path, residency, doublings, shuffle, scale
):
    module = esrgan(doublings, shuffle)
    path = saved(tmp_path / "a.safetensors", module, first_generation, doublings)
    found = load_upscaler(path)
    assert found.scale == scale
    assert found.enlarge(PICTURE, residency).shape == (1, 21 * scale, 30 * scale, 3)


@pytest.mark.parametrize(("shuffle", "scale"), [(2, 2), (4, 1)])
@pytest.mark.parametrize("size", [(21, 30), (1, 1), (2, 5)])
def test_pixels_may_be_folded_into_channels_first(tmp_path, residency, shuffle, scale, size):
    path = saved(tmp_path / "a.safetensors", esrgan(2, shuffle), real)
    found = load_upscaler(path)
    large = found.enlarge(torch.rand(1, *size, 3), residency)
    assert large.shape == (1, size[0] * scale, size[1] * scale, 3)
    assert large.isfinite().all()


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_the_compact_network_is_read(tmp_path, residency, scale):
    module = random(Compact(8, 3, scale))
    found = load_upscaler(saved(tmp_path / "a.pth", module))
    assert found.scale == scale
    expected = module(PICTURE.movedim(-1, 1)).clamp(0, 1).movedim(1, -1)
    assert torch.allclose(found.enlarge(PICTURE, residency), expected, atol=1e-5)


def test_sixteen_bits_and_alpha(tmp_path, residency):
    module = random(Compact(8, 1, 2)).half()
    found = load_upscaler(saved(tmp_path / "a.safetensors", module))
    with_alpha = torch.cat((PICTURE, torch.ones(1, 21, 30, 1)), dim=-1)
    large = found.enlarge(with_alpha, residency)
    assert large.shape == (1, 42, 60, 3)
    assert large.dtype == torch.float32


def test_where_memory_runs_out_the_tile_is_halved(tmp_path, residency, monkeypatch):
    found = load_upscaler(saved(tmp_path / "a.safetensors", random(Compact(4, 1, 2))))
    sizes, run = [], Compact.forward

    def full(self, x):
        sizes.append(max(x.shape[2:]))
        if sizes[-1] > 256:
            raise torch.OutOfMemoryError("out of memory")
        return run(self, x)

    monkeypatch.setattr(Compact, "forward", full)
    seen = []
    large = found.enlarge(torch.rand(1, 20, 300, 3), residency, lambda *done: seen.append(done))
    assert large.shape == (1, 40, 600, 3)
    assert sizes == [300, 300, 256, 76]
    assert seen == [(1, 2), (2, 2)]


def test_where_no_tile_fits_it_is_said(tmp_path, residency, monkeypatch):
    found = load_upscaler(saved(tmp_path / "a.safetensors", random(Compact(4, 1, 2))))

    def full(*_):
        raise torch.OutOfMemoryError("Tried to allocate 1.00 GiB")

    monkeypatch.setattr(Compact, "forward", full)
    with pytest.raises(OutOfMemory, match=r"enlarging a tile of 30 x 21 pixels: 1\.0 GiB"):
        found.enlarge(PICTURE, residency)


@pytest.mark.parametrize("name", ["layers.0.weight", "body.0.weight", "conv_first.weight"])
def test_another_kind_of_network_is_refused(tmp_path, name):
    save_file({name: torch.zeros(3, 3, 3, 3)}, tmp_path / "a.safetensors")
    with pytest.raises(ModelFileError, match="no upscaler that is known"):
        load_upscaler(tmp_path / "a.safetensors")
