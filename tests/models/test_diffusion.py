import pytest
import torch

from engine.errors import Cancelled, OutOfMemory, RunError
from engine.models.diffusion import Model, forward_of, hook_skips
from engine.models.loading import load_checkpoint
from engine.models.residency import Place, Residency
from engine.sampling.conditioning import Inputs
from engine.sampling.patches import Patches
from engine.sampling.prediction import clean_from, scaled_input
from engine.spec.context import Context
from tests.tiny import tiny_embedded

torch.set_num_threads(1)
X = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(1))
SIGMA = torch.tensor(3.0)
INPUTS = Inputs(torch.randn(2, 77, 32, generator=torch.Generator().manual_seed(2)))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tiny_embedded(tmp_path_factory.mktemp("tiny") / "tiny.safetensors")
    found = load_checkpoint(path)
    return Model(found.unet, found.family)


@pytest.fixture(scope="module")
def ctx():
    return Context(models=Residency("cpu"))


def clean(model, ctx, x=X, sigma=SIGMA):
    with torch.no_grad(), model.opened(ctx) as forward:
        return forward(x, sigma, INPUTS)


@pytest.mark.parametrize("kind", ["eps", "v", "flow"])
def test_a_right_answer_gives_the_clean_picture(kind):
    picture, noise = X, X.flip(0)
    if kind == "flow":
        x, answer = (1 - 0.3) * picture + 0.3 * noise, noise - picture
        sigma = torch.tensor(0.3)
    else:
        x, sigma = picture + SIGMA * noise, SIGMA
        signal = 1 / (1 + sigma**2).sqrt()
        answer = noise if kind == "eps" else signal * noise - sigma * signal * picture
    assert torch.allclose(clean_from(kind, x, sigma, answer), picture, atol=1e-5)


def test_a_network_sees_pictures_of_deviation_1():
    x = X + 30 * X.flip(1)
    assert torch.allclose(scaled_input("eps", x, torch.tensor(30.0)), x / 901**0.5)
    assert scaled_input("flow", x, torch.tensor(0.5)) is x


def test_the_network_is_told_the_nearest_time_and_the_text(model):
    given = {}

    def unet(shown, time, encoder_hidden_states, return_dict):
        given.update(time=time, text=encoder_hidden_states)
        return (torch.zeros_like(shown),)

    sigma = model.table.sigma_at(torch.tensor(500.3))
    forward_of(unet, model.family, Place(torch.device("cpu"), torch.float32))(X, sigma, INPUTS)
    assert given["time"] == 500
    assert given["text"] is INPUTS.text


def test_what_is_concatenated_is_shown_unscaled_behind_x(model):
    shown = []

    def unet(x, *_, **__):
        shown.append(x)
        return (x[:, :4],)

    inputs = Inputs(INPUTS.text, concat=torch.ones(2, 5, 8, 8))
    forward_of(unet, model.family, Place(torch.device("cpu"), torch.float32))(X, SIGMA, inputs)
    assert shown[0].shape == (2, 9, 8, 8)
    assert (shown[0][:, 4:] == 1).all()


def test_a_sigma_for_each_picture_counts_for_each(model, ctx):
    both = clean(model, ctx, sigma=torch.tensor([3.0, 1.0]))
    assert torch.allclose(both[0], clean(model, ctx)[0], atol=1e-5)
    assert not torch.allclose(both[1], clean(model, ctx)[1], atol=1e-2)


def test_hooks_see_what_the_network_joins_and_leave_when_the_run_ends(model, ctx):
    seen = []

    def hook(h, skip):
        seen.append((h.shape[1], skip.shape[1]))
        return h * 1.5, skip

    plain = clean(model, ctx)
    patched = model.with_patches(Patches().with_skip(hook))
    assert not torch.allclose(clean(patched, ctx), plain)
    assert seen == [(64, 64), (64, 32), (64, 32), (32, 32)]
    assert torch.equal(clean(model, ctx), plain)
    assert len(seen) == 4


def test_a_hook_that_changes_nothing_changes_nothing(model, ctx):
    patched = model.with_patches(Patches().with_skip(lambda h, skip: (h, skip)))
    assert torch.equal(clean(patched, ctx), clean(model, ctx))


def test_hooks_leave_when_the_run_fails(model, ctx):
    def hook(h, skip):
        raise ValueError("broken")

    plain = clean(model, ctx)
    with pytest.raises(ValueError, match="broken"):
        clean(model.with_patches(Patches().with_skip(hook)), ctx)
    assert torch.equal(clean(model, ctx), plain)


def test_no_hooks_are_put_on_without_patches(model, ctx):
    with ctx.models.use(model.network) as unet:
        assert hook_skips(unet, ()) == []


def test_a_cancel_is_seen_between_the_blocks_of_one_pass(model, ctx):
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) > 3

    stopping = Context(models=ctx.models, cancelled=cancelled)
    with pytest.raises(Cancelled):
        clean(model, stopping)
    assert clean(model, ctx).isfinite().all()


def test_a_model_with_patches_shares_the_weights(model):
    patched = model.with_patches(Patches().with_skip(lambda h, skip: (h, skip)))
    assert patched.network is model.network
    assert model.patches == Patches()
    assert model.width == 32


def test_a_full_memory_names_the_picture_that_was_too_large(model, ctx):
    def hook(h, skip):
        raise MemoryError

    with pytest.raises(OutOfMemory, match="drawing 2 x 64 x 64 pixels at once"):
        clean(model.with_patches(Patches().with_skip(hook)), ctx)


def test_a_text_of_another_encoder_is_refused_with_both_widths(model):
    with pytest.raises(RunError, match=r"768 numbers wide, but the U-Net of .* reads 32"):
        model.inputs(torch.zeros(1, 77, 768), {})


@pytest.mark.parametrize("size", [(9, 11), (1, 1), (7, 16)])
def test_sides_need_not_be_even(model, ctx, size):
    x = torch.randn(2, 4, *size, generator=torch.Generator().manual_seed(1))
    patched = model.with_patches(Patches().with_skip(lambda h, skip: (h, skip)))
    assert clean(patched, ctx, x).shape == x.shape
